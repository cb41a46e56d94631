/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `start` and `restart`: machines that exist run again, and are waited for. The fleet file is not
 * needed.
 *
 * Room: fleet.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "fleet/stop.h"
#include "wait/verdict.h"

#define SB_START_ERROR (sb_start_error_quark())
GQuark sb_start_error_quark(void);

typedef enum {
    SB_START_ERROR_MACHINES, /**< some machines failed; each was told on its own */
} SbStartError;

typedef struct {
    SbDemands demands; /**< what the cloud-init of each machine must be */
    gboolean no_wait;  /**< return when the machines are started */
    gint64 timeout_ms; /**< for each machine in all; 0: its stages' own deadlines */
} SbStartOptions;

/**
 * Does the whole of `seedbed start`: starts each machine that NAMES stand for, and waits until it
 * is ready. A machine that runs is only waited for. A machine that fails stays.
 *
 * Tells SB_EVENT_PLANNED for each machine, SB_EVENT_BEGUN, SB_EVENT_STAGE, _NOTE, and
 * SB_EVENT_FINISHED at the end of each machine.
 *
 * @param names  of fleets and machines, NULL-terminated
 * @return FALSE with an SbLookupError, SB_STOP_ERROR_BUSY or SB_ACCESS_ERROR_NO_KEY before anything
 * is done, with SB_START_ERROR_MACHINES, G_IO_ERROR_CANCELLED or an SbLibvirtError
 */
gboolean sb_start(const SbOperation *operation, const char *const *names,
                  const SbStartOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
