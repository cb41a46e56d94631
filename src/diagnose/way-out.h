/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The way from a guest to the outside, as far as this host is a part of it.
 *
 * Room: diagnose.
 * Threads: any.
 */
#pragma once

#include "base/answer.h"
#include "diagnose/firewall.h"
#include "fleet-file/network-kind.h"

/** What is known of the way. */
typedef struct {
    SbNetworkKind kind;
    SbAnswer has_route;  /**< this host has a default route */
    SbAnswer forwards;   /**< its kernel forwards packets */
    SbAnswer has_server; /**< it has a DNS server, which the network's own asks */
    char *forward_stop;  /**< (nullable) the rule of its firewall that stops what it forwards */
    char *dns_stop;      /**< (nullable) the one that stops questions to the network's DNS server */
} SbWayOut;

/** Frees what WAY has. */
void sb_way_out_clear(SbWayOut *way);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SbWayOut, sb_way_out_clear)

/**
 * Looks at the way of the guest at ADDRESS (nullable) in a network of KIND. Runs programs.
 *
 * @param way_out  must be cleared
 */
void sb_way_out_look(SbNetworkKind kind, const char *address, SbWayOut *way_out);

/**
 * The rule of FIREWALL that stops what goes out from ADDRESS (nullable) on BRIDGE, or its answer.
 *
 * @param outside  the interface that has the default route; "": not known
 * @return (transfer full) (nullable)
 */
char *sb_way_out_forward_stop(const SbFirewall *firewall, const char *bridge, const char *outside,
                              const char *address);

/** The same of this host's firewall, for all addresses on BRIDGE. Runs programs. (transfer full)
 * (nullable) */
char *sb_way_out_host_stop(const char *bridge);

/**
 * What keeps the guest from the outside.
 *
 * @param mend_out  (transfer full) what to do; not written if nothing is known
 * @return (transfer full) (nullable) a clause; NULL: nothing that is known
 */
char *sb_way_out_problem(const SbWayOut *way, char **mend_out);
