#include "host/image-import.h"

#include "base/process-id.h"
#include "base/xml.h"
#include "host/sha256.h"
#include "host/volume-stream.h"

#include <string.h>

enum { SEND_BYTES = 1024 * 1024, MIN_CLAIMED_BYTES = 512 };

/* How long a volume may stay unchanged before its upload counts as dead, where nothing is known of
 * the process that made it. */
enum { POLL_MS = 200, STALE_AFTER_MS = 15000 };

typedef struct {
    const SbPool *pool;
    const SbImageImport *request;
    const SbImageFile *file;
    SbImage *image;
} Import;

static gboolean report(const Import *import, SbImagePhase phase, guint64 done_bytes, GError **error)
{
    const SbImageFileRequest *file = &import->request->file;
    if (!file->progress ||
        file->progress(phase, done_bytes, import->file->length_bytes, file->data))
        return TRUE;
    g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_STOPPED, "stopped");
    return FALSE;
}

/* ---- the claim ---- */

static gboolean write_claim(const Import *import, virStorageVol *volume, GError **error)
{
    if (import->file->length_bytes < MIN_CLAIMED_BYTES)
        return TRUE;
    g_autofree char *self = sb_process_id_self();
    char *claim = g_strdup_printf(SB_IMAGE_CLAIM "%.300s\n", self);
    g_autoptr(GBytes) bytes = g_bytes_new_take(claim, strlen(claim));
    return sb_volume_upload_bytes(volume, bytes, error);
}

/* Who writes the volume, as it says itself; NULL if it does not. (transfer full) */
static char *read_claim(virStorageVol *volume)
{
    g_autoptr(GBytes) bytes = sb_volume_download(volume, 0, MIN_CLAIMED_BYTES, NULL);
    if (!bytes)
        return NULL;
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = g_strndup(data ? data : "", length);
    char *end = strchr(text, '\n');
    if (!end || !g_str_has_prefix(text, SB_IMAGE_CLAIM))
        return NULL;
    *end = '\0';
    return g_strdup(text + strlen(SB_IMAGE_CLAIM));
}

/* FALSE if another process took this one for dead, and made the volume anew. */
static gboolean check_claim(const Import *import, GError **error)
{
    if (import->file->length_bytes < MIN_CLAIMED_BYTES)
        return TRUE;
    g_autoptr(virStorageVol) volume = sb_volume_find(import->pool, import->image->volume, error);
    if (!volume)
        return FALSE;
    g_autofree char *claim = read_claim(volume), *self = sb_process_id_self();
    if (g_strcmp0(claim, self) == 0)
        return TRUE;
    g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE,
                "another process has taken the volume '%s' over; try again", import->image->volume);
    return FALSE;
}

/* ---- sending ---- */

/* Sends what comes after the head; FALSE also if that is not what the file had when it was read for
 * its digest. */
static gboolean send_body(const Import *import, virStorageVol *volume, SbContentReader *reader,
                          SbSha256 *hash, GError **error)
{
    guint64 length = import->file->length_bytes, done = MIN(length, SB_IMAGE_HEAD_BYTES);
    g_autoptr(SbVolumeWriter) writer =
        length > done ? sb_volume_writer_new(volume, done, length - done, TRUE, error) : NULL;
    if (length > done && !writer)
        return FALSE;
    g_autofree guint8 *buffer = g_malloc(SEND_BYTES);
    while (done < length) {
        gsize got;
        if (!sb_content_reader_read(reader, buffer, MIN(SEND_BYTES, length - done), &got, error))
            return FALSE;
        if (got == 0)
            break;
        sb_sha256_update(hash, buffer, got);
        done += got;
        if (!sb_volume_writer_add(writer, buffer, got, error) ||
            !report(import, SB_IMAGE_SENDING, done, error))
            return FALSE;
    }
    g_autofree char *digest = sb_sha256_finish(hash);
    if (strcmp(digest, import->file->sha256) != 0) {
        g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "it changed while it was imported");
        return FALSE;
    }
    return !writer || sb_volume_writer_finish(writer, error);
}

static gboolean store_record(const Import *import, GError **error)
{
    g_autofree char *name = sb_image_record_volume(import->image->volume);
    g_autofree char *json = sb_image_record_to_json(import->request->record);
    gsize length = strlen(json);
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&json), length);
    g_autoptr(xmlDoc) xml =
        sb_upload_volume_xml(name, length, 0444, import->request->is_privileged);
    if (!sb_volume_delete(import->pool, name, error))
        return FALSE;
    g_autoptr(virStorageVol) volume = sb_volume_create(import->pool, xml, error);
    return volume && sb_volume_upload_bytes(volume, bytes, error);
}

static gboolean send_head(virStorageVol *volume, const guint8 *head, gsize length, GError **error)
{
    g_autoptr(SbVolumeWriter) writer = sb_volume_writer_new(volume, 0, length, FALSE, error);
    return writer && sb_volume_writer_add(writer, head, length, error) &&
           sb_volume_writer_finish(writer, error);
}

static gboolean send_all(const Import *import, virStorageVol *volume, GError **error)
{
    g_autoptr(SbContentReader) reader = sb_image_file_read(import->file, error);
    g_autoptr(SbSha256) hash = sb_sha256_new();
    g_autofree guint8 *head = g_malloc(SB_IMAGE_HEAD_BYTES);
    gsize length;
    if (!reader || !sb_content_reader_read(reader, head, SB_IMAGE_HEAD_BYTES, &length, error))
        return FALSE;
    sb_sha256_update(hash, head, length);
    return write_claim(import, volume, error) && send_body(import, volume, reader, hash, error) &&
           store_record(import, error) && check_claim(import, error) &&
           send_head(volume, head, length, error);
}

/* ---- another process ---- */

typedef enum { OTHER_DONE, OTHER_WRITES, OTHER_GONE, OTHER_UNKNOWN } Other;

/* What became of the process that made the volume, which is not complete. */
static Other look_at_writer(virStorageVol *volume)
{
    g_autofree char *claim = read_claim(volume), *self = sb_process_id_self();
    if (!claim || strcmp(claim, self) == 0)
        return OTHER_UNKNOWN;
    SbProcessState state = sb_process_id_check(claim);
    return state == SB_PROCESS_RUNS   ? OTHER_WRITES
           : state == SB_PROCESS_GONE ? OTHER_GONE
                                      : OTHER_UNKNOWN;
}

gboolean sb_image_is_abandoned(const SbPool *pool, const SbImage *image)
{
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, image->volume, NULL);
    return volume && look_at_writer(volume) == OTHER_GONE;
}

/* FALSE also if the volume is complete, but nothing that can be used: it may have users. */
static gboolean look_at_other(const Import *import, virStorageVol *volume, Other *other_out,
                              GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (sb_image_read_header(import->pool, import->image, &cause)) {
        *other_out = OTHER_DONE;
    } else if (g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE)) {
        *other_out = look_at_writer(volume);
    } else {
        g_propagate_prefixed_error(
            error, g_steal_pointer(&cause),
            "a volume of that content is there, but damaged (see 'seedbed image rm'): ");
        return FALSE;
    }
    return TRUE;
}

/* Waits while another process writes the volume. *IS_DONE_OUT: it is complete. Otherwise it is not
 * there any more, and can be made again. */
static gboolean wait_for_other(const Import *import, gboolean *is_done_out, GError **error)
{
    virStorageVolInfo last = {0};
    for (guint unchanged_ms = 0; unchanged_ms < STALE_AFTER_MS; unchanged_ms += POLL_MS) {
        g_autoptr(virStorageVol) volume = sb_volume_find(import->pool, import->image->volume, NULL);
        virStorageVolInfo info = {0};
        *is_done_out = FALSE;
        if (!volume || virStorageVolGetInfo(volume, &info) < 0) {
            virResetLastError();
            return TRUE;
        }
        Other other;
        if (!look_at_other(import, volume, &other, error))
            return FALSE;
        *is_done_out = other == OTHER_DONE;
        if (other == OTHER_DONE)
            return TRUE;
        if (other == OTHER_GONE)
            break;
        if (other == OTHER_WRITES || info.allocation != last.allocation ||
            info.capacity != last.capacity)
            unchanged_ms = 0;
        last = info;
        if (!report(import, SB_IMAGE_WAITING, 0, error))
            return FALSE;
        /* libvirt tells nobody how far an upload is. */
        g_usleep(POLL_MS * 1000);
    }
    return sb_volume_delete(import->pool, import->image->volume, error);
}

/* Of an image that was there already: makes it the current version, and says where it comes from.
 */
static gboolean renew_record(const Import *import, GError **error)
{
    g_autoptr(SbImage) current = sb_image_find(import->pool, import->image->name, NULL);
    if (current && current->has_record && strcmp(current->volume, import->image->volume) == 0)
        return TRUE;
    return store_record(import, error);
}

/* ---- all of it ---- */

static gboolean store(const Import *import, gboolean *is_new_out, GError **error)
{
    g_autoptr(xmlDoc) xml = sb_upload_volume_xml(import->image->volume, import->file->length_bytes,
                                                 0444, import->request->is_privileged);
    for (;;) {
        g_autoptr(GError) cause = NULL;
        g_autoptr(virStorageVol) volume = sb_volume_create(import->pool, xml, &cause);
        if (volume && send_all(import, volume, &cause)) {
            *is_new_out = TRUE;
            return TRUE;
        }
        gboolean is_others = g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE) ||
                             g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_EXISTS);
        if (volume && !is_others)
            sb_image_delete(import->pool, import->image, NULL);
        if (!is_others) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return FALSE;
        }
        gboolean is_done;
        if (!wait_for_other(import, &is_done, error))
            return FALSE;
        *is_new_out = FALSE;
        if (is_done)
            return renew_record(import, error);
    }
}

static SbImage *import_file(const SbPool *pool, const SbImageImport *request,
                            const SbImageFile *file, gboolean *is_new_out, GError **error)
{
    g_autoptr(SbImage) image = g_new0(SbImage, 1);
    image->name = g_strdup(request->name);
    image->digest = g_strndup(file->sha256, 16);
    image->volume = sb_image_volume_name(request->name, file->sha256, file->format);
    image->path = sb_pool_path(pool, image->volume);
    image->format = file->format;
    image->has_record = TRUE;
    g_free(request->record->sha256);
    g_free(request->record->file_sha256);
    request->record->sha256 = g_strdup(file->sha256);
    request->record->file_sha256 = g_strdup(file->file_sha256);
    sb_image_sweep_records(pool, request->name);
    const Import import = {pool, request, file, image};
    if (!store(&import, is_new_out, error))
        return NULL;
    image->virtual_bytes = file->virtual_bytes;
    image->file_bytes = file->length_bytes;
    return g_steal_pointer(&image);
}

SbImage *sb_image_import(const SbPool *pool, const SbImageImport *request, gboolean *is_new_out,
                         GError **error)
{
    g_autoptr(SbImageFile) file = sb_image_file_open(&request->file, error);
    SbImage *image = file ? import_file(pool, request, file, is_new_out, error) : NULL;
    if (!image)
        g_prefix_error(error, "cannot import '%s' as '%s': ", request->file.path, request->name);
    return image;
}
