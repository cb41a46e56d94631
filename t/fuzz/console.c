/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: whatever a guest prints, a diagnosis of its console ends, and says something that is
 * safe to show: one sentence, lines of the console as evidence, and a next step. See main.c for how
 * to run it.
 */
#include "base/text.h"
#include "fuzz.h"
#include "rules/diagnosis.h"

#include <string.h>

static void check_line(const char *line)
{
    g_assert_nonnull(line);
    g_assert_null(strchr(line, '\n'));
    g_autofree char *clean = sb_text_sanitize(line, strlen(line));
    g_assert_cmpstr(line, ==, clean);
}

static void check(const SbDiagnosis *diagnosis)
{
    if (!diagnosis)
        return;
    check_line(diagnosis->cause);
    g_assert_cmpstr(diagnosis->next, !=, "");
    for (guint i = 0; i < diagnosis->evidence->len; i++)
        check_line(diagnosis->evidence->pdata[i]);
    g_autofree char *text = sb_diagnosis_text(diagnosis, NULL);
    g_assert_true(g_utf8_validate(text, -1, NULL));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(SbFacts) facts = sb_facts_new();
    facts->machine = "f-m-1";
    facts->fleet = "f";
    facts->awaited = size > 0 ? (SbStage)(data[0] % (SB_STAGE_COUNT)) : SB_STAGE_NONE;
    sb_facts_set_console(facts, text);
    g_autoptr(SbDiagnosis) diagnosis = sb_diagnose(facts);
    check(diagnosis);
    g_autoptr(SbDiagnosis) end = sb_diagnose_end(facts);
    check(end);
    g_autofree char *progress = sb_facts_progress(facts);
    (void)sb_facts_console_stage(facts);
    return 0;
}
