/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The checks of `doctor` that try it: a network and a machine without disks, made and taken away
 * again.
 *
 * Room: doctor.
 * Threads: as doctor.h.
 */
#pragma once

#include "doctor/checks.h"

/** The list. (transfer none) */
const SbCheck *sb_doctor_trial_checks(gsize *count_out);
