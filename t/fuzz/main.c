/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Runs a fuzz target as a TAP test. Its input is every file that once found a fault: those in
 * t/data/fuzz/NAME for the program NAME, or the files and folders in the arguments.
 *
 * `scripts/fuzz NAME` looks for more faults with libFuzzer, which has its own main().
 * A file that broke the target goes into t/data/fuzz/NAME, under a name that says its subject.
 */
#include "fuzz.h"
#include "test.h"

#ifndef SB_LIBFUZZER

static void run_file(gconstpointer data)
{
    const char *path = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length;
    g_file_get_contents(path, &text, &length, &error);
    g_assert_no_error(error);
    /* A copy without the NUL behind TEXT: there a read too far would go unnoticed. */
    g_autofree guint8 *exact = g_memdup2(text, length);
    LLVMFuzzerTestOneInput(exact, length);
}

static int compare_paths(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

static void add_path(GPtrArray *paths, const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    if (!folder) {
        g_ptr_array_add(paths, g_strdup(path));
        return;
    }
    for (const char *name = g_dir_read_name(folder); name; name = g_dir_read_name(folder))
        g_ptr_array_add(paths, g_build_filename(path, name, NULL));
}

/* libtool runs programs that are not installed as lt-NAME. */
static char *folder_for(const char *program)
{
    g_autofree char *name = g_path_get_basename(program);
    g_autofree char *folder =
        g_build_filename("fuzz", g_str_has_prefix(name, "lt-") ? name + 3 : name, NULL);
    return test_data_path(folder);
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *folder = folder_for(argv[0]);
    for (int i = 1; i < argc; i++)
        add_path(paths, argv[i]);
    if (argc == 1)
        add_path(paths, folder);
    g_ptr_array_sort(paths, compare_paths);

    test_init(1, argv);
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        g_autofree char *name = g_path_get_basename(path);
        g_autofree char *test = g_strconcat("/", name, NULL);
        g_test_add_data_func(test, path, run_file);
    }
    return g_test_run();
}

#endif
