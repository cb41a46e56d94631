/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The architecture that a disk boots by UEFI, found from the boot loader on it.
 *
 * A machine whose firmware remembers nothing starts EFI/BOOT/BOOTAA64.EFI or EFI/BOOT/BOOTX64.EFI
 * from a FAT file system. A disk is hostile input: each number in it is checked, and the number of
 * reads has a limit. Source: the UEFI specification 2.10, sections 3.5.1.1, 5.2 and 5.3, and
 * Microsoft's FAT specification of 2000.
 *
 * Room: image.
 * Threads: pure, but for the reads of the caller.
 */
#pragma once

#include <glib.h>

/** A disk that can be read at any place. */
typedef struct {
    /** Reads LENGTH bytes at OFFSET, all inside the disk; FALSE with an error. */
    gboolean (*read)(gpointer data, guint64 offset, void *buffer, gsize length, GError **error);
    gpointer data;
    guint64 bytes; /**< the size of the disk */
} SbDiskSource;

/**
 * Looks for boot loaders on the partitions of a disk (GPT or MBR).
 *
 * @param arch_out     (transfer none) (nullable) "aarch64" or "x86_64"; NULL: there is none, or for
 *                     both, or the partitions or the file systems make no sense
 * @param missing_out  (transfer none) (nullable) what the disk does not have, as a sentence; NULL:
 *                     it has a boot loader
 * @return FALSE with an error of `read`
 */
gboolean sb_efi_boot_arch(const SbDiskSource *disk, const char **arch_out, const char **missing_out,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
