/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/shortage.h"

#include <glib/gstdio.h>
#include <string.h>

static void assert_words(const char *output, const char *expected)
{
    g_autofree char *words = sb_shortage_of_disk(output);
    g_assert_cmpstr(words, ==, expected);
}

static void test_words(void)
{
    assert_words("", NULL);
    assert_words("space 1048576 100 /tmp", "the guest's file system '/tmp' (1 MiB) is full");
    assert_words("space 0 0 /a b\n", "the guest's file system '/a b' (0 B) is full");
    assert_words("inodes 2097152 10 /small\nspace 1024 0 /\n",
                 "the guest's file system '/small' (2 MiB, 10 inodes) has no inode left, and the "
                 "guest's file system '/' (1 KiB) is full");
}

/* A guest can say anything. */
static void test_no_line(void)
{
    assert_words("hello\nspace\nspace 1\nspace 1 2\nspace x 2 /\nspace 1 -2 /\n", NULL);
    assert_words("space 99999999999999999999 0 /\n", NULL);
    assert_words("other 1024 0 /\n", NULL);
    assert_words("space 1024 0 /\033[2Ja\n", "the guest's file system '/a' (1 KiB) is full");
}

static void test_memory(void)
{
    static const char *const nothing[] = {"",         "memory",    "memory 0",
                                          "memory x", "memory -1", "space 1024 0 /"};
    for (gsize i = 0; i < G_N_ELEMENTS(nothing); i++)
        g_assert_null(sb_shortage_of_memory(nothing[i]));
    g_autofree char *one = sb_shortage_of_memory("space 1024 0 /\nmemory 1\n");
    g_autofree char *two = sb_shortage_of_memory("memory 2");
    g_assert_nonnull(strstr(one, "has killed 1 process because"));
    g_assert_nonnull(strstr(two, "has killed 2 processes because"));
}

static void test_architecture(void)
{
    g_autofree char *found = sb_shortage_of_architecture("memory 1\nprogram 3e00 b700 ./my prog\n");
    g_autofree char *strange = sb_shortage_of_architecture("program ffff b700 x");
    g_assert_cmpstr(found, ==,
                    "'./my prog' is a program for x86_64, and those of the guest are for aarch64");
    g_assert_nonnull(strstr(strange, "for another architecture, and"));
    g_assert_null(sb_shortage_of_architecture("program\nprogram 3e00\nspace 1 2 /\n"));
}

/* The script is run here: this shell's own program, and one for another architecture. */
static void test_foreign(void)
{
    static const char program[] = "\x7f"
                                  "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\xff\xff rest";
    g_autofree char *folder = g_dir_make_tmp("shortage-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "prog", NULL);
    g_assert_true(g_file_set_contents(file, program, sizeof program, NULL));
    g_autofree char *script = sb_shortage_script(folder, "exec ./prog /bin/sh * 'x");
    const char *const argv[] = {"sh", "-c", script, NULL};
    g_autofree char *output = NULL;
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                               NULL, NULL, NULL));
    g_autofree char *found = sb_shortage_of_architecture(output);
    g_assert_true(g_str_has_prefix(found, "'./prog' is a program for another architecture, and "));
    g_unlink(file);
    g_rmdir(folder);
}

static void test_script(void)
{
    g_autofree char *plain = sb_shortage_script(NULL, "x y");
    g_autofree char *quoted = sb_shortage_script("it's/here", "z");
    g_assert_null(strstr(plain, "cd --"));
    g_assert_true(g_str_has_prefix(plain, "command='x y'\n#!/bin/sh"));
    g_assert_true(g_str_has_prefix(quoted, "command='z'\ncd -- 'it'\\''s/here' "));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/shortage/words", test_words);
    g_test_add_func("/shortage/no-line", test_no_line);
    g_test_add_func("/shortage/memory", test_memory);
    g_test_add_func("/shortage/architecture", test_architecture);
    g_test_add_func("/shortage/foreign", test_foreign);
    g_test_add_func("/shortage/script", test_script);
    return g_test_run();
}
