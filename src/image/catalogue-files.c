/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/catalogue-files.h"

#include "local/input-file.h"

enum { MAX_CATALOGUE_BYTES = 1024 * 1024 };

SbCatalogue *sb_catalogue_files_load(GError **error)
{
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_new();
    g_autofree char *path =
        g_build_filename(g_get_user_config_dir(), "seedbed", "catalogue.yaml", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&catalogue);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GBytes) bytes = sb_input_file_read(path, MAX_CATALOGUE_BYTES, &cause);
    if (!bytes) {
        g_set_error_literal(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_FILE, cause->message);
        return NULL;
    }
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    if (sb_catalogue_add(catalogue, path, text ? text : "", length, diagnostics))
        return g_steal_pointer(&catalogue);
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    g_set_error(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_FILE,
                "cannot use the catalogue '%s':\n%s", path, findings);
    return NULL;
}
