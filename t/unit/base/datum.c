/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/datum.h"
#include "findings.h"
#include "test.h"

#include <string.h>

/* Loads TEXT, which must have findings at MARKS. (transfer full) (nullable) */
static SbDocument *load(const char *text, const char *marks)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    SbDocument *document = sb_document_load("f", text, strlen(text), diagnostics);
    assert_findings_at(diagnostics, marks);
    g_assert_true((document == NULL) == (sb_diagnostics_errors(diagnostics) > 0));
    return document;
}

static void refuse(const char *text, const char *marks)
{
    g_assert_null(load(text, marks));
}

static void assert_text(const SbDatum *mapping, const char *key, const char *text)
{
    g_assert_cmpstr(sb_datum_get_text(mapping, key), ==, text);
}

static void test_types(void)
{
    g_autoptr(SbDocument) document = load("a: ~\nb: yes\nc: 0644\nd: 1.5\ne: 2024-01-31\nf: [x]\n"
                                          "g: {h: 'yes'}\ni: |\n  12\nj: \"\"\n",
                                          "");
    static const SbDatumType types[] = {SB_DATUM_NULL,    SB_DATUM_BOOLEAN,   SB_DATUM_INTEGER,
                                        SB_DATUM_NUMBER,  SB_DATUM_TIMESTAMP, SB_DATUM_LIST,
                                        SB_DATUM_MAPPING, SB_DATUM_TEXT,      SB_DATUM_TEXT};
    const SbDatum *root = sb_document_root(document);
    g_assert_cmpuint(sb_datum_length(root), ==, G_N_ELEMENTS(types));
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        g_assert_cmpint(sb_datum_item(root, i)->type, ==, types[i]);
    g_assert_cmpfloat(sb_datum_get(root, "c")->number, ==, 420);
    assert_text(sb_datum_get(root, "g"), "h", "yes");
    g_assert_cmpuint(sb_datum_get(root, "e")->mark.line, ==, 5);
    g_assert_cmpuint(sb_datum_get_key(root, "i")->mark.line, ==, 8);
    g_assert_null(sb_datum_get(root, "z"));
    g_assert_null(sb_datum_get(sb_datum_get(root, "f"), "x"));
    g_assert_null(sb_datum_get_text(root, "b"));
}

static void test_tags(void)
{
    g_autoptr(SbDocument) document =
        load("a: !!str 12\nb: !!int '12'\nc: !!float 3\nd: !!binary aGk=\ne: !!bool 'Yes'\n"
             "f: !!null x\ng: ! '5'\nh: !!seq [1]\ni: !!map {}\n",
             "");
    static const SbDatumType types[] = {SB_DATUM_TEXT,    SB_DATUM_INTEGER, SB_DATUM_NUMBER,
                                        SB_DATUM_TEXT,    SB_DATUM_BOOLEAN, SB_DATUM_NULL,
                                        SB_DATUM_INTEGER, SB_DATUM_LIST,    SB_DATUM_MAPPING};
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        g_assert_cmpint(sb_datum_item(sb_document_root(document), i)->type, ==, types[i]);
    refuse("a: !x 1\nb: !!int x\nc: !!set {a}\nd: !!python/object:os.system [x]\n",
           "1:4 2:4 3:4 4:4");
}

/* PyYAML ends a plain scalar in brackets at '?'. */
static void test_question_mark(void)
{
    g_autoptr(SbDocument) document = load("a: http://x/?b\nc: ['http://x/?b', ?d]\n", "");
    g_assert_nonnull(document);
    refuse("a: [http://x/?b, {c: d?, e?: f}, [g?]]\n", "1:5 1:22 1:26 1:35");
}

static void test_impossible(void)
{
    refuse("a: 2024-02-30\nb: 0b_\nc: =\nd: [<<]\n", "1:4 2:4 3:4 4:5");
    g_autoptr(SbDocument) document = load("=: 1\n'<<': 2\n", "");
    g_assert_nonnull(sb_datum_get(sb_document_root(document), "="));
    g_assert_nonnull(sb_datum_get(sb_document_root(document), "<<"));
}

static void test_duplicates(void)
{
    g_autoptr(SbDocument) document =
        load("a: 1\nb: {x: 1, 'x': 2}\na: two\nyes: 1\non: 2\n1: a\n1.0: b\n'1': c\n",
             "2:11 3:1 5:1 7:1");
    const SbDatum *root = sb_document_root(document);
    g_assert_cmpuint(sb_datum_length(root), ==, 5);
    assert_text(root, "a", "two");
    g_assert_cmpfloat(sb_datum_get(sb_datum_get(root, "b"), "x")->number, ==, 2);
}

static void test_aliases(void)
{
    g_autoptr(SbDocument) document = load("a: &x [1, &y two]\nb: *x\nc: *y\n", "");
    const SbDatum *root = sb_document_root(document);
    g_assert_true(sb_datum_get(root, "a") == sb_datum_get(root, "b"));
    assert_text(root, "c", "two");
    refuse("a: *x\nb: &x 1\n", "1:4");
    refuse("a: &x [*x]\n", "1:8");
    refuse("a: &x 1\nb: &x 2\n", "2:4");
}

/* A key that is written wins over merged keys; then the first mapping of a list wins. */
static void test_merge(void)
{
    g_autoptr(SbDocument) document = load("one: &one {a: 1x, b: 1x}\n"
                                          "two: &two {b: 2x, c: 2x}\n"
                                          "m: {b: mx, <<: *one}\n"
                                          "n: {<<: [*one, *two], d: nx}\n"
                                          "o: {<<: {<<: *two, c: ox}}\n",
                                          "");
    const SbDatum *root = sb_document_root(document);
    const SbDatum *m = sb_datum_get(root, "m"), *n = sb_datum_get(root, "n");
    assert_text(m, "a", "1x");
    assert_text(m, "b", "mx");
    assert_text(n, "b", "1x");
    assert_text(n, "c", "2x");
    assert_text(n, "d", "nx");
    assert_text(sb_datum_get(root, "o"), "c", "ox");
    assert_text(sb_datum_get(root, "o"), "b", "2x");
    g_assert_null(sb_datum_get(m, "<<"));
    refuse("a: {<<: 1}\nb: {<<: [{}, x]}\n", "1:9 2:14");
}

/* Aliases are not expanded, so 10^9 values take no time; a function that visits all of them would.
 */
static void test_alias_bomb(void)
{
    g_autoptr(GString) text = g_string_new("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++)
        g_string_append_printf(text, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n",
                               i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    refuse(text->str, "6:5");
}

static void test_limits(void)
{
    g_autofree char *deep = g_strnfill(SB_DOCUMENT_MAX_DEPTH + 1, '[');
    g_autofree char *mark = g_strdup_printf("1:%d", SB_DOCUMENT_MAX_DEPTH + 1);
    refuse(deep, mark);
    g_autoptr(GString) directives = g_string_new(NULL);
    for (int i = 0; i < 40; i++)
        g_string_append_printf(directives, "%%TAG !a%d! b\n", i);
    refuse(directives->str, "33:1");
}

/* Here libyaml reads on and PyYAML does not. */
static void test_tabs(void)
{
    refuse("a:\tb\n", "1:3");
    refuse("\303\244: b\t# c\n", "1:5");
    refuse("a: b\n\t\nc: d\n", "2:1");
    refuse("a: 'b'\t\n", "1:7");
    refuse("a: [b,\tc]\n", "1:7");
    g_autoptr(SbDocument) document = load("a: \"\t\"\nb: |\n  x\ty\n  \tz\nc: 1 # x\ty\n"
                                          "#\td\ne: 'f\n  \tg'\n",
                                          "");
    g_assert_nonnull(document);
}

/* The first line of a Makefile, below `|`: libyaml would refuse it. */
static void test_block_that_begins_with_a_tab(void)
{
    g_autoptr(SbDocument) document = load("a: |\n  \tmake\nb: |\n  \tc\nd: 0o7\n", "");
    g_assert_cmpuint(sb_datum_length(sb_document_root(document)), ==, 3);
    g_assert_cmpuint(strlen(sb_datum_get_text(sb_document_root(document), "a")), ==, 6);
    refuse("a: |\n  \tmake\nb: [\n", "4:1");
}

static void test_binary(void)
{
    g_autoptr(SbDocument) document = load("a: !!binary aGk=\nb: !!binary 'a Gk x'\nc: !!binary |\n"
                                          "  aGkK\n  aGkK\nd: !!binary a=aa=\n",
                                          "");
    g_assert_nonnull(document);
    refuse("a: !!binary aGk\nb: !!binary a\nc: !!binary a===\nd: !!binary \303\244\n",
           "1:4 2:4 3:4 4:4");
}

static void test_equal(void)
{
    g_autoptr(SbDocument) document =
        load("- [1, {a: [], b: ~}]\n- [1.0, {b: null, a: []}]\n- [true, {a: [], b: ~}]\n"
             "- [1, {a: [], b: x}]\n- [1, {a: [], c: ~}]\n- ['1', {a: [], b: ~}]\n",
             "");
    const SbDatum *root = sb_document_root(document);
    for (guint i = 0; i < sb_datum_length(root); i++)
        g_assert_cmpint(sb_datum_equal(sb_datum_item(root, 0), sb_datum_item(root, i)), ==, i < 2);
    g_assert_cmpuint(sb_datum_item(root, 0)->hash, ==, sb_datum_item(root, 1)->hash);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/datum/types", test_types);
    g_test_add_func("/datum/tags", test_tags);
    g_test_add_func("/datum/question-mark", test_question_mark);
    g_test_add_func("/datum/impossible", test_impossible);
    g_test_add_func("/datum/duplicates", test_duplicates);
    g_test_add_func("/datum/aliases", test_aliases);
    g_test_add_func("/datum/merge", test_merge);
    g_test_add_func("/datum/alias-bomb", test_alias_bomb);
    g_test_add_func("/datum/limits", test_limits);
    g_test_add_func("/datum/tabs", test_tabs);
    g_test_add_func("/datum/block-tab", test_block_that_begins_with_a_tab);
    g_test_add_func("/datum/binary", test_binary);
    g_test_add_func("/datum/equal", test_equal);
    return g_test_run();
}
