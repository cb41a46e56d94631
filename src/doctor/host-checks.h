/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The checks of the libvirt host, through libvirt.
 *
 * Room: doctor.
 * Threads: as doctor.h.
 */
#pragma once

#include "doctor/checks.h"

/** The list. (transfer none) */
const SbCheck *sb_doctor_host_checks(gsize *count_out);
