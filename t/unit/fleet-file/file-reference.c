/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/file-reference.h"
#include "test.h"

static void test_path(void)
{
    static const struct {
        const char *fleet_file, *path, *expected;
    } cases[] = {
        {"fleet.yaml", "user-data.yaml", "./user-data.yaml"},
        {"domains/faas.yaml", "../cloud-init/a.yaml", "domains/../cloud-init/a.yaml"},
        {"/srv/fleets/f.yaml", "a.yaml", "/srv/fleets/a.yaml"},
        {"domains/faas.yaml", "/etc/a.yaml", "/etc/a.yaml"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = sb_file_reference_path(cases[i].fleet_file, cases[i].path);
        g_assert_cmpstr(path, ==, cases[i].expected);
    }
}

static void test_assign(void)
{
    SbFileReference from = {g_strdup("a.yaml"), {3, 4}, g_bytes_new_static("text", 4)};
    SbFileReference to = {g_strdup("b.yaml"), {1, 1}, NULL};
    sb_file_reference_assign(&to, &from);
    g_assert_cmpstr(to.path, ==, "a.yaml");
    g_assert_true(to.path != from.path);
    g_assert_cmpuint(to.mark.line, ==, 3);
    g_assert_true(to.content == from.content);
    sb_file_reference_assign(&to, &to);
    g_assert_cmpstr(to.path, ==, "a.yaml");
    sb_file_reference_clear(&from);
    g_assert_null(from.path);
    g_assert_null(from.content);
    g_assert_cmpuint(g_bytes_get_size(to.content), ==, 4);
    sb_file_reference_clear(&to);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/file-reference/path", test_path);
    g_test_add_func("/file-reference/assign", test_assign);
    return g_test_run();
}
