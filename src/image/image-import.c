/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-import.h"

#include "base/error.h"
#include "base/retry.h"
#include "base/sha256.h"
#include "base/xml.h"
#include "image/image-claim.h"
#include "libvirt/volume-stream.h"
#include "local/process-id.h"

#include <string.h>
#include <sys/stat.h>

enum { SEND_BYTES = 1024 * 1024 };

/* If the process that made a volume is not known, its upload counts as dead after this long without
 * a change. */
enum { POLL_MS = 200, STALE_AFTER_MS = 15000, UNCLAIMED_AFTER_MS = 4000 };

#define IMPORT_FAILED "cannot import '%s' as '%s': "

/* Where an import is: the table is in the header. */
typedef enum { MAKE, WAIT, MADE, THERE, FAILED } Phase;

typedef struct {
    const SbOperation *operation;
    const SbPool *pool;
    const SbImageImport *request;
    const SbImageFile *file;
    SbImage *image;
} Import;

/* ---- the claim ---- */

/* CLAIM_NONE: the volume is empty, and no writer is recorded. */
typedef enum { CLAIM_OURS, CLAIM_NONE, CLAIM_LOST, CLAIM_UNKNOWN } Claim;

/* Whether the volume is still the one that this process made. Another process may have believed
 * that this one is dead, and made the volume again. */
static Claim look_at_claim(const Import *import)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(virStorageVol) volume = sb_volume_find(import->pool, import->image->volume, &cause);
    if (!volume)
        return g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND) ? CLAIM_LOST
                                                                                    : CLAIM_UNKNOWN;
    g_autoptr(GBytes) start = sb_volume_download(volume, 0, SB_IMAGE_CLAIM_MAX_BYTES, &cause);
    if (!start)
        return g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND) ? CLAIM_LOST
                                                                                    : CLAIM_UNKNOWN;
    g_autofree char *claim = sb_image_claim_read(start), *self = sb_process_id_self();
    if (claim)
        return strcmp(claim, self) == 0 ? CLAIM_OURS : CLAIM_LOST;
    gboolean is_whole = sb_image_read_header(import->pool, import->image, &cause);
    gboolean is_gone = g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
    return is_whole || is_gone                                                 ? CLAIM_LOST
           : g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE) ? CLAIM_NONE
                                                                               : CLAIM_UNKNOWN;
}

/* While a volume is being deleted, it still exists, but cannot be read. */
static Claim check_claim(const Import *import)
{
    SbRetry retry = {.tries = 20, .pause_ms = 50};
    Claim claim;
    do
        claim = look_at_claim(import);
    while (claim == CLAIM_UNKNOWN && sb_retry_again(&retry));
    return claim;
}

/* FALSE with SB_IMAGE_ERROR_TAKEN if the claim is another one than EXPECTED. */
static gboolean expect_claim(const Import *import, Claim expected, GError **error)
{
    Claim claim = check_claim(import);
    if (claim == CLAIM_UNKNOWN)
        g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DAMAGED,
                    "cannot see whether the volume '%s' still is the one that was made for it",
                    import->image->volume);
    else if (claim != expected)
        g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_TAKEN,
                    "another process has taken the volume '%s' over", import->image->volume);
    return claim == expected;
}

/* Writes the claim into the new volume. But if making it took long, another process may have
 * believed that it is abandoned, and may have made it again and filled it. */
static gboolean write_claim(const Import *import, virStorageVol *volume, GError **error)
{
    if (import->file->length_bytes < SB_IMAGE_CLAIM_MAX_BYTES)
        return TRUE;
    if (!expect_claim(import, CLAIM_NONE, error))
        return FALSE;
    g_autofree char *self = sb_process_id_self();
    g_autoptr(GBytes) bytes = sb_image_claim_new(self);
    return sb_volume_upload_bytes(volume, bytes, error);
}

/* A volume without a claim belongs to another process, which has just made it again. */
static gboolean keep_claim(const Import *import, GError **error)
{
    return import->file->length_bytes < SB_IMAGE_CLAIM_MAX_BYTES ||
           expect_claim(import, CLAIM_OURS, error);
}

/* ---- sending ---- */

/* The content, and the number of its bytes that were read and sent. */
typedef struct {
    SbContentReader *reader;
    SbSha256 *hash; /**< NULL if the file is leased: then it cannot change unseen */
    guint8 *buffer;
    guint64 done_bytes;
} Sending;

/* DATA: NULL: zeroes */
static void count(Sending *sending, const guint8 *data, guint64 length)
{
    if (sending->hash)
        sb_sha256_update(sending->hash, data, length);
    sending->done_bytes += length;
}

/* FALSE if the file has changed since it was read for its digest. */
static gboolean check_unchanged(const Import *import, Sending *sending, GError **error)
{
    g_autofree char *digest = sending->hash ? sb_sha256_finish(sending->hash) : NULL;
    if (sending->done_bytes == import->file->length_bytes &&
        (digest ? strcmp(digest, import->file->sha256) == 0
                : sb_image_file_is_unchanged(import->file)))
        return TRUE;
    return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE,
                        "it changed while it was imported");
}

/* Sends all but the bytes that are sent last. */
static gboolean send_body(const Import *import, virStorageVol *volume, Sending *sending,
                          GError **error)
{
    guint64 total = import->file->length_bytes, from = sending->done_bytes;
    g_autoptr(SbVolumeWriter) writer =
        total > from ? sb_volume_writer_new(volume, from, total - from, TRUE, error) : NULL;
    if (total > from && !writer)
        return FALSE;
    for (guint64 length = 1; length > 0 && sending->done_bytes < total;) {
        gboolean is_hole;
        gsize max = (gsize)MIN(SEND_BYTES, total - sending->done_bytes);
        if (!sb_content_reader_read_part(sending->reader, sending->buffer, max, &length, &is_hole,
                                         error))
            return FALSE;
        length = MIN(length, total - sending->done_bytes);
        const guint8 *data = is_hole ? NULL : sending->buffer;
        count(sending, data, length);
        if (!sb_volume_writer_add(writer, data, length, error) ||
            !sb_image_transfer_goes_on(import->operation, "sending", sending->done_bytes, total,
                                       error))
            return FALSE;
    }
    return check_unchanged(import, sending, error) &&
           (!writer || sb_volume_writer_finish(writer, error));
}

static gboolean try_store_record(const Import *import, GError **error)
{
    g_autofree char *name = sb_image_record_volume(import->image->volume);
    g_autofree char *json = sb_image_record_to_json(import->request->record);
    gsize length = strlen(json);
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&json), length);
    g_autoptr(xmlDoc) xml =
        sb_upload_volume_xml(name, length, 0444, sb_host_is_privileged(import->operation->host));
    if (!sb_volume_delete(import->pool, name, error))
        return FALSE;
    g_autoptr(virStorageVol) volume = sb_volume_create(import->pool, xml, error);
    return volume && sb_volume_upload_bytes(volume, bytes, error);
}

/* Whether another process makes or deletes the same volume at the same time. */
static gboolean is_made_by_others(const GError *cause)
{
    return g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_EXISTS) ||
           g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
}

/* Only of a volume whose claim this process has. Still others may make or delete the record
 * meanwhile: one that has just lost the claim, and libvirtd for one that was killed. */
static gboolean store_record(const Import *import, GError **error)
{
    for (SbRetry retry = {.tries = 20};;) {
        g_autoptr(GError) cause = NULL;
        if (!keep_claim(import, error))
            return FALSE;
        if (try_store_record(import, &cause))
            return TRUE;
        if (is_made_by_others(cause) && sb_retry_again(&retry))
            continue;
        return sb_error_pass(error, &cause);
    }
}

/* One message, into a block that the claim has allocated: it is written whole or not at all. */
static gboolean send_last(virStorageVol *volume, const guint8 *data, gsize length, GError **error)
{
    g_autoptr(SbVolumeWriter) writer = sb_volume_writer_new(volume, 0, length, FALSE, error);
    return writer && sb_volume_writer_add(writer, data, length, error) &&
           sb_volume_writer_finish(writer, error);
}

static gboolean send_all(const Import *import, virStorageVol *volume, GError **error)
{
    g_autoptr(SbContentReader) reader = sb_image_file_read(import->file, error);
    if (!reader)
        return FALSE;
    g_autoptr(SbSha256) hash = import->file->is_leased ? NULL : sb_sha256_new();
    g_autofree guint8 *buffer = g_malloc(SEND_BYTES);
    Sending sending = {reader, hash, buffer, 0};
    gsize length;
    if (!sb_content_reader_read(reader, buffer, SB_IMAGE_LAST_BYTES, &length, error))
        return FALSE;
    count(&sending, buffer, length);
    g_autofree guint8 *last = g_memdup2(buffer, length);
    return write_claim(import, volume, error) && send_body(import, volume, &sending, error) &&
           store_record(import, error) && keep_claim(import, error) &&
           send_last(volume, last, length, error);
}

/* ---- another process ---- */

typedef enum {
    OTHER_DONE,
    OTHER_WRITES,
    OTHER_GONE,
    OTHER_UNCLAIMED,
    OTHER_UNKNOWN,
    OTHER_DAMAGED
} Other;

/* What became of the process that made the volume, which is not complete. As long as that cannot be
 * read, it may write. */
static Other look_at_writer(virStorageVol *volume)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GBytes) start = sb_volume_download(volume, 0, SB_IMAGE_CLAIM_MAX_BYTES, &cause);
    g_autofree char *claim = start ? sb_image_claim_read(start) : NULL,
                    *self = sb_process_id_self();
    if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        return OTHER_GONE;
    if (!start)
        return OTHER_WRITES;
    if (!claim)
        return OTHER_UNCLAIMED;
    if (strcmp(claim, self) == 0)
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

/* FALSE with an error also if the volume is complete, but damaged: it may have users, so it stays.
 * OTHER_DAMAGED comes with an error too: between a removal and an import, an empty volume may be
 * beside the old record, but not for long. */
static gboolean look_at_other(const Import *import, virStorageVol *volume, Other *other_out,
                              GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (sb_image_read_header(import->pool, import->image, &cause)) {
        *other_out = OTHER_DONE;
    } else if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND)) {
        *other_out = OTHER_GONE;
    } else if (g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE)) {
        *other_out = look_at_writer(volume);
    } else {
        gboolean is_damaged = sb_image_is_damage(cause);
        *other_out = OTHER_DAMAGED;
        gboolean may_pass = g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DAMAGED);
        g_propagate_prefixed_error(
            error, g_steal_pointer(&cause), "%s",
            is_damaged ? "a volume of that content is there, but damaged ('seedbed image rm' "
                         "removes it): "
                       : "");
        return may_pass;
    }
    return TRUE;
}

static void tell_waiting(const Import *import)
{
    sb_operation_note(import->operation, NULL, "another process imports the same image: waiting");
}

/* Waits while another process writes the volume. If it can be made again, it does not exist any
 * more.
 */
static Phase wait_for_other(const Import *import, GError **error)
{
    SbVolumeSizes last = {0};
    gboolean is_told = FALSE;
    for (guint unchanged_ms = 0; unchanged_ms < STALE_AFTER_MS; unchanged_ms += POLL_MS) {
        g_autoptr(virStorageVol) volume = sb_volume_find(import->pool, import->image->volume, NULL);
        SbVolumeSizes sizes;
        if (!volume || !sb_volume_sizes(volume, &sizes, NULL))
            return MAKE;
        Other other;
        g_autoptr(GError) cause = NULL;
        if (!look_at_other(import, volume, &other, &cause) ||
            (other == OTHER_DAMAGED && unchanged_ms >= UNCLAIMED_AFTER_MS)) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return FAILED;
        }
        if (other == OTHER_DONE)
            return THERE;
        if (other == OTHER_GONE || (other == OTHER_UNCLAIMED && unchanged_ms >= UNCLAIMED_AFTER_MS))
            break;
        if (other == OTHER_WRITES || sizes.allocated_bytes != last.allocated_bytes ||
            sizes.file_bytes != last.file_bytes)
            unchanged_ms = 0;
        last = sizes;
        if (!is_told)
            tell_waiting(import);
        is_told = TRUE;
        /* libvirt has no event for the progress of an upload. */
        sb_pause(POLL_MS, import->operation->cancellable);
        if (g_cancellable_set_error_if_cancelled(import->operation->cancellable, error))
            return FAILED;
    }
    return sb_image_delete(import->pool, import->image, error) ? MAKE : FAILED;
}

/* Makes an image that was there already the current version, and records where it comes from. */
static gboolean renew_record(const Import *import, GError **error)
{
    g_autoptr(SbImage) current = sb_image_find(import->pool, import->image->name, NULL);
    if (current && current->has_record && strcmp(current->volume, import->image->volume) == 0)
        return TRUE;
    g_autoptr(GError) cause = NULL;
    if (try_store_record(import, &cause) || is_made_by_others(cause))
        return TRUE;
    return sb_error_pass(error, &cause);
}

/* ---- all of it ---- */

/* The bytes on the disk that the content takes at least. */
static guint64 needed_bytes(const SbImageFile *file)
{
    struct stat info;
    guint64 on_disk = fstat(file->fd, &info) == 0 ? (guint64)info.st_blocks * 512 : 0;
    return MIN(on_disk, file->length_bytes);
}

/* Removes the volume that could not be filled, for CAUSE, and adds to that what stays. A volume can
 * be deleted and made again by another process. An empty volume without a claim then belongs to
 * that process; otherwise it is this process's, into which nothing could be written. */
static Claim take_back(const Import *import, GError **cause)
{
    gboolean is_gone = g_error_matches(*cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND) ||
                       g_error_matches(*cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_TAKEN);
    Claim claim = is_gone ? CLAIM_LOST : check_claim(import);
    g_autoptr(GError) left = NULL;
    if (claim == CLAIM_UNKNOWN)
        sb_error_append(cause, "\nand the volume '%s' stays: it cannot be read now",
                        import->image->volume);
    else if (claim != CLAIM_LOST && !sb_image_delete(import->pool, import->image, &left))
        sb_error_append(cause, "\nand not all of it could be taken back: %s", left->message);
    return claim;
}

/* The same over another connection, as libvirt loses the one over which a hole is sent into a full
 * pool (seen: 9.0). Then the lack of room is the cause. */
static Claim take_back_anew(const Import *import, GError **cause)
{
    g_auto(SbLease) lease = sb_lease_take(import->operation->host, NULL);
    g_autoptr(SbPool) pool =
        lease.connection ? sb_pool_reopen(import->pool, lease.connection, NULL) : NULL;
    if (!pool)
        return take_back(import, cause);
    Import anew = *import;
    anew.pool = pool;
    g_autoptr(GError) no_room = NULL;
    if (!sb_pool_check_room(pool, SEND_BYTES, &no_room)) {
        g_clear_error(cause);
        *cause = g_steal_pointer(&no_room);
    }
    return take_back(&anew, cause);
}

/* Makes the volume and fills it. WAIT has an error too: why this process could not. */
static Phase make(const Import *import, xmlDoc *xml, GError **error)
{
    if (!sb_pool_check_room(import->pool, needed_bytes(import->file), error)) {
        g_autoptr(virStorageVol) there = sb_volume_find(import->pool, import->image->volume, NULL);
        return there ? WAIT : FAILED;
    }
    g_autoptr(GError) cause = NULL;
    g_autoptr(virStorageVol) volume = sb_volume_create(import->pool, xml, &cause);
    if (volume && send_all(import, volume, &cause))
        return MADE;
    gboolean is_cut = g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_DISCONNECTED);
    Claim claim = !volume  ? CLAIM_LOST
                  : is_cut ? take_back_anew(import, &cause)
                           : take_back(import, &cause);
    gboolean is_others =
        volume ? claim == CLAIM_LOST && !g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)
               : g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_EXISTS);
    g_propagate_error(error, g_steal_pointer(&cause));
    return is_others ? WAIT : FAILED;
}

static gboolean store(const Import *import, gboolean *is_new_out, GError **error)
{
    /* More tries would not be a race, but somebody who takes every volume away. */
    SbRetry retry = {.tries = 20, .cancellable = import->operation->cancellable};
    g_autoptr(xmlDoc) xml =
        sb_upload_volume_xml(import->image->volume, import->file->length_bytes, 0444,
                             sb_host_is_privileged(import->operation->host));
    g_autoptr(GError) cause = NULL;
    Phase phase = MAKE;
    while (phase == MAKE || phase == WAIT) {
        if (phase == WAIT && !sb_retry_again(&retry))
            break;
        g_clear_error(&cause);
        phase = phase == MAKE ? make(import, xml, &cause) : wait_for_other(import, &cause);
    }
    *is_new_out = phase == MADE;
    if (phase == MADE)
        return TRUE;
    if (phase == THERE)
        return renew_record(import, error);
    return sb_error_pass(error, &cause);
}

/* What is known about the architecture, and what is seen on the disk, must be the same. */
static gboolean settle_arch(const SbImageFile *file, SbImageRecord *record, GError **error)
{
    if (!file->boot.arch || g_strcmp0(file->boot.arch, record->arch) == 0)
        return TRUE;
    if (!record->arch) {
        record->arch = g_strdup(file->boot.arch);
        return TRUE;
    }
    return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_REFUSED,
                        "it is not for %s: its UEFI boot loader is for %s", record->arch,
                        file->boot.arch);
}

SbImageFile *sb_image_import_open(const SbOperation *operation, const SbImageImport *request,
                                  GError **error)
{
    g_autoptr(SbImageFile) file = sb_image_file_open(operation, &request->file, error);
    if (file && settle_arch(file, request->record, error))
        return g_steal_pointer(&file);
    g_prefix_error(error, IMPORT_FAILED, request->file.path, request->name);
    return NULL;
}

SbImage *sb_image_import(const SbOperation *operation, const SbPool *pool,
                         const SbImageImport *request, const SbImageFile *file,
                         gboolean *is_new_out, GError **error)
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
    const Import import = {operation, pool, request, file, image};
    guint records;
    if (!sb_image_sweep_records(pool, request->name, &records, error) ||
        !store(&import, is_new_out, error) || !sb_image_check_newest(pool, image, error)) {
        g_prefix_error(error, IMPORT_FAILED, request->file.path, request->name);
        return NULL;
    }
    image->virtual_bytes = file->virtual_bytes;
    image->file_bytes = file->length_bytes;
    return g_steal_pointer(&image);
}
