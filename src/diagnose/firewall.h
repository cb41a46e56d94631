/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What the firewall of this host does with a packet, by the rules that 'iptables -S' prints.
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

#include <glib.h>

/** A packet at this host. Numbers that are 0 are no port that a rule can name. */
typedef struct {
    const char *chain;                /**< "INPUT" or "OUTPUT" */
    const char *interface;            /**< that it comes from, or goes to */
    const char *protocol;             /**< "tcp" or "udp" */
    const char *state;                /**< for connection tracking: "NEW" or "ESTABLISHED" */
    const char *source, *destination; /**< (nullable) addresses */
    guint source_port, port;
} SbFirewallPacket;

/** The rule among RULES that drops or rejects PACKET. (transfer full) (nullable) NULL: none does,
 * or it is not known */
char *sb_firewall_stop(const char *rules, const SbFirewallPacket *packet);

/** All rules of this host. (transfer full) (nullable) NULL: not known, because only root may ask */
char *sb_firewall_rules(void);
