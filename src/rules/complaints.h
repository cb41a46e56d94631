/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The line of a console that says why something failed, where no rule knows it.
 *
 * A guest complains in three ways: it names a cause ("cannot open /etc/x"), it hints at one
 * ("warning: …"), or it only tells the outcome ("[FAILED] Failed to start x.service"). A cause
 * counts more than a hint, and a hint more than an outcome. Of several complaints in a row, the
 * first one counts: the others follow from it.
 *
 * Room: rules.
 * Threads: every function is pure.
 */
#pragma once

#include "rules/facts.h"

/** Whether LINE complains in boots that succeed, too, and so explains nothing. */
gboolean sb_complaint_is_harmless(const char *line);

/** Whether LINE is about what the guest needs to reach STAGE. */
gboolean sb_complaint_is_about(const char *line, SbStage stage);

/** Whether LINE, of systemd, tells that a unit failed, and a later line of the console of FACTS
 * that it was started after all. */
gboolean sb_complaint_is_mended(const SbFacts *facts, guint line);

/**
 * The number of the line, from FROM and before TO, that most likely names a cause; below 0: no line
 * there complains.
 *
 * @param stage  lines that are about it are preferred
 */
int sb_complaint_find(const SbFacts *facts, guint from, guint to, SbStage stage);

/** LINE of the console as it is quoted. A complaint of a word or two, such as "failed.", has before
 * it what was being done: another program spoke in the middle of that line. (transfer full) */
char *sb_complaint_quote(const SbFacts *facts, guint line);

/** The units that systemd could not start, from line FROM of the console, the first ones first:
 * their names with "', '" between them; NULL if there is none. (transfer full) (nullable) */
char *sb_complaint_failed_units(const SbFacts *facts, guint from);
