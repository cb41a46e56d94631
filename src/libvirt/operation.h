/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What every function that works long is given: the host, a way to stop it, and who hears of it.
 *
 * Room: libvirt.
 * Threads: only read; see model/event.h for the thread of the events.
 */
#pragma once

#include "libvirt/host.h"
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

/** Tells TEXT, worth knowing and no failure, about MACHINE (nullable: about all of the work). */
static inline void sb_operation_note(const SbOperation *operation, const char *machine,
                                     const char *text)
{
    sb_operation_tell(operation,
                      &(SbEvent){.kind = SB_EVENT_NOTE, .machine = machine, .text = text});
}

/** Work that blocks. It may tell events through OPERATION. @return FALSE with an error */
typedef gboolean (*SbOperationFunc)(const SbOperation *operation, gpointer data, GError **error);

/**
 * Runs FUNCTION in a thread of its own beside the default main loop, as sb_loop_run_beside() does.
 *
 * FUNCTION is given a copy of OPERATION whose events are told in the thread of the main loop: in
 * their order, all of them before this call returns, but of several SB_EVENT_PROGRESS in a row that
 * wait there only the newest.
 *
 * @param name  of the thread, for debuggers
 * @return the result of FUNCTION: FALSE with its error
 */
gboolean sb_operation_run_beside(const SbOperation *operation, const char *name,
                                 SbOperationFunc function, gpointer data,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
