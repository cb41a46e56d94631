/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/yaml.h"
#include "findings.h"
#include "test.h"

#include <string.h>

/* Parses TEXT and asserts the places of the findings ("" for none). (transfer full) (nullable) */
static SbYamlNode *parse_bytes(const char *text, gsize length, SbYamlFlags flags, const char *marks)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    SbYamlNode *root = sb_yaml_parse("f", text, length, flags, diagnostics);
    assert_findings_at(diagnostics, marks);
    return root;
}

static SbYamlNode *parse(const char *text, const char *marks)
{
    return parse_bytes(text, strlen(text), SB_YAML_STRICT, marks);
}

/* Asserts that TEXT has findings at MARKS and leaves no tree. */
static void refuse(const char *text, const char *marks)
{
    g_assert_null(parse(text, marks));
}

static void assert_scalar(const SbYamlNode *node, const char *text, gboolean is_plain, guint line,
                          guint column)
{
    g_assert_nonnull(node);
    g_assert_cmpint(node->kind, ==, SB_YAML_SCALAR);
    g_assert_cmpstr(node->text, ==, text);
    g_assert_cmpint(node->is_plain, ==, is_plain);
    g_assert_cmpuint(node->mark.line, ==, line);
    g_assert_cmpuint(node->mark.column, ==, column);
}

static void test_tree(void)
{
    g_autoptr(SbYamlNode) root = parse("# a comment\n"
                                       "a: 1\n"
                                       "b: [x, 'y', \"z\\n\"]\n"
                                       "c:\n"
                                       "  d:\n"
                                       "  e: |\n"
                                       "    two\n"
                                       "    lines\n",
                                       "");
    g_assert_cmpint(root->kind, ==, SB_YAML_MAPPING);
    g_assert_cmpuint(root->keys->len, ==, 3);
    g_assert_cmpuint(root->mark.line, ==, 2);
    assert_scalar(sb_yaml_get(root, "a"), "1", TRUE, 2, 4);
    const SbYamlNode *list = sb_yaml_get(root, "b");
    g_assert_cmpint(list->kind, ==, SB_YAML_SEQUENCE);
    g_assert_null(list->keys);
    assert_scalar(g_ptr_array_index(list->items, 0), "x", TRUE, 3, 5);
    assert_scalar(g_ptr_array_index(list->items, 1), "y", FALSE, 3, 8);
    assert_scalar(g_ptr_array_index(list->items, 2), "z\n", FALSE, 3, 13);
    const SbYamlNode *inner = sb_yaml_get(root, "c");
    assert_scalar(g_ptr_array_index(inner->keys, 0), "d", TRUE, 5, 3);
    assert_scalar(sb_yaml_get(inner, "d"), "", TRUE, 5, 5);
    assert_scalar(sb_yaml_get(inner, "e"), "two\nlines\n", FALSE, 6, 6);
    g_assert_null(sb_yaml_get(inner, "f"));
    g_assert_null(sb_yaml_get(list, "a"));
}

/* Columns are characters, as in an editor. */
static void test_columns_are_characters(void)
{
    g_autoptr(SbYamlNode) root = parse("\303\244\342\202\254: {\360\237\230\200: b}\n", "");
    const SbYamlNode *inner = g_ptr_array_index(root->items, 0);
    assert_scalar(g_ptr_array_index(inner->items, 0), "b", TRUE, 1, 9);
}

static void test_line_ends_and_byte_order_mark(void)
{
    g_autoptr(SbYamlNode) crlf = parse("a: 1\r\nb: 2\r\n", "");
    assert_scalar(sb_yaml_get(crlf, "b"), "2", TRUE, 2, 4);
    g_autoptr(SbYamlNode) mark = parse("\357\273\277a: 1\nb: 2\n", "");
    assert_scalar(sb_yaml_get(mark, "a"), "1", TRUE, 1, 4);
    assert_scalar(sb_yaml_get(mark, "b"), "2", TRUE, 2, 4);
    g_autoptr(SbYamlNode) marked_crlf = parse("\357\273\277a: 1\r\nb: 2", "");
    assert_scalar(sb_yaml_get(marked_crlf, "b"), "2", TRUE, 2, 4);
}

static void test_empty(void)
{
    refuse("", "0:0");
    refuse("# only a comment\n", "0:0");
    refuse("\357\273\277", "0:0");
    g_assert_null(parse_bytes(NULL, 0, SB_YAML_STRICT, "0:0"));
    g_autoptr(SbYamlNode) nothing = parse("---\n", "");
    g_assert_cmpstr(nothing->text, ==, "");
}

static void test_not_text(void)
{
    refuse("a: 1\nb: \xff\n", "2:4");
    refuse("\303\244: \xff", "1:4");
    refuse("\377\376a\0:\0", "1:1");
    refuse("\177ELF\002\001\001", "1:1");
    refuse("a: 1\n\303\244: \001\n", "2:4");
    g_assert_null(parse_bytes("a: b\0c\n", 7, SB_YAML_STRICT, "1:5"));
    g_assert_null(parse_bytes("a\0:\0 \0", 6, SB_YAML_STRICT, "1:2"));
    refuse("a: \"b\\0c\"\n", "1:4");
}

/* libyaml would call the byte an octet. */
static void test_not_text_is_named(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_assert_null(sb_yaml_parse("f", "\xff\xfe", 2, SB_YAML_STRICT, diagnostics));
    assert_finding_says(diagnostics, 0, "byte 0xff is not UTF-8 text");
}

static void test_syntax(void)
{
    refuse("a: 1\nb: c: d\n", "2:5");
    refuse("a: [1\n", "2:1");
    refuse("a: 'b\n", "2:1");
    refuse("a: 1\n\tb: 2\n", "2:1");
    refuse("a: 1\n  b: 2\n", "2:4");
    refuse("%YAML 9.9\n---\na: 1\n", "1:1");
    refuse("a: @b\n", "1:4");
}

static void test_tab_is_named(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    const char *text = "\303\244: 1\na:\n\tb: 2\n";
    g_assert_null(sb_yaml_parse("f", text, strlen(text), SB_YAML_STRICT, diagnostics));
    assert_findings_at(diagnostics, "3:1");
    assert_finding_says(diagnostics, 0, "indent with spaces");
}

/* TEXT as PyYAML reads it has findings at EXPECTED. */
static SbYamlNode *parse_as_python(const char *text, const char *expected)
{
    return parse_bytes(text, strlen(text), SB_YAML_ALLOW_ALIASES | SB_YAML_AS_PYTHON, expected);
}

/* What libyaml needs a blank for: the places are those of the text all the same. */
static void test_bracket_behind_key(void)
{
    g_autoptr(SbYamlNode) root = parse_as_python("{\303\244:[x], b:{c:[y]},\n d:[z]}\n", "");
    const SbYamlNode *c = sb_yaml_get(sb_yaml_get(root, "b"), "c");
    assert_scalar(g_ptr_array_index(c->items, 0), "y", TRUE, 1, 15);
    const SbYamlNode *d = sb_yaml_get(root, "d");
    assert_scalar(g_ptr_array_index(d->items, 0), "z", TRUE, 2, 5);
    g_assert_null(parse_as_python("{a:[x], b:[y}\n", "1:13"));
    g_assert_null(parse_as_python("{a:[x], b: *c}\n", "1:12"));
    g_assert_null(parse_as_python("{a: b:[x]}\n", "1:6"));
    g_assert_null(parse_as_python("{a:[x]} \t\n", "1:9"));
    refuse("{a:[x]}\n", "1:3");
    /* Too many to read the text again for each. */
    g_autoptr(GString) many = g_string_new("[");
    for (guint i = 0; i < 200; i++)
        g_string_append(many, "a:[],");
    g_string_append(many, "]\n");
    g_assert_null(parse_as_python(many->str, "1:503"));
}

static void test_comment_behind_block_indicator(void)
{
    g_assert_null(parse_as_python("a: |#c\n  x\n", "1:5"));
    g_assert_null(parse_as_python("\303\244: {b:[c]}\nd: !!str >-2#c\n    x\n", "2:13"));
    g_assert_null(parse_as_python("a: {b:[c]}\nd: |\t# c\n  x\n", "2:5"));
    g_autoptr(SbYamlNode) blank = parse_as_python("a: | #c\n  x\nb: '|#c'\nc: d|#\n", "");
    g_assert_cmpstr(sb_yaml_get(blank, "a")->text, ==, "x\n");
    /* A fleet file is not read by PyYAML. */
    g_autoptr(SbYamlNode) other = parse("a: |#c\n  x\n", "");
    g_assert_cmpstr(sb_yaml_get(other, "a")->text, ==, "x\n");
}

static void test_documents(void)
{
    refuse("a: 1\n---\nb: 2\n", "2:1");
    refuse("a: 1\n...\n---\n", "3:1");
    g_autoptr(SbYamlNode) one = parse("%YAML 1.1\n---\na: 1\n...\n", "");
    assert_scalar(sb_yaml_get(one, "a"), "1", TRUE, 3, 4);
}

/* All are reported in one go; the first of equal keys counts. */
static void test_duplicate_keys(void)
{
    g_autoptr(SbYamlNode) root = parse("a: 1\nb: {x: , y: , x: }\na: 2\n'a': 3\n", "2:15 3:1 4:1");
    assert_scalar(sb_yaml_get(root, "a"), "1", TRUE, 1, 4);
}

static void test_keys_are_text(void)
{
    refuse("? [a]\n: b\n", "1:3");
    refuse("? {a: b}\n: c\n", "1:3");
    refuse("{[a]: b}\n", "1:2");
}

/* Each is a finding, and there is a tree for further checks. Nothing is expanded. */
static void test_references(void)
{
    g_autoptr(SbYamlNode) root =
        parse("a: &x 1\nb: *x\nc: !!str 2\nd: ! 3\ne: &y [4]\nf: !z {g: &w !v 5}\n"
              "h: !s [6]\ni: &m {}\n",
              "1:4 2:4 3:4 4:4 5:4 6:4 6:11 7:4 8:4");
    g_assert_cmpint(sb_yaml_get(root, "b")->kind, ==, SB_YAML_ALIAS);
    g_assert_cmpstr(sb_yaml_get(root, "b")->text, ==, "x");
    g_assert_cmpstr(sb_yaml_get(sb_yaml_get(root, "f"), "g")->text, ==, "5");
    refuse("a: &x 1\n*x : 2\n", "1:4 2:1 2:1");
}

static void test_references_allowed(void)
{
    const char *text = "a: &x [1]\nb: *x\nc: !!str 2\n";
    g_autoptr(SbYamlNode) root = parse_bytes(text, strlen(text), SB_YAML_ALLOW_ALIASES, "");
    g_assert_cmpint(sb_yaml_get(root, "b")->kind, ==, SB_YAML_ALIAS);
    g_assert_null(parse_bytes("a: &x 1\n*x : 2\n", 15, SB_YAML_ALLOW_ALIASES, "2:1"));
}

static char *nested(guint depth)
{
    g_autofree char *open = g_strnfill(depth, '[');
    g_autofree char *close = g_strnfill(depth, ']');
    return g_strconcat(open, close, NULL);
}

static void test_depth(void)
{
    g_autofree char *deepest = nested(SB_YAML_MAX_DEPTH);
    g_autofree char *deeper = nested(SB_YAML_MAX_DEPTH + 1);
    g_autofree char *endless = nested(100000);
    g_autoptr(SbYamlNode) root = parse(deepest, "");
    g_assert_nonnull(root);
    refuse(deeper, "1:33");
    refuse(endless, "1:33");
}

/* ITEMS items in a list, which is a node too. */
static char *list_of(guint items)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < items; i++)
        g_string_append(text, "- a\n");
    return g_string_free(text, FALSE);
}

static void test_number_of_nodes(void)
{
    g_autofree char *most = list_of(SB_YAML_MAX_NODES - 1);
    g_autofree char *more = list_of(SB_YAML_MAX_NODES);
    g_autoptr(SbYamlNode) root = parse(most, "");
    g_assert_cmpuint(root->items->len, ==, SB_YAML_MAX_NODES - 1);
    refuse(more, "20000:3");
}

/* This also works if a mapping has an index because it has many keys. */
static void test_many_keys(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 1; i <= 5000; i++)
        g_string_append_printf(text, "k%u: %u\n", i, i);
    g_string_append(text, "k4000: x\nk3: y\n");
    g_autoptr(SbYamlNode) root = parse(text->str, "5001:1 5002:1");
    assert_scalar(sb_yaml_get(root, "k4000"), "4000", TRUE, 4000, 8);
    g_assert_null(sb_yaml_get(root, "k5001"));
    g_autoptr(SbYamlNode) again = parse_bytes(text->str, text->len, SB_YAML_ALLOW_DUPLICATES, "");
    assert_scalar(sb_yaml_get(again, "k3"), "3", TRUE, 3, 5);
}

/* libyaml compares each directive with all before it. */
static void test_directives(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 200000; i++)
        g_string_append_printf(text, "%%TAG !a%u! b\n", i);
    refuse(text->str, "33:1");
}

static void test_kind_names(void)
{
    g_assert_cmpstr(sb_yaml_kind_name(SB_YAML_SCALAR), ==, "a scalar");
    g_assert_cmpstr(sb_yaml_kind_name(SB_YAML_SEQUENCE), ==, "a list");
    g_assert_cmpstr(sb_yaml_kind_name(SB_YAML_MAPPING), ==, "a mapping");
    g_assert_cmpstr(sb_yaml_kind_name(SB_YAML_ALIAS), ==, "an alias");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/yaml/tree", test_tree);
    g_test_add_func("/yaml/columns", test_columns_are_characters);
    g_test_add_func("/yaml/line-ends", test_line_ends_and_byte_order_mark);
    g_test_add_func("/yaml/empty", test_empty);
    g_test_add_func("/yaml/not-text", test_not_text);
    g_test_add_func("/yaml/not-text-named", test_not_text_is_named);
    g_test_add_func("/yaml/syntax", test_syntax);
    g_test_add_func("/yaml/tab", test_tab_is_named);
    g_test_add_func("/yaml/bracket-behind-key", test_bracket_behind_key);
    g_test_add_func("/yaml/comment-behind-block-indicator", test_comment_behind_block_indicator);
    g_test_add_func("/yaml/documents", test_documents);
    g_test_add_func("/yaml/duplicate-keys", test_duplicate_keys);
    g_test_add_func("/yaml/keys", test_keys_are_text);
    g_test_add_func("/yaml/references", test_references);
    g_test_add_func("/yaml/references-allowed", test_references_allowed);
    g_test_add_func("/yaml/depth", test_depth);
    g_test_add_func("/yaml/nodes", test_number_of_nodes);
    g_test_add_func("/yaml/many-keys", test_many_keys);
    g_test_add_func("/yaml/directives", test_directives);
    g_test_add_func("/yaml/kind-names", test_kind_names);
    return g_test_run();
}
