/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/operation.h"

#include "test.h"

typedef struct {
    GThread *thread;
    GString *told;
    guint progress;
    guint64 done;
} Heard;

static void on_event(const SbEvent *event, gpointer data)
{
    Heard *heard = data;
    g_assert_true(g_thread_self() == heard->thread);
    if (event->kind == SB_EVENT_PROGRESS) {
        heard->progress++;
        heard->done = event->done;
    } else {
        g_string_append_printf(heard->told, "%s:%s:%s;", event->machine, event->text,
                               event->error ? event->error->message : "");
    }
}

static gboolean tell(const SbOperation *operation, gpointer data, GError **error)
{
    g_autoptr(GError) cause = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "why");
    for (guint i = 1; i <= 3; i++) {
        g_autofree char *text = g_strdup_printf("text %u", i);
        sb_operation_tell(operation, &(SbEvent){.kind = SB_EVENT_NOTE,
                                                .machine = "m",
                                                .text = text,
                                                .error = i == 2 ? cause : NULL});
        memset(text, 'x', strlen(text));
    }
    for (guint i = 1; i <= 1000; i++)
        sb_operation_tell(operation, &(SbEvent){.kind = SB_EVENT_PROGRESS, .done = i});
    if (data)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
    return !data;
}

static void test_events_come_here(void)
{
    g_autoptr(GString) told = g_string_new(NULL);
    Heard heard = {.thread = g_thread_self(), .told = told};
    const SbOperation operation = {.event = on_event, .data = &heard};
    g_assert_true(sb_operation_run_beside(&operation, "test", tell, NULL, NULL));
    g_assert_cmpstr(told->str, ==, "m:text 1:;m:text 2:why;m:text 3:;");
    g_assert_cmpuint(heard.progress, >=, 1);
    g_assert_cmpuint(heard.done, ==, 1000);
}

static void test_error_comes_back(void)
{
    g_autoptr(GError) error = NULL;
    const SbOperation operation = {0};
    g_assert_false(sb_operation_run_beside(&operation, "test", tell, (gpointer) "fail", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/operation/events-come-here", test_events_come_here);
    g_test_add_func("/operation/error-comes-back", test_error_comes_back);
    return g_test_run();
}
