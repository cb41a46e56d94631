/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `stop`: machines are switched off, and stay as they are on their disks.
 *
 * Room: fleet.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "libvirt/operation.h"

#define SB_STOP_ERROR (sb_stop_error_quark())
GQuark sb_stop_error_quark(void);

typedef enum {
    SB_STOP_ERROR_BUSY,   /**< a machine belongs to a run that is at work */
    SB_STOP_ERROR_FAILED, /**< a machine could not be stopped */
} SbStopError;

typedef enum {
    SB_STOP_ASK,  /**< the guest powers off; if it does not in time, it is stopped */
    SB_STOP_NOW,  /**< as if the power failed */
    SB_STOP_SAVE, /**< its memory is kept, and it goes on from there at its next start */
} SbStopHow;

typedef struct {
    SbStopHow how;
    gint64 timeout_ms; /**< of SB_STOP_ASK; 0: two minutes */
} SbStopOptions;

/**
 * Does the whole of `seedbed stop`: stops each machine that NAMES stand for. A machine that is off
 * stays as it is; one that is paused cannot be asked, and is stopped.
 *
 * Tells SB_EVENT_STEP for each machine that stops, and SB_EVENT_NOTE.
 *
 * @param names  of fleets and machines, NULL-terminated
 * @return FALSE with an SbLookupError or SB_STOP_ERROR_BUSY before anything is done, with
 * SB_STOP_ERROR_FAILED, which names each machine that runs on, with G_IO_ERROR_CANCELLED or with an
 * SbLibvirtError
 */
gboolean sb_stop(const SbOperation *operation, const char *const *names,
                 const SbStopOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The machines that NAMES stand for, unless one belongs to a run that is at work.
 *
 * @return (transfer full) of SbDomain, or NULL with an SbLookupError, SB_STOP_ERROR_BUSY or an
 * SbLibvirtError
 */
GPtrArray *sb_stop_find(SbHost *host, const char *const *names,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
