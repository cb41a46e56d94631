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

/**
 * Reads NODE, the value of KEY: one network, as text such as "existing:lab", or as a mapping with
 * `kind` (such a text) and `address`.
 *
 * @param networks  if NODE is wrong, it is not changed
 */
void sb_machine_networks_read_one(const SbValueReader *reader, const char *key,
                                  const SbYamlNode *node, SbMachineNetworks *networks);

/** The same with a list of 1 to SB_NETWORKS_MAX networks. */
void sb_machine_networks_read(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                              SbMachineNetworks *networks);

/** Replaces the pointers in NETWORKS, which are those of another one, by copies. */
void sb_machine_networks_own(SbMachineNetworks *networks);

/** Releases what NETWORKS holds, but not NETWORKS. */
void sb_machine_networks_clear(SbMachineNetworks *networks);

/** Adds what decides NETWORKS to TEXT, in one line. */
void sb_machine_networks_describe(const SbMachineNetworks *networks, GString *text);

/** Whether one of NETWORKS is of KIND. */
gboolean sb_machine_networks_have(const SbMachineNetworks *networks, SbNetworkKind kind);
