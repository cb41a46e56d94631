/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/diagnostics.h"

#include "base/text.h"

struct SbDiagnostics {
    GPtrArray *list;
    guint dropped;
    guint errors;
    GHashTable *disabled; /* set of rules */
};

const char *sb_severity_name(SbSeverity severity)
{
    return severity == SB_SEVERITY_ERROR ? "error" : "warning";
}

static void diagnostic_free(gpointer data)
{
    SbDiagnostic *diagnostic = data;
    g_free(diagnostic->file);
    g_free(diagnostic->path);
    g_free(diagnostic->message);
    g_free(diagnostic);
}

SbDiagnostics *sb_diagnostics_new(void)
{
    SbDiagnostics *diagnostics = g_new0(SbDiagnostics, 1);
    diagnostics->list = g_ptr_array_new_with_free_func(diagnostic_free);
    diagnostics->disabled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return diagnostics;
}

SbDiagnostics *sb_diagnostics_new_like(const SbDiagnostics *other)
{
    SbDiagnostics *diagnostics = sb_diagnostics_new();
    GHashTableIter iter;
    gpointer rule;
    g_hash_table_iter_init(&iter, other->disabled);
    while (g_hash_table_iter_next(&iter, &rule, NULL))
        sb_diagnostics_disable(diagnostics, rule);
    return diagnostics;
}

void sb_diagnostics_free(SbDiagnostics *diagnostics)
{
    g_ptr_array_unref(diagnostics->list);
    g_hash_table_unref(diagnostics->disabled);
    g_free(diagnostics);
}

/* Findings are kept in the order of the file, because checks across keys report out of order. */
static guint place_for(const SbDiagnostics *diagnostics, const char *file, SbMark mark)
{
    guint place = diagnostics->list->len;
    for (; place > 0; place--) {
        const SbDiagnostic *before = g_ptr_array_index(diagnostics->list, place - 1);
        if (g_strcmp0(before->file, file) != 0 || before->mark.line < mark.line ||
            (before->mark.line == mark.line && before->mark.column <= mark.column))
            break;
    }
    return place;
}

/* Makes room for one more finding of SEVERITY; FALSE if that is not possible. */
static gboolean make_room(SbDiagnostics *diagnostics, SbSeverity severity)
{
    guint length = diagnostics->list->len;
    if (length < SB_DIAGNOSTICS_MAX)
        return TRUE;
    diagnostics->dropped++;
    for (guint i = length; i > 0 && severity == SB_SEVERITY_ERROR; i--)
        if (sb_diagnostics_get(diagnostics, i - 1)->severity == SB_SEVERITY_WARNING) {
            g_ptr_array_remove_index(diagnostics->list, i - 1);
            return TRUE;
        }
    return FALSE;
}

/* Takes MESSAGE over. */
static void add(SbDiagnostics *diagnostics, const SbFinding *finding, char *message)
{
    g_autofree char *owned = message;
    diagnostics->errors += finding->severity == SB_SEVERITY_ERROR;
    if (!make_room(diagnostics, finding->severity))
        return;
    SbDiagnostic *diagnostic = g_new0(SbDiagnostic, 1);
    diagnostic->file = g_strdup(finding->file);
    diagnostic->mark = finding->mark;
    diagnostic->severity = finding->severity;
    diagnostic->rule = g_intern_string(finding->rule);
    diagnostic->path = finding->path ? sb_text_one_line(finding->path) : NULL;
    diagnostic->message = sb_text_one_line(owned);
    g_ptr_array_insert(diagnostics->list, place_for(diagnostics, finding->file, finding->mark),
                       diagnostic);
}

void sb_diagnostics_add(SbDiagnostics *diagnostics, const char *file, SbMark mark,
                        const char *format, ...)
{
    const SbFinding finding = {.file = file, .mark = mark};
    va_list arguments;
    va_start(arguments, format);
    add(diagnostics, &finding, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void sb_diagnostics_add_finding(SbDiagnostics *diagnostics, const SbFinding *finding,
                                const char *format, ...)
{
    if (!sb_diagnostics_wants(diagnostics, finding->rule))
        return;
    va_list arguments;
    va_start(arguments, format);
    add(diagnostics, finding, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void sb_diagnostics_add_dropped(SbDiagnostics *diagnostics, const SbDiagnostics *other)
{
    guint kept = 0;
    for (guint i = 0; i < other->list->len; i++)
        kept += sb_diagnostics_get(other, i)->severity == SB_SEVERITY_ERROR;
    diagnostics->errors += other->errors - kept;
    diagnostics->dropped += other->dropped;
}

void sb_diagnostics_disable(SbDiagnostics *diagnostics, const char *rule)
{
    g_hash_table_add(diagnostics->disabled, g_strdup(rule));
}

gboolean sb_diagnostics_wants(const SbDiagnostics *diagnostics, const char *rule)
{
    return !rule || !g_hash_table_contains(diagnostics->disabled, rule);
}

guint sb_diagnostics_errors(const SbDiagnostics *diagnostics)
{
    return diagnostics->errors;
}

guint sb_diagnostics_count(const SbDiagnostics *diagnostics)
{
    return diagnostics->list->len;
}

guint sb_diagnostics_total(const SbDiagnostics *diagnostics)
{
    return diagnostics->list->len + diagnostics->dropped;
}

const SbDiagnostic *sb_diagnostics_get(const SbDiagnostics *diagnostics, guint index)
{
    return g_ptr_array_index(diagnostics->list, index);
}

char *sb_diagnostics_to_string(const SbDiagnostics *diagnostics)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < diagnostics->list->len; i++) {
        const SbDiagnostic *diagnostic = sb_diagnostics_get(diagnostics, i);
        if (i > 0)
            g_string_append_c(text, '\n');
        g_autofree char *file = sb_text_one_line(diagnostic->file);
        g_string_append(text, file);
        if (diagnostic->mark.line)
            g_string_append_printf(text, ":%u:%u", diagnostic->mark.line, diagnostic->mark.column);
        g_string_append(text, diagnostic->severity == SB_SEVERITY_WARNING ? ": warning: " : ": ");
        if (diagnostic->path && *diagnostic->path)
            g_string_append_printf(text, "%s: ", diagnostic->path);
        g_string_append(text, diagnostic->message);
        if (diagnostic->rule)
            g_string_append_printf(text, " [%s]", diagnostic->rule);
    }
    if (diagnostics->dropped)
        g_string_append_printf(text, "\n… and %u more", diagnostics->dropped);
    return g_string_free(text, FALSE);
}
