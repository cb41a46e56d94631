/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One machine, completely decided: the domain XML, the volumes and the seed are made from it.
 *
 * Room: model.
 * Threads: only read once it is complete, then from any thread.
 */
#pragma once

#include "fleet-file/machine-spec.h"
#include "model/metadata.h"
#include "model/platform.h"

#include <glib.h>
#include <libxml/tree.h>

typedef struct {
    char *name;
    char *uuid;         /**< also cloud-init's instance-id */
    SbMachineSpec spec; /**< its networks and disks are decided */
    char *overlay_path; /**< NULL: a machine without an image, which is only tried */
    char *layer_path; /**< (nullable) of a thawed machine: the frozen layer between its overlay and
                           the image; a qcow2 */
    char *image_path;
    char *image_format;         /**< "qcow2" or "raw" */
    char *seed_path;            /**< NULL as overlay_path */
    char *kernel_path;          /**< (nullable) NULL: it boots from its disk */
    char *initrd_path;          /**< (nullable) */
    char *console_log_path;     /**< (nullable) where libvirt copies the serial console to */
    SbMetadata *metadata;       /**< NULL as overlay_path */
    const SbPlatform *platform; /**< (transfer none) shared by the machines of one architecture */
} SbMachine;

/** Releases MACHINE (nullable) and what it holds. */
void sb_machine_free(SbMachine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbMachine, sb_machine_free)

/**
 * The libvirt domain of MACHINE: https://libvirt.org/formatdomain.html
 *
 * @return (transfer full)
 */
xmlDoc *sb_machine_domain_xml(const SbMachine *machine);
