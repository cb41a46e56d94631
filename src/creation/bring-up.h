/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A fleet becomes what its file says. Machines that exist stay; missing machines are made, all side
 * by side. The phases of each machine are in creation/job-phase.h.
 *
 * Room: creation.
 * Threads: call from the thread of the default main loop, which runs inside; workers make the
 * machines.
 */
#pragma once

#include "creation/plan.h"
#include "libvirt/operation.h"
#include "wait/readiness.h"

#define SB_BRING_UP_ERROR (sb_bring_up_error_quark())
GQuark sb_bring_up_error_quark(void);

typedef enum {
    SB_BRING_UP_ERROR_MACHINES, /**< some machines failed; each was reported on its own */
} SbBringUpError;

typedef struct {
    SbRun run;             /**< what the machines are for */
    gboolean wait_for_run; /**< for sb_run_wait_after(): wait until another run is over */
    const char *pool_name; /**< (nullable) NULL: the default pool */
    gboolean keep;         /**< leave a machine that failed as it is, to look into it */
    SbDemands demands;     /**< what each machine's cloud-init must be */
    gboolean no_wait;      /**< return when the machines are started */
    gint64 timeout_ms;     /**< for each machine in all; 0: its stages' own deadlines */
    GHashTable *shells;    /**< (nullable) as in SbReadinessOptions */
} SbBringUpOptions;

/**
 * Brings FLEET up.
 *
 * Tells of each machine SB_EVENT_PLANNED, then SB_EVENT_BEGUN once, and after that, of what
 * happens: SB_EVENT_SURPLUS, _NOTE, _MADE, _STAGE, _UNDOING and, at the end of each machine,
 * _FINISHED.
 *
 * A machine that fails is taken back (unless `keep`), after evidence about it was collected; the
 * others stay. If it is cancelled, everything that this call made is taken
 * back.
 *
 * The machines of SB_RUN_TEST and SB_RUN_BUILD are for this run alone, until sb_claim_release(). Of
 * several that want a fleet for themselves, one gets it. A machine that a run left when it was
 * killed is removed and made again, with SB_EVENT_NOTE.
 *
 * @param plan  (nullable) (transfer full) of FLEET with the same options, made a moment ago
 * @return FALSE with SB_BRING_UP_ERROR_MACHINES, G_IO_ERROR_CANCELLED, SB_PLAN_ERROR_BUSY, or what
 * stopped it before it began
 */
gboolean sb_bring_up_run(const SbOperation *operation, const SbFleetFile *fleet,
                         const SbBringUpOptions *options, SbPlan *plan,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
