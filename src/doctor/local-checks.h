/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The checks of this machine.
 *
 * Room: doctor.
 * Threads: as doctor.h.
 */
#pragma once

#include "doctor/checks.h"

/** The list. (transfer none) */
const SbCheck *sb_doctor_local_checks(gsize *count_out);
