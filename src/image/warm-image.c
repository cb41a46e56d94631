/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/warm-image.h"

#include "base/array.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/xml.h"
#include "image/image-file.h"
#include "libvirt/volume-stream.h"

#include <string.h>

SB_DEFINE_ERROR(sb_warm_image_error, SB_ERROR(SB_WARM_IMAGE_ERROR_UNKNOWN))

void sb_warm_image_free(SbWarmImage *image)
{
    if (!image)
        return;
    g_free(image->key);
    g_free(image->name);
    sb_warm_record_free(image->record);
    g_free(image->problem);
    g_free(image);
}

char *sb_warm_image_key(const char *name)
{
    SbWarmPart part;
    g_autofree char *volume = g_strconcat(name, ".json", NULL);
    return sb_warm_volume_key(volume, &part);
}

static SbWarmImage *image_new(const char *key)
{
    SbWarmImage *image = g_new0(SbWarmImage, 1);
    image->key = g_strdup(key);
    image->name = g_strdup_printf("warm-%s", key);
    return image;
}

/* ---- looking at the parts ---- */

static gboolean is_missing(const GError *error)
{
    return g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
}

static virStorageVol *find_part(const SbPool *pool, const char *key, SbWarmPart part,
                                GError **error)
{
    g_autofree char *name = sb_warm_volume_name(key, part);
    return sb_volume_find(pool, name, error);
}

/* Sets the record, or the problem if it is not a record. */
static gboolean load_record(const SbPool *pool, SbWarmImage *image, GError **error)
{
    g_autoptr(virStorageVol) volume = find_part(pool, image->key, SB_WARM_RECORD, error);
    g_autoptr(GBytes) bytes =
        volume ? sb_volume_download(volume, 0, SB_WARM_RECORD_MAX_BYTES + 1, error) : NULL;
    if (!bytes)
        return FALSE;
    g_autoptr(GError) cause = NULL;
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    image->record = sb_warm_record_parse(image->key, text, length, &cause);
    image->problem = g_strdup(cause ? cause->message : image->record->problem);
    return TRUE;
}

static guint64 recorded_bytes(const SbWarmRecord *record, SbWarmPart part)
{
    return part == SB_WARM_LAYER ? record->layer_bytes : record->memory_bytes;
}

/* Compares the length of a part with the record. */
static gboolean check_part(const SbPool *pool, SbWarmImage *image, SbWarmPart part, GError **error)
{
    SbVolumeSizes sizes;
    g_autoptr(GError) cause = NULL;
    g_autoptr(virStorageVol) volume = find_part(pool, image->key, part, &cause);
    if (volume && sb_volume_sizes(volume, &sizes, &cause)) {
        image->allocated_bytes += sizes.allocated_bytes;
        if (part == SB_WARM_MEMORY_IMAGE)
            image->memory_allocated = sizes.allocated_bytes;
        if (!image->problem && sizes.file_bytes != recorded_bytes(image->record, part))
            image->problem = g_strdup("it is damaged: a volume has another length than its record "
                                      "says");
        return TRUE;
    }
    if (!is_missing(cause))
        return sb_error_pass(error, &cause);
    if (!image->problem)
        image->problem = g_strdup_printf("it is damaged: %s", cause->message);
    return TRUE;
}

SbWarmImage *sb_warm_image_find(const SbPool *pool, const char *key, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbWarmImage) image = image_new(key);
    if (!load_record(pool, image, &cause)) {
        if (is_missing(cause))
            g_set_error(error, SB_WARM_IMAGE_ERROR, SB_WARM_IMAGE_ERROR_UNKNOWN,
                        "no warm image '%s' in the pool '%s': see 'seedbed image list'",
                        image->name, pool->name);
        else
            g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    if (!check_part(pool, image, SB_WARM_LAYER, error) ||
        !check_part(pool, image, SB_WARM_MEMORY_IMAGE, error))
        return NULL;
    return g_steal_pointer(&image);
}

/* The keys of all warm images of which a part is there, each once: of char *. */
static GPtrArray *list_keys(const SbPool *pool, GError **error)
{
    g_autoptr(GPtrArray) names = sb_pool_list_names(pool, error);
    if (!names)
        return NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    SB_EACH(const char, name, names) {
        SbWarmPart part;
        g_autofree char *key = sb_warm_volume_key(name, &part);
        if (key && !g_hash_table_contains(seen, key)) {
            g_hash_table_add(seen, key);
            g_ptr_array_add(keys, g_steal_pointer(&key));
        }
    }
    g_ptr_array_sort(keys, sb_compare_texts);
    return keys;
}

GPtrArray *sb_warm_image_list(const SbPool *pool, GError **error)
{
    g_autoptr(GPtrArray) keys = list_keys(pool, error);
    if (!keys)
        return NULL;
    g_autoptr(GPtrArray) images =
        g_ptr_array_new_with_free_func((GDestroyNotify)sb_warm_image_free);
    SB_EACH(const char, key, keys) {
        g_autoptr(GError) cause = NULL;
        SbWarmImage *image = sb_warm_image_find(pool, key, &cause);
        if (g_error_matches(cause, SB_WARM_IMAGE_ERROR, SB_WARM_IMAGE_ERROR_UNKNOWN)) {
            image = image_new(key);
            image->problem = g_strdup("it is not whole: its freezing goes on, or was cut off");
        } else if (cause) {
            return sb_error_pass_null(error, &cause);
        }
        g_ptr_array_add(images, image);
    }
    return g_steal_pointer(&images);
}

/* ---- the content ---- */

typedef struct {
    const SbOperation *operation; /**< (nullable) */
    SbSha256 *hash;
    guint64 done_bytes, all_bytes;
} Reading;

static gboolean on_part(const guint8 *data, guint64 length, gpointer user_data, GError **error)
{
    Reading *reading = user_data;
    sb_sha256_update(reading->hash, data, length);
    reading->done_bytes += length;
    return !reading->operation ||
           sb_image_transfer_goes_on(reading->operation, "reading", reading->done_bytes,
                                     reading->all_bytes, error);
}

/* The sha256 of a part, and its length. (transfer full) or NULL with an error */
static char *hash_part(const SbPool *pool, const char *key, SbWarmPart part, Reading *reading,
                       GError **error)
{
    g_autoptr(SbSha256) hash = sb_sha256_new();
    reading->hash = hash;
    g_autoptr(virStorageVol) volume = find_part(pool, key, part, error);
    return volume && sb_volume_read_all(volume, on_part, reading, error) ? sb_sha256_finish(hash)
                                                                         : NULL;
}

typedef struct {
    const SbPool *pool;
    const SbWarmImage *image;
} Verification;

static gboolean verify(const SbOperation *operation, gpointer data, GError **error)
{
    const Verification *verification = data;
    const SbWarmImage *image = verification->image;
    const SbWarmRecord *record = image->record;
    const char *expected[] = {
        [SB_WARM_LAYER] = record->layer_sha256, [SB_WARM_MEMORY_IMAGE] = record->memory_sha256};
    Reading reading = {.operation = operation,
                       .all_bytes = record->layer_bytes + record->memory_bytes};
    for (SbWarmPart part = 0; part < G_N_ELEMENTS(expected); part++) {
        g_autofree char *found = hash_part(verification->pool, image->key, part, &reading, error);
        if (!found)
            return FALSE;
        if (g_strcmp0(found, expected[part]) == 0)
            continue;
        g_autofree char *volume = sb_warm_volume_name(image->key, part);
        return sb_error_set(error, SB_WARM_IMAGE_ERROR, SB_WARM_IMAGE_ERROR_DAMAGED,
                            "the warm image '%s' is damaged: the content of the volume '%s' is not "
                            "what was frozen; 'seedbed image rm %s' lets another one be made",
                            image->name, volume, image->name);
    }
    return TRUE;
}

gboolean sb_warm_image_verify(const SbOperation *operation, const SbPool *pool,
                              const SbWarmImage *image, GError **error)
{
    if (image->problem)
        return sb_error_set(error, SB_WARM_IMAGE_ERROR, SB_WARM_IMAGE_ERROR_UNUSABLE,
                            "the warm image '%s' cannot be used: %s", image->name, image->problem);
    Verification verification = {pool, image};
    return sb_operation_run_beside(operation, "verify", verify, &verification, error);
}

/* ---- publishing and removing ---- */

static gboolean measure(const SbPool *pool, SbWarmRecord *record, const char *key, GError **error)
{
    Reading layer = {NULL}, memory = {NULL};
    record->layer_sha256 = hash_part(pool, key, SB_WARM_LAYER, &layer, error);
    if (!record->layer_sha256)
        return FALSE;
    record->memory_sha256 = hash_part(pool, key, SB_WARM_MEMORY_IMAGE, &memory, error);
    record->layer_bytes = layer.done_bytes;
    record->memory_bytes = memory.done_bytes;
    return record->memory_sha256 != NULL;
}

gboolean sb_warm_image_publish(const SbPool *pool, SbWarmRecord *record, gboolean is_privileged,
                               GError **error)
{
    g_autofree char *key = sb_warm_recipe_key(&record->recipe);
    if (!record->problem && !measure(pool, record, key, error))
        return FALSE;
    g_autofree char *json = sb_warm_record_to_json(record);
    g_autofree char *name = sb_warm_volume_name(key, SB_WARM_RECORD);
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(xmlDoc) xml =
        sb_upload_volume_xml(name, g_bytes_get_size(bytes), 0644, is_privileged);
    if (!sb_volume_delete(pool, name, error))
        return FALSE;
    g_autoptr(virStorageVol) volume = sb_volume_create(pool, xml, error);
    return volume && sb_volume_upload_bytes(volume, bytes, error);
}

void sb_warm_image_mark(const SbPool *pool, const SbWarmImage *image, const char *why,
                        gboolean is_privileged)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbWarmRecord) record =
        sb_warm_record_new(&image->record->recipe, image->record->image);
    record->boot_ms = image->record->boot_ms;
    record->layer_bytes = image->record->layer_bytes;
    record->memory_bytes = image->record->memory_bytes;
    record->layer_sha256 = g_strdup(image->record->layer_sha256);
    record->memory_sha256 = g_strdup(image->record->memory_sha256);
    record->problem = g_strdup(why);
    if (!sb_warm_image_publish(pool, record, is_privileged, &error))
        g_debug("%s", error->message);
}

gboolean sb_warm_image_remove(const SbPool *pool, const char *key, GError **error)
{
    for (guint part = SB_WARM_PARTS; part > 0; part--) {
        g_autofree char *name = sb_warm_volume_name(key, part - 1);
        if (!sb_volume_delete(pool, name, error))
            return FALSE;
    }
    return TRUE;
}
