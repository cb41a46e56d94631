/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What a fleet file decides about a machine.
 *
 * The table in machine-spec.c names each of these keys once. Reading, copying and the hash follow
 * from it.
 *
 * Room: fleet-file.
 * Threads: a specification is only read after it is complete, then from any thread.
 */
#pragma once

#include "fleet-file/file-reference.h"
#include "fleet-file/fleet-file-values.h"
#include "fleet-file/image-source.h"
#include "fleet-file/machine-disks.h"
#include "fleet-file/machine-kernel.h"
#include "fleet-file/machine-networks.h"
#include "fleet-file/machine-ports.h"
#include "fleet-file/machine-shares.h"
#include "fleet-file/provision.h"

#define SB_VCPUS_MAX 256

typedef struct {
    SbImageSource image;
    char *arch;  /**< libvirt's name: "aarch64" or "x86_64" */
    char *login; /**< the account that the harness makes and ssh uses */
    char *cpu;   /**< (nullable) a model, SB_CPU_MAX or SB_CPU_HOST; NULL: the platform chooses */
    gboolean has_secure_boot; /**< with the keys of distributions, and a store of variables */
    gboolean has_tpm;
    SbMachineKernel kernel;
    guint vcpus;
    guint64 memory_bytes; /**< whole KiB */
    guint64 disk_bytes;   /**< whole KiB */
    GPtrArray *disks;     /**< (nullable) of SbMachineDisk: those beside the first */
    SbMachineNetworks networks;
    GArray *ports;        /**< (nullable) of SbMachinePort */
    GPtrArray *shares;    /**< (nullable) of SbMachineShare; shared by copies */
    gboolean is_warm;     /**< boot once, then start from memory */
    gboolean is_cold;     /**< never start from memory */
    char **env;           /**< (nullable) "NAME=VALUE", NULL-terminated: of all commands in it */
    GPtrArray *provision; /**< (nullable) of SbProvisionStep; shared by copies */
    SbFileReference user_data;
    SbFileReference vendor_data;
    SbFileReference network_config;
} SbMachineSpec;

/** Sets SPEC, which is not initialized, to the defaults of the format. It has no image. */
void sb_machine_spec_init(SbMachineSpec *spec);

/** Makes SPEC, which is not initialized, equal to FROM. The contents of files are shared. */
void sb_machine_spec_copy(SbMachineSpec *spec, const SbMachineSpec *from);

/** Releases what SPEC holds, but not SPEC. */
void sb_machine_spec_clear(SbMachineSpec *spec);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SbMachineSpec, sb_machine_spec_clear)

/**
 * Reads the keys of a machine that MAPPING has into SPEC. A value that is wrong is added to the
 * findings, and the old value stays.
 *
 * @param is_top  read only the keys that can also stand at the top of a fleet file
 */
void sb_machine_spec_read(SbMachineSpec *spec, const SbValueReader *reader,
                          const SbYamlNode *mapping, gboolean is_top);

/** Adds the names of the keys (static strings) to NAMES.
 *
 * @param is_top  add only the keys that can also stand at the top of a fleet file
 */
void sb_machine_spec_add_keys(GPtrArray *names, gboolean is_top);

/**
 * A hash of everything that a machine is made from. It is different when the fleet file, one of its
 * files or the image has changed.
 *
 * @param image_volume  the volume of the image, whose name has the digest
 * @return (transfer full) 16 hexadecimal digits
 */
char *sb_machine_spec_hash(const SbMachineSpec *spec, const char *image_volume);
