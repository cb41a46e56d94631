/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Where each boot begins in the log of a serial console.
 *
 * A reboot begins with the firmware, when a kernel has run; or, after kexec, with the first line of
 * another kernel. A guest that prints the same lines itself can make one boot look like two.
 *
 * Room: rules.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** The offsets in LOG, of LENGTH bytes, at which its boots begin; the first is 0. (transfer full)
 * of gsize */
GArray *sb_console_boots(const char *log, gsize length);
