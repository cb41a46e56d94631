/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/environment.h"

#include "fleet-files.h"
#include "test.h"

#include <gio/gio.h>

#define HEAD "fleet: f\nimage: i\n"

static void test_merge(void)
{
    g_autoptr(SbFleetFile) file = parse(HEAD "defaults:\n  env: {A: 1, B: two}\n"
                                             "machines:\n  g:\n    env: {B: 3, _c: }\n  h:\n");
    g_autofree char *g = g_strjoinv(" ", group(file, 0)->spec.env);
    g_autofree char *h = g_strjoinv(" ", group(file, 1)->spec.env);
    g_assert_cmpstr(g, ==, "A=1 B=3 _c=");
    g_assert_cmpstr(h, ==, "A=1 B=two");
}

static void test_refusals(void)
{
    refuse(HEAD "machines: {g: {env: x}}\n", "3:21");
    refuse(HEAD "machines: {g: {env: {1a: x}}}\n", "3:22");
    refuse(HEAD "machines: {g: {env: {a-b: x}}}\n", "3:22");
    refuse(HEAD "machines: {g: {env: {ü: x}}}\n", "3:22");
    refuse(HEAD "machines: {g: {env: {'': x}}}\n", "3:22");
    refuse(HEAD "machines: {g: {env: {a: [x]}}}\n", "3:25");
    g_autoptr(GString) many = g_string_new(HEAD "machines: {g: {env: {A0: 0");
    for (int i = 1; i <= SB_ENVIRONMENT_MAX; i++)
        g_string_append_printf(many, ", A%d: x", i);
    g_string_append(many, "}}}\n");
    refuse(many->str, "3:21");
    g_autofree char *value = g_strnfill(SB_ENVIRONMENT_VALUE_MAX_BYTES + 1, 'x');
    g_autofree char *large = g_strdup_printf(HEAD "machines: {g: {env: {a: %s}}}\n", value);
    refuse(large, "3:25");
}

/* What a shell has in its variables, and what the command that it runs gets. */
static void test_values_are_data(void)
{
    static const char value[] = "it's \"$HOME\" `id` \\n\n a=b  # ü;";
    g_autofree char *pair = g_strconcat("KEY=", value, NULL);
    const char *env[] = {"OTHER=", pair, NULL};
    g_autofree char *script = sb_environment_script(env);
    g_autofree char *line = g_strconcat(script, "exec printenv KEY", NULL);
    const char *const words[] = {"sh", "-c", line, NULL};
    g_autofree char *out = NULL;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL,
                 &error);
    g_assert_no_error(error);
    g_autofree char *wanted = g_strconcat(value, "\n", NULL);
    g_assert_cmpstr(out, ==, wanted);
    g_autofree char *nothing = sb_environment_script(NULL);
    g_assert_cmpstr(nothing, ==, "");
}

/* Where there is no file, the line runs as it is. */
static void test_wrap(void)
{
    g_autofree char *line = sb_environment_wrap("echo \"it's\" $((1 + 2)); exit 7");
    const char *const words[] = {"sh", "-c", line, NULL};
    g_autofree char *out = NULL;
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status,
                 &error);
    g_assert_no_error(error);
    g_assert_cmpstr(out, ==, "it's 3\n");
    g_assert_cmpint(status, ==, 7 << 8);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/environment/merge", test_merge);
    g_test_add_func("/environment/refusals", test_refusals);
    g_test_add_func("/environment/values-are-data", test_values_are_data);
    g_test_add_func("/environment/wrap", test_wrap);
    return g_test_run();
}
