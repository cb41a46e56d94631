/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: whatever a guest answers to seedbed's small questions, the words made of it are
 * short and safe to show, and lines are cut without losing a byte. See main.c for how to run it.
 */
#include "base/text.h"
#include "fuzz.h"
#include "guest/leftovers.h"
#include "guest/lines.h"
#include "guest/port-shell.h"
#include "guest/shortage.h"

#include <string.h>

enum { MAX_WORDS_BYTES = 20 * 1000 };

static void check_words(const char *words)
{
    if (!words)
        return;
    g_autofree char *clean = sb_text_sanitize(words, strlen(words));
    g_assert_cmpstr(words, ==, clean);
    g_assert_cmpuint(strlen(words), <=, MAX_WORDS_BYTES);
}

static void check_judgement(const char *text, gsize size)
{
    g_autoptr(GString) answer = g_string_new_len(text, (gssize)size);
    g_autoptr(GError) error = NULL;
    gboolean is_whole;
    gboolean is_good = sb_port_shell_judge(answer, &is_whole, &error);
    g_assert_true(is_good == (error == NULL));
    g_assert_true(is_good || is_whole);
    check_words(error ? error->message : NULL);
}

static void on_line(const char *line, gsize length, gpointer text)
{
    const char *newline = memchr(line, '\n', length);
    g_assert_cmpuint(length, >, 0);
    g_assert_true(!newline || newline == line + length - 1);
    g_string_append_len(text, line, (gssize)length);
}

static void check_lines(const char *text, gsize size)
{
    g_autoptr(GString) all = g_string_new(NULL);
    g_autoptr(SbLines) lines = sb_lines_new(on_line, all);
    gsize half = size / 2;
    sb_lines_push(lines, text, half);
    sb_lines_push(lines, text + half, size - half);
    sb_lines_flush(lines);
    g_assert_cmpmem(all->str, all->len, text, size);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const char *text = (const char *)data;
    g_autofree char *terminated = g_strndup(text, size);
    g_autofree char *names = sb_leftovers_names(text, size);
    g_autofree char *disks = sb_shortage_of_disk(terminated);
    check_words(names);
    g_autofree char *memory = sb_shortage_of_memory(terminated);
    check_words(disks);
    check_words(memory);
    check_judgement(text, size);
    check_lines(text, size);
    return 0;
}
