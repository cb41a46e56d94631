/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Lints texts in unit tests, and compares the findings, as "LINE:COLUMN RULE", with those expected.
 */
#pragma once

#include "cloud-init/lint.h"

#include <glib.h>
#include <string.h>

/** All findings, as "LINE:COLUMN RULE, LINE:COLUMN RULE"; a '!' behind errors. (transfer full) */
static inline char *findings_brief(const SbDiagnostics *diagnostics)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < sb_diagnostics_count(diagnostics); i++) {
        const SbDiagnostic *found = sb_diagnostics_get(diagnostics, i);
        g_string_append_printf(text, "%s%u:%u %s%s", i ? ", " : "", found->mark.line,
                               found->mark.column, found->rule,
                               found->severity == SB_SEVERITY_ERROR ? "!" : "");
    }
    return g_string_free(text, FALSE);
}

/** Lints LENGTH bytes at DATA as KIND with LINTER, as file "f"; fails unless the findings are
 * EXPECTED. (transfer full) */
static inline SbDiagnostics *lint_bytes(SbLinter *linter, SbLintKind kind, const char *data,
                                        gsize length, const char *expected)
{
    SbDiagnostics *diagnostics = sb_diagnostics_new();
    /* A copy without a NUL behind it: there a read too far would go unnoticed. */
    g_autofree char *exact = g_memdup2(data, length);
    sb_lint(linter, kind, "f", exact, length, diagnostics);
    g_autofree char *found = findings_brief(diagnostics);
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    if (!g_str_equal(found, expected))
        g_error("expected '%s', got '%s' in:\n%.*s\n%s", expected, found, (int)MIN(length, 500),
                data, text);
    return diagnostics;
}

/** The same for a text, with a new linter. (transfer full) */
static inline SbDiagnostics *lint_text(SbLintKind kind, const char *text, const char *expected)
{
    g_autoptr(SbLinter) linter = sb_linter_new();
    return lint_bytes(linter, kind, text, strlen(text), expected);
}

/** The same for user-data; the findings are freed. */
static inline void lint_user_data(const char *text, const char *expected)
{
    sb_diagnostics_free(lint_text(SB_LINT_USER_DATA, text, expected));
}
