/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/ssh-key.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    char *folder;
    char *path;
    char *public_path;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    fixture->folder = g_dir_make_tmp("seedbed-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->path = g_build_filename(fixture->folder, "key", NULL);
    fixture->public_path = g_strconcat(fixture->path, ".pub", NULL);
}

static guint count_files(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint count = 0;
    while (g_dir_read_name(dir))
        count++;
    return count;
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    g_unlink(fixture->path);
    g_unlink(fixture->public_path);
    /* Fails if a temporary file was left behind. */
    g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
    g_free(fixture->folder);
    g_free(fixture->path);
    g_free(fixture->public_path);
}

static char *ensure(const char *path)
{
    g_autoptr(GError) error = NULL;
    char *public_key = sb_ssh_key_ensure_file(path, &error);
    g_assert_no_error(error);
    return public_key;
}

static void expect_file_error(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_ssh_key_ensure_file(path, &error));
    g_assert_error(error, SB_SSH_KEY_ERROR, SB_SSH_KEY_ERROR_FILE);
}

static char *contents(const char *path)
{
    char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static guint mode_of(const char *path)
{
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    return status.st_mode & 07777;
}

static void test_generate(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbSshKey) key = sb_ssh_key_generate(&error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(key->private_key, "-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    g_assert_true(g_str_has_suffix(key->private_key, "\n-----END OPENSSH PRIVATE KEY-----\n"));
    g_assert_true(g_str_has_prefix(key->public_key, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"));
    g_assert_cmpuint(strlen(key->public_key), ==, strlen("ssh-ed25519 ") + 68);
    g_assert_null(strpbrk(key->public_key + strlen("ssh-ed25519 "), " \n"));

    g_autoptr(SbSshKey) other = sb_ssh_key_generate(&error);
    g_assert_no_error(error);
    g_assert_cmpstr(key->public_key, !=, other->public_key);
}

static void test_make(Fixture *fixture, gconstpointer data)
{
    /* Whatever the umask is, nobody else may read the key. */
    mode_t before = umask(0);
    g_autofree char *public_key = ensure(fixture->path);
    umask(before);
    g_assert_cmpuint(mode_of(fixture->path), ==, 0600);
    g_autofree char *beside = contents(fixture->public_path);
    g_autofree char *expected = g_strconcat(public_key, "\n", NULL);
    g_assert_cmpstr(beside, ==, expected);
    g_assert_cmpuint(count_files(fixture->folder), ==, 2);

    g_autofree char *private_key = contents(fixture->path);
    g_autofree char *again = ensure(fixture->path);
    g_autofree char *private_again = contents(fixture->path);
    g_assert_cmpstr(again, ==, public_key);
    g_assert_cmpstr(private_again, ==, private_key);
}

static void test_public_follows(Fixture *fixture, gconstpointer data)
{
    g_free(ensure(fixture->path));
    g_autofree char *beside = contents(fixture->public_path);
    g_unlink(fixture->public_path);
    g_free(ensure(fixture->path));
    g_autofree char *restored = contents(fixture->public_path);
    g_assert_cmpstr(restored, ==, beside);

    g_assert_true(g_file_set_contents(fixture->public_path, "ssh-ed25519 old\n", -1, NULL));
    g_free(ensure(fixture->path));
    g_autofree char *corrected = contents(fixture->public_path);
    g_assert_cmpstr(corrected, ==, beside);
}

static void test_refused(Fixture *fixture, gconstpointer data)
{
    g_assert_true(g_file_set_contents_full(fixture->path, "not a key\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    expect_file_error(fixture->path);
    /* It may be somebody's: it is left as it is. */
    g_autofree char *untouched = contents(fixture->path);
    g_assert_cmpstr(untouched, ==, "not a key\n");
    g_assert_false(g_file_test(fixture->public_path, G_FILE_TEST_EXISTS));

    g_assert_true(
        g_file_set_contents_full(fixture->path, "", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    expect_file_error(fixture->path);

    g_unlink(fixture->path);
    g_free(ensure(fixture->path));
    g_chmod(fixture->path, 0640);
    expect_file_error(fixture->path);

    g_autofree char *nowhere = g_build_filename(fixture->folder, "no", "key", NULL);
    expect_file_error(nowhere);
    expect_file_error(fixture->folder);
}

static gpointer ensure_in_thread(gpointer path)
{
    return ensure(path);
}

static void test_threads(Fixture *fixture, gconstpointer data)
{
    for (guint round = 0; round < 10; round++) {
        GThread *threads[8];
        for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
            threads[i] = g_thread_new("racer", ensure_in_thread, fixture->path);
        g_autofree char *first = g_thread_join(threads[0]);
        for (gsize i = 1; i < G_N_ELEMENTS(threads); i++) {
            g_autofree char *other = g_thread_join(threads[i]);
            g_assert_cmpstr(other, ==, first);
        }
        g_autofree char *stays = ensure(fixture->path);
        g_assert_cmpstr(stays, ==, first);
        g_assert_cmpuint(count_files(fixture->folder), ==, 2);
        g_unlink(fixture->path);
    }
}

/* Exits with 0 if it could write what it got into the file RESULT. */
static void race(const char *path, const char *result)
{
    char *public_key = sb_ssh_key_ensure_file(path, NULL);
    _exit(public_key && g_file_set_contents(result, public_key, -1, NULL) ? 0 : 1);
}

static void test_processes(Fixture *fixture, gconstpointer data)
{
    enum { PROCESSES = 8 };
    pid_t pids[PROCESSES];
    char *results[PROCESSES];
    for (gsize i = 0; i < PROCESSES; i++) {
        results[i] = g_strdup_printf("%s/result%zu", fixture->folder, i);
        pids[i] = fork();
        g_assert_cmpint(pids[i], >=, 0);
        if (pids[i] == 0)
            race(fixture->path, results[i]);
    }
    for (gsize i = 0; i < PROCESSES; i++) {
        int status = 0;
        g_assert_cmpint(waitpid(pids[i], &status, 0), ==, pids[i]);
        g_assert_cmpint(status, ==, 0);
    }
    g_autofree char *winner = ensure(fixture->path);
    for (gsize i = 0; i < PROCESSES; i++) {
        g_autofree char *got = contents(results[i]);
        g_assert_cmpstr(got, ==, winner);
        g_unlink(results[i]);
        g_free(results[i]);
    }
}

static char *ssh_keygen(const char *program, const char *arguments, const char *path)
{
    g_autofree char *command = g_strdup_printf("%s %s -f %s", program, arguments, path);
    char *output = NULL;
    int status = 1;
    g_autoptr(GError) error = NULL;
    g_spawn_command_line_sync(command, &output, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    return g_strchomp(output);
}

static void test_openssh(Fixture *fixture, gconstpointer data)
{
    g_autofree char *program = g_find_program_in_path("ssh-keygen");
    if (!program) {
        g_test_skip("no ssh-keygen");
        return;
    }
    g_autofree char *public_key = ensure(fixture->path);
    g_autofree char *derived = ssh_keygen(program, "-y -P ''", fixture->path);
    /* ssh-keygen may add the key's comment. */
    g_assert_true(g_str_has_prefix(derived, public_key));
    g_autofree char *private_print = ssh_keygen(program, "-l", fixture->path);
    g_autofree char *public_print = ssh_keygen(program, "-l", fixture->public_path);
    g_assert_true(g_str_has_prefix(private_print, "256 SHA256:"));
    g_assert_true(g_str_has_suffix(private_print, "(ED25519)"));
    g_assert_cmpmem(private_print, 54, public_print, 54);

    /* And a key that OpenSSH made is as good as ours. */
    g_unlink(fixture->path);
    g_free(ssh_keygen(program, "-q -t ed25519 -N '' -C comment", fixture->path));
    g_autofree char *theirs = ssh_keygen(program, "-y -P ''", fixture->path);
    g_autofree char *read = ensure(fixture->path);
    g_assert_true(g_str_has_prefix(theirs, read));
    g_assert_cmpstr(read, !=, public_key);

    /* One with a passphrase would make every run stop and ask. */
    g_unlink(fixture->path);
    g_free(ssh_keygen(program, "-q -t ed25519 -N secret", fixture->path));
    expect_file_error(fixture->path);
}

static void test_for_dropbear(void)
{
    g_autoptr(SbSshKey) key = sb_ssh_key_generate(NULL);
    g_autoptr(GBytes) dropbear = sb_ssh_key_for_dropbear(key->private_key);
    g_assert_nonnull(dropbear);
    gsize length, public_length;
    const guint8 *bytes = g_bytes_get_data(dropbear, &length);
    g_assert_cmpmem(bytes, 19, "\0\0\0\013ssh-ed25519\0\0\0\100", 19);
    g_assert_cmpuint(length, ==, 19 + 64);
    /* The pair ends with the public key, and so does the other form. */
    g_autofree guint8 *public =
        g_base64_decode(key->public_key + strlen("ssh-ed25519 "), &public_length);
    g_assert_cmpmem(bytes + length - 32, 32, public + public_length - 32, 32);
    static const char *const others[] = {"", "-----BEGIN\n", "-----BEGIN\nAAAA\n-----END"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_null(sb_ssh_key_for_dropbear(others[i]));
}

static void test_fingerprint(void)
{
    g_autofree char *fingerprint = sb_ssh_key_fingerprint(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAkC5kCFBJ2bgGGo+om9aC/KuZtYl1dXUumk1pfIA42Q");
    g_assert_cmpstr(fingerprint, ==, "SHA256:+UYEuy6GoLq5zhhZV9hAuAxctztTEEt/lnSspvWW2hs");
    g_assert_null(sb_ssh_key_fingerprint("ssh-ed25519"));
    g_assert_null(sb_ssh_key_fingerprint("ssh-ed25519 AAAA"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/ssh-key/generate", test_generate);
    g_test_add_func("/ssh-key/fingerprint", test_fingerprint);
#define ADD(name, function) g_test_add(name, Fixture, NULL, set_up, function, tear_down)
    ADD("/ssh-key/make", test_make);
    ADD("/ssh-key/public-follows", test_public_follows);
    ADD("/ssh-key/refused", test_refused);
    ADD("/ssh-key/threads", test_threads);
    ADD("/ssh-key/processes", test_processes);
    ADD("/ssh-key/openssh", test_openssh);
    g_test_add_func("/ssh-key/for-dropbear", test_for_dropbear);
    return g_test_run();
}
