/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The disks that a machine has beside the one that it boots from: `disks` in a fleet file.
 *
 * Each is a qcow2 volume: empty, or an overlay on an image. The guest finds it by its serial, which
 * is its name: /dev/disk/by-id/virtio-NAME, or …/scsi-0QEMU_QEMU_HARDDISK_NAME.
 *
 * Room: fleet-file.
 * Threads: pure.
 */
#pragma once

#include "fleet-file/image-source.h"

/** The most disks in `disks`. */
#define SB_DISKS_MAX 16

/** QEMU cuts the serial of a virtio disk off after this many characters. */
#define SB_DISK_NAME_MAX 20

typedef enum { SB_DISK_VIRTIO, SB_DISK_SCSI } SbDiskBus;

typedef struct {
    char *name;          /**< valid as in base/names.h, and at most SB_DISK_NAME_MAX characters */
    SbDiskBus bus;       /**< how the guest sees it */
    guint64 size_bytes;  /**< whole KiB; 0: as large as the image */
    SbImageSource image; /**< without a name: the disk is empty */
    SbMark mark;         /**< in the fleet file */
    /** (nullable) From here on, a plan decides: the image as the pool has it */
    char *image_volume;
    char *image_path;   /**< (nullable) */
    char *image_format; /**< (nullable) "qcow2" or "raw" */
    char *path;         /**< (nullable) of the disk's own volume */
} SbMachineDisk;

/** Of a GPtrArray * (nullable) of SbMachineDisk: `read` takes a list of mappings with `name`,
 * `size`, `bus` and `image`. */
extern const SbFieldType sb_machine_disks_type;

/** The volume of a disk of MACHINE that is called DISK. (transfer full) */
char *sb_disk_name(const char *machine, const char *disk);

/** The disk of MACHINE that VOLUME is, by its name alone; NULL: it is not called as one. (transfer
 * full) */
char *sb_disk_of_volume(const char *machine, const char *volume);

/** The word for BUS in a fleet file and in libvirt's XML: "virtio" or "scsi". */
const char *sb_disk_bus_name(SbDiskBus bus);
