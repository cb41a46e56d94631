/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/copy-script.h"
#include "test.h"

#include <sys/wait.h>

/* Runs SCRIPT in the folder HOME with INPUT as its standard input; returns its exit status. */
static int run(const char *home, const char *script, const char *before)
{
    g_autofree char *quoted = g_shell_quote(script);
    g_autofree char *command = g_strdup_printf("cd '%s' && %s sh -c %s", home, before, quoted);
    const char *argv[] = {"sh", "-c", command, NULL};
    int status;
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void assert_content(const char *home, const char *name, const char *content)
{
    g_autofree char *path = g_build_filename(home, name, NULL);
    g_autofree char *text = NULL;
    g_test_message("%s", path);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, content);
}

/* A home with the file `a b` and the folder `d`. (transfer full) */
static char *make_home(void)
{
    char *home = g_dir_make_tmp("copy-script-XXXXXX", NULL);
    g_assert_cmpint(run(home, "echo 1 >'a b'; mkdir d; echo 2 >d/f; echo 0 >old", ""), ==, 0);
    return home;
}

static void test_in(void)
{
    static const struct {
        const char *to;
        gboolean is_folder;
        const char *result;
    } cases[] = {
        {"new", FALSE, "new"}, {"old", FALSE, "old"},  {"x/y/new", FALSE, "x/y/new"},
        {"d", FALSE, "d/a b"}, {"e/", FALSE, "e/a b"}, {"g", TRUE, "g/a b"},
        {"~/h", FALSE, "h"},   {"", TRUE, "a b"},      {"d/f", FALSE, "d/f"},
        {"", FALSE, "a b"},    {"-n", FALSE, "-n"},    {"it's $HOME", FALSE, "it's $HOME"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *home = make_home();
        g_autofree char *script = sb_copy_script_in(cases[i].to, "a b", cases[i].is_folder);
        g_assert_cmpint(run(home, script, "tar -cf - 'a b' |"), ==, 0);
        assert_content(home, cases[i].result, "1\n");
        g_assert_cmpint(run(home, "[ -z \"$(find . -name '.copy*')\" ] && rm -rf \"$PWD\"", ""), ==,
                        0);
    }
}

/* What is not whole does not get the name. */
static void test_in_cut(void)
{
    g_autofree char *home = make_home();
    g_autofree char *script = sb_copy_script_in("old", "a b", FALSE);
    g_assert_cmpint(run(home, script, "head -c 700 /dev/zero | tr '\\0' x |"), !=, 0);
    assert_content(home, "old", "0\n");
    g_autofree char *into = sb_copy_script_in("d", "a b", FALSE);
    g_assert_cmpint(
        run(home, into, "head -c 20000 /dev/zero >'a b'; tar -cf - 'a b' | head -c 9000 |"), !=, 0);
    g_assert_cmpint(run(home, "[ -z \"$(find d -name 'a b')\" ]", ""), ==, 0);
    g_assert_cmpint(run(home, "[ -z \"$(find . -name '.copy*')\" ] && rm -rf \"$PWD\"", ""), ==, 0);
}

/* A folder is merged into one that is there; what is only there stays. */
static void test_in_merge(void)
{
    g_autofree char *home = g_dir_make_tmp("copy-script-XXXXXX", NULL);
    g_assert_cmpint(run(home,
                        "mkdir -p s/f/new/er s/f/both/deep s/f/empty t/f/both/deep t/f/own e\n"
                        "echo 1 | tee s/f/x s/f/.hid s/f/new/er/x s/f/both/deep/'a  b' s/f/link\n"
                        "echo 0 | tee t/f/x t/f/own/x t/f/both/deep/'a  b'\n"
                        "ln -s ../../e t/f/link; ln -s none s/f/both/dead",
                        ""),
                    ==, 0);
    g_autofree char *script = sb_copy_script_in("t", "f", TRUE);
    g_assert_cmpint(run(home, script, "tar -C s -cf - f |"), ==, 0);
    static const char *const news[] = {"t/f/x", "t/f/.hid", "t/f/new/er/x", "t/f/link",
                                       "t/f/both/deep/a  b"};
    for (gsize i = 0; i < G_N_ELEMENTS(news); i++)
        assert_content(home, news[i], "1\n");
    assert_content(home, "t/f/own/x", "0\n");
    g_assert_cmpint(run(home, "[ -d t/f/empty ] && [ -h t/f/both/dead ] && [ ! -h t/f/link ]", ""),
                    ==, 0);
    /* A folder is in the place of a file: that fails, and the folder stays. */
    g_autofree char *file = sb_copy_script_in("t/f", "own", FALSE);
    g_assert_cmpint(run(home, file, "echo 1 >own; tar -cf - own |"), !=, 0);
    g_assert_cmpint(run(home, "rm t/f/x; mkdir t/f/x; touch t/f/x/y", ""), ==, 0);
    g_assert_cmpint(run(home, script, "tar -C s -cf - f |"), !=, 0);
    g_assert_cmpint(run(home, "[ -e t/f/x/y ] && [ -z \"$(find . -name '.copy*')\" ]", ""), ==, 0);
    g_assert_cmpint(run(home, "rm -rf \"$PWD\"", ""), ==, 0);
}

/* An archive that is cut off changes nothing in a folder that is there. */
static void test_in_merge_cut(void)
{
    g_autofree char *home = make_home();
    g_autofree char *script = sb_copy_script_in("", "d", TRUE);
    g_assert_cmpint(run(home, script,
                        "mkdir s; cp -r d s; echo 3 >s/d/g; head -c 20000 /dev/zero >s/d/f;"
                        "tar -C s -cf - d/g d/f | head -c 9000 |"),
                    !=, 0);
    assert_content(home, "d/f", "2\n");
    g_assert_cmpint(run(home, "[ \"$(ls -A d)\" = f ] && rm -rf \"$PWD\"", ""), ==, 0);
}

static void test_out(void)
{
    g_autofree char *home = make_home();
    static const char *const paths[] = {"a b", "~/a b", "d/../a b", "./a b"};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *script = sb_copy_script_out(paths[i]);
        g_autofree char *piped = g_strdup_printf(
            "mkdir out && (%s) | tar -xf - -C out && rm -r out.*; mv out out.%zu", script, i);
        g_assert_cmpint(run(home, "touch out.x", ""), ==, 0);
        g_assert_cmpint(run(home, piped, ""), ==, 0);
        g_autofree char *result = g_strdup_printf("out.%zu/a b", i);
        assert_content(home, result, "1\n");
    }
    g_assert_cmpint(run(home, "rm -rf \"$PWD\"", ""), ==, 0);
}

static void test_name(void)
{
    static const struct {
        const char *path, *name;
    } cases[] = {{"a", "a"}, {"/x/a b", "a b"}, {"x/", "x"},    {".", NULL},
                 {"", NULL}, {"/", NULL},       {"x/..", NULL}, {"~", NULL}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = sb_copy_script_name(cases[i].path);
        g_assert_cmpstr(name, ==, cases[i].name);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/copy-script/in", test_in);
    g_test_add_func("/copy-script/in-cut", test_in_cut);
    g_test_add_func("/copy-script/in-merge", test_in_merge);
    g_test_add_func("/copy-script/in-merge-cut", test_in_merge_cut);
    g_test_add_func("/copy-script/out", test_out);
    g_test_add_func("/copy-script/name", test_name);
    return g_test_run();
}
