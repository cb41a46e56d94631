/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What the rules that 'nft -j list ruleset' prints do with a packet. Their form:
 * libnftables-json(5).
 *
 * Each base chain of a hook decides for itself: what one accepts, another can still drop. Rules
 * that 'iptables' has set are in there, too, but with parts that only 'iptables' can read.
 *
 * Room: diagnose.
 * Threads: any.
 */
#pragma once

#include "diagnose/firewall-match.h"

#include <json-glib/json-glib.h>

/** The rule or policy of RULESET, the root, that stops PACKET for certain: its chain, and its
 * handle. (transfer full) (nullable) */
char *sb_nft_stop(JsonNode *ruleset, const SbFirewallPacket *packet);
