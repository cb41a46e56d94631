/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "build/build-recipe.h"
#include "test.h"

#include <string.h>

static char *digest(const SbBuildRecipe *recipe)
{
    char *hex = sb_build_recipe_digest(recipe);
    g_assert_cmpuint(strlen(hex), ==, 64);
    return hex;
}

/* Everything that a guest is made from makes another recipe; a file that moves from one place to
 * another, too. */
static void test_recipe(void)
{
    g_autoptr(GBytes) one = g_bytes_new_static("1", 1), two = g_bytes_new_static("2", 1);
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    const SbBuildRecipe first = {.base_digest = "0123",
                                 .arch = "aarch64",
                                 .login = "seedbed",
                                 .disk_bytes = 1024,
                                 .user_data = one};
    SbBuildRecipe others[] = {first, first, first, first, first, first,
                              first, first, first, first, first};
    others[0].base_digest = "0124";
    others[1].arch = "x86_64";
    others[2].login = "other";
    others[3].disk_bytes = 2048;
    others[4].user_data = two;
    others[5].user_data = NULL;
    others[6].user_data = empty;
    others[7].user_data = NULL;
    others[7].vendor_data = one;
    const char *const env[] = {"A=1", NULL};
    others[8].env = env;
    SbProvisionStep step = {.run = (char *)"true"};
    g_autoptr(GPtrArray) steps = g_ptr_array_new();
    g_ptr_array_add(steps, &step);
    others[9].provision = steps;
    const SbMachineKernel kernel = {.image = {.path = (char *)"Image"}};
    others[10].kernel = &kernel;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(seen, digest(&first));
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_true(g_hash_table_add(seen, digest(&others[i])));
    g_assert_false(g_hash_table_add(seen, digest(&first)));
}

static void test_record(void)
{
    g_autoptr(SbImageRecord) record = sb_image_record_new();
    g_autofree char *hex = g_strnfill(64, 'a');
    g_assert_null(sb_build_recipe_of(NULL));
    g_assert_null(sb_build_recipe_of(record));
    sb_image_record_add_input(record, "a.yaml", hex);
    g_assert_null(sb_build_recipe_of(record));
    sb_image_record_add_input(record, SB_BUILD_RECIPE_INPUT, hex);
    g_assert_cmpstr(sb_build_recipe_of(record), ==, hex);
}

/* What is put into the script is a word for the shell, whatever it is. */
static void test_script(void)
{
    g_autofree char *script = sb_build_clean_script("o'neil; rm", "ssh-ed25519 AAAA x");
    g_assert_true(g_str_has_prefix(script, "login='o'\\''neil; rm'\nkey='ssh-ed25519 AAAA x'\n#!"));
    g_assert_nonnull(strstr(script, "/etc/machine-id"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/build-recipe/recipe", test_recipe);
    g_test_add_func("/build-recipe/record", test_record);
    g_test_add_func("/build-recipe/script", test_script);
    return g_test_run();
}
