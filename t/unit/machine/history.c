/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/history.h"

#include "test.h"

#include <glib/gstdio.h>
#include <string.h>

static void write_history(const char *directory, const char *text)
{
    g_autofree char *path = g_build_filename(directory, "a-m-1.history", NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void test_read(void)
{
    g_autofree char *directory = g_dir_make_tmp("history-XXXXXX", NULL);
    g_autoptr(GPtrArray) none = sb_history_read(directory, "a-m-1");
    g_assert_cmpuint(none->len, ==, 0);
    write_history(directory, "2026-01-31T12:00:01.250Z stage ssh port\n"
                             "nonsense\n"
                             "2026-01-31T12:00:02.000Z ready\n"
                             "2026-01-31T12:0");
    g_autoptr(GPtrArray) entries = sb_history_read(directory, "a-m-1");
    g_assert_cmpuint(entries->len, ==, 2);
    const SbHistoryEntry *stage = entries->pdata[0], *ready = entries->pdata[1];
    g_assert_cmpint(ready->at_ms - stage->at_ms, ==, 750);
    g_assert_cmpint(stage->at_ms, ==, 1769860801250);
    g_assert_cmpstr(stage->word, ==, "stage");
    g_assert_cmpstr(stage->text, ==, "ssh port");
    g_assert_cmpstr(ready->word, ==, "ready");
    g_assert_cmpstr(ready->text, ==, "");
    g_autofree char *path = g_build_filename(directory, "a-m-1.history", NULL);
    g_unlink(path);
    g_rmdir(directory);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/history/read", test_read);
    return g_test_run();
}
