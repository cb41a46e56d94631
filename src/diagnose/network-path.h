/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The way from this host to a machine in a network of libvirt: the bridge, the machine's tap device
 * on it, the route to its address, and the firewall.
 *
 * libvirt sets all of them up when it starts the network and the machine, and does not look at them
 * again.
 *
 * Room: diagnose.
 * Threads: any.
 */
#pragma once

#include "base/answer.h"
#include "diagnose/firewall.h"

#include <glib.h>

/** What this host's kernel says of the way. */
typedef struct {
    const char *bridge; /**< (transfer none) */
    const char *tap;    /**< (nullable) (transfer none) */
    SbAnswer has_bridge, bridge_is_up, bridge_has_address;
    SbAnswer has_tap, tap_is_up, tap_is_in_bridge;
    SbAnswer leads_elsewhere; /**< another interface has the route to the address */
    SbAnswer is_of_host;      /**< this host itself has the address */
    const char *refusal;      /**< (nullable) (transfer none) why nothing is sent to the address */
} SbNetworkPath;

/**
 * Looks at the way to ADDRESS.
 *
 * @param tap     (nullable)
 * @param is_own  seedbed made the network, so that the bridge has an address of it
 */
void sb_network_path_look(const char *bridge, const char *tap, const char *address, gboolean is_own,
                          SbNetworkPath *path_out);

/**
 * What is broken on the way.
 *
 * @param mend_out  (transfer full) the command that mends it, or what to do; not written if nothing
 *                  is broken
 * @return (transfer full) (nullable) a clause; NULL: nothing, as far as it is known
 */
char *sb_network_path_problem(const SbNetworkPath *path, char **mend_out);

/**
 * Which rules of FIREWALL are in the way between this host and ADDRESS on BRIDGE.
 *
 * @param ssh_stop_out   (transfer full) (nullable) the rule that stops ssh, or its answer
 * @param dhcp_stop_out  (transfer full) (nullable) the rule that keeps the guest's DHCP requests
 * from the server of the network
 */
void sb_network_path_read_firewall(const SbFirewall *firewall, const char *bridge,
                                   const char *address, char **ssh_stop_out, char **dhcp_stop_out);
