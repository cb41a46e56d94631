/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The entry point of every fuzz target. libFuzzer calls it, or main.c when the target runs as a
 * test.
 */
#pragma once

#include <glib.h>

/** Runs the target on SIZE bytes at DATA; aborts if the bytes break a promise. Returns 0. */
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);
