/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `up`: a fleet becomes what its file says. What is there stays; what is missing is made, all
 * machines at once.
 *
 * Room: machine.
 * Threads: call from the thread of the default main loop, which runs inside; workers make the
 * machines.
 */
#pragma once

#include "machine/plan.h"
#include "machine/readiness.h"
#include "model/stage.h"

#include <gio/gio.h>

#define SB_UP_ERROR (sb_up_error_quark())
GQuark sb_up_error_quark(void);

typedef enum {
    SB_UP_ERROR_MACHINES, /**< some machines failed; each was reported on its own */
} SbUpError;

typedef struct {
    const char *pool_name;
    gboolean keep;     /**< leave a machine that failed as it is, to look into it */
    SbDemands demands; /**< what each machine's cloud-init must be */
    gboolean no_wait;  /**< return when the machines are started */
    gint64 timeout_ms; /**< for each machine in all; 0: its stages' own deadlines */
} SbUpOptions;

/** All are called in the calling thread; all must be set. */
typedef struct {
    /** The plan is made, and all that follows is done as it says. */
    void (*planned)(const SbPlan *plan, gpointer data);
    /** MACHINE, which was to be made, is there; unless IS_OURS, another process was faster. */
    void (*made)(const char *machine, gboolean is_ours, gpointer data);
    /** A stage was reached, ELAPSED_MS after the whole began. */
    void (*stage)(const char *machine, SbStage stage, gint64 elapsed_ms, gpointer data);
    void (*note)(const char *machine, const char *text, gpointer data);
    /** A machine is ready, or FAILURE says why not. */
    void (*finished)(const char *machine, const GError *failure, gpointer data);
    /** What failed or was stopped is taken back now. */
    void (*undoing)(const char *machine, gpointer data);
} SbUpCallbacks;

/**
 * Brings FLEET up.
 *
 * A machine that fails is taken back (unless `keep`), and its console is kept in the fleet's
 * folder; the others stay. If CANCELLABLE is cancelled, everything that this call made is taken
 * back.
 *
 * @return FALSE with SB_UP_ERROR_MACHINES, G_IO_ERROR_CANCELLED, or what stopped it before it began
 */
gboolean sb_up(SbHost *host, const SbFleet *fleet, const SbUpOptions *options,
               const SbUpCallbacks *callbacks, gpointer data, GCancellable *cancellable,
               GError **error);
