/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/seed-problem.h"

#include "local/seed-iso.h"
#include "test.h"

#include <string.h>

/* What is wrong with a seed of these files (each nullable) must have PART; NULL: nothing is. */
static void check(const char *meta_data, const char *user_data, const char *part)
{
    g_autoptr(GError) error = NULL;
    g_auto(SbSeed)
        seed = {.meta_data = meta_data ? g_bytes_new_static(meta_data, strlen(meta_data)) : NULL,
                .user_data = user_data ? g_bytes_new_static(user_data, strlen(user_data)) : NULL};
    g_autoptr(GBytes) image = sb_seed_iso_build(&seed, &error);
    g_assert_no_error(error);
    g_autofree char *problem = sb_seed_problem(image);
    if (part)
        g_assert_nonnull(strstr(problem, part));
    else
        g_assert_cmpstr(problem, ==, NULL);
}

static void test_files(void)
{
    check("instance-id: x\n", "#cloud-config\n{}\n", NULL);
    check("instance-id: x\n", "#!/bin/sh\n", NULL);
    check("instance-id: x\n", "users: []\n", "begins with 'users: []', and cloud-init ignores");
    check("instance-id: x\n", "\033[31mred\n", "\\x1b[31mred'");
    check("instance-id: x\n", NULL, "user-data is missing");
    check("local-hostname: x\n", "#cloud-config\n{}\n", "'instance-id'");
    check(NULL, "#cloud-config\n{}\n", "meta-data is missing");
}

static void test_no_seed(void)
{
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    g_autofree char *problem = sb_seed_problem(empty);
    g_assert_nonnull(strstr(problem, "not a seed"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/seed-problem/files", test_files);
    g_test_add_func("/seed-problem/no-seed", test_no_seed);
    return g_test_run();
}
