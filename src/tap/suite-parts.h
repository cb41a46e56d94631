/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What suite.c and suite-reader.c share.
 *
 * Room: tap.
 * Threads: as suite.h.
 */
#pragma once

#include "base/capped-text.h"
#include "tap/suite.h"

/** An empty suite called NAME. (transfer full) */
SbSuite *sb_suite_new(const char *name);

void sb_test_free(SbTest *test);

/** For the BYTES of a suite's output: what comes last matters more. (transfer full) */
SbCappedText *sb_suite_output_new(gsize bytes);

/** TEXT as sb_suite_safe_text() has it. (transfer full) */
char *sb_suite_capped_to_safe(const SbCappedText *text);
