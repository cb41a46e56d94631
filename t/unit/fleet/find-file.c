/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/find-file.h"
#include "test.h"

#include <glib/gstdio.h>
#include <unistd.h>

typedef struct {
    char *root, *inner;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->root = g_dir_make_tmp("find-file-XXXXXX", NULL);
    fixture->inner = g_build_filename(fixture->root, "a", "b", NULL);
    g_assert_cmpint(g_mkdir_with_parents(fixture->inner, 0755), ==, 0);
    g_assert_cmpint(chdir(fixture->inner), ==, 0);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    static const char *const files[] = {"seedbed.yaml", "fleet.yaml", "../../fleet.yaml",
                                        "../../seedbed.yaml"};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        g_unlink(files[i]);
    g_assert_cmpint(chdir("/"), ==, 0);
    g_autofree char *middle = g_path_get_dirname(fixture->inner);
    g_rmdir(fixture->inner);
    g_rmdir(middle);
    g_assert_cmpint(g_rmdir(fixture->root), ==, 0);
    g_free(fixture->inner);
    g_free(fixture->root);
}

static void write_file(const char *path, const char *text)
{
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void finds(const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *found = sb_fleet_find_file(&error);
    g_assert_no_error(error);
    g_assert_cmpstr(found, ==, expected);
}

static void fails(SbFindFileError code)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_fleet_find_file(&error));
    g_assert_error(error, SB_FIND_FILE_ERROR, (int)code);
}

static void test_nearest(Fixture *fixture, gconstpointer data)
{
    fails(SB_FIND_FILE_ERROR_NONE);
    write_file("../../fleet.yaml", "");
    finds("../../fleet.yaml");
    write_file("seedbed.yaml", "");
    finds("seedbed.yaml");
    write_file("fleet.yaml", "");
    fails(SB_FIND_FILE_ERROR_TWO);
    g_unlink("seedbed.yaml");
    finds("fleet.yaml");
}

static void test_foreign(Fixture *fixture, gconstpointer data)
{
    if (geteuid() != 0) {
        g_test_skip("only root can give a file to another user");
        return;
    }
    write_file("../../seedbed.yaml", "");
    g_assert_cmpint(chown("../../seedbed.yaml", 65534, 65534), ==, 0);
    fails(SB_FIND_FILE_ERROR_FOREIGN);
}

static void has_name(const char *text, const char *name, const char *findings)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    write_file("fleet.yaml", text);
    g_autofree char *found = sb_fleet_file_name("fleet.yaml", diagnostics);
    g_autofree char *all = sb_diagnostics_to_string(diagnostics);
    g_assert_cmpstr(found, ==, name);
    if (!g_str_has_prefix(all, findings))
        g_error("'%s' does not begin with '%s'", all, findings);
}

static void test_name(Fixture *fixture, gconstpointer data)
{
    has_name("fleet: f\nnosuch: key\n", "f", "");
    has_name("fleet: F\n", NULL, "fleet.yaml:1:8: fleet name 'F' is not allowed");
    has_name("image: f\n", NULL, "fleet.yaml:1:1: the key 'fleet' is missing");
    has_name("- f\n", NULL, "fleet.yaml:1:1: the key 'fleet' is missing");
    has_name("", NULL, "fleet.yaml:");
    has_name("fleet: [", NULL, "fleet.yaml:");
}

#define ADD(name, function) g_test_add(name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    test_init(argc, argv);
    ADD("/find-file/nearest", test_nearest);
    ADD("/find-file/foreign", test_foreign);
    ADD("/find-file/name", test_name);
    return g_test_run();
}
