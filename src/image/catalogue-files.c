/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/catalogue-files.h"

#include "base/error.h"
#include "local/input-file.h"

enum { MAX_CATALOGUE_BYTES = 1024 * 1024 };

/* Adds the file at PATH, if there is one. */
static gboolean add_file(SbCatalogue *catalogue, const char *path, GError **error)
{
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return TRUE;
    g_autoptr(GError) cause = NULL;
    g_autoptr(GBytes) bytes = sb_input_file_read(path, MAX_CATALOGUE_BYTES, &cause);
    if (!bytes)
        return sb_error_set(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_FILE, "%s",
                            cause->message);
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    if (sb_catalogue_add(catalogue, path, text ? text : "", length, diagnostics))
        return TRUE;
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    return sb_error_set(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_FILE,
                        "cannot use the catalogue '%s':\n%s", path, findings);
}

SbCatalogue *sb_catalogue_files_load(const char *of_host, GError **error)
{
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_new();
    g_autofree char *of_user =
        g_build_filename(g_get_user_config_dir(), "seedbed", "catalogue.yaml", NULL);
    if (!add_file(catalogue, of_host, error) || !add_file(catalogue, of_user, error))
        return NULL;
    return g_steal_pointer(&catalogue);
}
