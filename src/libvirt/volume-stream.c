/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/volume-stream.h"

#include "base/error.h"
#include "base/retry.h"
#include "base/workers.h"

#include <string.h>

/* The largest piece that one message of libvirt's stream protocol carries is 262120 bytes. */
enum { CHUNK_BYTES = 256 * 1000, BLOCK_BYTES = 4096 };

/* One request asks for this much. libvirt receives all that it asked for as fast as it comes, and
 * keeps it until it is read: without a limit, a large volume would be in memory as a whole. */
#define SLICE_BYTES (G_GUINT64_CONSTANT(32) * 1024 * 1024)

/* How long the end of a stream may take before libvirtd is asked whether it still works at it. */
#define END_TIMEOUT_US (60 * G_TIME_SPAN_SECOND)

struct SbVolumeWriter {
    virStream *stream;
    virStorageVol *volume;
    gboolean is_sparse;
    gboolean is_finished;
    guint64 hole_bytes; /* not told of yet */
};

/* A stream that must be aborted unless it was finished. */
static virStream *open_stream(virStorageVol *volume, GError **error)
{
    virStream *stream = virStreamNew(virStorageVolGetConnect(volume), 0);
    if (!stream)
        sb_libvirt_set_error(error, "cannot open a stream for the volume '%s'",
                             virStorageVolGetName(volume));
    return stream;
}

/* libvirtds before 3.4, and drivers that have no sparse streams. */
static gboolean is_unsupported(void)
{
    return sb_libvirt_last_is(VIR_ERR_INVALID_ARG) || sb_libvirt_last_is(VIR_ERR_NO_SUPPORT) ||
           sb_libvirt_last_is(VIR_ERR_ARGUMENT_UNSUPPORTED) ||
           sb_libvirt_last_is(VIR_ERR_OPERATION_UNSUPPORTED);
}

/* virStorageVolUpload() and virStorageVolDownload() fail while another process uses the volume. */
static int begin_upload(virStorageVol *volume, virStream *stream, guint64 offset, guint64 length,
                        unsigned int flags)
{
    SbRetry retry = SB_VOLUME_RETRY;
    int status;
    do
        status = virStorageVolUpload(volume, stream, offset, length, flags);
    while (status < 0 && sb_volume_is_busy() && sb_retry_again(&retry));
    return status;
}

static int begin_download(virStorageVol *volume, virStream *stream, guint64 offset, guint64 length,
                          unsigned int flags)
{
    SbRetry retry = SB_VOLUME_RETRY;
    int status;
    do
        status = virStorageVolDownload(volume, stream, offset, length, flags);
    while (status < 0 && sb_volume_is_busy() && sb_retry_again(&retry));
    return status;
}

/* ---- ending ---- */

/* virStreamFinish() or virStreamAbort(), in a thread of its own. */
typedef struct {
    virStream *stream;
    int (*end)(virStream *stream);
    char *failed; /* what an error says first */
    GAsyncQueue *answers;
    GError *error;
} Ending;

static void ending_free(Ending *ending)
{
    virStreamFree(ending->stream);
    g_async_queue_unref(ending->answers);
    g_clear_error(&ending->error);
    g_free(ending->failed);
    g_free(ending);
}

static gpointer end_in_thread(gpointer data)
{
    Ending *ending = data;
    if (ending->end(ending->stream) < 0)
        sb_libvirt_set_error(&ending->error, "%s", ending->failed);
    g_async_queue_push(ending->answers, ending);
    return NULL;
}

/* libvirtd (seen: 9.0) forgets the end of a stream if that crosses an error which it has just found
 * out, and libvirt waits for its answer without a limit. A libvirtd that still writes to a slow
 * disk answers nothing else meanwhile: one that answers has forgotten it. The thread is left
 * behind. */
static gboolean wait_for_end(virConnect *connection, Ending *ending)
{
    while (!g_async_queue_timeout_pop(ending->answers, END_TIMEOUT_US)) {
        unsigned long version;
        gboolean is_answered = virConnectGetLibVersion(connection, &version) == 0;
        virResetLastError();
        if (g_async_queue_try_pop(ending->answers))
            return TRUE;
        if (is_answered)
            return FALSE;
    }
    return TRUE;
}

/* END is virStreamFinish or virStreamAbort. FALSE with an SbLibvirtError or a GThreadError. */
static gboolean end_stream(virStorageVol *volume, virStream *stream, int (*end)(virStream *stream),
                           GError **error)
{
    g_autofree char *failed =
        g_strdup_printf("cannot come to the end of the volume '%s'", virStorageVolGetName(volume));
    g_autoptr(GAsyncQueue) answers = g_async_queue_new();
    Ending *ending = g_new0(Ending, 1);
    ending->stream = stream;
    ending->end = end;
    ending->failed = g_steal_pointer(&failed);
    ending->answers = g_async_queue_ref(answers);
    virStreamRef(stream);
    g_autoptr(GThread) thread = sb_worker_start("end", end_in_thread, ending, error);
    if (!thread) {
        ending_free(ending);
        return FALSE;
    }
    if (!wait_for_end(virStorageVolGetConnect(volume), ending))
        return sb_error_set(
            error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_FAILED,
            "%s: libvirtd has not confirmed it within %u s, though it answers\ntry: the same "
            "command again; 'seedbed doctor' looks at the pool",
            ending->failed, (guint)(END_TIMEOUT_US / G_TIME_SPAN_SECOND));
    g_thread_join(g_steal_pointer(&thread));
    gboolean is_fine = !ending->error;
    if (!is_fine)
        g_propagate_error(error, g_steal_pointer(&ending->error));
    ending_free(ending);
    return is_fine;
}

/* ---- writing ---- */

SbVolumeWriter *sb_volume_writer_new(virStorageVol *volume, guint64 offset, guint64 length_bytes,
                                     gboolean is_sparse, GError **error)
{
    g_autoptr(virStream) stream = open_stream(volume, error);
    if (!stream)
        return NULL;
    int status = -1;
    if (is_sparse) {
        status = begin_upload(volume, stream, offset, length_bytes,
                              VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM);
        is_sparse = status == 0 || !is_unsupported();
    }
    if (!is_sparse)
        status = begin_upload(volume, stream, offset, length_bytes, 0);
    if (status < 0)
        return sb_libvirt_set_error_null(error, "cannot write into the volume '%s'",
                                         virStorageVolGetName(volume));
    SbVolumeWriter *writer = g_new0(SbVolumeWriter, 1);
    writer->stream = g_steal_pointer(&stream);
    writer->volume = volume;
    writer->is_sparse = is_sparse;
    virStorageVolRef(volume);
    return writer;
}

void sb_volume_writer_free(SbVolumeWriter *writer)
{
    if (!writer->is_finished)
        (void)!end_stream(writer->volume, writer->stream, virStreamAbort, NULL);
    virStreamFree(writer->stream);
    virStorageVolFree(writer->volume);
    g_free(writer);
}

static gboolean write_failed(SbVolumeWriter *writer, GError **error)
{
    return sb_libvirt_set_error(error, "cannot write into the volume '%s'",
                                virStorageVolGetName(writer->volume));
}

static gboolean flush_hole(SbVolumeWriter *writer, GError **error)
{
    guint64 length = writer->hole_bytes;
    writer->hole_bytes = 0;
    return length == 0 || virStreamSendHole(writer->stream, (long long)length, 0) == 0 ||
           write_failed(writer, error);
}

/* DATA: NULL: zeroes */
static gboolean send_data(SbVolumeWriter *writer, const guint8 *data, guint64 length,
                          GError **error)
{
    static const guint8 zeroes[BLOCK_BYTES];
    gsize max = data ? CHUNK_BYTES : sizeof zeroes;
    if (!flush_hole(writer, error))
        return FALSE;
    while (length > 0) {
        int sent = virStreamSend(writer->stream, (const char *)(data ? data : zeroes),
                                 (gsize)MIN(length, max));
        if (sent < 0)
            return write_failed(writer, error);
        data = data ? data + sent : NULL;
        length -= (gsize)sent;
    }
    return TRUE;
}

static gboolean is_zero(const guint8 *data, gsize length)
{
    return data[0] == 0 && memcmp(data, data + 1, length - 1) == 0;
}

/* The length of the first part of DATA, in whole blocks, that is all empty, or all not empty. */
static gsize run_length(const guint8 *data, gsize length, gboolean *is_hole_out)
{
    gsize done = MIN(length, (gsize)BLOCK_BYTES);
    gboolean is_hole = is_zero(data, done);
    while (done < length) {
        gsize block = MIN(length - done, (gsize)BLOCK_BYTES);
        if (is_zero(data + done, block) != is_hole)
            break;
        done += block;
    }
    *is_hole_out = is_hole;
    return done;
}

gboolean sb_volume_writer_add(SbVolumeWriter *writer, const guint8 *data, guint64 length,
                              GError **error)
{
    if (!writer->is_sparse)
        return send_data(writer, data, length, error);
    if (!data)
        writer->hole_bytes += length;
    while (data && length > 0) {
        gboolean is_hole;
        gsize run = run_length(data, length, &is_hole);
        if (is_hole)
            writer->hole_bytes += run;
        else if (!send_data(writer, data, run, error))
            return FALSE;
        data += run;
        length -= run;
    }
    return TRUE;
}

gboolean sb_volume_writer_finish(SbVolumeWriter *writer, GError **error)
{
    if (!flush_hole(writer, error))
        return FALSE;
    writer->is_finished = TRUE;
    return end_stream(writer->volume, writer->stream, virStreamFinish, error);
}

gboolean sb_volume_upload_bytes(virStorageVol *volume, GBytes *bytes, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    g_autoptr(SbVolumeWriter) writer = sb_volume_writer_new(volume, 0, length, FALSE, error);
    return writer && sb_volume_writer_add(writer, data, length, error) &&
           sb_volume_writer_finish(writer, error);
}

/* ---- reading ---- */

GBytes *sb_volume_download(virStorageVol *volume, guint64 offset, gsize max_bytes, GError **error)
{
    g_autoptr(virStream) stream = open_stream(volume, error);
    if (!stream)
        return NULL;
    /* Ask for no more than is read: libvirtd would send all of it, as fast as it can. */
    gboolean is_open = begin_download(volume, stream, offset, max_bytes, 0) == 0;
    g_autoptr(GByteArray) content = g_byte_array_new();
    g_autofree char *buffer = g_malloc(CHUNK_BYTES);
    int got = is_open ? 1 : -1;
    while (got > 0 && content->len < max_bytes) {
        got = virStreamRecv(stream, buffer, MIN(max_bytes - content->len, CHUNK_BYTES));
        if (got > 0)
            g_byte_array_append(content, (guint8 *)buffer, (guint)got);
    }
    if (got < 0)
        sb_libvirt_set_error(error, "cannot read the volume '%s'", virStorageVolGetName(volume));
    if (is_open)
        (void)!end_stream(volume, stream, got == 0 ? virStreamFinish : virStreamAbort, NULL);
    return got < 0 ? NULL : g_byte_array_free_to_bytes(g_steal_pointer(&content));
}

gboolean sb_volume_read_if_there(const SbPool *pool, const char *name, gsize max_bytes,
                                 GBytes **bytes_out, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, &cause);
    *bytes_out = volume ? sb_volume_download(volume, 0, max_bytes, &cause) : NULL;
    if (!cause || g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        return TRUE;
    return sb_error_pass(error, &cause);
}

/* The part of the volume that is on its way. */
typedef struct {
    virStorageVol *volume;
    SbVolumePartFunc part;
    gpointer user_data;
    guint64 offset; /**< where the next byte or hole is from */
} Reading;

static virStream *begin_reading(const Reading *reading, guint64 length, GError **error)
{
    virStorageVol *volume = reading->volume;
    g_autoptr(virStream) stream = open_stream(volume, error);
    if (!stream)
        return NULL;
    if (begin_download(volume, stream, reading->offset, length,
                       VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM) == 0 ||
        (is_unsupported() && begin_download(volume, stream, reading->offset, length, 0) == 0))
        return g_steal_pointer(&stream);
    return sb_libvirt_set_error_null(error, "cannot read the volume '%s'",
                                     virStorageVolGetName(volume));
}

/* Reads until the end; the stream is neither finished nor aborted. */
static gboolean receive_all(Reading *reading, virStream *stream, GError **error)
{
    g_autofree guint8 *buffer = g_malloc(CHUNK_BYTES);
    for (;;) {
        int got =
            virStreamRecvFlags(stream, (char *)buffer, CHUNK_BYTES, VIR_STREAM_RECV_STOP_AT_HOLE);
        long long hole = 0;
        if (got == 0)
            return TRUE;
        if (got == -3 ? virStreamRecvHole(stream, &hole, 0) < 0 || hole < 0 : got < 0)
            return sb_libvirt_set_error(error, "cannot read the volume '%s'",
                                        virStorageVolGetName(reading->volume));
        guint64 length = got == -3 ? (guint64)hole : (guint64)got;
        reading->offset += length;
        if (!reading->part(got == -3 ? NULL : buffer, length, reading->user_data, error))
            return FALSE;
    }
}

static gboolean read_slice(Reading *reading, guint64 length, GError **error)
{
    guint64 begin = reading->offset;
    g_autoptr(virStream) stream = begin_reading(reading, length, error);
    if (!stream)
        return FALSE;
    if (!receive_all(reading, stream, error)) {
        (void)!end_stream(reading->volume, stream, virStreamAbort, NULL);
        return FALSE;
    }
    if (!end_stream(reading->volume, stream, virStreamFinish, error))
        return FALSE;
    if (reading->offset - begin == length)
        return TRUE;
    return sb_error_set(
        error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_FAILED,
        "cannot read the volume '%s' to its end: libvirtd sent fewer bytes than it has",
        virStorageVolGetName(reading->volume));
}

gboolean sb_volume_read_all(virStorageVol *volume, SbVolumePartFunc part, gpointer user_data,
                            GError **error)
{
    SbVolumeSizes sizes;
    if (!sb_volume_sizes(volume, &sizes, error))
        return FALSE;
    Reading reading = {.volume = volume, .part = part, .user_data = user_data};
    while (reading.offset < sizes.file_bytes)
        if (!read_slice(&reading, MIN(sizes.file_bytes - reading.offset, SLICE_BYTES), error))
            return FALSE;
    return TRUE;
}
