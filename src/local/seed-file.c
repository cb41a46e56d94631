/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/seed-file.h"

#include "local/input-file.h"

gboolean sb_seed_file_read(const char *path, SbSeed *seed_out, guint *others_out, GError **error)
{
    g_autoptr(GBytes) image = sb_input_file_read(path, SB_SEED_ISO_MAX_BYTES, error);
    if (!image)
        return FALSE;
    if (sb_seed_iso_read(image, seed_out, others_out, error))
        return TRUE;
    g_prefix_error(error, "%s: ", path);
    return FALSE;
}

/* The seed at PATH, if there is a file. FALSE: there is one, and it is not a seed. */
static gboolean read_old(const char *path, SbSeed *old_out, GError **error)
{
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return TRUE;
    g_autoptr(GBytes) image = sb_input_file_read(path, SB_SEED_ISO_MAX_BYTES, error);
    if (image && sb_seed_iso_read(image, old_out, NULL, error))
        return TRUE;
    g_prefix_error(error, "'%s' is not overwritten: ", path);
    return FALSE;
}

gboolean sb_seed_file_write(const char *path, const SbSeed *seed, SbSeed *replaced_out,
                            GError **error)
{
    g_auto(SbSeed) old = {0};
    if (!read_old(path, &old, error))
        return FALSE;
    g_autoptr(GBytes) image = sb_seed_iso_build(seed, error);
    if (!image)
        return FALSE;
    gsize length;
    const char *data = g_bytes_get_data(image, &length);
    if (!g_file_set_contents_full(path, data, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                  error))
        return FALSE;
    *replaced_out = old;
    old = (SbSeed){0};
    return TRUE;
}
