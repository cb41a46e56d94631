/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Assertions about findings. They check places, which are promised, rather than texts, which may
 * change.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>

/** The places of all findings, as "LINE:COLUMN LINE:COLUMN …". (transfer full) */
static inline char *findings_marks(const SbDiagnostics *diagnostics)
{
    GString *marks = g_string_new(NULL);
    for (guint i = 0; i < sb_diagnostics_count(diagnostics); i++) {
        SbMark mark = sb_diagnostics_get(diagnostics, i)->mark;
        g_string_append_printf(marks, "%s%u:%u", i ? " " : "", mark.line, mark.column);
    }
    return g_string_free(marks, FALSE);
}

/** Fails with all findings as text unless their places are EXPECTED, as findings_marks() writes
 * them. */
static inline void assert_findings_at(const SbDiagnostics *diagnostics, const char *expected)
{
    g_autofree char *marks = findings_marks(diagnostics);
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    if (!g_str_equal(marks, expected))
        g_error("expected findings at '%s', got '%s':\n%s", expected, marks, text);
}

/** Fails unless finding INDEX has PART in its message. */
static inline void assert_finding_says(const SbDiagnostics *diagnostics, guint index,
                                       const char *part)
{
    g_assert_cmpuint(sb_diagnostics_count(diagnostics), >, index);
    const char *message = sb_diagnostics_get(diagnostics, index)->message;
    if (!g_strstr_len(message, -1, part))
        g_error("expected '%s' in finding %u: %s", part, index, message);
}
