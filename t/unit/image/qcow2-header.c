/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/qcow2-header.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>

#define MIB (G_GUINT64_CONSTANT(1) << 20)
#define TIB (G_GUINT64_CONSTANT(1) << 40)

enum { CLUSTER = 64 * 1024 };

/* A file as it is offered to the parser. Tests begin with a plain one and change single fields. */
typedef struct {
    guint8 bytes[SB_QCOW2_HEADER_BYTES];
    gsize length;
    guint64 file_bytes;
    guint64 max_virtual_bytes;
} Image;

static void put_u32(Image *image, gsize offset, guint32 value)
{
    value = GUINT32_TO_BE(value);
    memcpy(image->bytes + offset, &value, sizeof value);
}

static void put_u64(Image *image, gsize offset, guint64 value)
{
    value = GUINT64_TO_BE(value);
    memcpy(image->bytes + offset, &value, sizeof value);
}

/* The header that `qemu-img create -f qcow2 IMAGE 64M` writes. */
static Image plain(guint32 version)
{
    Image image = {.length = SB_QCOW2_HEADER_BYTES,
                   .file_bytes = 3 * CLUSTER + 8,
                   .max_virtual_bytes = SB_QCOW2_MAX_VIRTUAL_BYTES};
    memcpy(image.bytes, "QFI\xfb", 4);
    put_u32(&image, 4, version);
    put_u32(&image, 20, 16);
    put_u64(&image, 24, 64 * MIB);
    put_u32(&image, 36, 1);
    put_u64(&image, 40, 3 * CLUSTER);
    put_u64(&image, 48, CLUSTER);
    put_u32(&image, 56, 1);
    put_u32(&image, 96, 4);
    put_u32(&image, 100, 112);
    return image;
}

/* Parses exactly `length` bytes, so that sanitizers see a read too far. */
static gboolean parse(const Image *image, SbQcow2Header *header_out, GError **error)
{
    g_autofree guint8 *exact = g_memdup2(image->bytes, image->length);
    return sb_qcow2_header_parse(exact, image->length, image->file_bytes, image->max_virtual_bytes,
                                 header_out, error);
}

static SbQcow2Header accept(const Image *image)
{
    SbQcow2Header header = {0};
    g_autoptr(GError) error = NULL;
    gboolean accepted = parse(image, &header, &error);
    g_assert_no_error(error);
    g_assert_true(accepted);
    return header;
}

static void refuse(const Image *image, SbQcow2Error code)
{
    SbQcow2Header header, untouched;
    memset(&header, 0x5a, sizeof header);
    memset(&untouched, 0x5a, sizeof untouched);
    g_autoptr(GError) error = NULL;
    g_assert_false(parse(image, &header, &error));
    g_assert_error(error, SB_QCOW2_ERROR, (int)code);
    g_assert_cmpmem(&header, sizeof header, &untouched, sizeof untouched);
}

static void refuse_u32(gsize offset, guint32 value, SbQcow2Error code)
{
    Image image = plain(3);
    put_u32(&image, offset, value);
    refuse(&image, code);
}

static void refuse_u64(gsize offset, guint64 value, SbQcow2Error code)
{
    Image image = plain(3);
    put_u64(&image, offset, value);
    refuse(&image, code);
}

static void test_plain(void)
{
    for (guint32 version = 2; version <= 3; version++) {
        Image image = plain(version);
        put_u32(&image, 60, 5);
        put_u64(&image, 64, 2 * CLUSTER);
        SbQcow2Header header = accept(&image);
        g_assert_cmpuint(header.version, ==, version);
        g_assert_cmpuint(header.cluster_bits, ==, 16);
        g_assert_cmpuint(header.virtual_bytes, ==, 64 * MIB);
        g_assert_cmpuint(header.l1_entries, ==, 1);
        g_assert_cmpuint(header.l1_offset, ==, 3 * CLUSTER);
        g_assert_cmpuint(header.refcount_table_offset, ==, CLUSTER);
        g_assert_cmpuint(header.refcount_table_clusters, ==, 1);
        g_assert_cmpuint(header.refcount_order, ==, 4);
        g_assert_cmpuint(header.snapshots, ==, 5);
        g_assert_cmpuint(header.snapshots_offset, ==, 2 * CLUSTER);
        g_assert_cmpuint(header.incompatible_features, ==, 0);
        g_assert_false(header.is_zstd);
    }
}

/* Version 2 ends at byte 72: there come its extensions, not feature bits. */
static void test_version_2_has_no_features(void)
{
    Image image = plain(2);
    put_u32(&image, 72, 0x12345678);
    put_u32(&image, 76, 24);
    put_u32(&image, 100, 3);
    g_assert_cmpuint(accept(&image).incompatible_features, ==, 0);
    image.length = 72;
    accept(&image);
}

static void test_known_features(void)
{
    Image image = plain(3);
    put_u64(&image, 72, 1 << 0 | 1 << 3 | 1 << 4);
    image.bytes[104] = 1;
    SbQcow2Header header = accept(&image);
    g_assert_cmpuint(header.incompatible_features, ==, 1 << 0 | 1 << 3 | 1 << 4);
    g_assert_true(header.is_zstd);
    /* The type of compression and its feature go together. */
    image.bytes[104] = 0;
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    put_u64(&image, 72, 0);
    g_assert_false(accept(&image).is_zstd);
    image.bytes[104] = 1;
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    image.bytes[104] = 2;
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    image.bytes[104] = 0;
    /* Compatible features do not matter to a reader, nor do autoclear features but two. */
    put_u64(&image, 80, G_MAXUINT64);
    put_u64(&image, 88, ~G_GUINT64_CONSTANT(3));
    accept(&image);
    refuse_u64(88, 1 << 0, SB_QCOW2_ERROR_REFUSED); /* the bitmaps of backups */
    refuse_u64(88, 1 << 1, SB_QCOW2_ERROR_REFUSED); /* its data is in a raw file */
}

static void test_subclusters_need_large_clusters(void)
{
    Image image = plain(3);
    put_u64(&image, 72, 1 << 4);
    put_u32(&image, 20, 14);
    put_u32(&image, 36, 64);
    image.file_bytes = 4 * CLUSTER;
    accept(&image);
    put_u32(&image, 20, 13);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
}

/* An extension is its type, its length, and that many bytes. */
static Image with_extension(guint32 type, guint32 bytes)
{
    Image image = plain(3);
    put_u32(&image, 112, type);
    put_u32(&image, 116, bytes);
    return image;
}

static void test_extensions(void)
{
    enum { FORMAT = 0xe2792aca, BITMAPS = 0x23852875, ENCRYPTION = 0x0537be77, OTHER = 0x12345678 };
    static const struct {
        guint32 type, bytes;
        gboolean is_good;
    } extensions[] = {
        {0, 64, TRUE}, /* the end */
        {0, G_MAXUINT32, FALSE}, {OTHER, 0, TRUE},
        {OTHER, 3968, TRUE},     {OTHER, 3969, FALSE}, /* what comes next is not in what was read */
        {OTHER, CLUSTER, FALSE}, {OTHER, G_MAXUINT32, FALSE},
        {FORMAT, 15, TRUE},      {FORMAT, 16, FALSE},
        {BITMAPS, 24, TRUE},     {BITMAPS, 16, FALSE},
        {ENCRYPTION, 16, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(extensions); i++) {
        Image image = with_extension(extensions[i].type, extensions[i].bytes);
        g_test_message("extension %" G_GSIZE_FORMAT, i);
        if (extensions[i].is_good)
            accept(&image);
        else
            refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    }
    /* Behind the end of a short file QEMU reads zeroes. */
    Image image = with_extension(OTHER, 8);
    image.length = 128;
    accept(&image);
}

static void test_snapshots(void)
{
    Image image = plain(3);
    put_u32(&image, 60, 1638);
    put_u64(&image, 64, 2 * CLUSTER);
    image.file_bytes = 3 * CLUSTER + 8;
    accept(&image);
    put_u64(&image, 64, 3 * CLUSTER);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    put_u64(&image, 64, 2 * CLUSTER + 8);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    put_u64(&image, 64, G_MAXUINT64 - CLUSTER + 1);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    put_u64(&image, 64, 0);
    image.file_bytes = G_MAXUINT64;
    put_u32(&image, 60, 65536);
    accept(&image);
    put_u32(&image, 60, 65537);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
}

static void test_refcounts(void)
{
    for (guint32 order = 0; order <= 6; order++) {
        Image image = plain(3);
        put_u32(&image, 96, order);
        g_assert_cmpuint(accept(&image).refcount_order, ==, order);
    }
    refuse_u32(96, 7, SB_QCOW2_ERROR_CORRUPT);
    refuse_u32(96, G_MAXUINT32, SB_QCOW2_ERROR_CORRUPT);
    refuse_u32(56, 0, SB_QCOW2_ERROR_CORRUPT);
    Image image = plain(3);
    image.file_bytes = G_MAXUINT64;
    put_u32(&image, 56, 128); /* 8 MiB */
    accept(&image);
    put_u32(&image, 56, 129);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
}

/* Everything that makes QEMU open another file of the host. */
static void test_other_files(void)
{
    refuse_u64(8, 512, SB_QCOW2_ERROR_REFUSED);
    refuse_u64(8, G_MAXUINT64, SB_QCOW2_ERROR_REFUSED);
    refuse_u64(8, G_GUINT64_CONSTANT(1) << 63, SB_QCOW2_ERROR_REFUSED);
    refuse_u64(72, 1 << 2, SB_QCOW2_ERROR_REFUSED);
    refuse_u64(72, 1 << 0 | 1 << 2, SB_QCOW2_ERROR_REFUSED);
    Image image = plain(2);
    put_u64(&image, 8, 104);
    refuse(&image, SB_QCOW2_ERROR_REFUSED);
}

static void test_encrypted(void)
{
    for (guint32 method = 1; method <= 3; method++)
        refuse_u32(32, method, SB_QCOW2_ERROR_REFUSED);
    refuse_u32(32, G_MAXUINT32, SB_QCOW2_ERROR_REFUSED);
}

static void test_unknown_features(void)
{
    refuse_u64(72, 1 << 1, SB_QCOW2_ERROR_REFUSED); /* marked as corrupt */
    for (guint bit = 5; bit < 64; bit++)
        refuse_u64(72, G_GUINT64_CONSTANT(1) << bit, SB_QCOW2_ERROR_REFUSED);
}

static void test_versions(void)
{
    static const guint32 versions[] = {0, 1, 4, 0x03000000, G_MAXUINT32};
    for (gsize i = 0; i < G_N_ELEMENTS(versions); i++)
        refuse_u32(4, versions[i], SB_QCOW2_ERROR_REFUSED);
}

static void test_own_length(void)
{
    static const guint32 lengths[] = {0, 72, 96, 103, 105, 111};
    for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++)
        refuse_u32(100, lengths[i], SB_QCOW2_ERROR_CORRUPT);
    Image image = plain(3);
    put_u32(&image, 100, 104);
    accept(&image);
    /* QEMU reads the whole header into one cluster. */
    put_u32(&image, 100, CLUSTER);
    accept(&image);
    put_u32(&image, 100, CLUSTER + 8);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
}

static void test_cluster_sizes(void)
{
    static const guint32 bits[] = {0, 8, 22, 31, 32, 63, 64, G_MAXUINT32};
    for (gsize i = 0; i < G_N_ELEMENTS(bits); i++)
        refuse_u32(20, bits[i], SB_QCOW2_ERROR_CORRUPT);
    /* Also beyond these bounds, with an image that is otherwise right. */
    for (guint32 i = 8; i <= 22; i++) {
        Image image = plain(3);
        guint64 cluster = G_GUINT64_CONSTANT(1) << i;
        put_u32(&image, 20, i);
        put_u64(&image, 24, cluster * (cluster / 8));
        put_u64(&image, 40, 2 * cluster);
        put_u64(&image, 48, cluster);
        image.file_bytes = 3 * cluster;
        image.max_virtual_bytes = G_MAXUINT64;
        if (i >= 9 && i <= 21)
            g_assert_cmpuint(accept(&image).cluster_bits, ==, i);
        else
            refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    }
}

static void test_virtual_sizes(void)
{
    Image image = plain(3);
    image.max_virtual_bytes = 64 * MIB;
    accept(&image);
    image.max_virtual_bytes--;
    refuse(&image, SB_QCOW2_ERROR_REFUSED);
    refuse_u64(24, TIB + 1, SB_QCOW2_ERROR_REFUSED);
    refuse_u64(24, G_MAXUINT64, SB_QCOW2_ERROR_REFUSED);

    image = plain(3);
    put_u64(&image, 24, 0);
    g_assert_cmpuint(accept(&image).virtual_bytes, ==, 0);
    put_u64(&image, 24, 1);
    accept(&image);
}

/* With 64 KiB clusters one L1 entry is for 512 MiB, with extended L2 for half of it. */
static void test_l1_size(void)
{
    Image image = plain(3);
    put_u64(&image, 24, 512 * MIB);
    accept(&image);
    put_u64(&image, 24, 512 * MIB + 1);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    put_u64(&image, 24, 256 * MIB);
    put_u64(&image, 72, 1 << 4);
    accept(&image);
    put_u64(&image, 24, 256 * MIB + 1);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);

    refuse_u32(36, 0, SB_QCOW2_ERROR_CORRUPT);
    image = plain(3);
    put_u32(&image, 36, 0);
    put_u64(&image, 24, 0);
    accept(&image);

    /* A caller without a limit does not turn the check off. */
    image = plain(3);
    image.max_virtual_bytes = G_MAXUINT64;
    for (guint64 below = 0; below < 3; below++) {
        put_u64(&image, 24, G_MAXUINT64 - below);
        refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    }
}

static void test_l1_place(void)
{
    Image image = plain(3);
    put_u32(&image, 36, 8192);
    image.file_bytes = 4 * CLUSTER;
    accept(&image);
    put_u32(&image, 36, 8193);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    put_u32(&image, 36, G_MAXUINT32);
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    image.file_bytes = G_MAXUINT64;
    put_u32(&image, 36, 4 * 1024 * 1024);
    accept(&image);
    put_u32(&image, 36, 4 * 1024 * 1024 + 1); /* more than QEMU reads */
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);

    image = plain(3);
    image.file_bytes--;
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
    static const guint64 offsets[] = {3 * CLUSTER - 8, 3 * CLUSTER + 512, 4 * CLUSTER,
                                      G_MAXUINT64 - CLUSTER + 1, G_MAXUINT64};
    for (gsize i = 0; i < G_N_ELEMENTS(offsets); i++)
        refuse_u64(40, offsets[i], SB_QCOW2_ERROR_CORRUPT);
}

static void test_refcount_table(void)
{
    static const guint64 offsets[] = {1, CLUSTER + 8, 4 * CLUSTER, G_MAXUINT64 - CLUSTER + 1,
                                      G_MAXUINT64};
    for (gsize i = 0; i < G_N_ELEMENTS(offsets); i++)
        refuse_u64(48, offsets[i], SB_QCOW2_ERROR_CORRUPT);
    refuse_u32(56, 4, SB_QCOW2_ERROR_CORRUPT);
    refuse_u32(56, G_MAXUINT32, SB_QCOW2_ERROR_CORRUPT);
}

static void test_truncated(void)
{
    for (guint32 version = 2; version <= 3; version++) {
        Image image = plain(version);
        gsize needed = version == 2 ? 72 : 104;
        for (image.length = 0; image.length < 4; image.length++)
            refuse(&image, SB_QCOW2_ERROR_NOT_QCOW2);
        for (; image.length < needed; image.length++)
            refuse(&image, SB_QCOW2_ERROR_CORRUPT);
        accept(&image);
    }
    /* The type of compression would be after the bytes that were read. */
    Image image = plain(3);
    put_u64(&image, 72, 1 << 3);
    image.bytes[104] = 1;
    accept(&image);
    image.length = 104;
    refuse(&image, SB_QCOW2_ERROR_CORRUPT);
}

static void test_not_qcow2(void)
{
    Image zeroes = {.length = 4096};
    refuse(&zeroes, SB_QCOW2_ERROR_NOT_QCOW2);
    Image nothing = {0};
    refuse(&nothing, SB_QCOW2_ERROR_NOT_QCOW2);
}

static void test_magic(void)
{
    Image image = plain(3);
    g_assert_true(sb_qcow2_has_magic(image.bytes, 4));
    g_assert_false(sb_qcow2_has_magic(image.bytes, 3));
    g_assert_false(sb_qcow2_has_magic(NULL, 0));
    image.bytes[3] = 0xfa;
    g_assert_false(sb_qcow2_has_magic(image.bytes, image.length));
}

/* Runs qemu-img; its arguments are separated by spaces. */
static void qemu_img(const char *folder, const char *arguments)
{
    g_autofree char *command = g_strconcat("qemu-img create -q -f qcow2 ", arguments, NULL);
    g_auto(GStrv) argv = g_strsplit(command, " ", -1);
    g_autoptr(GError) error = NULL;
    int status;
    g_spawn_sync(folder, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_true(g_spawn_check_wait_status(status, NULL));
}

static gboolean parse_file(const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *content = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &content, &length, NULL));
    SbQcow2Header header;
    return sb_qcow2_header_parse((const guint8 *)content, MIN(length, SB_QCOW2_HEADER_BYTES),
                                 length, SB_QCOW2_MAX_VIRTUAL_BYTES, &header, error);
}

/* Images that QEMU itself makes have the meaning that we expect. */
static void test_made_by_qemu_img(void)
{
    static const struct {
        const char *arguments;
        gboolean is_plain;
    } images[] = {
        {"-o compat=0.10 image 64M", TRUE},
        {"-o compat=1.1 image 64M", TRUE},
        {"-o cluster_size=512 image 1G", TRUE},
        {"-o cluster_size=2M image 900G", TRUE},
        {"-o extended_l2=on,cluster_size=128k image 3G", TRUE},
        {"-o compression_type=zstd,lazy_refcounts=on image 64M", TRUE},
        {"image 1025G", FALSE},
        {"-b base -F qcow2 image", FALSE},
        {"-o data_file=data image 64M", FALSE},
        /* Not LUKS: making it measures time, which fails on a busy machine. */
        {"--object secret,id=key,data=x -o encrypt.format=aes,encrypt.key-secret=key image 64M",
         FALSE},
    };
    g_autofree char *found = g_find_program_in_path("qemu-img");
    if (!found) {
        g_test_skip("qemu-img not found (qemu-utils)");
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("seedbed-test.XXXXXX", &error);
    g_assert_no_error(error);
    qemu_img(folder, "base 64M");
    for (gsize i = 0; i < G_N_ELEMENTS(images); i++) {
        qemu_img(folder, images[i].arguments);
        g_clear_error(&error);
        gboolean accepted = parse_file(folder, "image", &error);
        g_test_message("%s: %s", images[i].arguments, error ? error->message : "accepted");
        g_assert_true(accepted == images[i].is_plain);
        if (!accepted)
            g_assert_error(error, SB_QCOW2_ERROR, SB_QCOW2_ERROR_REFUSED);
    }
    static const char *const files[] = {"image", "base", "data"};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(folder, files[i], NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* ---- overlays ---- */

static gboolean check_overlay(const Image *image, const char *backing_path)
{
    g_autofree guint8 *exact = g_memdup2(image->bytes, image->length);
    g_autoptr(GError) error = NULL;
    gboolean is_good = sb_qcow2_overlay_check(exact, image->length, backing_path, &error);
    g_assert_true(is_good == !error && (is_good || error->domain == SB_QCOW2_ERROR));
    return is_good;
}

/* Everything that leads to a file other than the backing file. */
static void test_overlay(void)
{
    static const char path[] = "/pool/base.qcow2";
    Image good = plain(3);
    put_u64(&good, 8, 600);
    put_u32(&good, 16, strlen(path));
    memcpy(good.bytes + 600, path, strlen(path));
    g_assert_true(check_overlay(&good, path));
    g_assert_false(check_overlay(&good, "/pool/base.qcow"));
    g_assert_false(check_overlay(&good, "/pool/base.qcow22"));

    Image other = good;
    memcpy(other.bytes + 600, "/pool/base.qcow3", strlen(path));
    g_assert_false(check_overlay(&other, path));
    Image data_file = good;
    put_u64(&data_file, 72, 1 << 2);
    g_assert_false(check_overlay(&data_file, path));
    Image dirty = good;
    put_u64(&dirty, 72, 1 << 0);
    g_assert_true(check_overlay(&dirty, path));
    Image encrypted = good;
    put_u32(&encrypted, 32, 2);
    g_assert_false(check_overlay(&encrypted, path));
    Image none = plain(3);
    g_assert_false(check_overlay(&none, path));
    Image far = good;
    put_u64(&far, 8, G_MAXUINT64 - 4);
    g_assert_false(check_overlay(&far, path));
    Image near_end = good;
    put_u64(&near_end, 8, SB_QCOW2_HEADER_BYTES - 4);
    g_assert_false(check_overlay(&near_end, path));
    Image cut = good;
    cut.length = 603;
    g_assert_false(check_overlay(&cut, path));
    Image raw = good;
    raw.bytes[0] = 0;
    g_assert_false(check_overlay(&raw, path));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/qcow2-header/plain", test_plain);
    g_test_add_func("/qcow2-header/version-2-has-no-features", test_version_2_has_no_features);
    g_test_add_func("/qcow2-header/known-features", test_known_features);
    g_test_add_func("/qcow2-header/subclusters-need-large-clusters",
                    test_subclusters_need_large_clusters);
    g_test_add_func("/qcow2-header/extensions", test_extensions);
    g_test_add_func("/qcow2-header/snapshots", test_snapshots);
    g_test_add_func("/qcow2-header/refcounts", test_refcounts);
    g_test_add_func("/qcow2-header/other-files", test_other_files);
    g_test_add_func("/qcow2-header/encrypted", test_encrypted);
    g_test_add_func("/qcow2-header/unknown-features", test_unknown_features);
    g_test_add_func("/qcow2-header/versions", test_versions);
    g_test_add_func("/qcow2-header/own-length", test_own_length);
    g_test_add_func("/qcow2-header/cluster-sizes", test_cluster_sizes);
    g_test_add_func("/qcow2-header/virtual-sizes", test_virtual_sizes);
    g_test_add_func("/qcow2-header/l1-size", test_l1_size);
    g_test_add_func("/qcow2-header/l1-place", test_l1_place);
    g_test_add_func("/qcow2-header/refcount-table", test_refcount_table);
    g_test_add_func("/qcow2-header/truncated", test_truncated);
    g_test_add_func("/qcow2-header/not-qcow2", test_not_qcow2);
    g_test_add_func("/qcow2-header/magic", test_magic);
    g_test_add_func("/qcow2-header/made-by-qemu-img", test_made_by_qemu_img);
    g_test_add_func("/qcow2-header/overlay", test_overlay);
    return g_test_run();
}
