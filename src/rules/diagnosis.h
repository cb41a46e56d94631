/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A diagnosis: what the rules make of the facts about a machine.
 *
 * Room: rules.
 * Threads: every function is pure.
 */
#pragma once

#include "rules/facts.h"
#include "rules/rules.h"

/** The cause of a failure, what proves it, and what can be done now. */
typedef struct {
    const char *rule;    /**< (nullable) the name of the rule that matched (transfer none) */
    gboolean is_final;   /**< the machine will get no further */
    char *cause;         /**< one sentence, without a full stop */
    GPtrArray *evidence; /**< of char *: lines */
    char *next;          /**< one step that is possible now */
} SbDiagnosis;

/** Frees DIAGNOSIS (nullable). */
void sb_diagnosis_free(SbDiagnosis *diagnosis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbDiagnosis, sb_diagnosis_free)

/** What FACTS mean: the first rule that matches; NULL if no rule does, and so nothing is wrong.
 * (transfer full) */
SbDiagnosis *sb_diagnose(const SbFacts *facts);

/** The same, but only by a rule that ends a wait. (transfer full) (nullable) */
SbDiagnosis *sb_diagnose_end(const SbFacts *facts);

/** How long the machine of FACTS may do nothing before it is given up: not long when its console
 * says why, and not only what it waits for. 0: for ever */
gint64 sb_facts_patience_ms(const SbFacts *facts);

/**
 * DIAGNOSIS as text of several lines: "CAUSESUFFIX\nevidence:\n  | LINE…\ntry: NEXT".
 *
 * @param suffix  (nullable)
 * @return (transfer full)
 */
char *sb_diagnosis_text(const SbDiagnosis *diagnosis, const char *suffix);

/** The finding in TEXT, which is a message with what sb_diagnosis_text() gave at its end; NULL if
 * there is none. Its rule is the one that has such a cause. (transfer full) (nullable) */
SbDiagnosis *sb_diagnosis_from_text(const char *text);

/** How far the boot of FACTS came, and what it works at, such as "cloud-init runs its stage
 * 'modules:final'". (transfer full) (nullable) */
char *sb_facts_progress(const SbFacts *facts);

/** The last stage that the console of FACTS shows; SB_STAGE_NONE: it shows none. */
SbStage sb_facts_console_stage(const SbFacts *facts);
