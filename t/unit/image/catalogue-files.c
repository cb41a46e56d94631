/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/catalogue-files.h"

#include "test.h"

#include <glib/gstdio.h>
#include <string.h>

static char *path, *host_path;

static void write_catalogue(const char *text)
{
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static const char *url_of(const SbCatalogue *catalogue, const char *name)
{
    const SbCatalogueImage *image = sb_catalogue_find(catalogue, name, "aarch64", NULL);
    return image ? image->url : NULL;
}

static void test_without_file(void)
{
    g_unlink(path);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_files_load(host_path, &error);
    g_assert_no_error(error);
    g_assert_nonnull(url_of(catalogue, "debian-12"));
}

static void test_user_wins(void)
{
    write_catalogue(
        "mine:\n  aarch64: { url: 'https://a/x.qcow2', checksums: 'https://a/s' }\n"
        "debian-12:\n  aarch64: { url: 'https://a/y.qcow2', checksums: 'https://a/s' }\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_files_load(host_path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(url_of(catalogue, "mine"), ==, "https://a/x.qcow2");
    g_assert_cmpstr(url_of(catalogue, "debian-12"), ==, "https://a/y.qcow2");
}

/* The administrator's entries win over those that ship, and the user's over both. */
static void test_administrator(void)
{
    g_assert_true(g_file_set_contents(
        host_path,
        "host:\n  aarch64: { url: 'https://h/x.qcow2', checksums: 'https://h/s' }\n"
        "debian-12:\n  aarch64: { url: 'https://h/y.qcow2', checksums: 'https://h/s' }\n"
        "debian-13:\n  aarch64: { url: 'https://h/z.qcow2', checksums: 'https://h/s' }\n",
        -1, NULL));
    write_catalogue(
        "debian-12:\n  aarch64: { url: 'https://a/y.qcow2', checksums: 'https://a/s' }\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_files_load(host_path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(url_of(catalogue, "host"), ==, "https://h/x.qcow2");
    g_assert_cmpstr(url_of(catalogue, "debian-12"), ==, "https://a/y.qcow2");
    g_assert_cmpstr(url_of(catalogue, "debian-13"), ==, "https://h/z.qcow2");
    g_assert_nonnull(url_of(catalogue, "debian-11"));
    g_assert_true(g_file_set_contents(host_path, "host: 1\n", -1, NULL));
    g_assert_null(sb_catalogue_files_load(host_path, &error));
    g_assert_error(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_FILE);
    g_assert_nonnull(strstr(error->message, host_path));
    g_unlink(host_path);
}

static void test_errors(void)
{
    write_catalogue("mine:\n  aarch64: { uri: 'https://a/x.qcow2' }\n");
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_catalogue_files_load(host_path, &error));
    g_assert_error(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_FILE);
    g_assert_nonnull(strstr(error->message, "catalogue.yaml:2:"));
    g_clear_error(&error);
    g_unlink(path);
    g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    g_assert_null(sb_catalogue_files_load(host_path, &error));
    g_assert_error(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_FILE);
    g_rmdir(path);
}

int main(int argc, char **argv)
{
    g_autofree char *config = g_dir_make_tmp("catalogue-files-XXXXXX", NULL);
    g_autofree char *folder = g_build_filename(config, "seedbed", NULL);
    g_setenv("XDG_CONFIG_HOME", config, TRUE);
    g_mkdir(folder, 0700);
    path = g_build_filename(folder, "catalogue.yaml", NULL);
    host_path = g_build_filename(folder, "of-host.yaml", NULL);
    test_init(argc, argv);
    g_test_add_func("/catalogue-files/without-file", test_without_file);
    g_test_add_func("/catalogue-files/user-wins", test_user_wins);
    g_test_add_func("/catalogue-files/administrator", test_administrator);
    g_test_add_func("/catalogue-files/errors", test_errors);
    int status = g_test_run();
    g_unlink(path);
    g_rmdir(folder);
    g_rmdir(config);
    g_free(path);
    g_free(host_path);
    return status;
}
