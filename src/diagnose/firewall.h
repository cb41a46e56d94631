/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What the firewall of this host does with a packet, by the rules that 'iptables' and 'nft' print.
 *
 * The rules are followed as the kernel follows them: in their order, into the chains that they
 * call, and to the policy at the end. A condition that is not known here may be true or not. So
 * such a rule is taken for one that drops nothing; and if it might let the packet pass, nothing is
 * known.
 *
 * Room: diagnose.
 * Threads: any.
 */
#pragma once

#include "diagnose/firewall-match.h"

#include <json-glib/json-glib.h>

/** All rules of this host. */
typedef struct {
    char *iptables; /**< (nullable) NULL: not known */
    JsonNode *nft;  /**< (nullable) the root of the JSON; NULL: not known */
} SbFirewall;

/** Frees what FIREWALL has. */
void sb_firewall_clear(SbFirewall *firewall);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SbFirewall, sb_firewall_clear)

/** Reads the rules. Only root may: for others, nothing is known. Runs programs. */
void sb_firewall_read(SbFirewall *firewall_out);

/** The rule of FIREWALL that drops or rejects PACKET. (transfer full) (nullable) NULL: none does,
 * or it is not known */
char *sb_firewall_stop(const SbFirewall *firewall, const SbFirewallPacket *packet);
