/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Removing machines, many side by side: domains, overlays, seeds and console logs.
 *
 * Room: machine.
 * Threads: call from one; it uses several.
 */
#pragma once

#include "libvirt/domain.h"
#include "libvirt/host.h"

/** Called when the machine NAME is gone (ERROR is NULL) or could not be removed; from any thread.
 */
typedef void (*SbRemovedFunc)(const char *name, const GError *error, gpointer data);

/**
 * Removes machines.
 *
 * libvirt needs 0.2 s to destroy each domain, so several threads do it. A domain is undefined only
 * after its volumes are gone: if the removal is interrupted, it can be found and done again.
 *
 * @param domains  of SbDomain
 * @param removed  (nullable)
 * @return FALSE with the first error; the other machines were removed. The result may be dropped:
 * ERROR says the same
 */
gboolean sb_removal_run(SbHost *host, const GPtrArray *domains, SbRemovedFunc removed,
                        gpointer data, GError **error);
