/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Uses each function of the library on one machine of the image "pocket", in the folder FOLDER. The
 * main loop runs in another thread than the calls: events must come in that thread.
 *
 * Usage: library-live FOLDER */
#include <seedbed/seedbed.h>
#include <string.h>

static const char fleet_file[] = "fleet: lib\n"
                                 "image: pocket\n"
                                 "machines: { m: { vcpus: 1, memory: 256 MiB } }\n"
                                 "test:\n"
                                 "  - { name: good, run: 'echo 1..1; echo ok 1' }\n"
                                 "  - { name: bad, run: 'echo 1..1; echo not ok 1; touch kept',\n"
                                 "      artifacts: kept }\n";
static const char *const names[] = {"lib", NULL};

typedef struct {
    guint counts[64];
    GString *lines;
    GThread *thread; /**< of the main loop */
    guint elsewhere; /**< events of other threads */
} Seen;

static void on_event(const SeedbedEvent *event, gpointer data)
{
    Seen *seen = data;
    SeedbedEventKind kind = seedbed_event_get_kind(event);
    seen->counts[kind]++;
    seen->elsewhere += kind != SEEDBED_EVENT_REMOVED && g_thread_self() != seen->thread;
    if (kind == SEEDBED_EVENT_LINE)
        g_string_append_printf(seen->lines, "%s\n", seedbed_event_get_text(event, NULL));
}

/* The call IS_GOOD succeeds; ERROR is what it sets. */
#define good(is_good, error)                                                                       \
    G_STMT_START                                                                                   \
    {                                                                                              \
        gboolean result = is_good;                                                                 \
        g_assert_no_error(error);                                                                  \
        if (!result)                                                                               \
            g_error("%s", #is_good);                                                               \
    }                                                                                              \
    G_STMT_END

#define bad(call)                                                                                  \
    G_STMT_START                                                                                   \
    {                                                                                              \
        if (call)                                                                                  \
            g_error("%s is good", #call);                                                          \
    }                                                                                              \
    G_STMT_END

/* Runs LINE; what it prints is compared. */
static void command(SeedbedHost *host, Seen *seen, const char *line, const char *expected)
{
    const char *const words[] = {line, NULL};
    g_autoptr(GError) error = NULL;
    int status = -1;
    g_string_truncate(seen->lines, 0);
    good(seedbed_exec(host, names, words, &status, NULL, &error), error);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(seen->lines->str, ==, expected);
}

static void come_up(SeedbedHost *host, const SeedbedFleet *fleet, Seen *seen)
{
    g_autoptr(GError) error = NULL;
    guint missing = 99;
    good(seedbed_fleet_check(host, fleet, &missing, &error), error);
    g_assert_cmpuint(missing, ==, 1);
    bad(seedbed_up(host, fleet, SEEDBED_UP_WARM | SEEDBED_UP_COLD, NULL, NULL));
    good(seedbed_up(host, fleet, SEEDBED_UP_WARM | SEEDBED_UP_STRICT, NULL, &error), error);
    /* Two, if one was made to be frozen. */
    g_assert_cmpuint(seen->counts[SEEDBED_EVENT_MADE], >=, 1);
    g_assert_cmpuint(seen->counts[SEEDBED_EVENT_FINISHED], >=, 1);
    g_autoptr(GPtrArray) machines = seedbed_list(host, names, &error);
    g_assert_no_error(error);
    const SeedbedMachine *machine = g_ptr_array_index(machines, 0);
    g_assert_cmpstr(seedbed_machine_get_name(machine), ==, "lib-m-1");
    g_assert_cmpstr(seedbed_machine_get_fleet(machine), ==, "lib");
    g_assert_cmpstr(seedbed_machine_get_group(machine), ==, "m");
    g_assert_cmpstr(seedbed_machine_get_image(machine), ==, "pocket");
    g_assert_cmpstr(seedbed_machine_get_state(machine), ==, "running");
    g_assert_nonnull(seedbed_machine_get_address(machine));
    g_assert_nonnull(seedbed_machine_get_login(machine));
    g_assert_cmpuint(seedbed_machine_get_port(machine), ==, 22);
}

static void copy(SeedbedHost *host, Seen *seen, const char *folder)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *here = g_build_filename(folder, "file", NULL);
    g_autofree char *back = g_build_filename(folder, "back", NULL);
    const char *const there[] = {here, NULL}, *const again[] = {"lib-m-1:file", NULL};
    good(g_file_set_contents(here, "text", -1, &error), error);
    good(seedbed_copy(host, there, "lib:", NULL, &error), error);
    command(host, seen, "cat file; echo", "text\n");
    good(seedbed_copy(host, again, back, NULL, &error), error);
    good(g_file_test(back, G_FILE_TEST_IS_REGULAR), NULL);
    bad(seedbed_copy(host, there, "elsewhere", NULL, &error));
    g_assert_error(error, SEEDBED_ERROR, SEEDBED_ERROR_INPUT);
}

static void snapshots(SeedbedHost *host, Seen *seen)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = seedbed_snapshot(host, "lib-m-1", "before", NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(name, ==, "before");
    command(host, seen, "rm file", "");
    good(seedbed_restore(host, "lib-m-1", NULL, NULL, &error), error);
    command(host, seen, "cat file; echo", "text\n");
    good(seedbed_snapshot_remove(host, "lib-m-1", "before", NULL, &error), error);
    bad(seedbed_restore(host, "lib-m-1", "before", NULL, &error));
    g_assert_error(error, SEEDBED_ERROR, SEEDBED_ERROR_UNKNOWN);
}

static gpointer cancel_soon(gpointer cancellable)
{
    g_usleep(G_USEC_PER_SEC);
    g_cancellable_cancel(cancellable);
    return NULL;
}

static void cancelled(SeedbedHost *host, Seen *seen)
{
    static const char *const words[] = {"sleep 4321", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    GThread *thread = g_thread_new("cancel", cancel_soon, cancellable);
    bad(seedbed_exec(host, names, words, NULL, cancellable, &error));
    g_assert_error(error, SEEDBED_ERROR, SEEDBED_ERROR_CANCELLED);
    g_thread_join(thread);
    command(host, seen, "ps | grep -c '[s]leep 4321' || true", "0\n");
}

static void test(SeedbedHost *host, SeedbedFleet *fleet, Seen *seen, const char *folder)
{
    static const char *const only[] = {"good", NULL}, *const unknown[] = {"nosuch", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(SeedbedReport) none = seedbed_test(host, fleet, unknown, 0, NULL, &error);
    g_assert_null(none);
    g_assert_error(error, SEEDBED_ERROR, SEEDBED_ERROR_INPUT);
    g_clear_error(&error);
    g_autoptr(SeedbedReport) passed = seedbed_test(host, fleet, only, 0, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(seedbed_report_get_result(passed), ==, SEEDBED_RESULT_PASSED);
    g_assert_null(seedbed_report_get_message(passed));
    seedbed_fleet_set_artifacts(fleet, folder);
    g_autoptr(SeedbedReport) failed = seedbed_test(host, fleet, NULL, 0, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(seedbed_report_get_result(failed), ==, SEEDBED_RESULT_FAILED);
    g_assert_cmpuint(seen->counts[SEEDBED_EVENT_TEST_ENDED], ==, 3);
    for (int form = SEEDBED_REPORT_TAP; form <= SEEDBED_REPORT_TEXT; form++) {
        g_autofree char *text = seedbed_report_to_string(failed, form);
        g_assert_nonnull(strstr(text, "bad"));
    }
}

static void use(SeedbedHost *host, SeedbedFleet *fleet, Seen *seen, const char *folder)
{
    g_autoptr(GError) error = NULL;
    come_up(host, fleet, seen);
    copy(host, seen, folder);
    snapshots(host, seen);
    cancelled(host, seen);
    test(host, fleet, seen, folder);
    g_autofree char *evidence = seedbed_evidence(host, names, "a test", NULL, &error);
    g_assert_no_error(error);
    good(g_file_test(evidence, G_FILE_TEST_IS_DIR), NULL);
    good(seedbed_down(host, names, NULL, &error), error);
    g_assert_cmpuint(seen->counts[SEEDBED_EVENT_REMOVED], >=, 1);
    g_assert_cmpuint(seen->elsewhere, ==, 0);
}

static gboolean on_started(gpointer started)
{
    g_async_queue_push(started, started);
    return G_SOURCE_REMOVE;
}

static gpointer run_loop(gpointer loop)
{
    g_main_loop_run(loop);
    return NULL;
}

/* The thread that runs LOOP. It has the main context already: else a call would run the loop
 * itself. */
static GThread *loop_thread(GMainLoop *loop)
{
    g_autoptr(GAsyncQueue) started = g_async_queue_new();
    g_idle_add(on_started, started);
    GThread *thread = g_thread_new("loop", run_loop, loop);
    g_async_queue_pop(started);
    return thread;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Seen seen = {.lines = g_string_new(NULL), .thread = loop_thread(loop)};
    g_autoptr(SeedbedFleet) fleet = seedbed_fleet_load_text(fleet_file, "text", NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(seedbed_fleet_get_machine_count(fleet), ==, 1);
    g_assert_cmpstr(seedbed_fleet_get_warnings(fleet), ==, "");
    g_autoptr(SeedbedHost) host = seedbed_host_open(NULL, &error);
    g_assert_no_error(error);
    seedbed_host_set_event_func(host, on_event, &seen);
    use(host, fleet, &seen, argv[1]);
    g_main_loop_quit(loop);
    g_thread_join(seen.thread);
    g_string_free(seen.lines, TRUE);
    return 0;
}
