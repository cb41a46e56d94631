/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Waits until machines are ready, stage by stage. If a machine does not get ready, it says at which
 * stage it is stuck, with the evidence.
 *
 * Everything comes as an event of libvirt, of the console or of ssh. Only the ssh port and
 * addresses of foreign networks are polled. It survives a restart of libvirtd. The stages of a boot
 * are data, in model/stage.h; the phases of the wait are in wait/wait-phase.h.
 *
 * Room: wait.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"
#include "image/warm-image.h"
#include "libvirt/domain.h"
#include "libvirt/operation.h"
#include "wait/provisioning.h"
#include "wait/verdict.h"
#include "wait/wait-phase.h"

typedef struct {
    gint64 timeout_ms;  /**< for a machine in all; 0: as long as its stages may take */
    SbDemands demands;  /**< what cloud-init must be, besides not having failed */
    gint64 begun_us;    /**< when the whole work began, on GLib's monotonic clock */
    GHashTable *shells; /**< (nullable) of SbKeptShell: a machine that was ready before, in the
                           same boot, leaves the shell of its login there */
} SbReadinessOptions;

/** The machine that JOB was given with is ready, or FAILURE, an SbWaitError, says at which stage it
 * is stuck, with evidence and what to try. */
typedef void (*SbReadyFunc)(gpointer job, const GError *failure);

typedef struct SbReadiness SbReadiness;

/**
 * Makes a wait without machines. It tells SB_EVENT_STAGE and SB_EVENT_NOTE.
 *
 * @param operation, access  must live as long as the wait; ACCESS gets each machine's target, and
 *                           its ssh_config is what logins use
 * @param finished           called once for each machine
 * @return (transfer full) or NULL without a connection
 */
SbReadiness *sb_readiness_new(const SbOperation *operation, SbAccess *access,
                              const SbReadinessOptions *options, SbReadyFunc finished,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Ends the wait for all machines, without a word. */
void sb_readiness_free(SbReadiness *readiness);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbReadiness, sb_readiness_free)

/** A machine to wait for. */
typedef struct {
    const SbDomain *domain; /**< must live as long as the wait */
    guint vcpus;            /**< how many it has: guests that share CPUs take longer */
    gboolean is_emulated;
    const SbWarmImage *warm; /**< (nullable) what it was thawed from: its ssh server runs already */
    gboolean is_fresh;       /**< it was just started: its console shows every stage from now on */
    gboolean stays;          /**< it is not taken back if it fails */
    SbProvisionInput provision; /**< what makes it ready after its cloud-init */
    const char *evidence;       /**< the folder for the evidence if it is taken back */
    gpointer job;               /**< what is told when the wait for it is over */
} SbReadyRequest;

/** Waits for one more machine. */
void sb_readiness_add(SbReadiness *readiness, const SbReadyRequest *request);
