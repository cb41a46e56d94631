/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The lines that prove a diagnosis: facts in words, and lines of the console.
 *
 * Room: rules.
 * Threads: every function is pure.
 */
#pragma once

#include "rules/facts.h"
#include "rules/rules.h"

/** Adds a line for each fact of SHOWS that is known to LINES, of char *. */
void sb_evidence_add_facts(GPtrArray *lines, const SbFacts *facts, SbShow shows);

/** Adds the lines number LINE and WITH of the console with those around them; a number below 0
 * stands for no line. */
void sb_evidence_add_console(GPtrArray *lines, const SbFacts *facts, int line, int with);

/** Adds the last lines of the console, and before them line ERROR (below 0: none) if that is
 * further up. */
void sb_evidence_add_tail(GPtrArray *lines, const SbFacts *facts, int error);

/** The state of the domain in words, such as "paused (somebody paused it)". (transfer full) */
char *sb_evidence_state(virDomainState state, int reason);
