/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What every function that works long is given: the host, a way to stop it, and who hears of it.
 *
 * Room: libvirt.
 * Threads: only read; see model/event.h for the thread of the events.
 */
#pragma once

#include "libvirt/connection.h"
#include "model/event.h"

#include <gio/gio.h>

/** Belongs to the caller, and lives as long as the call. */
typedef struct {
    SbHost *host;
    GCancellable *cancellable; /**< (nullable) stops the work, in order */
    SbEventFunc event;         /**< (nullable) */
    gpointer data;             /**< of EVENT */
} SbOperation;

/** Tells EVENT to whoever listens to OPERATION. */
static inline void sb_operation_tell(const SbOperation *operation, const SbEvent *event)
{
    if (operation->event)
        operation->event(event, operation->data);
}
