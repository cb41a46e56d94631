/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/file-reference.h"

void sb_file_reference_clear(SbFileReference *reference)
{
    g_clear_pointer(&reference->path, g_free);
    g_clear_pointer(&reference->content, g_bytes_unref);
    reference->mark = (SbMark){0, 0};
}

void sb_file_reference_assign(SbFileReference *reference, const SbFileReference *from)
{
    SbFileReference copy = {g_strdup(from->path), from->mark,
                            from->content ? g_bytes_ref(from->content) : NULL};
    sb_file_reference_clear(reference);
    *reference = copy;
}

char *sb_file_reference_digest(const SbFileReference *reference)
{
    return reference->content ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, reference->content)
                              : g_strdup("-");
}

char *sb_file_reference_path(const char *fleet_file, const char *path)
{
    if (g_path_is_absolute(path))
        return g_strdup(path);
    g_autofree char *folder = g_path_get_dirname(fleet_file);
    return g_build_filename(folder, path, NULL);
}
