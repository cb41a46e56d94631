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

/** What a disk has to be booted by UEFI. */
typedef struct {
    const char *arch; /**< (nullable) "aarch64" or "x86_64"; NULL: it has no boot loader, or for
                         both, or its partitions or file systems make no sense */
    char *missing;    /**< (nullable) what it does not have, as a sentence; NULL: nothing */
    const char *mend; /**< (nullable) what can be done about that */
} SbEfiBoot;

/** Frees what BOOT holds, not BOOT itself. */
void sb_efi_boot_clear(SbEfiBoot *boot);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SbEfiBoot, sb_efi_boot_clear)

/**
 * Looks for boot loaders on the partitions of a disk (GPT or MBR).
 *
 * @return FALSE with an error of `read`
 */
gboolean sb_efi_boot_look(const SbDiskSource *disk, SbEfiBoot *boot_out,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
