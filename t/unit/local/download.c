/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/download.h"

#include "local/url-transfer.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>

/* Files of file: URLs; t/cli/fetch*.t has those of servers. */
static char *folder, *url;

static SbDigest digest_of(const char *text)
{
    SbDigest digest = {.type = G_CHECKSUM_SHA256};
    g_autofree char *hex = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_strlcpy(digest.hex, hex, sizeof digest.hex);
    return digest;
}

static void test_by_digest(void)
{
    SbDigest wanted = digest_of("content"), got;
    const SbDownloadRequest request = {.url = url, .digest = &wanted};
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = sb_download_file(&request, &got, &error);
        g_assert_no_error(error);
        g_assert_true(g_str_has_suffix(path, wanted.hex));
        g_assert_true(sb_digest_equal(&got, &wanted));
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_assert_cmpstr(text, ==, "content");
    }
}

static void test_without_digest(void)
{
    SbDigest right = digest_of("content"), got;
    const SbDownloadRequest request = {.url = url};
    g_autofree char *path = sb_download_file(&request, &got, NULL);
    g_assert_nonnull(path);
    g_assert_true(sb_digest_equal(&got, &right));
}

static void test_wrong_digest(void)
{
    SbDigest wanted = digest_of("other");
    const SbDownloadRequest request = {.url = url, .digest = &wanted};
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_download_file(&request, NULL, &error));
    g_assert_error(error, SB_DOWNLOAD_ERROR, SB_DOWNLOAD_ERROR_DIGEST);
    g_assert_nonnull(strstr(error->message, wanted.hex));
}

static void test_bytes(void)
{
    const SbDownloadRequest request = {.url = url};
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = sb_download_bytes(&request, 7, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, 7);
    g_assert_null(sb_download_bytes(&request, 6, &error));
    g_assert_error(error, SB_DOWNLOAD_ERROR, SB_DOWNLOAD_ERROR_SIZE);
}

static void test_cancelled(void)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_cancellable_cancel(cancellable);
    SbDigest wanted = digest_of("never");
    const SbDownloadRequest request = {.url = url, .digest = &wanted, .cancellable = cancellable};
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_download_file(&request, NULL, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void test_missing(void)
{
    g_autofree char *missing = g_strconcat(url, "-missing", NULL);
    const SbDownloadRequest request = {.url = missing};
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_download_bytes(&request, 10, &error));
    g_assert_error(error, SB_URL_TRANSFER_ERROR, SB_URL_TRANSFER_ERROR_REFUSED);
}

int main(int argc, char **argv)
{
    folder = g_dir_make_tmp("download-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "file", NULL);
    g_file_set_contents(path, "content", -1, NULL);
    url = g_strconcat("file://", path, NULL);
    g_setenv("XDG_CACHE_HOME", folder, TRUE);
    test_init(argc, argv);
    g_test_add_func("/download/by-digest", test_by_digest);
    g_test_add_func("/download/without-digest", test_without_digest);
    g_test_add_func("/download/wrong-digest", test_wrong_digest);
    g_test_add_func("/download/bytes", test_bytes);
    g_test_add_func("/download/cancelled", test_cancelled);
    g_test_add_func("/download/missing", test_missing);
    int status = g_test_run();
    const char *const remove[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_free(folder);
    g_free(url);
    return status;
}
