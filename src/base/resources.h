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
 * A file of the program.
 *
 * @param path  as in the source tree: "cloud-init/harness.yaml". That the program does not have it
 *              is a mistake of the build, and ends the program.
 * @return (transfer full) its content, with a NUL behind it
 */
GBytes *sb_resource(const char *path);
