/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Makes a suite's result of the bytes that the suite writes.
 *
 * A reader keeps each failure with its diagnostics, the other tests up to a limit, and the
 * beginning and the end of the output. Where it leaves something out, it adds a note.
 *
 * Room: tap.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include "tap/suite.h"

/** How much a reader keeps. */
typedef struct {
    guint failures;     /**< tests that failed */
    guint others;       /**< tests that did not */
    gsize text_bytes;   /**< descriptions, reasons and diagnostics in all */
    gsize output_bytes; /**< of the output */
} SbSuiteLimits;

/** For reports that only list failures. */
extern const SbSuiteLimits sb_suite_limits_brief;
/** For reports that list every test. */
extern const SbSuiteLimits sb_suite_limits_full;

typedef struct SbSuiteReader SbSuiteReader;

/** Makes a reader for the suite NAME, which is sanitised. (transfer full) */
SbSuiteReader *sb_suite_reader_new(const char *name, const SbSuiteLimits *limits);

/** Frees READER and all that it has. */
void sb_suite_reader_free(SbSuiteReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbSuiteReader, sb_suite_reader_free)

/**
 * Says that what is pushed next comes at NOW_US, in microseconds of any clock that never goes back.
 *
 * From the first call on, each test lasts from the test before it to its own line, if it does not
 * say its duration itself; a subtest from the test before it at its level. Without a call only what
 * the tests say themselves is known.
 */
void sb_suite_reader_set_time(SbSuiteReader *reader, gint64 now_us);

/** Reads the next LENGTH bytes of the suite's standard output. */
void sb_suite_reader_push(SbSuiteReader *reader, const char *bytes, gsize length);

/** Reads the next LENGTH bytes of standard error: they may explain a failed test, but are not TAP.
 */
void sb_suite_reader_push_stderr(SbSuiteReader *reader, const char *bytes, gsize length);

/** Whether nothing more has to come: the plan is fulfilled, or the stream has bailed out. */
gboolean sb_suite_reader_is_complete(const SbSuiteReader *reader);

/** How many tests with OUTCOME have come so far, for a live view. */
guint64 sb_suite_reader_count(const SbSuiteReader *reader, SbTapOutcome outcome);

/**
 * Ends the suite.
 *
 * @param exit_status  as sb_tap_judge_end() takes it
 * @return (transfer full) the result; the reader can then only be freed
 */
SbSuite *sb_suite_reader_finish(SbSuiteReader *reader, int exit_status);

/**
 * Makes a suite whose result is the exit status alone. It has one test, which passed if the status
 * is 0.
 *
 * @param output  of the command; not sanitised yet
 * @return (transfer full)
 */
SbSuite *sb_suite_from_exit_status(const char *name, int exit_status, const char *output,
                                   gsize length);
