/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The networks that a machine is in, each with a network card: `network` and `networks` in a fleet
 * file.
 *
 * Room: fleet-file.
 * Threads: pure.
 */
#pragma once

#include "fleet-file/fleet-file-values.h"
#include "fleet-file/network-kind.h"

/** The most networks of one machine. */
#define SB_NETWORKS_MAX 8

typedef struct {
    SbNetworkKind kind;
    char *source;  /**< (nullable) the libvirt network or bridge; NULL for DEFAULT and USER, and for
                      the fleet's own networks before a plan knows them */
    char *address; /**< (nullable) the fixed address, in one of the fleet's own networks */
    SbMark mark;   /**< in the fleet file */
    char *mac;     /**< (nullable) of its network card, once a plan has decided that */
} SbMachineNetwork;

/** ssh uses the first one. */
typedef struct {
    SbMachineNetwork items[SB_NETWORKS_MAX];
    guint count; /**< at least 1 */
} SbMachineNetworks;

/** Of an SbMachineNetworks: `read` takes one network, as text such as "existing:lab", or as a
 * mapping with `kind` (such a text) and `address`. */
extern const SbFieldType sb_machine_network_type;

/** Of the same field, with nothing but `read`: it takes a list of 1 to SB_NETWORKS_MAX networks. */
extern const SbFieldType sb_machine_networks_type;

/** Whether one of NETWORKS is of KIND. */
gboolean sb_machine_networks_have(const SbMachineNetworks *networks, SbNetworkKind kind);
