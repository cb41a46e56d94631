/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What the user hears of a plan before it is carried out.
 *
 * Room: creation.
 * Threads: the events come in the caller's thread.
 */
#pragma once

#include "creation/plan.h"
#include "libvirt/operation.h"

/** Tells SB_EVENT_PLANNED for each machine of PLAN and SB_EVENT_BEGUN, then SB_EVENT_NOTE and
 * SB_EVENT_SURPLUS for what the user should know about some of them, and SB_EVENT_STEP for each
 * group that starts from memory. */
void sb_plan_tell(const SbPlan *plan, const SbOperation *operation);
