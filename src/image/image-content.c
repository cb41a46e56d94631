/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-content.h"

#include "base/error.h"
#include "base/sha256.h"
#include "libvirt/volume-stream.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const SbOperation *operation;
    const SbImageContent *content;
    SbSha256 *hash;
    guint64 done_bytes;
    int fd; /* -1: nothing is written */
} Reading;

static gboolean write_out(Reading *reading, const guint8 *data, guint64 length, GError **error)
{
    for (guint64 done = 0; done < length;) {
        gssize written =
            pwrite(reading->fd, data + done, length - done, (off_t)(reading->done_bytes + done));
        if (written < 0 && errno != EINTR)
            return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "cannot write it: %s",
                                g_strerror(errno));
        done += (guint64)MAX(written, 0);
    }
    return TRUE;
}

static gboolean on_part(const guint8 *data, guint64 length, gpointer user_data, GError **error)
{
    Reading *reading = user_data;
    sb_sha256_update(reading->hash, data, length);
    if (data && reading->fd >= 0 && !write_out(reading, data, length, error))
        return FALSE;
    reading->done_bytes += length;
    return sb_image_transfer_goes_on(reading->operation, "reading", reading->done_bytes,
                                     reading->content->image->file_bytes, error);
}

static gboolean compare(const SbImageContent *content, const char *sha256, GError **error)
{
    const char *expected = content->record ? content->record->sha256 : content->image->digest;
    if (g_str_has_prefix(sha256, content->image->digest) && g_str_has_prefix(sha256, expected))
        return TRUE;
    return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DAMAGED,
                        "the image '%s' (volume '%s') is damaged: its content is not the one that "
                        "was imported\n  expected %s%s\n  found    %s",
                        content->image->name, content->image->volume, expected,
                        content->record ? "" : "…", sha256);
}

typedef struct {
    const SbImageContent *content;
    int fd; /* where the content goes; -1: nowhere */
    char *sha256;
} ReadBack;

/* Reads all of it. */
static gboolean read_back(const SbOperation *operation, gpointer data, GError **error)
{
    ReadBack *back = data;
    const SbImageContent *content = back->content;
    g_autoptr(virStorageVol) volume = sb_volume_find(content->pool, content->image->volume, error);
    if (!volume)
        return FALSE;
    g_autoptr(SbSha256) hash = sb_sha256_new();
    Reading reading = {.operation = operation, .content = content, .hash = hash, .fd = back->fd};
    if (!sb_volume_read_all(volume, on_part, &reading, error))
        return FALSE;
    if (back->fd >= 0 && ftruncate(back->fd, (off_t)reading.done_bytes) < 0)
        return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "cannot write it: %s",
                            g_strerror(errno));
    back->sha256 = sb_sha256_finish(hash);
    return compare(content, back->sha256, error);
}

gboolean sb_image_content_verify(const SbOperation *operation, const SbImageContent *content,
                                 char **sha256_out, GError **error)
{
    ReadBack back = {.content = content, .fd = -1};
    gboolean is_right = sb_operation_run_beside(operation, "verify", read_back, &back, error);
    g_autofree char *sha256 = back.sha256;
    if (is_right && sha256_out)
        *sha256_out = g_steal_pointer(&sha256);
    return is_right;
}

static gboolean file_failed(GError **error, const char *path, int code)
{
    return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE,
                        code == EEXIST ? "cannot write '%s': it exists already"
                                       : "cannot write '%s': %s",
                        path, g_strerror(code));
}

/* A file without a name: if this process dies, the file is gone. A file system that cannot do that
 * gets a file with another name than PATH, in *NAME_OUT. */
static int open_unnamed(const char *path, char **name_out)
{
    g_autofree char *directory = g_path_get_dirname(path);
    int fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    g_autofree char *name = g_strconcat(path, ".XXXXXX", NULL);
    fd = g_mkstemp_full(name, O_WRONLY | O_CLOEXEC, 0644);
    if (fd >= 0)
        *name_out = g_steal_pointer(&name);
    return fd;
}

/* Gives the file its name, unless there is one of that name. */
static gboolean publish(int fd, const char *name, const char *path, GError **error)
{
    g_autofree char *by_fd = g_strdup_printf("/proc/self/fd/%d", fd);
    if (fsync(fd) == 0 &&
        linkat(AT_FDCWD, name ? name : by_fd, AT_FDCWD, path, name ? 0 : AT_SYMLINK_FOLLOW) == 0)
        return TRUE;
    return file_failed(error, path, errno);
}

gboolean sb_image_content_export(const SbOperation *operation, const SbImageContent *content,
                                 const char *path, GError **error)
{
    struct stat status;
    if (lstat(path, &status) == 0)
        return file_failed(error, path, EEXIST);
    g_autofree char *name = NULL;
    int fd = open_unnamed(path, &name);
    if (fd < 0)
        return file_failed(error, path, errno);
    ReadBack back = {.content = content, .fd = fd};
    gboolean is_done = sb_operation_run_beside(operation, "export", read_back, &back, error) &&
                       publish(fd, name, path, error);
    g_free(back.sha256);
    close(fd);
    if (name)
        g_unlink(name);
    return is_done;
}
