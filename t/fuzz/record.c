/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: any text is refused, or it is the record of an image, a warm image or a snapshot
 * that reads back as it was.
 *
 * Everybody who can write into the pool can write records. See main.c for how to run it.
 */
#include "fuzz.h"
#include "model/image-record.h"
#include "model/snapshot-record.h"
#include "model/warm-record.h"

#include <string.h>

/* One that is in t/data/fuzz/record: the recipe of a record must have the key of its volume. */
#define KEY "8c43ecc74a82775e"

static void check_image(const char *text, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbImageRecord) record = sb_image_record_parse(text, size, &error);
    g_assert_true((record == NULL) == (error != NULL));
    if (!record)
        return;
    g_autofree char *written = sb_image_record_to_json(record);
    g_autoptr(SbImageRecord) again = sb_image_record_parse(written, strlen(written), &error);
    g_assert_no_error(error);
    g_autofree char *twice = sb_image_record_to_json(again);
    g_assert_cmpstr(twice, ==, written);
}

static void check_warm(const char *text, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbWarmRecord) record = sb_warm_record_parse(KEY, text, size, &error);
    g_assert_true((record == NULL) == (error != NULL));
    if (!record)
        return;
    g_autofree char *written = sb_warm_record_to_json(record);
    g_autoptr(SbWarmRecord) again = sb_warm_record_parse(KEY, written, strlen(written), &error);
    g_assert_no_error(error);
}

static void check_snapshot(const char *text, gsize size)
{
    g_autoptr(SbSnapshotRecord) record = sb_snapshot_record_parse("clean", text, size);
    if (!record)
        return;
    g_autofree char *written = sb_snapshot_record_to_json(record);
    g_autoptr(SbSnapshotRecord) again = sb_snapshot_record_parse("clean", written, strlen(written));
    g_assert_nonnull(again);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    check_image((const char *)data, size);
    check_warm((const char *)data, size);
    check_snapshot((const char *)data, size);
    return 0;
}
