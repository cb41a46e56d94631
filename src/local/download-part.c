/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/download-part.h"

#include "base/error.h"
#include "base/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOCK_POLL_MS = 200, BLOCK = 256 * 1024 };

struct SbDownloadPart {
    char *path;
    char *from_path; /* of the note that says where it comes from: URL, validator and length, a line
                        each */
    int fd;
    GChecksumType type;
    GChecksum *checksum; /* of the first BYTES bytes */
    guint64 bytes;
    guint64 total_bytes;
    char *validator;
    const SbDownloadWatch *watch;
};

SB_DEFINE_ERROR(sb_download_part_error, SB_ERRORS_NONE)

void sb_download_part_free(SbDownloadPart *part)
{
    if (part->fd >= 0)
        close(part->fd);
    g_clear_pointer(&part->checksum, g_checksum_free);
    g_free(part->validator);
    g_free(part->path);
    g_free(part->from_path);
    g_free(part);
}

static gboolean disk_error(const char *what, const char *path, int code, GError **error)
{
    return sb_error_set(error, SB_DOWNLOAD_PART_ERROR, SB_DOWNLOAD_PART_ERROR_DISK,
                        "cannot %s '%s': %s%s", what, path, g_strerror(code),
                        code == ENOSPC || code == EDQUOT
                            ? "; make room there, or set XDG_CACHE_HOME to where there is some"
                            : "");
}

/* ---- the lock ---- */

/* The process that had the lock may have renamed the file: then another file was locked. */
static gboolean is_still_at(int fd, const char *path)
{
    struct stat opened, named;
    return fstat(fd, &opened) == 0 && stat(path, &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

/* Some network file systems have no locks at all: waiting for one would never end. */
static gboolean lock(int fd, const char *path, const SbDownloadWatch *watch, GError **error)
{
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return disk_error("lock", path, errno, error);
        watch->busy(TRUE, watch->data);
        sb_pause(LOCK_POLL_MS, watch->cancellable);
        if (g_cancellable_set_error_if_cancelled(watch->cancellable, error))
            return FALSE;
    }
    return TRUE;
}

SbDownloadPart *sb_download_part_open(const char *directory, const char *key, GChecksumType type,
                                      const SbDownloadWatch *watch, GError **error)
{
    g_autoptr(SbDownloadPart) part = g_new0(SbDownloadPart, 1);
    g_autofree char *base = g_build_filename(directory, key, NULL);
    part->path = g_strconcat(base, ".part", NULL);
    part->from_path = g_strconcat(base, ".part.from", NULL);
    part->type = type;
    part->watch = watch;
    part->fd = -1;
    if (g_mkdir_with_parents(directory, 0700) < 0) {
        disk_error("make", directory, errno, error);
        return NULL;
    }
    do {
        if (part->fd >= 0)
            close(part->fd);
        part->fd = open(part->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (part->fd < 0) {
            disk_error("write", part->path, errno, error);
            return NULL;
        }
        if (!lock(part->fd, part->path, watch, error))
            return NULL;
    } while (!is_still_at(part->fd, part->path));
    part->checksum = g_checksum_new(type);
    return g_steal_pointer(&part);
}

/* ---- reading back ---- */

/* Hashes FD from its start; BYTES_OUT is the number of bytes. FALSE without an error if it cannot
 * be read. */
static gboolean hash(int fd, GChecksum *checksum, const SbDownloadWatch *watch, guint64 *bytes_out,
                     GError **error)
{
    g_autofree guchar *block = g_malloc(BLOCK);
    guint64 bytes = 0;
    gssize got;
    while ((got = pread(fd, block, BLOCK, (off_t)bytes)) > 0) {
        g_checksum_update(checksum, block, got);
        bytes += (guint64)got;
        watch->busy(FALSE, watch->data);
        if (g_cancellable_set_error_if_cancelled(watch->cancellable, error))
            return FALSE;
    }
    *bytes_out = bytes;
    return got == 0;
}

static SbDigest digest_of(GChecksum *checksum, GChecksumType type)
{
    SbDigest digest = {.type = type};
    g_strlcpy(digest.hex, g_checksum_get_string(checksum), sizeof digest.hex);
    return digest;
}

gboolean sb_download_hash_file(const char *path, GChecksumType type, const SbDownloadWatch *watch,
                               SbDigest *digest_out, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return FALSE;
    g_autoptr(GChecksum) checksum = g_checksum_new(type);
    guint64 bytes;
    gboolean is_read = hash(fd, checksum, watch, &bytes, error);
    close(fd);
    if (is_read)
        *digest_out = digest_of(checksum, type);
    return is_read;
}

static gboolean drop(SbDownloadPart *part, GError **error)
{
    if (ftruncate(part->fd, 0) < 0)
        return disk_error("write", part->path, errno, error);
    unlink(part->from_path);
    g_checksum_reset(part->checksum);
    part->bytes = part->total_bytes = 0;
    g_clear_pointer(&part->validator, g_free);
    return TRUE;
}

/* The note's validator and length, if it is of URL. */
static gboolean read_note(SbDownloadPart *part, const char *url)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(part->from_path, &text, NULL, NULL))
        return FALSE;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    if (g_strv_length(lines) != 4 || strcmp(lines[0], url) != 0 || !*lines[1])
        return FALSE;
    part->validator = g_strdup(lines[1]);
    part->total_bytes = g_ascii_strtoull(lines[2], NULL, 10);
    return TRUE;
}

gboolean sb_download_part_resume(SbDownloadPart *part, const char *url, GError **error)
{
    if (!read_note(part, url))
        return drop(part, error);
    g_autoptr(GError) cause = NULL;
    if (!hash(part->fd, part->checksum, part->watch, &part->bytes, &cause) && !cause)
        return drop(part, error);
    if (cause)
        return sb_error_pass(error, &cause);
    return part->total_bytes && part->bytes > part->total_bytes ? drop(part, error) : TRUE;
}

/* ---- growing ---- */

gboolean sb_download_part_restart(SbDownloadPart *part, const char *url, const char *validator,
                                  guint64 total_bytes, GError **error)
{
    if (!drop(part, error))
        return FALSE;
    part->total_bytes = total_bytes;
    part->validator = g_strdup(validator);
    g_autofree char *note = g_strdup_printf("%s\n%s\n%" G_GUINT64_FORMAT "\n", url,
                                            validator ? validator : "", total_bytes);
    g_autoptr(GError) cause = NULL;
    /* Before the first byte, so that bytes without a note are never continued. */
    if (g_file_set_contents_full(part->from_path, note, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                 &cause))
        return TRUE;
    return sb_error_set(error, SB_DOWNLOAD_PART_ERROR, SB_DOWNLOAD_PART_ERROR_DISK,
                        "cannot write '%s': %s", part->from_path, cause->message);
}

gboolean sb_download_part_append(SbDownloadPart *part, const void *bytes, gsize length,
                                 GError **error)
{
    for (gsize done = 0; done < length;) {
        gssize put = pwrite(part->fd, (const guint8 *)bytes + done, length - done,
                            (off_t)(part->bytes + done));
        if (put < 0 && errno != EINTR)
            return disk_error("write", part->path, errno, error);
        done += (gsize)MAX(put, 0);
    }
    g_checksum_update(part->checksum, bytes, (gssize)length);
    part->bytes += length;
    return TRUE;
}

gboolean sb_download_part_can_resume(const SbDownloadPart *part)
{
    return part->validator && part->bytes > 0;
}

guint64 sb_download_part_bytes(const SbDownloadPart *part)
{
    return part->bytes;
}

guint64 sb_download_part_total(const SbDownloadPart *part)
{
    return part->total_bytes;
}

const char *sb_download_part_validator(const SbDownloadPart *part)
{
    return part->validator;
}

SbDigest sb_download_part_digest(const SbDownloadPart *part)
{
    g_autoptr(GChecksum) copy = g_checksum_copy(part->checksum);
    return digest_of(copy, part->type);
}

/* ---- the end ---- */

gboolean sb_download_part_publish(SbDownloadPart *part, const char *path, GError **error)
{
    /* Read-only: a file with the name of its digest does not change. */
    if (fsync(part->fd) < 0 || fchmod(part->fd, 0444) < 0)
        return disk_error("write", part->path, errno, error);
    if (rename(part->path, path) < 0)
        return disk_error("make", path, errno, error);
    unlink(part->from_path);
    return TRUE;
}

void sb_download_part_discard(SbDownloadPart *part)
{
    unlink(part->from_path);
    unlink(part->path);
}
