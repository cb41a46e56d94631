/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Parts (shards) of a test: their names, the variables of job systems that say them, and which test
 * is in which part.
 *
 * Room: test.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** No file of durations is larger. */
#define SB_TEST_DURATIONS_MAX_BYTES ((gsize)64 * 1024 * 1024)

/** Reads "K/N", with 1 <= K <= N <= 1000. FALSE for any other text: then nothing is written. */
gboolean sb_test_shard_parse(const char *text, guint *shard_out,
                             guint *shards_out) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Reads the part from the variables of a parallel job: Slurm's job arrays, GitLab, CircleCI or
 * Buildkite.
 *
 * @param environment  as of g_get_environ()
 * @param why_out      (transfer full) set with FALSE: which variables are missing or wrong
 */
gboolean sb_test_shard_of_job(char **environment, guint *shard_out, guint *shards_out,
                              char **why_out) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Deals tests out to SHARDS parts. With DURATIONS, the parts take about the same time: the longest
 * test goes first to the part that has least to do. Without, they get turns. Each part of a test
 * comes to the same result.
 *
 * @param tests      their names, n_tests
 * @param durations  (nullable) from a name to its seconds (gdouble *); a test that is not in it
 * counts as the mean of the others
 * @return (transfer full) the part of each test, from 1
 */
guint *sb_test_shard_deal(const char *const *tests, guint n_tests, guint shards,
                          GHashTable *durations);

/** DURATIONS as JSON, for sb_test_durations_parse(). (transfer full) */
char *sb_test_durations_to_json(GHashTable *durations);

/**
 * Reads a file of durations.
 *
 * @return (transfer full) as the DURATIONS of sb_test_shard_deal(); NULL with an error of
 * SB_JSON_ERROR
 */
GHashTable *sb_test_durations_parse(const char *text, gsize length,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
