/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Prints the value that the library reads from each YAML file, on one line, in the form of
 * yaml-as-python.py: `error`, or the value with the types of all scalars.
 */
#include "base/datum.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *value_text(const SbDatum *datum);

static char *text_text(const char *text)
{
    GString *quoted = g_string_new("'");
    for (const char *c = text; *c; c++)
        g_string_append_printf(quoted, g_ascii_isalnum(*c) ? "%c" : "%%%02x", (guchar)*c);
    g_string_append_c(quoted, '\'');
    return g_string_free(quoted, FALSE);
}

static char *number_text(const SbDatum *datum)
{
    if (datum->type == SB_DATUM_NUMBER)
        return g_strdup_printf("float:%.12g",
                               isnan(datum->number) ? fabs(datum->number) : datum->number);
    /* Numbers are exact only up to here, and PyYAML has no 0 with a sign. */
    if (fabs(datum->number) > 9007199254740991)
        return g_strdup("int:large");
    return g_strdup_printf("int:%.0f", datum->number + 0.0);
}

static char *scalar_text(const SbDatum *datum)
{
    switch (datum->type) {
    case SB_DATUM_NULL:
        return g_strdup("null");
    case SB_DATUM_BOOLEAN:
        return g_strdup(datum->boolean ? "true" : "false");
    case SB_DATUM_TIMESTAMP:
        return g_strdup("date");
    case SB_DATUM_TEXT:
        return g_strcmp0(datum->node->tag, "tag:yaml.org,2002:binary") == 0
                   ? g_strdup("binary")
                   : text_text(datum->text);
    default:
        return number_text(datum);
    }
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *value_text(const SbDatum *datum)
{
    if (datum->type != SB_DATUM_LIST && datum->type != SB_DATUM_MAPPING)
        return scalar_text(datum);
    gboolean is_list = datum->type == SB_DATUM_LIST;
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < sb_datum_length(datum); i++) {
        g_autofree char *key = is_list ? NULL : value_text(sb_datum_key(datum, i));
        g_autofree char *value = value_text(sb_datum_item(datum, i));
        g_ptr_array_add(items, is_list ? g_strdup(value) : g_strconcat(key, ":", value, NULL));
    }
    if (!is_list)
        g_ptr_array_sort(items, compare_texts);
    g_ptr_array_add(items, NULL);
    g_autofree char *all = g_strjoinv(",", (char **)items->pdata);
    return g_strdup_printf(is_list ? "[%s]" : "{%s}", all);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        g_autofree char *text = NULL;
        gsize length;
        if (!g_file_get_contents(argv[i], &text, &length, NULL))
            return EXIT_FAILURE;
        g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
        g_autoptr(SbDocument) document = sb_document_load("f", text, length, diagnostics);
        g_autofree char *value =
            document ? value_text(sb_document_root(document)) : g_strdup("error");
        puts(value);
    }
    return EXIT_SUCCESS;
}
