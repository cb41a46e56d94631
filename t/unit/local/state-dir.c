/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/state-dir.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* $XDG_STATE_HOME, fresh for each run. */
static char *state_home;

static void path_is(const char *uri, const char *folder)
{
    g_autofree char *path = sb_state_dir_path(uri, "faas");
    g_autofree char *expected = g_build_filename(state_home, "seedbed", folder, "faas", NULL);
    g_assert_cmpstr(path, ==, expected);
}

/* One folder for each libvirtd, and none of them outside of ours. */
static void test_path(void)
{
    path_is("qemu:///system", "qemu-system");
    path_is("qemu:///session", "qemu-session");
    path_is("qemu+ssh://admin@server.example:2222/system",
            "qemu+ssh-admin@server.example-2222-system");
    path_is("qemu+ssh://server/system?keyfile=/root/key&no_tty=1", "qemu+ssh-server-system");
    path_is("qemu+unix:///system?socket=/run/a%20b", "qemu+unix-system-socket-run-a-20b");
    path_is("test:///../../etc/x", "test-..-..-etc-x");
    path_is("/x\n\"y", "x-y");
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    g_assert_cmpint(lstat(path, &status), ==, 0);
    return status.st_mode & 07777;
}

static char *new_directory(const char *fleet)
{
    char *directory = sb_state_dir_path("qemu:///system", fleet);
    g_autoptr(GError) error = NULL;
    gboolean is_made = sb_state_dir_ensure(directory, &error);
    g_assert_no_error(error);
    g_assert_true(is_made);
    return directory;
}

static void test_ensure(void)
{
    mode_t before = umask(0);
    g_autofree char *directory = new_directory("ensure");
    umask(before);
    g_assert_cmpint(mode_of(directory), ==, 0700);
    g_autofree char *parent = g_path_get_dirname(directory);
    g_assert_cmpint(mode_of(parent), ==, 0700);
    g_assert_true(sb_state_dir_ensure(directory, NULL));
}

static void refuse(const char *directory)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_state_dir_ensure(directory, &error));
    g_assert_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE);
    g_assert_nonnull(strstr(error->message, directory));
}

/* They end the quotes of an ssh_config, or begin a variable. */
static void test_ensure_refuses_names(void)
{
    static const char *const names[] = {"a\"b", "a\\b", "a\nb", "a${HOME}"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *directory = sb_state_dir_path("qemu:///system", names[i]);
        refuse(directory);
        g_assert_false(g_file_test(directory, G_FILE_TEST_EXISTS));
    }
}

/* The key would be somebody else's to read, or to replace. */
static void test_ensure_refuses(void)
{
    g_autofree char *open = new_directory("open");
    static const mode_t modes[] = {0750, 0705, 0710, 0701, 0777, 01777};
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_assert_cmpint(g_chmod(open, modes[i]), ==, 0);
        refuse(open);
    }
    g_assert_cmpint(g_chmod(open, 0700), ==, 0);
    g_assert_true(sb_state_dir_ensure(open, NULL));

    g_autofree char *above = g_path_get_dirname(open), *root = g_path_get_dirname(above);
    const char *const parents[] = {above, root};
    for (gsize i = 0; i < G_N_ELEMENTS(parents); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(g_chmod(parents[i], 0720), ==, 0);
        g_assert_false(sb_state_dir_ensure(open, &error));
        g_assert_nonnull(strstr(error->message, parents[i]));
        g_assert_nonnull(strstr(error->message, "others can write into it"));
        /* Others may see it, or make what they own. */
        g_assert_cmpint(g_chmod(parents[i], 0755), ==, 0);
        g_assert_true(sb_state_dir_ensure(open, NULL));
        g_assert_cmpint(g_chmod(parents[i], 01777), ==, 0);
        g_assert_true(sb_state_dir_ensure(open, NULL));
        g_assert_cmpint(g_chmod(parents[i], 0700), ==, 0);
    }

    g_autofree char *link = sb_state_dir_path("qemu:///system", "link");
    g_assert_cmpint(symlink(open, link), ==, 0);
    refuse(link);

    g_autofree char *below_link = sb_state_dir_path("qemu:///link/system", "fleet");
    g_autofree char *linked = g_path_get_dirname(below_link);
    g_autofree char *made = g_build_filename(open, "fleet", NULL);
    g_assert_cmpint(symlink(open, linked), ==, 0);
    g_assert_false(sb_state_dir_ensure(below_link, NULL));
    g_assert_false(g_file_test(made, G_FILE_TEST_EXISTS));
    g_assert_cmpint(unlink(linked), ==, 0);

    g_autofree char *file = g_build_filename(open, "file", NULL);
    g_assert_true(g_file_set_contents(file, "", 0, NULL));
    refuse(file);
    g_autofree char *below = g_build_filename(file, "below", NULL);
    g_assert_false(sb_state_dir_ensure(below, NULL));

    if (geteuid() == 0) {
        g_autofree char *foreign = new_directory("foreign");
        g_assert_cmpint(chown(foreign, 65534, 65534), ==, 0);
        refuse(foreign);
    }
}

/* Another user can have put links into a folder for all, such as that of artifacts. */
static void test_check_own(void)
{
    g_autofree char *own = new_directory("own");
    g_autofree char *link = g_build_filename(own, "link", NULL);
    g_autofree char *below = g_build_filename(link, "step", NULL);
    g_autofree char *missing = g_build_filename(own, "machine", "step", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(symlink("/", link), ==, 0);
    g_assert_true(sb_state_dir_check_own(missing, 2, NULL));
    g_assert_true(sb_state_dir_check_own(below, 1, NULL));
    g_assert_false(sb_state_dir_check_own(below, 2, &error));
    g_assert_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE);
    g_assert_nonnull(strstr(error->message, "it is a link"));
    g_assert_cmpint(unlink(link), ==, 0);
}

static void content_is(const char *directory, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *content = NULL;
    g_assert_true(g_file_get_contents(path, &content, NULL, NULL));
    g_assert_cmpstr(content, ==, text);
    g_assert_cmpint(mode_of(path), ==, 0600);
}

static void write_file(const char *directory, const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;
    gboolean written = sb_state_dir_write(directory, name, text, &error);
    g_assert_no_error(error);
    g_assert_true(written);
}

static void test_write(void)
{
    g_autofree char *directory = new_directory("write");
    mode_t before = umask(0);
    write_file(directory, "known_hosts", "first\n");
    umask(before);
    content_is(directory, "known_hosts", "first\n");
    write_file(directory, "known_hosts", "");
    content_is(directory, "known_hosts", "");

    /* The same text is not written again. */
    g_autofree char *file = g_build_filename(directory, "known_hosts", NULL);
    struct stat first, second;
    g_assert_cmpint(stat(file, &first), ==, 0);
    write_file(directory, "known_hosts", "");
    g_assert_cmpint(stat(file, &second), ==, 0);
    g_assert_true(first.st_ino == second.st_ino);

    /* A link is replaced: what it points to stays as it is. */
    g_autofree char *link = g_build_filename(directory, "link", NULL);
    g_autofree char *target = g_build_filename(directory, "known_hosts", NULL);
    g_assert_cmpint(symlink(target, link), ==, 0);
    write_file(directory, "link", "new\n");
    content_is(directory, "link", "new\n");
    content_is(directory, "known_hosts", "");

    g_autoptr(GError) error = NULL;
    g_assert_false(sb_state_dir_write("/nonexistent/folder", "name", "text", &error));
    g_assert_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE);
    g_assert_nonnull(strstr(error->message, "/nonexistent/folder/name"));
}

static void test_remove(void)
{
    g_autofree char *directory = new_directory("remove");
    write_file(directory, "id_ed25519", "key");
    write_file(directory, ".hidden", "");
    g_autofree char *link = g_build_filename(directory, "link", NULL);
    g_assert_cmpint(symlink(state_home, link), ==, 0);
    g_autoptr(GError) error = NULL;
    g_assert_true(sb_state_dir_remove(directory, &error));
    g_assert_no_error(error);
    g_assert_false(g_file_test(directory, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(state_home, G_FILE_TEST_IS_DIR));
    g_assert_true(sb_state_dir_remove(directory, &error));
    g_assert_no_error(error);
}

/* A folder in it is not ours: nothing of it is touched, and that it stays is said. */
/* What is there and cannot be looked into is not gone. */
static void test_remove_refuses_what_is_no_folder(void)
{
    g_autofree char *directory = new_directory("remove-file");
    g_autoptr(GError) error = NULL;
    g_assert_true(sb_state_dir_ensure(directory, &error));
    g_assert_no_error(error);
    g_autofree char *file = g_build_filename(directory, "file", NULL);
    g_assert_true(g_file_set_contents(file, "", 0, NULL));
    g_assert_false(sb_state_dir_remove(file, &error));
    g_assert_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE);
    g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
}

static void test_remove_leaves_folders(void)
{
    g_autofree char *directory = new_directory("with-folder");
    g_autofree char *inner = g_build_filename(directory, "inner", NULL);
    g_assert_cmpint(g_mkdir(inner, 0700), ==, 0);
    write_file(inner, "file", "mine");
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_state_dir_remove(directory, &error));
    g_assert_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE);
    content_is(inner, "file", "mine");
}

static void test_forget_machine(void)
{
    static const char *const kept[] = {"id_ed25519", "faas-m-10.sock", "faas-m-1.sock.old",
                                       "known_hosts"};
    static const char *const gone[] = {"faas-m-1.sock", "faas-m-1.settled"};
    g_autofree char *directory = new_directory("forget");
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++)
        write_file(directory, kept[i], kept[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(gone); i++)
        write_file(directory, gone[i], "");
    g_autoptr(GError) error = NULL;
    g_assert_true(sb_state_dir_forget_machine(directory, "faas-m-1", &error));
    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++)
        content_is(directory, kept[i], kept[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(gone); i++) {
        g_autofree char *path = g_build_filename(directory, gone[i], NULL);
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    }
    g_assert_true(sb_state_dir_forget_machine(directory, "faas-m-1", &error));
    g_assert_true(sb_state_dir_forget_machine("/nonexistent", "faas-m-1", &error));
    g_assert_no_error(error);
    g_autofree char *folder = g_build_filename(directory, "faas-m-2.sock", NULL);
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    g_assert_false(sb_state_dir_forget_machine(directory, "faas-m-2", &error));
    g_assert_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE);
}

/* PATH is not what it should be: nothing behind it is removed. */
static void is_not_followed(const char *path, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_state_dir_remove(path, &error));
    g_assert_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE);
    g_clear_error(&error);
    g_assert_false(sb_state_dir_forget_machine(path, "faas-m-1", &error));
    g_assert_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE);
    g_clear_error(&error);
    g_assert_false(sb_state_dir_ensure(path, &error));
    g_assert_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE);
    g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
}

/* Whoever can put a link or a folder there must not choose what 'down' deletes. */
static void test_links(void)
{
    g_autofree char *elsewhere = g_build_filename(state_home, "elsewhere", NULL);
    g_autofree char *victim = g_build_filename(elsewhere, "victim", NULL);
    g_autofree char *file = g_build_filename(victim, "faas-m-1.sock", NULL);
    g_assert_cmpint(g_mkdir_with_parents(victim, 0700), ==, 0);
    g_assert_true(g_file_set_contents(file, "", 0, NULL));
    g_autofree char *at_fleet = sb_state_dir_path("qemu:///system", "victim");
    g_assert_cmpint(symlink(victim, at_fleet), ==, 0);
    is_not_followed(at_fleet, file);
    g_autofree char *at_host = g_build_filename(state_home, "seedbed", "link", NULL);
    g_autofree char *below_link = g_build_filename(at_host, "victim", NULL);
    g_assert_cmpint(symlink(elsewhere, at_host), ==, 0);
    is_not_followed(below_link, file);
    if (geteuid() == 0) {
        g_autofree char *foreign = new_directory("foreign-folder");
        g_autofree char *in_it = g_build_filename(foreign, "faas-m-1.sock", NULL);
        g_assert_true(g_file_set_contents(in_it, "", 0, NULL));
        g_assert_cmpint(chown(foreign, 65534, 65534), ==, 0);
        is_not_followed(foreign, in_it);
    }
}

/* rm -r, of what this test has made. */
static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *entry = g_build_filename(path, name, NULL);
        if (g_unlink(entry) < 0)
            remove_tree(entry);
    }
    g_rmdir(path);
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The folders that are older than now by AGE_S. (transfer full) */
static char *list(const char *folder, gint64 age_s)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names =
        sb_state_dir_list(folder, g_get_real_time() - age_s * G_USEC_PER_SEC, &error);
    g_assert_no_error(error);
    g_ptr_array_sort(names, compare_texts);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

static void test_list(void)
{
    g_autofree char *one = sb_state_dir_path("test:///list", "one");
    g_autofree char *two = sb_state_dir_path("test:///list", ".two");
    g_autofree char *parent = g_path_get_dirname(one);
    g_autofree char *none = list(parent, -60);
    g_assert_cmpstr(none, ==, "");
    g_assert_true(sb_state_dir_ensure(one, NULL) && sb_state_dir_ensure(two, NULL));
    g_autofree char *file = g_build_filename(parent, "file", NULL);
    g_assert_true(g_file_set_contents(file, "x", -1, NULL));
    g_autofree char *all = list(parent, -60);
    g_assert_cmpstr(all, ==, ".two one");
    g_autofree char *old = list(parent, 60);
    g_assert_cmpstr(old, ==, "");
    g_unlink(file);
    g_assert_true(sb_state_dir_remove(one, NULL) && sb_state_dir_remove(two, NULL));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    state_home = g_dir_make_tmp("seedbed-test.XXXXXX", NULL);
    g_setenv("XDG_STATE_HOME", state_home, TRUE);
    g_test_add_func("/state-dir/path", test_path);
    g_test_add_func("/state-dir/ensure", test_ensure);
    g_test_add_func("/state-dir/ensure-refuses", test_ensure_refuses);
    g_test_add_func("/state-dir/ensure-refuses-names", test_ensure_refuses_names);
    g_test_add_func("/state-dir/check-own", test_check_own);
    g_test_add_func("/state-dir/write", test_write);
    g_test_add_func("/state-dir/remove", test_remove);
    g_test_add_func("/state-dir/remove-refuses-what-is-no-folder",
                    test_remove_refuses_what_is_no_folder);
    g_test_add_func("/state-dir/remove-leaves-folders", test_remove_leaves_folders);
    g_test_add_func("/state-dir/forget-machine", test_forget_machine);
    g_test_add_func("/state-dir/list", test_list);
    g_test_add_func("/state-dir/links", test_links);
    int status = g_test_run();
    remove_tree(state_home);
    g_free(state_home);
    return status;
}
