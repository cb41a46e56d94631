/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: for any bytes, YAML gives findings, or a document that keeps its promises.
 *
 * All user-data goes through this, also from a pull request. See main.c for how to run it;
 * t/data/lint has documents to begin with.
 */
#include "base/datum.h"
#include "fuzz.h"

#include <string.h>

static void check_findings(const SbDiagnostics *diagnostics)
{
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *c = text; *c; c++)
        g_assert_true(*c == '\n' || !g_ascii_iscntrl(*c));
}

/* Asserts the promises of datum.h for DATUM, which is LEVEL levels deep. */
static void check_datum(const SbDatum *datum, guint level, guint *left)
{
    gboolean is_mapping = datum->type == SB_DATUM_MAPPING;
    gboolean is_collection = is_mapping || datum->type == SB_DATUM_LIST;
    g_assert_cmpuint(level, <=, SB_DOCUMENT_MAX_DEPTH);
    g_assert_cmpuint(datum->mark.line, >=, 1);
    g_assert_cmpuint(datum->mark.column, >=, 1);
    g_assert_true(is_collection == (datum->text == NULL));
    g_assert_true(!datum->text || g_utf8_validate(datum->text, -1, NULL));
    g_assert_true(is_collection || sb_datum_length(datum) == 0);
    /* Many aliases may stand for the same value. */
    for (guint i = 0; i < sb_datum_length(datum) && *left > 0; i++) {
        (*left)--;
        check_datum(sb_datum_item(datum, i), level + 1, left);
        if (!is_mapping)
            continue;
        const SbDatum *key = sb_datum_key(datum, i);
        g_assert_nonnull(key->text);
        if (key->type == SB_DATUM_TEXT)
            g_assert_true(sb_datum_get(datum, key->text) == sb_datum_item(datum, i));
    }
}

/* Another document of the same text is equal to it, except for values that equal nothing. */
static void check_equal(const SbDocument *document, const char *data, gsize size)
{
    g_autoptr(SbDiagnostics) ignored = sb_diagnostics_new();
    g_autoptr(SbDocument) again = sb_document_load("again", data, size, ignored);
    g_assert_nonnull(again);
    const SbDatum *a = sb_document_root(document), *b = sb_document_root(again);
    g_assert_cmpuint(sb_datum_hash(a), ==, sb_datum_hash(b));
    g_autofree char *lower = g_ascii_strdown(data, (gssize)size);
    if (!strstr(lower, "nan"))
        g_assert_true(sb_datum_equal(a, b));
}

static void check_strict(const char *data, gsize size)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(SbYamlNode) node = sb_yaml_parse("strict", data, size, SB_YAML_STRICT, diagnostics);
    check_findings(diagnostics);
    g_assert_true(node || sb_diagnostics_errors(diagnostics) > 0);
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize size)
{
    const char *data = (const char *)bytes;
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(SbDocument) document = sb_document_load("f", data, size, diagnostics);
    check_findings(diagnostics);
    g_assert_true((document != NULL) == (sb_diagnostics_errors(diagnostics) == 0));
    if (document) {
        guint left = 20000;
        check_datum(sb_document_root(document), 1, &left);
        check_equal(document, data, size);
    }
    check_strict(data, size);
    return 0;
}
