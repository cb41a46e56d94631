/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: a schema is refused, or it checks any document in finite time, and the verdict
 * agrees with the findings.
 *
 * The bytes are a schema, a line "%%", and a document. A schema comes from the user, a document
 * from anywhere. See main.c for how to run it.
 */
#include "cloud-init/schema.h"
#include "fuzz.h"

#include <string.h>

#define SEPARATOR "\n%%\n"

static void check_findings(const SbDiagnostics *diagnostics)
{
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *c = text; *c; c++)
        g_assert_true(*c == '\n' || !g_ascii_iscntrl(*c));
}

static void check_version(const SbSchema *schema, guint version, const SbDatum *root)
{
    const SbSchemaCheck checks[] = {
        {.file = "f", .version = version},
        {.file = "f", .version = version, .warns_of_unknown = TRUE},
        {.file = "f", .version = version, .definition = "a"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        if (checks[i].definition && !sb_schema_has(schema, checks[i].definition))
            continue;
        g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
        gboolean fits = sb_schema_validate(schema, &checks[i], root, diagnostics);
        g_assert_true(fits == (sb_diagnostics_errors(diagnostics) == 0));
        check_findings(diagnostics);
    }
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize size)
{
    const char *data = (const char *)bytes;
    const char *separator = g_strstr_len(data, (gssize)size, SEPARATOR);
    if (!separator)
        return 0;
    const char *text = separator + strlen(SEPARATOR);
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(SbSchema) schema = sb_schema_load("s", data, (gsize)(separator - data), diagnostics);
    check_findings(diagnostics);
    g_assert_true((schema != NULL) == (sb_diagnostics_errors(diagnostics) == 0));
    g_autoptr(SbDocument) document =
        sb_document_load("f", text, size - (gsize)(text - data), diagnostics);
    if (!schema || !document)
        return 0;
    static const guint versions[] = {0, 2204, 2602};
    for (gsize i = 0; i < G_N_ELEMENTS(versions); i++)
        check_version(schema, versions[i], sb_document_root(document));
    return 0;
}
