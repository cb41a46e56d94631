/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What `gc` removes. What has neither a record nor a name of seedbed is never asked about here.
 *
 * Room: fleet.
 * Threads: every function is pure.
 */
#pragma once

#include "model/machine-decision.h"

#include <glib.h>

/**
 * Judges a machine.
 *
 * A machine of a run that is at work stays, also after its time. So does one whose run cannot be
 * seen, unless its time is over.
 *
 * @param was_started  FALSE: it is off, and was never started
 * @return why it goes, as "it has expired"; NULL: it stays. (transfer none)
 */
const char *sb_gc_judge_machine(const SbMetadata *metadata, SbMaker maker, gboolean was_started,
                                GDateTime *now);

/** Whether a build makes images that are called like NAME for itself: `check-…` and `layer-…`. */
gboolean sb_gc_is_intermediate(const char *name);
