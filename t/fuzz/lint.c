/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: for any files of a seed, the findings of lint are safe to show, have known rules and
 * existing places, and are not more than the limit.
 *
 * See main.c for how to run it; t/data/lint has documents to begin with.
 */
#include "cloud-init/lint.h"
#include "cloud-init/user-data-check.h"
#include "fuzz.h"

#include <string.h>

static guint count_lines(const char *data, gsize size)
{
    guint lines = 1;
    for (gsize i = 0; i < size; i++)
        lines += data[i] == '\n' || data[i] == '\r' || (guchar)data[i] >= 0x80;
    return lines;
}

/* For gzip, the lines are those of the unpacked text. */
static void check_findings(const SbDiagnostics *diagnostics, guint lines)
{
    guint errors = 0;
    for (guint i = 0; i < sb_diagnostics_count(diagnostics); i++) {
        const SbDiagnostic *found = sb_diagnostics_get(diagnostics, i);
        g_assert_nonnull(sb_lint_rule_find(found->rule));
        g_assert_cmpuint(found->mark.line, <=, lines + 1);
        errors += found->severity == SB_SEVERITY_ERROR;
    }
    g_assert_cmpuint(errors, <=, sb_diagnostics_errors(diagnostics));
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *c = text; *c; c++)
        g_assert_true(*c == '\n' || !g_ascii_iscntrl(*c));
}

/* The other readers of user-data: none of them may fail for any text. */
static void check_user_data(const char *data, gsize size)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_user_data_check("f", data, size, diagnostics);
    sb_user_data_check_login("f", data, size, "seedbed", diagnostics);
    (void)sb_user_data_has_users(data, size);
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    g_assert_true(g_utf8_validate(text, -1, NULL));
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize size)
{
    static const SbLintKind kinds[] = {SB_LINT_USER_DATA, SB_LINT_NETWORK_CONFIG,
                                       SB_LINT_META_DATA};
    static SbLinter *linter;
    const char *data = (const char *)bytes;
    gboolean is_gzip = size >= 2 && memcmp(data, "\x1f\x8b", 2) == 0;
    guint lines = is_gzip ? G_MAXUINT - 1 : count_lines(data, size);
    /* All runs share one linter: loading its schema takes longer than most files. */
    if (!linter)
        linter = sb_linter_new();
    sb_linter_set_offline(linter, size % 2 == 0);
    sb_linter_set_version(linter, size % 3 == 0 ? 2204 : 0);
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
        sb_lint(linter, kinds[i], "f", data, size, diagnostics);
        check_findings(diagnostics, lines);
    }
    (void)sb_lint_kind("f", data, size);
    check_user_data(data, size);
    return 0;
}
