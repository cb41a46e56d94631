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

/** Replaces KERNEL by what NODE, the value of KEY, says. Does not change it after a finding. */
void sb_machine_kernel_read(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                            SbMachineKernel *kernel);

/** KERNEL has the pointers of another one: replaces them by copies. The contents are shared. */
void sb_machine_kernel_own(SbMachineKernel *kernel);

/** Releases what KERNEL holds, but not KERNEL. */
void sb_machine_kernel_clear(SbMachineKernel *kernel);

/** Adds words, without the end of a line, that are the same for the same files and command line;
 * nothing if there is no kernel. */
void sb_machine_kernel_describe(const SbMachineKernel *kernel, GString *text);

/**
 * Why UEFI firmware of ARCH does not start IMAGE, the content of a file.
 *
 * Source: the Linux kernel, Documentation/arm64/booting.rst and Documentation/x86/boot.rst.
 *
 * @return what the file is, such as "is a kernel for x86_64, and the machines are aarch64"; NULL:
 *         it is a kernel for ARCH. (transfer full)
 */
char *sb_machine_kernel_refusal(GBytes *image, const char *arch);
