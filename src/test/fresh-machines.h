/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Machines for steps with `fresh`: each is made when it is wanted, is used for one run, and is
 * removed. They are further machines of their group: with `count: 2`, the first one is number 3.
 *
 * Room: test.
 * Threads: the main loop's; workers make and remove the machines.
 */
#pragma once

#include "fleet-file/fleet-file.h"
#include "guest/access.h"
#include "libvirt/operation.h"
#include "test/test-plan.h"

typedef struct SbFreshMachines SbFreshMachines;

typedef struct {
    const SbFleetFile *fleet;
    const GPtrArray *runs; /**< of SbTestRun: those of steps with `fresh` say how many are made */
    const char *pool_name; /**< (nullable) NULL: the default pool */
    guint most;            /**< how many machines of a group exist at the same time */
    SbAccess *access;      /**< to the fleet; gets each machine */
    GHashTable *shells;    /**< of SbKeptShell: may get one of each machine */
} SbFreshRequest;

typedef struct {
    /** The machine DOMAIN of GROUP is ready. It lives until sb_fresh_machines_used(). */
    void (*ready)(const SbDomain *domain, const char *group, gpointer data);
    /** A machine of GROUP was not made, or did not get ready. */
    void (*failed)(const char *group, const GError *why, gpointer data);
    /** MACHINE is gone: another can be made. With an error LEFT, it could not be removed. */
    void (*gone)(const char *machine, const GError *left, gpointer data);
} SbFreshCallbacks;

/**
 * Prepares to make fresh machines of FLEET, which is up: their addresses are reserved. Nothing is
 * made. The callbacks come from the main loop.
 *
 * @param operation  tells SB_EVENT_NOTE; a cancel ends what is being made
 * @return (transfer full) or NULL with an error of sb_plan_new() or sb_network_ensure()
 */
SbFreshMachines *sb_fresh_machines_new(const SbOperation *operation, const SbFreshRequest *request,
                                       const SbFreshCallbacks *callbacks, gpointer data,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Begins to make machines of GROUP, at most COUNT more than are in the making. */
void sb_fresh_machines_want(SbFreshMachines *fresh, const char *group, guint count);

/** A run begins on MACHINE, which is ready. */
void sb_fresh_machines_use(SbFreshMachines *fresh, const char *machine);

/** The run on MACHINE is over: it is removed. */
void sb_fresh_machines_used(SbFreshMachines *fresh, const char *machine);

/** Removes all machines that no run uses, and those that are being made. */
void sb_fresh_machines_stop(SbFreshMachines *fresh);

/** Whether a machine is being made, waited for, or removed. */
gboolean sb_fresh_machines_is_busy(const SbFreshMachines *fresh);

/** Frees what is not busy. (nullable) */
void sb_fresh_machines_free(SbFreshMachines *fresh);
