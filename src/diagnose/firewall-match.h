/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What the readers of a firewall's rules share, whatever program printed these.
 *
 * Room: diagnose.
 * Threads: any.
 */
#pragma once

#include <arpa/inet.h>
#include <glib.h>

/** A packet at this host. Numbers that are 0 are no port that a rule can name. */
typedef struct {
    const char *chain;     /**< "INPUT", "OUTPUT" or "FORWARD" */
    const char *from, *to; /**< (nullable) interfaces; NULL: it has none, "": not known */
    const char *protocol;  /**< "tcp" or "udp" */
    const char *state;     /**< for connection tracking: "new" or "established" */
    const char *source, *destination; /**< (nullable) addresses */
    guint source_port, port;
} SbFirewallPacket;

/** What becomes of a packet. */
typedef enum {
    SB_FATE_PASSES, /**< it comes to the next rule */
    SB_FATE_RETURNS,
    SB_FATE_ACCEPTED,
    SB_FATE_STOPPED,
    SB_FATE_UNKNOWN,
} SbFate;

/** Whether a condition is true of a packet. */
typedef enum { SB_MATCH_NO, SB_MATCH_YES, SB_MATCH_MAYBE } SbMatch;

/** How many chains call each other at most. */
enum { SB_FIREWALL_MAX_DEPTH = 16 };

/** What a rule does whose condition is MATCH, and that would do FATE. One that may stop the packet
 * is taken for one that does not; and if it might let the packet pass, nothing is known. */
static inline SbFate sb_fate_if(SbMatch match, SbFate fate)
{
    return match == SB_MATCH_NO                              ? SB_FATE_PASSES
           : match == SB_MATCH_YES || fate == SB_FATE_PASSES ? fate
           : fate == SB_FATE_STOPPED                         ? SB_FATE_PASSES
                                                             : SB_FATE_UNKNOWN;
}

/** Whether the network of BITS bits at NETWORK has ADDRESS; NULL: an address that is not known. */
static inline SbMatch sb_match_address(const char *network, gulong bits, const char *address)
{
    struct in_addr whole, one;
    if (!address || bits > 32 || inet_pton(AF_INET, network, &whole) != 1 ||
        inet_pton(AF_INET, address, &one) != 1)
        return SB_MATCH_MAYBE;
    guint32 mask = bits == 0 ? 0 : G_MAXUINT32 << (32 - bits);
    return (ntohl(whole.s_addr) & mask) == (ntohl(one.s_addr) & mask) ? SB_MATCH_YES : SB_MATCH_NO;
}
