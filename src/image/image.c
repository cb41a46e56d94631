/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image.h"

#include "base/array.h"
#include "base/error.h"
#include "base/names.h"
#include "image/catalogue.h"
#include "image/image-claim.h"
#include "libvirt/volume-stream.h"

#include <string.h>

enum { DIGEST_HEX = 16 };

static const char *const formats[] = {"qcow2", "raw"};

/* Two imports at the same time differ by less. */
#define AHEAD_US (60 * G_TIME_SPAN_SECOND)

SB_DEFINE_ERROR(sb_image_error, SB_ERROR(SB_IMAGE_ERROR_UNKNOWN) | SB_ERROR(SB_IMAGE_ERROR_FILE) |
                                    SB_ERROR(SB_IMAGE_ERROR_REFUSED) |
                                    SB_ERROR(SB_IMAGE_ERROR_DIGEST))

void sb_image_free(SbImage *image)
{
    if (!image)
        return;
    g_free(image->name);
    g_free(image->digest);
    g_free(image->volume);
    g_free(image->path);
    g_free(image);
}

char *sb_image_volume_name(const char *name, const char *sha256, const char *format)
{
    return g_strdup_printf("%s.%.*s.%s", name, DIGEST_HEX, sha256, format);
}

/* Takes `NAME.0123456789abcdef.qcow2` to pieces; FALSE for a volume that is called otherwise. */
static gboolean parse_volume_name(const char *volume, char **name_out, char **digest_out,
                                  const char **format_out)
{
    const char *end = strrchr(volume, '.');
    for (gsize i = 0; end && i < G_N_ELEMENTS(formats); i++) {
        if (strcmp(end + 1, formats[i]) != 0 || end - volume <= DIGEST_HEX + 1)
            continue;
        const char *digest = end - DIGEST_HEX;
        if (digest[-1] != '.' || strspn(digest, "0123456789abcdef") != DIGEST_HEX)
            return FALSE;
        *name_out = g_strndup(volume, (gsize)(digest - 1 - volume));
        *digest_out = g_strndup(digest, DIGEST_HEX);
        *format_out = formats[i];
        return TRUE;
    }
    return FALSE;
}

static SbImage *image_from_volume(const SbVolumeInfo *info)
{
    char *name, *digest;
    const char *format;
    if (!parse_volume_name(info->name, &name, &digest, &format))
        return NULL;
    /* Anybody with the connection can call a volume anything, and the name is shown. */
    if (!sb_image_name_is_valid(name)) {
        g_free(name);
        g_free(digest);
        return NULL;
    }
    SbImage *image = g_new0(SbImage, 1);
    image->name = name;
    image->digest = digest;
    image->format = format;
    image->volume = g_strdup(info->name);
    image->path = g_strdup(info->path);
    image->allocated_bytes = info->allocation_bytes;
    image->imported_us = info->modified_us;
    return image;
}

static int compare_images(gconstpointer a, gconstpointer b)
{
    const SbImage *first = *(SbImage *const *)a, *second = *(SbImage *const *)b;
    int by_name = strcmp(first->name, second->name);
    if (by_name)
        return by_name;
    return first->imported_us > second->imported_us ? -1 : first->imported_us < second->imported_us;
}

static void note_records(GHashTable *by_volume, const GPtrArray *volumes)
{
    SB_EACH(const SbVolumeInfo, info, volumes) {
        g_autofree char *volume = sb_image_record_image_volume(info->name);
        SbImage *image = volume ? g_hash_table_lookup(by_volume, volume) : NULL;
        if (!image)
            continue;
        image->has_record = TRUE;
        image->imported_us = MAX(image->imported_us, info->modified_us);
    }
}

GPtrArray *sb_images_from_volumes(const GPtrArray *volumes)
{
    GPtrArray *images = g_ptr_array_new_with_free_func((GDestroyNotify)sb_image_free);
    g_autoptr(GHashTable) by_volume = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < volumes->len; i++) {
        SbImage *image = image_from_volume(g_ptr_array_index(volumes, i));
        if (!image)
            continue;
        g_ptr_array_add(images, image);
        g_hash_table_insert(by_volume, image->volume, image);
    }
    note_records(by_volume, volumes);
    g_ptr_array_sort(images, compare_images);
    return images;
}

/* Whether a volume called NAME is an image or the record of one. A pool has many others. */
static gboolean is_of_image(const char *name)
{
    g_autofree char *of_record = sb_image_record_image_volume(name);
    g_autofree char *image = NULL, *digest = NULL;
    const char *format;
    return of_record || parse_volume_name(name, &image, &digest, &format);
}

GPtrArray *sb_image_list(const SbPool *pool, GError **error)
{
    g_autoptr(GPtrArray) volumes = sb_pool_list(pool, is_of_image, error);
    return volumes ? sb_images_from_volumes(volumes) : NULL;
}

gboolean sb_image_check_newest(const SbPool *pool, const SbImage *image, GError **error)
{
    g_autoptr(GPtrArray) images = sb_image_list(pool, error);
    const SbImage *newest = NULL;
    if (!images)
        return FALSE;
    SB_EACH(const SbImage, other, images) {
        if (strcmp(other->name, image->name) != 0)
            continue;
        newest = newest ? newest : other;
        if (strcmp(other->volume, image->volume) != 0 ||
            newest->imported_us - other->imported_us < AHEAD_US)
            continue;
        g_autoptr(GDateTime) time =
            g_date_time_new_from_unix_utc(newest->imported_us / G_USEC_PER_SEC);
        g_autofree char *when = time ? g_date_time_format_iso8601(time) : NULL;
        return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FUTURE,
                            "it is in the pool, as '%s', but '%s' stays the current version: its "
                            "time is %s, because the clock of the libvirt host was wrong; there, "
                            "set it with \"touch '%s'*\", and import again",
                            image->volume, newest->volume, when, newest->path);
    }
    return TRUE;
}

char *sb_image_command_for(const char *name)
{
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_new();
    SB_EACH(const SbCatalogueImage, image, sb_catalogue_images(catalogue))
        if (strcmp(image->name, name) == 0)
            return g_strdup_printf("seedbed image fetch %s", name);
    return g_strdup_printf("seedbed image import %s FILE.qcow2", name);
}

static void set_unknown(GError **error, const SbPool *pool, const char *name,
                        const GPtrArray *images)
{
    GString *known = g_string_new(NULL);
    const char *before = "";
    SB_EACH(const SbImage, image, images) {
        if (strcmp(image->name, before) != 0)
            g_string_append_printf(known, "%s'%s'", known->len ? ", " : "", image->name);
        before = image->name;
    }
    g_autofree char *command = sb_image_command_for(name);
    g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN,
                "no image '%s' in the pool '%s' (there %s%s): '%s' puts it there", name, pool->name,
                known->len ? "is " : "are no images", known->str, command);
    g_string_free(known, TRUE);
}

/* ---- the header ---- */

/* Whether the first bytes are not those of the image yet. An import makes an empty volume, writes
 * its claim, and sends the first bytes last and in one piece. */
static gboolean is_unwritten(const guint8 *head, gsize length)
{
    return length == 0 || sb_image_claim_is_at(head, length) ||
           (head[0] == 0 && memcmp(head, head + 1, length - 1) == 0);
}

gboolean sb_image_judge_head(SbImage *image, const guint8 *head, gsize length, GError **error)
{
    if (is_unwritten(head, length))
        return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE,
                            "its upload is not finished: import it again");
    if (strcmp(image->format, "raw") == 0) {
        image->virtual_bytes = image->file_bytes;
        return TRUE;
    }
    if (!sb_qcow2_has_magic(head, length))
        return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DAMAGED,
                            "its first bytes are not those of a qcow2 file");
    SbQcow2Header header;
    if (!sb_qcow2_header_parse(head, length, image->file_bytes, SB_QCOW2_MAX_VIRTUAL_BYTES, &header,
                               error))
        return FALSE;
    image->virtual_bytes = header.virtual_bytes;
    image->qcow2 = header;
    return TRUE;
}

gboolean sb_image_is_damage(const GError *error)
{
    return error->domain == SB_QCOW2_ERROR ||
           g_error_matches(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DAMAGED);
}

/* A volume without a claim whose first bytes are empty: *CAUSE says that its upload is not
 * finished. But an import that has written the record of its content has written its claim before.
 * FALSE with an error: it is not known whether there is a record. */
static gboolean check_empty(const SbPool *pool, const SbImage *image, GError **cause,
                            GError **error)
{
    g_autoptr(SbImageRecord) record = NULL;
    if (!sb_image_load_record(pool, image, &record, error))
        return FALSE;
    if (record && g_error_matches(*cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE)) {
        g_clear_error(cause);
        g_set_error(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DAMAGED, "its first bytes are empty");
    }
    return TRUE;
}

gboolean sb_image_read_header(const SbPool *pool, SbImage *image, GError **error)
{
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, image->volume, error);
    if (!volume)
        return FALSE;
    SbVolumeSizes sizes;
    if (!sb_volume_sizes(volume, &sizes, error))
        return FALSE;
    image->file_bytes = sizes.file_bytes;
    /* Of a raw image, all that is sent last can be empty but for its end. */
    gboolean is_raw = strcmp(image->format, "raw") == 0;
    g_autoptr(GBytes) head =
        sb_volume_download(volume, 0, is_raw ? SB_IMAGE_HEAD_BYTES : SB_QCOW2_HEADER_BYTES, error);
    if (!head)
        return FALSE;
    gsize length;
    const guint8 *data = g_bytes_get_data(head, &length);
    g_autoptr(GError) cause = NULL;
    if (sb_image_judge_head(image, data, length, &cause))
        return TRUE;
    if (!sb_image_claim_is_at(data, length) && !check_empty(pool, image, &cause, error))
        return FALSE;
    const char *what = sb_image_is_damage(cause) ? "is damaged" : "cannot be used";
    g_propagate_prefixed_error(error, g_steal_pointer(&cause),
                               "the image '%s' (volume '%s') %s: ", image->name, image->volume,
                               what);
    return FALSE;
}

SbImage *sb_image_find(const SbPool *pool, const char *name, GError **error)
{
    g_autoptr(GPtrArray) images = sb_image_list(pool, error);
    g_autoptr(GError) unfinished = NULL;
    if (!images)
        return NULL;
    for (guint i = 0; i < images->len; i++) {
        SbImage *image = g_ptr_array_index(images, i);
        if (strcmp(image->name, name) != 0)
            continue;
        g_autoptr(GError) cause = NULL;
        if (sb_image_read_header(pool, image, &cause))
            return g_ptr_array_steal_index(images, i);
        /* An upload that is not finished, or a removal since the listing: the version before it
         * still is the current one. */
        if (!unfinished && g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE))
            unfinished = g_error_copy(cause);
        if (g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE) ||
            g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
            continue;
        if (sb_image_is_damage(cause))
            sb_error_append(&cause, ": 'seedbed image rm %s' removes it, then import it again",
                            name);
        return sb_error_pass_null(error, &cause);
    }
    if (unfinished)
        g_propagate_error(error, g_steal_pointer(&unfinished));
    else
        set_unknown(error, pool, name, images);
    return NULL;
}

/* ---- records ---- */

gboolean sb_image_load_record(const SbPool *pool, const SbImage *image, SbImageRecord **record_out,
                              GError **error)
{
    g_autofree char *name = sb_image_record_volume(image->volume);
    g_autoptr(GBytes) bytes = NULL;
    *record_out = NULL;
    if (!sb_volume_read_if_there(pool, name, SB_IMAGE_RECORD_MAX_BYTES + 1, &bytes, error))
        return FALSE;
    if (!bytes)
        return TRUE;
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(SbImageRecord) record = sb_image_record_parse(text, length, NULL);
    /* A record of another content says nothing about this image. */
    if (record && g_str_has_prefix(record->sha256, image->digest))
        *record_out = g_steal_pointer(&record);
    return TRUE;
}

gboolean sb_image_has_digest(const SbImage *image, const SbImageRecord *record,
                             const SbDigest *digest)
{
    if (digest->type != G_CHECKSUM_SHA256)
        return FALSE;
    if (!record)
        return g_str_has_prefix(digest->hex, image->digest);
    return strcmp(record->sha256, digest->hex) == 0 ||
           g_strcmp0(record->file_sha256, digest->hex) == 0;
}

/* Deletes RECORD if there is no image VOLUME. Ask libvirt: a list may be older than an import. */
static gboolean delete_lone_record(const SbPool *pool, const char *record, const char *volume,
                                   gboolean *is_deleted_out, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(virStorageVol) found = sb_volume_find(pool, volume, &cause);
    *is_deleted_out = g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
    if (*is_deleted_out)
        return sb_volume_delete(pool, record, error);
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    return found != NULL;
}

gboolean sb_image_delete(const SbPool *pool, const SbImage *image, GError **error)
{
    g_autofree char *record = sb_image_record_volume(image->volume);
    gboolean is_deleted;
    /* The image goes last: as long as it is there, it is listed and can be removed. Then an import
     * may have written another record, because it found the image; or it may have made the image
     * again, and the record is of that import. */
    return sb_volume_delete(pool, record, error) && sb_volume_delete(pool, image->volume, error) &&
           delete_lone_record(pool, record, image->volume, &is_deleted, error);
}

gboolean sb_image_sweep_records(const SbPool *pool, const char *name, guint *count_out,
                                GError **error)
{
    *count_out = 0;
    g_autoptr(GPtrArray) records = sb_pool_list_names(pool, error);
    if (!records)
        return FALSE;
    SB_EACH(const char, record, records) {
        g_autofree char *volume = sb_image_record_image_volume(record);
        g_autofree char *of = NULL, *digest = NULL;
        const char *format;
        gboolean is_deleted;
        if (!volume || !parse_volume_name(volume, &of, &digest, &format) ||
            (name && strcmp(of, name) != 0))
            continue;
        if (!delete_lone_record(pool, record, volume, &is_deleted, error))
            return FALSE;
        *count_out += is_deleted;
    }
    return TRUE;
}
