/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Helpers for every C test: TAP output, and files of t/data.
 */
#pragma once

#include <glib.h>
#include <sys/stat.h>

/**
 * Calls g_test_init() with TAP as the output format: GLib 2.74 takes it only as an argument. The
 * umask of the user who runs the tests does not count.
 */
static inline void test_init(int argc, char **argv)
{
    static char tap[] = "--tap";
    char **with_tap = g_new0(char *, argc + 2);
    for (int i = 0; i < argc; i++)
        with_tap[i] = argv[i];
    with_tap[argc++] = tap;
    g_test_init(&argc, &with_tap, NULL);
    umask(022);
    g_free(with_tap);
}

/** The path of a file in t/data; automake sets `srcdir` in the environment. (transfer full) */
static inline char *test_data_path(const char *name)
{
    const char *source = g_getenv("srcdir");
    return g_build_filename(source ? source : ".", "t/data", name, NULL);
}

/** The contents of a file in t/data. (transfer full) */
static inline char *test_data(const char *name, gsize *length_out)
{
    g_autofree char *path = test_data_path(name);
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    if (!g_file_get_contents(path, &text, length_out, &error))
        g_error("%s", error->message);
    return text;
}
