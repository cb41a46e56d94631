/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Freezes a running machine into a warm image. The machine is spent by it: its domain stays
 * defined, is off, and must be removed.
 *
 *     phase    what happens                                                      next
 *     LISTEN   a shell in the guest listens at the virtio port, begun by ssh     UNPLUG
 *     UNPLUG   its links go down                                                 QUIESCE
 *     QUIESCE  the guest ends what must not be frozen, and has no address any    SAVE
 *              more
 *     SAVE     libvirt saves its memory, and the machine is off                  LAYER
 *     LAYER    its overlay is copied, on the libvirt host: read-only, of root    RECORD
 *     RECORD   the record makes the warm image whole                             DONE
 *     any      it fails: no part of the warm image is left
 *
 * Room: creation.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "guest/access.h"
#include "libvirt/operation.h"
#include "model/warm-record.h"

#define SB_FREEZE_ERROR (sb_freeze_error_quark())
GQuark sb_freeze_error_quark(void);

typedef enum {
    SB_FREEZE_ERROR_GUEST, /**< the guest cannot be frozen; the message says why */
} SbFreezeError;

typedef struct {
    const SbDomain *domain; /**< ready */
    const SbAccess *access; /**< to it */
    const char *arch;
    const char *image_path; /**< the base of its overlay */
    const char *image_format;
    SbWarmRecord *record; /**< of the warm image; its sizes are set here */
} SbFreezeRequest;

/**
 * Freezes the machine. Parts of an older warm image with the same key are removed first.
 *
 * @return FALSE with SB_FREEZE_ERROR_GUEST, G_IO_ERROR_CANCELLED or another error
 */
gboolean sb_freeze_run(const SbOperation *operation, const SbFreezeRequest *request,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
