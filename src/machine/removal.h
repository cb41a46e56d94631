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
#include "libvirt/operation.h"

#define SB_REMOVAL_ERROR (sb_removal_error_quark())
GQuark sb_removal_error_quark(void);

typedef enum {
    SB_REMOVAL_ERROR_MACHINES, /**< some machines, or parts of them, are left; the message has each
                                  reason once, and the machines that it is about */
    SB_REMOVAL_ERROR_NO_POOL,  /**< all domains are removed, but not the files of a pool that does
                                  not  exist any more */
} SbRemovalError;

/**
 * Removes machines. Tells an SB_EVENT_REMOVED for each that is gone, from any thread.
 *
 * libvirt needs 0.2 s to destroy each domain, so several threads do it. A domain is undefined only
 * after its volumes are gone: if the removal is interrupted or fails, it can be found and done
 * again. The volumes are those in the folder of the domain's own disks.
 *
 * @param domains  of SbDomain
 * @return FALSE with an SbRemovalError; the other machines were removed
 */
gboolean sb_removal_run(const SbOperation *operation, const GPtrArray *domains,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
