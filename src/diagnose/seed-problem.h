/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A seed as a guest would read it.
 *
 * Room: diagnose.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** Why cloud-init would not use the seed IMAGE, or a part of it. (transfer full) (nullable) NULL:
 * nothing is wrong with it */
char *sb_seed_problem(GBytes *image);
