/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Comparison with golden files in t/data: `SEEDBED_UPDATE_GOLDEN=1` in the environment writes them
 * anew.
 */
#pragma once

#include "base/xml.h"
#include "test.h"

/** Checks that DOCUMENT, which is freed, equals the file NAME in t/data. */
static inline void assert_golden(const char *name, xmlDoc *document)
{
    g_autofree char *path = test_data_path(name);
    g_autofree char *text = sb_xml_to_string(document);
    g_autofree char *actual = g_strconcat(text, "\n", NULL);
    g_autofree char *expected = NULL;
    xmlFreeDoc(document);
    if (g_getenv("SEEDBED_UPDATE_GOLDEN"))
        g_assert_true(g_file_set_contents(path, actual, -1, NULL));
    g_assert_true(g_file_get_contents(path, &expected, NULL, NULL));
    g_assert_cmpstr(actual, ==, expected);
}

/** TEXT with OLD, which must be in it, replaced by NEW everywhere. (transfer full) */
static inline char *replaced(const char *text, const char *old, const char *new)
{
    g_auto(GStrv) parts = g_strsplit(text, old, -1);
    g_assert_cmpuint(g_strv_length(parts), >, 1);
    return g_strjoinv(new, parts);
}
