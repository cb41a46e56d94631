/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A fleet's own libvirt networks, made and removed.
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/libvirt.h"
#include "model/network-xml.h"

#define SB_NETWORK_ERROR (sb_network_error_quark())
GQuark sb_network_error_quark(void);

typedef enum {
    SB_NETWORK_ERROR_FOREIGN, /**< a network has the name, but it is not the fleet's */
    SB_NETWORK_ERROR_FULL,    /**< no free subnet, or no free address */
} SbNetworkError;

/** The fleet's network of KIND as libvirt has it; NULL without an error if there is none. (transfer
 * full) */
SbFleetNetwork *sb_network_find(virConnect *connection, const char *fleet, SbNetworkKind kind,
                                GError **error);

/**
 * A network for FLEET that does not exist yet, on a subnet that is free now, with a reservation for
 * each of NAMES.
 *
 * @param names            NULL-terminated machine names
 * @param with_own_routes  whether this machine's routes are the libvirt host's
 * @return (transfer full) or NULL with SB_NETWORK_ERROR_FULL
 */
SbFleetNetwork *sb_network_plan(virConnect *connection, const char *fleet, SbNetworkKind kind,
                                const char *const *names, gboolean with_own_routes, GError **error);

/**
 * Adds a reservation for each of NAMES that has none to NETWORK, in its description only: what
 * sb_network_ensure() would do to the network itself.
 */
gboolean sb_network_reserve_all(SbFleetNetwork *network, const char *const *names, GError **error);

/**
 * Makes sure that the fleet's network is there, runs, and has a reservation for each of NAMES.
 *
 * Several processes may do so at once: all get the one network.
 *
 * @param is_new_out  whether this call made it
 * @return (transfer full) or NULL
 */
SbFleetNetwork *sb_network_ensure(virConnect *connection, const char *fleet, SbNetworkKind kind,
                                  const char *const *names, gboolean with_own_routes,
                                  gboolean *is_new_out, GError **error);

/** Whether the running domain of that UUID is connected to the network NAME; TRUE also where
 * libvirt cannot say. */
gboolean sb_network_has_port(virConnect *connection, const char *name, const char *domain_uuid);

/** Removes the fleet's network of KIND. TRUE also if there is none. Refuses one that is not the
 * fleet's. */
gboolean sb_network_remove(virConnect *connection, const char *fleet, SbNetworkKind kind,
                           GError **error);

/** The fleets that have a network of their own, also without machines: names. (transfer full) or
 * NULL */
GPtrArray *sb_network_list_fleets(virConnect *connection, GError **error);
