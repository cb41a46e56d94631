/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Which rule matches the facts, and at which lines of the console.
 *
 * The tables are searched in an order that depends on what is asked for. For the end of a wait,
 * what is known outside the guest stands before what the guest says: a machine that is off explains
 * a port that is closed. For an explanation it is the other way round.
 *
 * Room: rules.
 * Threads: every function is pure.
 */
#pragma once

#include "rules/facts.h"
#include "rules/rules.h"

/** Where a rule matched. */
typedef struct {
    const SbRule *rule; /**< NULL: none matched */
    int line, with;     /**< of the console; below 0: none */
    char *group;        /**< (nullable) of WITH or, without it, of LINE */
    char *of_line;      /**< (nullable) of LINE, if there is WITH */
} SbRuleMatch;

/** Frees what MATCH holds. */
void sb_rule_match_clear(SbRuleMatch *match);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SbRuleMatch, sb_rule_match_clear)

/** The first rule of KIND that matches FACTS; FALSE if none does. MATCH_OUT must be cleared. */
gboolean sb_rule_search(const SbFacts *facts, SbRuleKind kind, SbRuleMatch *match_out);

/** The rule that explains MATCH by what the guest said before it; FALSE if there is none, or the
 * rule of MATCH needs none. REASON_OUT must be cleared. */
gboolean sb_rule_find_reason(const SbFacts *facts, const SbRuleMatch *match,
                             SbRuleMatch *reason_out);

/** The rule whose cause, whatever its words in braces stand for, TEXT has; of several the one that
 * begins first, and then the one with the most letters. (transfer none) (nullable) */
const SbRule *sb_rule_of_cause(const char *text);

/** The first line of the console that MATCH is about; the number of lines if it is about none. */
guint sb_rule_match_start(const SbFacts *facts, const SbRuleMatch *match);

/** Where the boot that counts begins on the console. What the firmware says is past when a kernel
 * has begun, and what a kernel says when the firmware has begun again. */
typedef struct {
    guint firmware;
    guint kernel; /**< the firmware if no kernel has begun */
} SbConsoleBoot;

/** The last boot on the console of FACTS. */
SbConsoleBoot sb_console_boot(const SbFacts *facts);

/**
 * The last line of the console, from FROM, that matches PATTERN; below 0 if none does.
 *
 * @param group_out  (nullable) (transfer full) as for sb_rule_line_matches()
 */
int sb_console_find(const SbFacts *facts, const char *pattern, guint from, char **group_out);

/** Whether a line of the console, from FROM, has NAME. */
gboolean sb_console_names(const SbFacts *facts, guint from, const char *name);
