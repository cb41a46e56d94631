/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: in any index of a server, the newest name is one that stands there, and has only the
 * characters of a file's name. See main.c for how to run it.
 */
#include "image/newest-name.h"
#include "fuzz.h"

#include <string.h>

#define NAME_CHARACTERS G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-+~"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const char *const patterns[] = {"a-*.qcow2", "*", "3.*", "*-x"};
    for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++) {
        g_autofree char *word = sb_newest_name_find((const char *)data, size, patterns[i]);
        if (!word)
            continue;
        g_assert_cmpuint(strspn(word, NAME_CHARACTERS), ==, strlen(word));
        g_autofree char *name = sb_newest_name_put(patterns[i], word);
        g_assert_nonnull(memmem(data, size, name, strlen(name)));
    }
    return 0;
}
