/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/verdict.h"

#include "base/array.h"
#include "base/text.h"
#include "diagnose/evidence.h"
#include "diagnose/examine.h"
#include "local/state-dir.h"
#include "rules/diagnosis.h"
#include "rules/next-steps.h"

#include <string.h>

/* The logs go with the machine, but the lines of them that are shown may not be enough. */
static char *save_logs(const SbCloudInitVerdict *verdict, const char *machine,
                       const char *directory)
{
    g_autofree char *log = g_strconcat(machine, SB_CLOUD_INIT_LOG_SUFFIX, NULL);
    g_autofree char *output = g_strconcat(machine, SB_CLOUD_INIT_OUTPUT_SUFFIX, NULL);
    if (!*verdict->log || !sb_evidence_write(directory, log, verdict->log, NULL) ||
        !sb_evidence_write(directory, output, verdict->output, NULL))
        return g_strdup("");
    return g_strdup_printf("\nits complete logs: %s/%s and %s", directory, log, output);
}

/* What cloud-init and the commands of its modules said of the failures, and before them. */
static char *words_of(const SbCloudInitVerdict *verdict)
{
    GString *words = g_string_new(NULL);
    SB_EACH(const char, warning, verdict->warnings)
        g_string_append_printf(words, "%s\n", warning);
    SB_EACH(const SbCloudInitFailure, failure, verdict->failures) {
        for (guint i = 0; i < failure->output->len; i++)
            g_string_append_printf(words, "%s\n",
                                   (const char *)g_ptr_array_index(failure->output, i));
        for (guint i = 0; i < failure->log->len; i++)
            g_string_append_printf(words, "%s\n", (const char *)g_ptr_array_index(failure->log, i));
        g_string_append_printf(words, "%s\n", failure->message);
    }
    return g_string_free(words, FALSE);
}

/* What the rules make of it: there is one for each state that is not good. */
static SbDiagnosis *diagnose(const SbCloudInitVerdict *verdict, const SbJudged *machine)
{
    g_autoptr(SbFacts) facts = sb_facts_new();
    g_autofree char *words = words_of(verdict);
    facts->machine = machine->domain->name;
    facts->evidence = machine->directory;
    facts->stays = machine->stays;
    facts->awaited = SB_STAGE_READY;
    facts->has_verdict = TRUE;
    if (machine->is_local && verdict->state == SB_CLOUD_INIT_ERROR) {
        facts->network_kind = machine->domain->metadata->network;
        facts->address = machine->domain->metadata->address;
        sb_examine_way_out(facts);
    }
    facts->cloud_init = verdict->is_absent ? SB_CLOUD_INIT_DISABLED : verdict->state;
    sb_facts_set_console(facts, words);
    return sb_diagnose(facts);
}

static char *describe_failure(const SbCloudInitVerdict *verdict, const SbJudged *machine,
                              const SbDiagnosis *diagnosis)
{
    g_autofree char *failures = sb_cloud_init_failures_text(verdict);
    g_autofree char *warnings = sb_cloud_init_warnings_text(verdict);
    g_autofree char *logs = save_logs(verdict, machine->domain->name, machine->directory);
    gboolean is_explained = strcmp(diagnosis->rule, "cloud-init-failed") != 0;
    return g_strdup_printf(
        "cloud-init failed:%s%s%s%s%s%s", failures, *warnings ? "\nit also warned:" : "", warnings,
        logs, is_explained ? "\nthe likely cause: " : "", is_explained ? diagnosis->cause : "");
}

/* What is worth saying about a cloud-init that did not fail; NULL if nothing is. */
static char *describe(const SbCloudInitVerdict *verdict)
{
    if (verdict->is_absent)
        return g_strdup("has no cloud-init: it is not known whether it is configured");
    if (verdict->state == SB_CLOUD_INIT_DISABLED)
        return g_strdup("cloud-init is disabled there: nothing is configured at its next boot");
    if (verdict->state == SB_CLOUD_INIT_DEGRADED) {
        g_autofree char *warnings = sb_cloud_init_warnings_text(verdict);
        return g_strdup_printf("cloud-init is done, but degraded:%s", warnings);
    }
    return verdict->state == SB_CLOUD_INIT_DONE
               ? NULL
               : g_strdup_printf("cloud-init says that it is %s",
                                 sb_cloud_init_state_name(verdict->state));
}

/* Whether each word of WORDS is a word of TEXT. */
static gboolean has_words(const char *text, const char *words)
{
    g_auto(GStrv) there = g_strsplit_set(text, " \n", -1), wanted = g_strsplit(words, " ", -1);
    for (gsize i = 0; wanted[i]; i++)
        if (*wanted[i] && !g_strv_contains((const char *const *)there, wanted[i]))
            return FALSE;
    return TRUE;
}

/* The firmware goes on to the disk without a word if it cannot start the kernel of the fleet file.
 */
static char *other_kernel(const SbCloudInitVerdict *verdict, const SbJudged *machine)
{
    const char *given = machine->domain->cmdline;
    if (!given || !*verdict->cmdline || has_words(verdict->cmdline, given))
        return NULL;
    g_autofree char *runs = sb_text_one_line(verdict->cmdline);
    return g_strdup_printf(
        "it did not boot the kernel of the fleet file's 'kernel': it runs with the "
        "command line '%s', and '%s' was given",
        runs, given);
}

char *sb_verdict_judge(const SbCloudInitVerdict *verdict, SbDemands demands,
                       const SbJudged *machine, char **hint_out)
{
    *hint_out = NULL;
    char *other = other_kernel(verdict, machine);
    if (other) {
        *hint_out = g_strdup(NEXT_OWN_KERNEL);
        return other;
    }
    g_autoptr(SbDiagnosis) diagnosis = diagnose(verdict, machine);
    gboolean is_failed = !verdict->is_absent && verdict->state == SB_CLOUD_INIT_ERROR;
    gboolean is_degraded = !verdict->is_absent && verdict->state == SB_CLOUD_INIT_DEGRADED;
    char *text = is_failed ? describe_failure(verdict, machine, diagnosis) : describe(verdict);
    if (is_failed ||
        (text && demands & (is_degraded ? SB_DEMAND_NO_WARNINGS : SB_DEMAND_CLOUD_INIT)))
        *hint_out = g_strdup(diagnosis->next);
    return text;
}
