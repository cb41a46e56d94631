#include "base/diagnostics.h"

#include "base/text.h"

struct SbDiagnostics {
    GPtrArray *list;
    guint dropped;
};

static void diagnostic_free(gpointer data)
{
    SbDiagnostic *diagnostic = data;
    g_free(diagnostic->file);
    g_free(diagnostic->message);
    g_free(diagnostic);
}

SbDiagnostics *sb_diagnostics_new(void)
{
    SbDiagnostics *diagnostics = g_new0(SbDiagnostics, 1);
    diagnostics->list = g_ptr_array_new_with_free_func(diagnostic_free);
    return diagnostics;
}

void sb_diagnostics_free(SbDiagnostics *diagnostics)
{
    g_ptr_array_unref(diagnostics->list);
    g_free(diagnostics);
}

/* Insertion keeps the order of the file: checks across keys report out of order. */
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

void sb_diagnostics_add(SbDiagnostics *diagnostics, const char *file, SbMark mark,
                        const char *format, ...)
{
    if (diagnostics->list->len >= SB_DIAGNOSTICS_MAX) {
        diagnostics->dropped++;
        return;
    }
    SbDiagnostic *diagnostic = g_new0(SbDiagnostic, 1);
    diagnostic->file = g_strdup(file);
    diagnostic->mark = mark;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    diagnostic->message = sb_text_one_line(message);
    va_end(arguments);
    g_ptr_array_insert(diagnostics->list, place_for(diagnostics, file, mark), diagnostic);
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
        g_string_append_printf(text, ": %s", diagnostic->message);
    }
    if (diagnostics->dropped)
        g_string_append_printf(text, "\n… and %u more", diagnostics->dropped);
    return g_string_free(text, FALSE);
}
