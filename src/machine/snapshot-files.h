/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The volumes of the snapshots of a machine: listing and removing them.
 *
 * Room: machine.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/domain.h"
#include "libvirt/storage.h"
#include "model/snapshot-record.h"

/** The whole snapshots of DOMAIN: of SbSnapshotRecord, the oldest first. (transfer full) or NULL
 * with an SbLibvirtError */
GPtrArray *sb_snapshot_list(const SbPool *pool, const SbDomain *domain,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The names of the whole snapshots of DOMAIN, to be shown: of char *, the oldest first. A pool
 * that cannot be seen has none. (transfer full) */
GPtrArray *sb_snapshot_names(virConnect *connection, const SbDomain *domain);

/** The names of all volumes that belong to snapshots of MACHINE, whole or not, records first: of
 * char
 * *. (transfer full) or NULL with an SbLibvirtError
 *
 * @param name  (nullable) only of this snapshot */
GPtrArray *sb_snapshot_volumes(const SbPool *pool, const char *machine, const char *name,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
