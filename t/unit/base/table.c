/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/table.h"
#include "test.h"

static SbTable *new_table(void)
{
    SbTable *table = sb_table_new("NAME", "ON DISK", "NOTE", NULL);
    sb_table_set_optional(table, "NOTE");
    sb_table_add(table, "one", "1 MiB", NULL);
    sb_table_add(table, "another-one", NULL, NULL);
    return table;
}

static void check(const SbTable *table, guint width, const char *expected)
{
    g_autofree char *text = sb_table_to_string(table, width);
    g_assert_cmpstr(text, ==, expected);
}

static void test_whole(void)
{
    g_autoptr(SbTable) table = new_table();
    check(table, 0, "NAME         ON DISK\none          1 MiB\nanother-one  -\n");
    check(table, 20, "NAME         ON DISK\none          1 MiB\nanother-one  -\n");
    sb_table_add(table, "x", "y", "z");
    check(table, 0,
          "NAME         ON DISK  NOTE\none          1 MiB    -\nanother-one  -        -\n"
          "x            y        z\n");
    g_autoptr(SbTable) empty = sb_table_new("A", "B", NULL);
    check(empty, 80, "A  B\n");
}

static void test_cut(void)
{
    g_autoptr(SbTable) table = new_table();
    check(table, 17, "NAME      ON DISK\none       1 MiB\nanother…  -\n");
    /* Headings stay, and no column is narrower than six. */
    check(table, 3, "NAME    ON DISK\none     1 MiB\nanoth…  -\n");
    g_autoptr(SbTable) two = sb_table_new("A", "B", NULL);
    sb_table_add(two, "aaaaaaaaaa", "bbbbbbbbbb");
    check(two, 18, "A         B\naaaaaaa…  bbbbbbb…\n");
}

static void test_characters(void)
{
    g_autoptr(SbTable) table = sb_table_new("A", "B", NULL);
    sb_table_add(table, "\xe6\xbc\xa2\xe5\xad\x97", "1"); /* two wide characters */
    sb_table_add(table, "e\xcc\x81", "2");                /* a combining one */
    sb_table_add(table, "\033[2J", "3");
    check(table, 0,
          "A        B\n\xe6\xbc\xa2\xe5\xad\x97     1\ne\xcc\x81        2\n\\x1b[2J  3\n");
    g_autoptr(SbTable) wide = sb_table_new("A", NULL);
    sb_table_add(wide, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97");
    /* Half of a wide character is never shown. */
    check(wide, 6, "A\n\xe6\xbc\xa2\xe5\xad\x97…\n");
}

static void test_choose(void)
{
    g_autoptr(SbTable) table = new_table();
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_table_choose(table, "name,size", &error));
    g_assert_error(error, SB_TABLE_ERROR, SB_TABLE_ERROR_COLUMN);
    g_assert_cmpstr(error->message, ==, "'size' is not a column: use name, on-disk, note");
    check(table, 0, "NAME         ON DISK\none          1 MiB\nanother-one  -\n");
    g_assert_true(sb_table_choose(table, "note, on-disk", NULL));
    check(table, 0, "NOTE  ON DISK\n-     1 MiB\n-     -\n");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/table/whole", test_whole);
    g_test_add_func("/table/cut", test_cut);
    g_test_add_func("/table/characters", test_characters);
    g_test_add_func("/table/choose", test_choose);
    return g_test_run();
}
