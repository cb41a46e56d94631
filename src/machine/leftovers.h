/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Volumes of machines whose domains are gone: somebody undefined the domain by hand, or the pool
 * was away when the machine was removed.
 *
 * A volume has no metadata, and anybody can call one as a volume of a machine. What shows that
 * seedbed made it is the machine that is recorded in the seed (local/seed-iso.h). With the seed,
 * all volumes of that machine go, and the seed last.
 *
 * Room: machine.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/operation.h"
#include "libvirt/storage.h"

/**
 * Removes the volumes, in all active pools, of the machines without a domain that WORDS stand for.
 *
 * Tells an SB_EVENT_NOTE for each machine: that its volumes are removed, or why they stay.
 *
 * @param words       (nullable) NULL-terminated, in the forms of machine/selection.h; NULL: all
 * @param is_dry_run  only tell what would go
 * @param count       the number of those machines is added to it
 * @return FALSE with an SbLibvirtError: something is left, or cannot be seen
 */
gboolean sb_leftovers_remove(const SbOperation *operation, virConnect *connection,
                             const char *const *words, gboolean is_dry_run, guint *count,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
