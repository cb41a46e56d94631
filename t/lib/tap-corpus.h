/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The TAP streams in t/data/tap.
 */
#pragma once

#include "test.h"

/** Calls CHECK for each stream, with its name. */
static inline void for_each_stream(void (*check)(const char *name, const char *text, gsize length))
{
    g_autofree char *path = test_data_path("tap");
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) folder = g_dir_open(path, 0, &error);
    g_assert_no_error(error);
    guint count = 0;
    for (const char *name = g_dir_read_name(folder); name; name = g_dir_read_name(folder)) {
        if (!g_str_has_suffix(name, ".tap"))
            continue;
        g_autofree char *file = g_build_filename("tap", name, NULL);
        gsize length;
        g_autofree char *text = test_data(file, &length);
        check(name, text, length);
        count++;
    }
    g_assert_cmpuint(count, >=, 100);
}
