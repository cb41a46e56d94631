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
    SB_NETWORK_ERROR_TAKEN,   /**< the subnet or address that the file wants is not to be had */
} SbNetworkError;

/** A network that a fleet is to have. */
typedef struct {
    const char *fleet;
    const char *creator; /**< this process: see local/process-id.h */
    SbNetworkKind kind;
    guint32 subnet;           /**< that it must have, as in SbFleetNetwork; 0: any that is free */
    const GPtrArray *hosts;   /**< of SbNetworkHost: what is wanted for each machine */
    gboolean with_own_routes; /**< this machine's routes are the libvirt host's, and count too */
} SbNetworkRequest;

/**
 * Finds the fleet's network of KIND as libvirt has it.
 *
 * @return (transfer full) or NULL; without an error if the fleet has no such network
 */
SbFleetNetwork *sb_network_find(virConnect *connection, const char *fleet, SbNetworkKind kind,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Whether the fleet has a network of KIND of its own. A network of somebody else that only has the
 * name is not one.
 *
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_network_is_there(virConnect *connection, const char *fleet, SbNetworkKind kind,
                             gboolean *is_there_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Describes a network that does not exist yet, on a subnet that is free now, with a reservation for
 * each machine.
 *
 * @return (transfer full) or NULL with an SbNetworkError or an SbLibvirtError
 */
SbFleetNetwork *sb_network_plan(virConnect *connection, const SbNetworkRequest *request,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Adds a reservation to the description NETWORK for each of HOSTS that has none, as
 * sb_network_ensure() does to the network itself. First those with a fixed address.
 *
 * @param hosts  of SbNetworkHost: what is wanted
 * @return FALSE with SB_NETWORK_ERROR_FULL or SB_NETWORK_ERROR_TAKEN
 */
gboolean sb_network_reserve_all(SbFleetNetwork *network, const GPtrArray *hosts,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Makes sure that the fleet's network exists, runs, and has a reservation for each machine. If
 * several processes do so at the same time, all get the one network.
 *
 * @param is_new_out  whether this call made it
 * @return (transfer full) or NULL with an SbNetworkError or an SbLibvirtError
 */
SbFleetNetwork *sb_network_ensure(virConnect *connection, const SbNetworkRequest *request,
                                  gboolean *is_new_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether the network NAME has the port with the UUID PORT_ID: the machine that it was made for is
 * connected then. TRUE also if libvirt cannot say. */
gboolean sb_network_has_port(virConnect *connection, const char *name, const char *port_id);

/**
 * Takes the network down, if it is there, and lets its definition stay. Whether that can be done is
 * not told: it is for sb_network_remove(), which is then quicker.
 */
void sb_network_halt(virConnect *connection, const char *fleet, SbNetworkKind kind);

/**
 * Removes the fleet's network of KIND. Refuses a network that is not the fleet's. The result may be
 * dropped.
 *
 * @return TRUE also if there is none; FALSE with SB_NETWORK_ERROR_FOREIGN or an SbLibvirtError
 */
gboolean sb_network_remove(virConnect *connection, const char *fleet, SbNetworkKind kind,
                           GError **error);

/**
 * Lists the fleets that have a network of their own, also without machines. A libvirtd without a
 * network driver has none.
 *
 * @return (transfer full) of char *, or NULL with an SbLibvirtError
 */
GPtrArray *sb_network_list_fleets(virConnect *connection, GError **error) G_GNUC_WARN_UNUSED_RESULT;
