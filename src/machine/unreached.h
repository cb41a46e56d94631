/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Why a running machine is not reached that nobody waits for: one look at it, without its deadline.
 *
 * Room: machine.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "libvirt/operation.h"
#include "rules/diagnosis.h"

/**
 * What FACTS mean of the domain with UUID. Its port or its login has failed, as FACTS say, and
 * `awaited` is the stage that is missing. The domain is read a second time, for what QEMU uses.
 *
 * @return (transfer full) (nullable) NULL if no cause was found, or when OPERATION is cancelled
 */
SbDiagnosis *sb_unreached_diagnose(const SbOperation *operation, const char *uuid,
                                   SbFacts *facts) G_GNUC_WARN_UNUSED_RESULT;

/** Whether FAILURE (nullable) of a command may have its cause in the machine. */
gboolean sb_unreached_is(const GError *failure);

/** A machine on which a command never began, or that was lost in the middle. */
typedef struct {
    const char *machine;
    GError **failure; /**< of sb_unreached_is() */
} SbUnreached;

/** Replaces the failure of each of the COUNT ITEMS by one of the same code that has the cause, the
 * evidence and a next step. If no cause is found, the failure stays. */
void sb_unreached_explain(const SbOperation *operation, const SbUnreached *items, guint count);
