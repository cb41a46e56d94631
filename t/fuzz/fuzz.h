/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The entry point that every fuzz target defines: libFuzzer's, or main.c's when it runs as a
 * test.
 */
#pragma once

#include <glib.h>

/** Runs the target on SIZE bytes at DATA; aborts where they break it. Returns 0. */
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);
