/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The key `kernel`: a kernel outside of the image, which the firmware starts instead of the boot
 * loader on the disk.
 *
 * Room: fleet-file.
 * Threads: a kernel is only read after its files were read, then from any thread.
 */
#pragma once

#include "fleet-file/fleet-file-values.h"

typedef struct {
    SbFileReference image;  /**< its `path` is NULL: the machine boots from its disk */
    SbFileReference initrd; /**< its `path` can be NULL */
    char *cmdline;          /**< (nullable) */
} SbMachineKernel;

/** The most bytes of a kernel, and of an initrd. */
#define SB_KERNEL_MAX_BYTES (512 * 1024 * 1024)

/** Of an SbMachineKernel: `read` takes a mapping with `image`, `initrd` and `cmdline`. */
extern const SbFieldType sb_machine_kernel_type;

/**
 * Why UEFI firmware of ARCH does not start IMAGE, the content of a file.
 *
 * Source: the Linux kernel, Documentation/arm64/booting.rst and Documentation/x86/boot.rst.
 *
 * @return what the file is, such as "is a kernel for x86_64, and the machines are aarch64"; NULL:
 *         it is a kernel for ARCH. (transfer full)
 */
char *sb_machine_kernel_refusal(GBytes *image, const char *arch);
