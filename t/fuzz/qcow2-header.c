/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: for any bytes, sb_qcow2_header_parse() refuses them, or gives a header that keeps
 * its promises: no other file of the host, and tables that are inside the file.
 *
 * An image can come from anywhere, and QEMU will open it. The promises are checked against the
 * bytes, which are read here a second time, in another way. An input is a header, or "hex:" and its
 * digits, with blanks and with comments from `#` to the end of the line: such a text file can be
 * kept in t/data. See main.c for how to run it.
 */
#include "image/qcow2-header.h"
#include "fuzz.h"

#include <string.h>

static guint64 field(const GByteArray *bytes, guint offset, guint length)
{
    guint64 value = 0;
    for (guint i = 0; i < length; i++)
        value = value << 8 | (offset + i < bytes->len ? bytes->data[offset + i] : 0);
    return value;
}

static void check_header(const GByteArray *bytes, const SbQcow2Header *header, guint64 file_bytes,
                         guint64 max_virtual_bytes)
{
    guint64 features = header->version == 3 ? field(bytes, 72, 8) : 0;
    g_assert_cmpuint(bytes->len, >=, header->version == 3 ? 104 : 72);
    g_assert_cmphex(field(bytes, 0, 4), ==, 0x514649fb);
    g_assert_cmpuint(field(bytes, 4, 4), ==, header->version);
    g_assert_true(header->version == 2 || header->version == 3);
    /* Nothing but this image: */
    g_assert_cmpuint(field(bytes, 8, 8), ==, 0);
    g_assert_cmpuint(field(bytes, 32, 4), ==, 0);
    g_assert_cmphex(features & ~G_GUINT64_CONSTANT(0x19), ==, 0);
    g_assert_cmphex(header->incompatible_features, ==, features);
    g_assert_cmpuint(header->virtual_bytes, ==, field(bytes, 24, 8));
    g_assert_cmpuint(header->virtual_bytes, <=, max_virtual_bytes);
    /* and all of it: */
    g_assert_cmpuint(header->cluster_bits, >=, 9);
    g_assert_cmpuint(header->cluster_bits, <=, 21);
    unsigned __int128 cluster = (unsigned __int128)1 << header->cluster_bits;
    unsigned __int128 per_entry = cluster * (cluster / (features & 1 << 4 ? 16 : 8));
    g_assert_true(header->l1_entries * per_entry >= header->virtual_bytes);
    if (header->l1_entries > 0)
        g_assert_true((unsigned __int128)header->l1_offset + header->l1_entries * 8ULL <=
                      file_bytes);
    g_assert_true(header->l1_entries == 0 || header->l1_offset % cluster == 0);
    g_assert_cmpuint(header->refcount_table_offset, <=, file_bytes);
    g_assert_true(header->refcount_table_clusters * cluster <= file_bytes + cluster);
    g_assert_cmpuint(header->refcount_table_clusters, >, 0);
    g_assert_cmpuint(header->refcount_order, <=, 6);
    g_assert_true((unsigned __int128)header->snapshots_offset + header->snapshots * 40ULL <=
                  file_bytes);
    g_assert_cmpint(header->is_zstd, ==, (features & 1 << 3) != 0);
}

static void check_error(const SbQcow2Header *header, const GError *error)
{
    SbQcow2Header untouched;
    memset(&untouched, 0xa5, sizeof untouched);
    g_assert_cmpmem(header, sizeof *header, &untouched, sizeof untouched);
    g_assert_nonnull(error);
    g_assert_true(error->domain == SB_QCOW2_ERROR);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
}

static void parse(const GByteArray *bytes, guint64 file_bytes, guint64 max_virtual_bytes)
{
    SbQcow2Header header;
    memset(&header, 0xa5, sizeof header);
    g_autoptr(GError) error = NULL;
    if (sb_qcow2_header_parse(bytes->data, bytes->len, file_bytes, max_virtual_bytes, &header,
                              &error)) {
        g_assert_no_error(error);
        check_header(bytes, &header, file_bytes, max_virtual_bytes);
    } else {
        check_error(&header, error);
    }
}

/* A byte array of exactly the used size: sanitizers then see a read too far. */
static GByteArray *exactly(const guint8 *data, gsize length)
{
    return g_byte_array_new_take(g_memdup2(data, length), length);
}

static GByteArray *from_hex(const char *text, gsize length)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint8 high = 0;
    gboolean has_high = FALSE, is_comment = FALSE;
    for (gsize i = 0; i < length; i++) {
        is_comment = text[i] != '\n' && (is_comment || text[i] == '#');
        if (is_comment || !g_ascii_isxdigit(text[i]))
            continue;
        guint8 byte = high << 4 | g_ascii_xdigit_value(text[i]);
        if (has_high)
            g_byte_array_append(bytes, &byte, 1);
        high = g_ascii_xdigit_value(text[i]);
        has_high = !has_high;
    }
    return exactly(bytes->data, bytes->len);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    gboolean is_hex = size >= 4 && memcmp(data, "hex:", 4) == 0;
    g_autoptr(GByteArray) bytes =
        is_hex ? from_hex((const char *)data + 4, size - 4) : exactly(data, size);
    static const guint64 file_sizes[] = {0, 4096, 200000, G_GUINT64_CONSTANT(1) << 40, G_MAXUINT64};
    static const guint64 limits[] = {0, SB_QCOW2_MAX_VIRTUAL_BYTES, G_MAXUINT64};
    for (gsize i = 0; i < G_N_ELEMENTS(file_sizes); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(limits); j++)
            parse(bytes, file_sizes[i], limits[j]);
    g_assert_true(!sb_qcow2_has_magic(bytes->data, bytes->len) || bytes->len >= 4);
    return 0;
}
