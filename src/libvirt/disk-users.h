/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Who uses which file of the libvirt host as a disk, or as the base of one: all domains and all
 * volumes, also those that seedbed did not make.
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/libvirt.h"

typedef struct SbDiskUsers SbDiskUsers;

/** Asks libvirt once about all domains and volumes. (transfer full) */
SbDiskUsers *sb_disk_users_new(virConnect *connection) G_GNUC_WARN_UNUSED_RESULT;
/** Frees USERS, and all lists that it gave. */
void sb_disk_users_free(SbDiskUsers *users);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbDiskUsers, sb_disk_users_free)

/** Why there can be users that are not in the lists: the first SbLibvirtError while libvirt was
 * asked. NULL: there are none. (transfer none) */
const GError *sb_disk_users_doubt(const SbDiskUsers *users);

/** The domains that have the file at PATH as a disk, or in the chain of one: of char *. (transfer
 * none) */
const GPtrArray *sb_disk_users_domains(const SbDiskUsers *users, const char *path);

/** The volumes that are overlays on the file at PATH: of char *, names. (transfer none) */
const GPtrArray *sb_disk_users_volumes(const SbDiskUsers *users, const char *path);
