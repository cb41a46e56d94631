/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/ssh-include.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *home, *folder, *path, *lines;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->home = g_dir_make_tmp("ssh-include-XXXXXX", NULL);
    fixture->folder = g_build_filename(fixture->home, ".ssh", NULL);
    fixture->path = g_build_filename(fixture->folder, "config", NULL);
    fixture->lines = sb_ssh_include_lines("/state/see bed", "*/*/ssh_config", NULL);
    g_assert_nonnull(fixture->lines);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    g_autofree char *target = g_build_filename(fixture->home, "dotfile", NULL);
    g_unlink(target);
    g_unlink(fixture->path);
    g_rmdir(fixture->folder);
    g_assert_cmpint(g_rmdir(fixture->home), ==, 0);
    g_free(fixture->home);
    g_free(fixture->folder);
    g_free(fixture->path);
    g_free(fixture->lines);
}

static void install(const Fixture *fixture, gboolean is_change)
{
    g_autoptr(GError) error = NULL;
    gboolean is_changed;
    gboolean is_done = sb_ssh_include_install(fixture->path, fixture->lines, &is_changed, &error);
    g_assert_no_error(error);
    g_assert_true(is_done);
    g_assert_cmpint(is_changed, ==, is_change);
}

static void uninstall(const Fixture *fixture, gboolean is_change)
{
    g_autoptr(GError) error = NULL;
    gboolean is_changed;
    gboolean is_done = sb_ssh_include_uninstall(fixture->path, &is_changed, &error);
    g_assert_no_error(error);
    g_assert_true(is_done);
    g_assert_cmpint(is_changed, ==, is_change);
}

static void make_file(const Fixture *fixture, const char *text, int mode)
{
    g_mkdir(fixture->folder, 0700);
    g_assert_true(g_file_set_contents_full(fixture->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                           mode, NULL));
    g_assert_cmpint(g_chmod(fixture->path, mode), ==, 0);
}

static void has_text(const Fixture *fixture, const char *expected)
{
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(fixture->path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

static void has_mode(const char *path, guint mode)
{
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 07777, ==, mode);
}

static void test_from_nothing(Fixture *fixture, gconstpointer data)
{
    uninstall(fixture, FALSE);
    install(fixture, TRUE);
    has_text(fixture, fixture->lines);
    g_assert_nonnull(strstr(fixture->lines, "\nInclude \"/state/see bed/*/*/ssh_config\"\n"));
    has_mode(fixture->folder, 0700);
    has_mode(fixture->path, 0600);
    install(fixture, FALSE);
    uninstall(fixture, TRUE);
    g_assert_false(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
}

static void test_before_other_lines(Fixture *fixture, gconstpointer data)
{
    static const char own[] = "Host a\n  User b\n\nHost *\n  User c"; /* without a last newline */
    make_file(fixture, own, 0644);
    install(fixture, TRUE);
    g_autofree char *both = g_strconcat(fixture->lines, own, NULL);
    has_text(fixture, both);
    has_mode(fixture->path, 0644);
    uninstall(fixture, TRUE);
    has_text(fixture, own);
    uninstall(fixture, FALSE);
}

/* The state folder was moved, and the user has put lines of his own before ours. */
static void test_replaces_old_lines(Fixture *fixture, gconstpointer data)
{
    g_autofree char *old = sb_ssh_include_lines("/old", "*/*/ssh_config", NULL);
    g_autofree char *before = g_strconcat("# mine\n", old, "Host a\n", NULL);
    make_file(fixture, before, 0600);
    install(fixture, TRUE);
    g_autofree char *after = g_strconcat(fixture->lines, "# mine\nHost a\n", NULL);
    has_text(fixture, after);
    /* Only the comment is left: the line after it is not ours. */
    g_autofree char *comment = g_strndup(old, strcspn(old, "\n") + 1);
    g_autofree char *cut = g_strconcat(comment, "Host a\n", NULL);
    make_file(fixture, cut, 0600);
    uninstall(fixture, TRUE);
    has_text(fixture, "Host a\n");
}

static void test_link_stays(Fixture *fixture, gconstpointer data)
{
    g_autofree char *target = g_build_filename(fixture->home, "dotfile", NULL);
    g_assert_cmpint(g_mkdir(fixture->folder, 0700), ==, 0);
    g_assert_cmpint(symlink("../dotfile", fixture->path), ==, 0);
    gboolean is_changed;
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_ssh_include_install(fixture->path, fixture->lines, &is_changed, &error));
    g_assert_error(error, SB_SSH_INCLUDE_ERROR, SB_SSH_INCLUDE_ERROR_FILE);
    g_assert_true(g_file_set_contents(target, "", 0, NULL));
    install(fixture, TRUE);
    uninstall(fixture, TRUE);
    g_assert_true(g_file_test(fixture->path, G_FILE_TEST_IS_SYMLINK));
    has_text(fixture, "");
}

static void test_special_characters(void)
{
    static const char *const folders[] = {"/a*",  "/a?",  "/[a]", "/{a}",
                                          "/a\"", "/a%h", "/$a",  "/a\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(sb_ssh_include_lines(folders[i], "x", &error));
        g_assert_error(error, SB_SSH_INCLUDE_ERROR, SB_SSH_INCLUDE_ERROR_PATTERN);
    }
}

#define ADD(name, function) g_test_add(name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    test_init(argc, argv);
    ADD("/ssh-include/from-nothing", test_from_nothing);
    ADD("/ssh-include/before-other-lines", test_before_other_lines);
    ADD("/ssh-include/replaces-old-lines", test_replaces_old_lines);
    ADD("/ssh-include/link-stays", test_link_stays);
    g_test_add_func("/ssh-include/special-characters", test_special_characters);
    return g_test_run();
}
