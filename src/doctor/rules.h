/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What checks of `doctor` decide from what they have found.
 *
 * Room: doctor.
 * Threads: any.
 */
#pragma once

#include "rules/facts.h"

/** Whether the machine of FACTS has computed for minutes, and no kernel has printed anything. */
gboolean sb_doctor_is_spinning(const SbFacts *facts);

/** Whether AppArmor's profiles of libvirt keep QEMU from files in DIRECTORY. */
gboolean sb_doctor_is_restricted(const char *directory);

/**
 * The daemons of libvirt that do not listen at their sockets in FOLDER, such as "virtnetworkd"; not
 * libvirtd's own. Since 5.6, libvirt is one daemon or several. If one of the several is off, only
 * what it does fails, with a message that does not name it.
 *
 * @return (transfer full) of const char *: perhaps none
 */
GPtrArray *sb_doctor_missing_daemons(const char *folder);
