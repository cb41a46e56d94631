/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The files that are compiled into the program: src/seedbed.gresource.xml lists them.
 *
 * Room: base.
 * Threads: any.
 */
#pragma once

#include <glib.h>

/**
 * Returns a file that is compiled into the program.
 *
 * @param path  its path in the source tree, such as "cloud-init/harness.yaml". If the program does
 * not have it, the build has a mistake, and the program ends.
 * @return (transfer full) its content, with a NUL behind it
 */
GBytes *sb_resource(const char *path);
