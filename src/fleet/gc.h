/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `gc`: removes what nobody wants any more: machines whose time is over, what killed runs have
 * left, and images that a build had made for itself.
 *
 * Room: fleet.
 * Threads: call from one; it uses several.
 */
#pragma once

#include "libvirt/operation.h"

#define SB_GC_ERROR (sb_gc_error_quark())
GQuark sb_gc_error_quark(void);

typedef enum {
    SB_GC_ERROR_LEFT, /**< something could not be removed; the message names each thing */
} SbGcError;

typedef struct {
    const char *pool_name; /**< (nullable) of the images; NULL: the default pool */
    gint64 older_than_ms;  /**< images and folders that are younger stay */
    gboolean is_dry_run;   /**< only tell */
} SbGcOptions;

/**
 * Does the whole of `seedbed gc`. These go, in this order:
 *
 * - machines that sb_gc_judge_machine() names, with their fleet's network and key if no machine of
 *   the fleet stays, and networks without a machine whose maker has ended;
 * - volumes of machines whose domain is gone (machine/leftovers.h), in all pools;
 * - the rest of killed imports, records without an image, and, when they are older and nothing uses
 *   them, images that sb_gc_is_intermediate() knows and warm images;
 * - older folders of this user for fleets that do not exist any more, and evidence of failures that
 *   is older than 30 days.
 *
 * It goes on after a failure. Tells SB_EVENT_STEP for each thing that goes [machine: its name,
 * text: why], SB_EVENT_NOTE, and SB_EVENT_REMOVED for machines, from any thread.
 *
 * @param count_out  how many things went, or would go; always written
 * @return FALSE with SB_GC_ERROR_LEFT, or with an SbLibvirtError if libvirt cannot say what there
 * is
 */
gboolean sb_gc(const SbOperation *operation, const SbGcOptions *options, guint *count_out,
               GError **error) G_GNUC_WARN_UNUSED_RESULT;
