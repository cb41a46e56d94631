/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/copy-in.h"

#include "base/loop.h"

#include "fake-ssh.h"
#include "test.h"
#include "threads.h"

#include <string.h>

typedef struct {
    SbLoop *loop;
    GError *failure;
} Seen;

static void on_copied(const GError *failure, gpointer data)
{
    Seen *seen = data;
    seen->failure = failure ? g_error_copy(failure) : NULL;
    sb_loop_end(seen->loop);
}

/* Copies the script that is ssh into FOLDER, by SCRIPT in the guest. (transfer full) (nullable) the
 * error */
static GError *copy_by(const char *script, const char *folder, gboolean has_threads)
{
    g_autoptr(GError) error = NULL;
    fake_ssh("exec sh -c \"$command\"");
    g_autofree char *from = g_build_filename(fake_ssh_folder, "ssh", NULL);
    g_autoptr(SbSourceFiles) files = sb_source_files_all(from, &error);
    g_assert_no_error(error);
    g_autoptr(SbHost) host = sb_host_open("test:///default", &error);
    g_assert_no_error(error);
    SbAccess *access = sb_access_new(host, "f");
    Seen seen = {.loop = sb_loop_new(NULL, NULL, NULL)};
    const SbCopyInRequest request = {
        .files = files, .from = "a file", .to = folder, .script = script, .connect_ms = 60000};
    gsize usual = has_threads ? 0 : refuse_threads();
    SbCopyIn *copy = sb_copy_in_start(access, "m", &request, on_copied, &seen);
    sb_loop_wait(seen.loop);
    if (!has_threads)
        set_stack_bytes(usual);
    sb_copy_in_free(copy);
    sb_loop_free(seen.loop);
    sb_access_free(access);
    return seen.failure;
}

static GError *copy_to(const char *folder, gboolean has_threads)
{
    g_autofree char *script = sb_copy_in_script(folder);
    return copy_by(script, folder, has_threads);
}

static void a_step_is_named(void)
{
    static const char *const rows[][2] = {{"No space left on device", "larger 'disk'"},
                                          {"Read-only file system", "remount,rw"},
                                          {"Permission denied", "'sudo mv'"}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *script =
            g_strdup_printf("cat >/dev/null; echo 'tar: x: %s' >&2; exit 1", rows[i][0]);
        g_autoptr(GError) error = copy_by(script, "/srv", TRUE);
        g_assert_nonnull(error);
        if (!strstr(error->message, "\ntry: ") || !strstr(error->message, rows[i][1]))
            g_error("looked for '%s' in '%s'", rows[i][1], error->message);
    }
}

static void a_file_arrives(void)
{
    g_autofree char *folder = g_build_filename(fake_ssh_folder, "to", NULL);
    g_autofree char *path = g_build_filename(folder, "ssh", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = copy_to(folder, TRUE);
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "exec sh"));
    g_unlink(path);
    g_rmdir(folder);
}

static void no_thread_is_an_error(void)
{
    g_autofree char *folder = g_build_filename(fake_ssh_folder, "to", NULL);
    g_autoptr(GError) error = copy_to(folder, FALSE);
    g_assert_error(error, G_THREAD_ERROR, G_THREAD_ERROR_AGAIN);
    g_assert_nonnull(strstr(error->message, "cannot copy 'a file' to '"));
    g_assert_nonnull(strstr(error->message, "this process gets no more threads"));
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    fake_ssh("");
    /* First: GLib makes the thread that waits for processes, and keeps it. */
    g_test_add_func("/copy-in/a-file-arrives", a_file_arrives);
    g_test_add_func("/copy-in/a-step-is-named", a_step_is_named);
    g_test_add_func("/copy-in/no-thread-is-an-error", no_thread_is_an_error);
    int status = g_test_run();
    fake_ssh_remove();
    return status;
}
