/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Waiting until machines are ready, stage by stage; and when one will not be, saying at which stage
 * it is stuck, with the evidence.
 *
 * Everything comes as an event (libvirt's, the console's, ssh's); only the ssh port and addresses
 * of foreign networks have to be looked for. It survives a restart of libvirtd. The stages are
 * data, in model/stage.h.
 *
 * Room: machine.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"
#include "libvirt/domain.h"
#include "libvirt/operation.h"
#include "machine/verdict.h"

#define SB_READINESS_ERROR (sb_readiness_error_quark())
GQuark sb_readiness_error_quark(void);

typedef enum {
    SB_READINESS_ERROR_TIMEOUT,    /**< a stage was not reached in time */
    SB_READINESS_ERROR_STUCK,      /**< the console shows that it will never be reached */
    SB_READINESS_ERROR_STOPPED,    /**< the machine stopped, crashed or vanished */
    SB_READINESS_ERROR_HOST_KEY,   /**< something else than the machine answers, or its key was
                                      replaced */
    SB_READINESS_ERROR_CLOUD_INIT, /**< cloud-init failed, or is degraded and should not be */
} SbReadinessError;

typedef struct {
    gint64 timeout_ms; /**< for a machine in all; 0: as long as its stages may take */
    SbDemands demands; /**< what a cloud-init must be that did not fail */
    gint64 begun_us;   /**< when the whole work began, on GLib's monotonic clock */
} SbReadinessOptions;

/** MACHINE is ready, or FAILURE says at which stage it is stuck, with evidence and what to try. */
typedef void (*SbReadyFunc)(const char *machine, const GError *failure, gpointer data);

typedef struct SbReadiness SbReadiness;

/**
 * Makes a wait without machines. It tells SB_EVENT_STAGE and SB_EVENT_NOTE.
 *
 * @param access    gets each machine's target, and its ssh_config is what logins use
 * @param finished  called with DATA once for each machine
 * @return (transfer full) or NULL without a connection
 */
SbReadiness *sb_readiness_new(const SbOperation *operation, SbAccess *access,
                              const SbReadinessOptions *options, SbReadyFunc finished,
                              gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Ends the wait for all machines, without a word. */
void sb_readiness_free(SbReadiness *readiness);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbReadiness, sb_readiness_free)

/**
 * Waits for one more machine.
 *
 * @param domain    (transfer full)
 * @param vcpus     how many it has: guests that share CPUs take longer
 * @param is_fresh  whether it was just started, so that its console shows every stage from now on
 */
void sb_readiness_add(SbReadiness *readiness, SbDomain *domain, guint vcpus, gboolean is_emulated,
                      gboolean is_fresh);
