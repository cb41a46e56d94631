/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/history.h"

#include "cloud-init/boot-timeline.h"

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

/* Of several boots the last one counts; a guest's own times begin with its kernel. */
static void test_spans(void)
{
    g_autofree char *directory = g_dir_make_tmp("history-XXXXXX", NULL);
    write_history(directory, "2026-01-31T11:00:00.000Z stage defined\n"
                             "2026-01-31T11:00:05.000Z stage kernel\n"
                             "2026-01-31T11:00:09.000Z part 0 0 4000 kernel\n"
                             "2026-01-31T12:00:00.000Z stage defined\n"
                             "2026-01-31T12:00:02.000Z stage kernel\n"
                             "2026-01-31T12:00:10.000Z stage ssh login\n"
                             "2026-01-31T12:00:11.000Z part 0 1000 500 cloud-init init\n"
                             "2026-01-31T12:00:11.000Z part 1 1200 100 ssh\n"
                             "2026-01-31T12:00:11.000Z part x\n"
                             "2026-01-31T12:00:11.000Z ready\n");
    g_autoptr(GPtrArray) entries = sb_history_read(directory, "a-m-1");
    g_autoptr(GPtrArray) spans = sb_history_spans(entries, NULL);
    static const struct {
        const char *lane, *name;
        gint64 from_ms, took_ms;
    } expected[] = {{"stages", "defined", 0, 0},
                    {"stages", "kernel", 0, 2000},
                    {"stages", "ssh login", 2000, 8000},
                    {"boot", "cloud-init init", 3000, 500},
                    {"modules", "ssh", 3200, 100}};
    g_assert_cmpuint(spans->len, ==, G_N_ELEMENTS(expected));
    gint64 begin_ms = ((const SbHistorySpan *)spans->pdata[0])->from_ms;
    for (guint i = 0; i < spans->len; i++) {
        const SbHistorySpan *span = spans->pdata[i];
        g_assert_cmpstr(span->lane, ==, expected[i].lane);
        g_assert_cmpstr(span->name, ==, expected[i].name);
        g_assert_cmpint(span->from_ms - begin_ms, ==, expected[i].from_ms);
        g_assert_cmpint(span->to_ms - span->from_ms, ==, expected[i].took_ms);
    }
    g_autofree char *path = g_build_filename(directory, "a-m-1.history", NULL);
    g_unlink(path);
    g_rmdir(directory);
}

/* What the guest tells of now replaces what was kept; a part that is too short is not shown. */
static void test_told(void)
{
    g_autofree char *directory = g_dir_make_tmp("history-XXXXXX", NULL);
    write_history(directory, "2026-01-31T12:00:00.000Z stage defined\n"
                             "2026-01-31T12:00:02.000Z stage kernel\n"
                             "2026-01-31T12:00:11.000Z part 0 1000 500 kept\n");
    SbTimelineEntry parts[] = {
        {.name = (char *)"told", .depth = 0, .start_ms = 500, .end_ms = 800},
        {.name = (char *)"short", .depth = 0, .start_ms = 800, .end_ms = 801},
        {.name = (char *)"ssh", .depth = 1, .start_ms = 500, .end_ms = 700}};
    g_autoptr(GPtrArray) timeline = g_ptr_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        g_ptr_array_add(timeline, &parts[i]);
    g_autoptr(GPtrArray) entries = sb_history_read(directory, "a-m-1");
    g_autoptr(GPtrArray) spans = sb_history_spans(entries, timeline);
    g_assert_cmpuint(spans->len, ==, 4);
    const SbHistorySpan *told = spans->pdata[2], *module = spans->pdata[3];
    g_assert_cmpstr(told->name, ==, "told");
    g_assert_cmpint(told->to_ms - told->from_ms, ==, 300);
    g_assert_cmpstr(module->lane, ==, "modules");
    g_autofree char *path = g_build_filename(directory, "a-m-1.history", NULL);
    g_unlink(path);
    g_rmdir(directory);
}

/* The clock was set back while the machine booted. */
static void test_clock(void)
{
    g_autofree char *directory = g_dir_make_tmp("history-XXXXXX", NULL);
    write_history(directory, "2026-01-31T12:00:00.000Z stage defined\n"
                             "2016-01-31T12:00:02.000Z stage kernel\n"
                             "2016-01-31T12:00:05.000Z stage address\n");
    g_autoptr(GPtrArray) entries = sb_history_read(directory, "a-m-1");
    g_autoptr(GPtrArray) spans = sb_history_spans(entries, NULL);
    const gint64 took_ms[] = {0, 0, 3000};
    g_assert_cmpuint(spans->len, ==, G_N_ELEMENTS(took_ms));
    for (guint i = 0; i < spans->len; i++) {
        const SbHistorySpan *span = spans->pdata[i];
        g_assert_cmpint(span->to_ms - span->from_ms, ==, took_ms[i]);
    }
    g_autofree char *path = g_build_filename(directory, "a-m-1.history", NULL);
    g_unlink(path);
    g_rmdir(directory);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/history/read", test_read);
    g_test_add_func("/history/spans", test_spans);
    g_test_add_func("/history/told", test_told);
    g_test_add_func("/history/clock", test_clock);
    return g_test_run();
}
