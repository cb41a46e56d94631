/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-file.h"

#include "image/disk-format.h"
#include "test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *folder;
    char *path;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->folder = g_dir_make_tmp("image-file-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->folder, "disk", NULL);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    g_unlink(fixture->path);
    g_rmdir(fixture->folder);
    g_free(fixture->path);
    g_free(fixture->folder);
}

/* A raw disk with the signature of a boot sector and a partition. (transfer full) */
static guint8 *raw_disk(gsize bytes)
{
    guint8 *disk = g_malloc0(bytes);
    disk[446 + 4] = 0x83;
    disk[446 + 8] = 1;
    disk[446 + 12] = 1;
    disk[510] = 0x55;
    disk[511] = 0xaa;
    return disk;
}

static void write_file(const Fixture *fixture, const void *bytes, gsize length)
{
    g_assert_true(g_file_set_contents(fixture->path, bytes, (gssize)length, NULL));
}

static void write_disk(const Fixture *fixture, gsize bytes)
{
    g_autofree guint8 *disk = raw_disk(bytes);
    write_file(fixture, disk, bytes);
}

static SbImageFile *open_file(const Fixture *fixture, const SbDigest *digest, gboolean is_raw,
                              GError **error)
{
    const SbOperation operation = {0};
    const SbImageFileRequest request = {.path = fixture->path, .digest = digest, .is_raw = is_raw};
    return sb_image_file_open(&operation, &request, error);
}

static void refused(const Fixture *fixture, gboolean is_raw, GQuark domain, int code)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(open_file(fixture, NULL, is_raw, &error));
    g_assert_error(error, domain, code);
}

static void test_raw(Fixture *fixture, gconstpointer data)
{
    enum { BYTES = 3 * 1024 * 1024 };
    write_disk(fixture, BYTES);
    g_autofree guint8 *disk = raw_disk(BYTES);
    g_autofree char *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, disk, BYTES);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbImageFile) file = open_file(fixture, NULL, FALSE, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(file->format, ==, "raw");
    g_assert_cmpstr(file->sha256, ==, sha256);
    g_assert_cmpuint(file->length_bytes, ==, BYTES);
    g_assert_cmpuint(file->virtual_bytes, ==, BYTES);
    g_assert_false(file->is_compressed);
    g_assert_null(file->file_sha256);
}

/* A hole is hashed as zeroes, in the middle and at the end, also one that is read in parts. */
static void test_holes(Fixture *fixture, gconstpointer data)
{
    enum { HEAD = 1024 * 1024, BYTES = 300 * 1024 * 1024 };
    write_disk(fixture, HEAD);
    g_assert_cmpint(truncate(fixture->path, BYTES), ==, 0);
    g_autofree guint8 *disk = g_malloc0(BYTES);
    g_autofree guint8 *head = raw_disk(HEAD);
    memcpy(disk, head, HEAD);
    g_autofree char *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, disk, BYTES);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbImageFile) file = open_file(fixture, NULL, FALSE, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(file->sha256, ==, sha256);
    g_assert_cmpuint(file->length_bytes, ==, BYTES);
}

static void test_unchanged(Fixture *fixture, gconstpointer data)
{
    write_disk(fixture, 512 * 1024);
    int writer = open(fixture->path, O_WRONLY);
    g_autoptr(SbImageFile) shared = open_file(fixture, NULL, FALSE, NULL);
    g_assert_false(shared->is_leased);
    g_clear_pointer(&shared, sb_image_file_free);
    close(writer);
    g_autoptr(SbImageFile) file = open_file(fixture, NULL, FALSE, NULL);
    if (!file->is_leased) {
        g_test_skip("this file system has no leases");
        return;
    }
    g_assert_true(sb_image_file_is_unchanged(file));
    /* It would wait for the end of the lease otherwise. */
    g_assert_cmpint(open(fixture->path, O_WRONLY | O_NONBLOCK), <, 0);
    g_assert_false(sb_image_file_is_unchanged(file));
}

static void test_digest(Fixture *fixture, gconstpointer data)
{
    write_disk(fixture, 512 * 1024);
    SbDigest digest = {.type = G_CHECKSUM_SHA256};
    memset(digest.hex, '0', 64);
    g_autoptr(GError) error = NULL;
    g_assert_null(open_file(fixture, &digest, FALSE, &error));
    g_assert_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DIGEST);
}

static void test_refused(Fixture *fixture, gconstpointer data)
{
    refused(fixture, FALSE, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE);
    write_disk(fixture, 512 * 1024 + 100);
    refused(fixture, FALSE, SB_IMAGE_ERROR, SB_IMAGE_ERROR_REFUSED);
    g_autofree guint8 *zeroes = g_malloc0(512 * 1024);
    write_file(fixture, zeroes, 512 * 1024);
    refused(fixture, TRUE, SB_IMAGE_ERROR, SB_IMAGE_ERROR_REFUSED);
    write_file(fixture, "QFI\xfb\0\0\0\3", 8);
    refused(fixture, TRUE, SB_IMAGE_ERROR, SB_IMAGE_ERROR_REFUSED);
    g_unlink(fixture->path);
    g_assert_cmpint(mkfifo(fixture->path, 0600), ==, 0);
    refused(fixture, FALSE, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE);
}

static void test_unknown_is_raw_if_said(Fixture *fixture, gconstpointer data)
{
    g_autofree guint8 *bytes = g_malloc0(128 * 1024);
    memcpy(bytes + 5000, "text", 4);
    for (int i = 0; i < 2; i++) {
        write_file(fixture, bytes, 128 * 1024);
        g_autoptr(GError) error = NULL;
        g_assert_null(open_file(fixture, NULL, FALSE, &error));
        g_assert_true(error->domain == SB_DISK_FORMAT_ERROR);
        g_autoptr(SbImageFile) file = open_file(fixture, NULL, TRUE, NULL);
        g_assert_nonnull(file);
        g_assert_cmpstr(file->format, ==, "raw");
        memset(bytes, '#', 512); /* then it begins with text */
    }
}

static void cancel(const SbEvent *event, gpointer data)
{
    g_assert_cmpint(event->kind, ==, SB_EVENT_PROGRESS);
    g_assert_cmpstr(event->text, ==, "reading");
    g_cancellable_cancel(data);
}

static void test_cancelled(Fixture *fixture, gconstpointer data)
{
    write_disk(fixture, 5 * 1024 * 1024);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    const SbOperation operation = {
        .cancellable = cancellable, .event = cancel, .data = cancellable};
    const SbImageFileRequest request = {.path = fixture->path};
    g_assert_null(sb_image_file_open(&operation, &request, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void add(const char *name, void (*test)(Fixture *fixture, gconstpointer data))
{
    g_test_add(name, Fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    add("/image-file/raw", test_raw);
    add("/image-file/holes are hashed as zeroes", test_holes);
    add("/image-file/a writer is noticed", test_unchanged);
    add("/image-file/digest", test_digest);
    add("/image-file/refused", test_refused);
    add("/image-file/unknown-is-raw-if-said", test_unknown_is_raw_if_said);
    add("/image-file/cancelled", test_cancelled);
    return g_test_run();
}
