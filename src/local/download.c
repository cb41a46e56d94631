/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/download.h"

#include "base/error.h"
#include "base/retry.h"
#include "base/units.h"
#include "local/download-part.h"
#include "local/url-transfer.h"

SB_DEFINE_ERROR(sb_download_error, SB_ERRORS_NONE)

enum {
    ATTEMPTS = 5, /* in a row without a single byte */
    ATTEMPTS_IN_ALL = 100,
    FIRST_DELAY_MS = 500, /* doubled each time */
    TELL_EVERY_MS = 500,
};

/* No release image is that large; a server that never ends is stopped. */
#define MAX_FILE_BYTES (G_GUINT64_CONSTANT(1) << 40)

/* How the bytes of a file have come.
 *
 *     state   what happened                           next
 *     WHOLE   a range continues what was there        PIECES
 *     PIECES  the digest is wrong: start over         LAST
 *     LAST    a range continues what was there        LAST
 *     any     the digest is right, or not known       done
 *     WHOLE   the digest is wrong                     failed
 *     LAST    the digest is wrong                     failed
 */
typedef enum { WHOLE, PIECES, LAST } Coming;

typedef struct {
    const SbDownloadRequest *request;
    SbDownloadWatch watch;
    SbDownloadPart *part; /* NULL: into memory */
    GByteArray *memory;
    guint64 max_bytes;
    guint64 total_bytes;
    guint64 came_bytes; /* in this process */
    gint64 begun_us;
    Coming coming;
} Download;

/* ---- progress ---- */

static guint64 have_bytes(const Download *download)
{
    return download->part ? sb_download_part_bytes(download->part) : 0;
}

static void tell(const Download *download, SbDownloadPhase phase, const char *reason)
{
    if (!download->request->progress)
        return;
    gint64 elapsed_us = g_get_monotonic_time() - download->begun_us;
    SbDownloadState state = {.phase = phase,
                             .done_bytes = have_bytes(download),
                             .total_bytes = download->total_bytes,
                             .reason = reason};
    if (download->came_bytes && elapsed_us > G_USEC_PER_SEC / 2)
        state.bytes_per_second =
            (guint64)((double)download->came_bytes * G_USEC_PER_SEC / (double)elapsed_us);
    download->request->progress(&state, download->request->data);
}

static void on_busy(gboolean is_waiting, gpointer data)
{
    tell(data, is_waiting ? SB_DOWNLOAD_WAITING : SB_DOWNLOAD_CHECKING, NULL);
}

static void on_tick(gpointer data)
{
    tell(data, SB_DOWNLOAD_RECEIVING, NULL);
}

/* ---- one attempt ---- */

static gboolean check_size(const Download *download, guint64 bytes, GError **error)
{
    if (bytes <= download->max_bytes)
        return TRUE;
    g_autofree char *limit = sb_size_format(download->max_bytes);
    return sb_error_set(error, SB_DOWNLOAD_ERROR, SB_DOWNLOAD_ERROR_SIZE, "it is larger than %s",
                        limit);
}

/* The file goes on where it ended before. */
static void note_range(Download *download)
{
    if (download->coming == WHOLE)
        download->coming = PIECES;
}

static gboolean on_begin(const SbUrlHead *head, gpointer data, GError **error)
{
    Download *download = data;
    download->total_bytes = head->total_bytes;
    if (!check_size(download, head->total_bytes, error))
        return FALSE;
    if (!download->part) {
        g_byte_array_set_size(download->memory, 0);
        return TRUE;
    }
    if (head->offset > 0) {
        note_range(download);
        return TRUE;
    }
    return sb_download_part_restart(download->part, download->request->url, head->validator,
                                    head->total_bytes, error);
}

static gboolean on_write(const void *bytes, gsize length, gpointer data, GError **error)
{
    Download *download = data;
    guint64 before =
        download->part ? sb_download_part_bytes(download->part) : (guint64)download->memory->len;
    if (!check_size(download, before + length, error))
        return FALSE;
    download->came_bytes += length;
    if (download->part)
        return sb_download_part_append(download->part, bytes, length, error);
    g_byte_array_append(download->memory, bytes, (guint)length);
    return TRUE;
}

static gboolean attempt(Download *download, GError **error)
{
    SbUrlTransfer transfer = {.url = download->request->url,
                              .begin = on_begin,
                              .write = on_write,
                              .tick = on_tick,
                              .data = download,
                              .cancellable = download->request->cancellable};
    if (download->part && sb_download_part_can_resume(download->part) &&
        !sb_url_is_file(transfer.url)) {
        transfer.offset = sb_download_part_bytes(download->part);
        transfer.total_bytes = sb_download_part_total(download->part);
        transfer.validator = sb_download_part_validator(download->part);
        download->total_bytes = transfer.total_bytes;
        /* All bytes have come, but not the end of the answer: there is no more to ask for. */
        if (transfer.offset == transfer.total_bytes) {
            note_range(download);
            return TRUE;
        }
    }
    return sb_url_transfer_run(&transfer, error);
}

/* ---- attempts ---- */

static gboolean pause_for(const Download *download, guint delay_ms, const char *reason,
                          GError **error)
{
    GCancellable *cancellable = download->request->cancellable;
    for (guint waited = 0; waited < delay_ms; waited += TELL_EVERY_MS) {
        tell(download, SB_DOWNLOAD_RETRYING, reason);
        sb_pause(MIN(TELL_EVERY_MS, delay_ms - waited), cancellable);
        if (g_cancellable_set_error_if_cancelled(cancellable, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean start_over(Download *download, GError **error)
{
    return !download->part ||
           sb_download_part_restart(download->part, download->request->url, NULL, 0, error);
}

static gboolean is_right(const Download *download)
{
    const SbDigest *wanted = download->request->digest;
    if (!wanted || !download->part)
        return FALSE;
    SbDigest digest = sb_download_part_digest(download->part);
    return sb_digest_equal(wanted, &digest);
}

/* Tries until all has come, or another try is useless. */
static gboolean receive(Download *download, GError **error)
{
    guint in_a_row = 0, restarts = 0;
    for (guint all = 0;; all++) {
        g_autoptr(GError) cause = NULL;
        guint64 came_before = download->came_bytes;
        /* A server that lies about the length ends with an error, and may have sent it all. */
        if (attempt(download, &cause) || is_right(download))
            return TRUE;
        in_a_row = download->came_bytes > came_before ? 0 : in_a_row + 1;
        gboolean is_changed =
            g_error_matches(cause, SB_URL_TRANSFER_ERROR, SB_URL_TRANSFER_ERROR_CHANGED);
        if (!is_changed &&
            !g_error_matches(cause, SB_URL_TRANSFER_ERROR, SB_URL_TRANSFER_ERROR_TEMPORARY))
            return sb_error_pass(error, &cause);
        restarts += is_changed;
        if (MAX(in_a_row, restarts) >= ATTEMPTS || all + 1 >= ATTEMPTS_IN_ALL)
            return sb_error_set(error, SB_DOWNLOAD_ERROR, SB_DOWNLOAD_ERROR_FAILED,
                                "%s (tried %u times)", cause->message, all + 1);
        if (is_changed && !start_over(download, error))
            return FALSE;
        guint delay_ms = FIRST_DELAY_MS << (in_a_row ? in_a_row - 1 : 0);
        if (!pause_for(download, delay_ms, cause->message, error))
            return FALSE;
    }
}

/* Receives; and once more from the start, if a file that came in pieces has the wrong digest. */
static gboolean receive_right(Download *download, SbDigest *digest_out, GError **error)
{
    const SbDigest *wanted = download->request->digest;
    while (receive(download, error)) {
        SbDigest digest = sb_download_part_digest(download->part);
        if (!wanted || sb_digest_equal(wanted, &digest)) {
            *digest_out = digest;
            return TRUE;
        }
        if (download->coming != PIECES)
            return sb_error_set(error, SB_DOWNLOAD_ERROR, SB_DOWNLOAD_ERROR_DIGEST,
                                "it has the wrong %s\n  expected %s\n  received %s",
                                sb_digest_type_name(wanted->type), wanted->hex, digest.hex);
        if (!start_over(download, error))
            return FALSE;
        download->coming = LAST;
    }
    return FALSE;
}

/* ---- the cache ---- */

static char *path_of(const char *directory, const SbDigest *digest)
{
    g_autofree char *name = sb_digest_name(digest);
    return g_build_filename(directory, name, NULL);
}

static char *key_of(const SbDownloadRequest *request)
{
    if (request->digest)
        return sb_digest_name(request->digest);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, request->url, -1);
    return g_strdup_printf("url-%.32s", hash);
}

/* (transfer full) the path of the file with the digest that is wanted, if it is there and right */
static char *find_cached(Download *download, const char *directory, GError **error)
{
    const SbDigest *wanted = download->request->digest;
    if (!wanted)
        return NULL;
    g_autofree char *path = path_of(directory, wanted);
    SbDigest digest;
    return sb_download_hash_file(path, wanted->type, &download->watch, &digest, error) &&
                   sb_digest_equal(&digest, wanted)
               ? g_steal_pointer(&path)
               : NULL;
}

/* Whether the bytes that are there are useless for a later download. */
static gboolean is_hopeless(const GError *error)
{
    return g_error_matches(error, SB_DOWNLOAD_ERROR, SB_DOWNLOAD_ERROR_DIGEST) ||
           g_error_matches(error, SB_DOWNLOAD_PART_ERROR, SB_DOWNLOAD_PART_ERROR_DISK) ||
           g_error_matches(error, SB_DOWNLOAD_ERROR, SB_DOWNLOAD_ERROR_SIZE);
}

static char *download_into(Download *download, const char *directory, SbDigest *digest_out,
                           GError **error)
{
    const SbDownloadRequest *request = download->request;
    g_autoptr(GError) cause = NULL;
    SbDigest digest = {.type = request->digest ? request->digest->type : G_CHECKSUM_SHA256};
    g_autofree char *key = key_of(request);
    g_autoptr(SbDownloadPart) part =
        sb_download_part_open(directory, key, digest.type, &download->watch, error);
    if (!part)
        return NULL;
    /* The process that had the lock may have got the file. */
    g_autofree char *cached = find_cached(download, directory, &cause);
    if (cached) {
        sb_download_part_discard(part);
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a cached file has a known digest */
        *digest_out = *request->digest;
        return g_steal_pointer(&cached);
    }
    download->part = part;
    gboolean is_done = !cause && sb_download_part_resume(part, request->url, &cause);
    download->begun_us = g_get_monotonic_time();
    is_done = is_done && receive_right(download, &digest, &cause);
    g_autofree char *path = is_done ? path_of(directory, &digest) : NULL;
    if (is_done && sb_download_part_publish(part, path, &cause)) {
        *digest_out = digest;
        return g_steal_pointer(&path);
    }
    /* If it was cancelled while the part was read back, the state of the part is not known: keep
     * it. */
    gboolean is_cancelled = g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    if (is_hopeless(cause) || !(is_cancelled || sb_download_part_can_resume(part)))
        sb_download_part_discard(part);
    return sb_error_pass_null(error, &cause);
}

char *sb_download_file(const SbDownloadRequest *request, SbDigest *digest_out, GError **error)
{
    if (!sb_url_check(request->url, request->digest != NULL, error))
        return NULL;
    Download download = {.request = request,
                         .watch = {on_busy, &download, request->cancellable},
                         .max_bytes = MAX_FILE_BYTES,
                         .begun_us = g_get_monotonic_time()};
    g_autofree char *directory =
        g_build_filename(g_get_user_cache_dir(), "seedbed", "downloads", NULL);
    g_autoptr(GError) cause = NULL;
    SbDigest digest = {0};
    g_autofree char *path = find_cached(&download, directory, &cause);
    if (path)
        digest = *request->digest;
    else if (!cause)
        path = download_into(&download, directory, &digest, &cause);
    if (!path) {
        g_propagate_prefixed_error(error, g_steal_pointer(&cause),
                                   "cannot fetch '%s': ", request->url);
        return NULL;
    }
    if (digest_out)
        *digest_out = digest;
    return g_steal_pointer(&path);
}

GBytes *sb_download_bytes(const SbDownloadRequest *request, gsize max_bytes, GError **error)
{
    if (!sb_url_check(request->url, FALSE, error))
        return NULL;
    Download download = {.request = request,
                         .memory = g_byte_array_new(),
                         .max_bytes = max_bytes,
                         .begun_us = g_get_monotonic_time()};
    if (receive(&download, error))
        return g_byte_array_free_to_bytes(download.memory);
    g_byte_array_unref(download.memory);
    g_prefix_error(error, "cannot fetch '%s': ", request->url);
    return NULL;
}
