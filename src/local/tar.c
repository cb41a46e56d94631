/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/tar.h"

#include "base/error.h"
#include "base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_BYTES = 64 * 1024, NAME_MAX_BYTES = 1024 };

SB_DEFINE_ERROR(sb_tar_error, SB_ERRORS_NONE)

typedef struct archive Archive;
typedef struct archive_entry Entry;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Entry, archive_entry_free)

/* ---- writing ---- */

typedef struct {
    Archive *archive;
    GOutputStream *stream;
    gsize *written; /**< (nullable) */
    GCancellable *cancellable;
    GError *error;     /**< of the stream */
    gboolean is_ended; /**< nothing more is to be written */
} Writer;

static la_ssize_t on_write(Archive *archive, void *data, const void *bytes, size_t length)
{
    Writer *writer = data;
    gsize written;
    if (writer->is_ended || writer->error ||
        !g_output_stream_write_all(writer->stream, bytes, length, &written, writer->cancellable,
                                   &writer->error)) {
        archive_set_error(archive, EIO, "the stream is broken");
        return -1;
    }
    if (writer->written)
        g_atomic_pointer_add(writer->written, (gssize)length);
    return (la_ssize_t)length;
}

static gboolean set_read_error(GError **error, const char *path, const char *why)
{
    return sb_error_set(error, SB_TAR_ERROR, SB_TAR_ERROR_READ, "cannot copy '%s': %s", path, why);
}

static gboolean set_write_error(Writer *writer, GError **error)
{
    return sb_error_set(error, SB_TAR_ERROR, SB_TAR_ERROR_WRITE, "%s",
                        writer->error ? writer->error->message
                                      : archive_error_string(writer->archive));
}

/* The header has promised this many bytes. */
static gboolean write_content(Writer *writer, const char *path, int fd, gint64 size, GError **error)
{
    g_autofree char *block = g_malloc(BLOCK_BYTES);
    while (size > 0) {
        ssize_t got = read(fd, block, (size_t)MIN(size, BLOCK_BYTES));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return set_read_error(error, path,
                                  got < 0 ? g_strerror(errno) : "it became shorter meanwhile");
        if (archive_write_data(writer->archive, block, (size_t)got) < 0)
            return set_write_error(writer, error);
        size -= got;
    }
    return TRUE;
}

static gboolean write_entry(Writer *writer, Entry *entry, GError **error)
{
    return archive_write_header(writer->archive, entry) >= ARCHIVE_WARN ||
           set_write_error(writer, error);
}

static gboolean write_link(Writer *writer, Entry *entry, const char *path, GError **error)
{
    char target[4096];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0)
        return set_read_error(error, path, g_strerror(errno));
    target[length] = '\0';
    archive_entry_set_symlink(entry, target);
    return write_entry(writer, entry, error);
}

static gboolean write_regular(Writer *writer, Entry *entry, const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        const char *why = fd < 0 ? g_strerror(errno) : "it was replaced meanwhile";
        if (fd >= 0)
            close(fd);
        return set_read_error(error, path, why);
    }
    archive_entry_set_size(entry, info.st_size);
    gboolean is_written =
        write_entry(writer, entry, error) && write_content(writer, path, fd, info.st_size, error);
    close(fd);
    return is_written;
}

static gboolean write_file(Writer *writer, const char *root, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(root, name, NULL);
    struct stat info;
    if (lstat(path, &info) != 0)
        return set_read_error(error, path, g_strerror(errno));
    g_autoptr(Entry) entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_mode(entry, (info.st_mode & S_IFMT) | (info.st_mode & 0777));
    archive_entry_set_mtime(entry, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    archive_entry_set_uname(entry, "root");
    archive_entry_set_gname(entry, "root");
    if (S_ISLNK(info.st_mode))
        return write_link(writer, entry, path, error);
    if (S_ISREG(info.st_mode))
        return write_regular(writer, entry, path, error);
    return write_entry(writer, entry, error);
}

gboolean sb_tar_write(const SbSourceFiles *files, GOutputStream *stream, gsize *written,
                      GCancellable *cancellable, GError **error)
{
    Writer writer = {.archive = archive_write_new(),
                     .stream = stream,
                     .written = written,
                     .cancellable = cancellable};
    /* GNU's: busybox and every other tar read its long names. */
    archive_write_set_format_gnutar(writer.archive);
    archive_write_set_bytes_per_block(writer.archive, BLOCK_BYTES);
    gboolean is_written =
        archive_write_open(writer.archive, &writer, NULL, on_write, NULL) == ARCHIVE_OK ||
        set_write_error(&writer, error);
    for (guint i = 0; is_written && i < files->names->len; i++)
        is_written = write_file(&writer, files->root, g_ptr_array_index(files->names, i), error);
    /* What is not whole gets no end. But archive_write_free() alone would leak the output's buffer
     * after a failure (libarchive 3.6). */
    writer.is_ended = !is_written;
    if (archive_write_close(writer.archive) != ARCHIVE_OK && is_written)
        is_written = set_write_error(&writer, error);
    archive_write_free(writer.archive);
    g_clear_error(&writer.error);
    return is_written;
}

/* ---- unpacking ---- */

typedef struct {
    Archive *archive;
    int folder;
    SbTarLimits left;
    guint files, skipped;
} Unpacking;

/* The parts of NAME, if it may be used, and shown: by 'ls' for one. */
static char **safe_parts(const char *name)
{
    if (!name || !*name || strlen(name) > NAME_MAX_BYTES || !g_utf8_validate(name, -1, NULL))
        return NULL;
    g_autofree char *shown = sb_text_one_line(name);
    if (strcmp(shown, name) != 0)
        return NULL;
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) all = g_strsplit(name, "/", -1);
    for (guint i = 0; all[i]; i++) {
        if (strcmp(all[i], "..") == 0)
            return NULL;
        if (*all[i] && strcmp(all[i], ".") != 0)
            g_ptr_array_add(parts, g_strdup(all[i]));
    }
    g_ptr_array_add(parts, NULL);
    return parts->len > 1 ? (char **)g_ptr_array_steal(parts, NULL) : NULL;
}

/* Opens the folder of the last of PARTS, and makes it if it is missing. -1: it cannot be made, or
 * there are enough: a folder counts as a file. */
static int open_parent(Unpacking *unpacking, char *const *parts)
{
    int at = fcntl(unpacking->folder, F_DUPFD_CLOEXEC, 0);
    for (guint i = 0; at >= 0 && parts[i + 1]; i++) {
        if (unpacking->left.files > 0 && mkdirat(at, parts[i], 0755) == 0)
            unpacking->left.files--;
        int next = openat(at, parts[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(at);
        at = next;
    }
    return at;
}

static gboolean set_disk_error(GError **error, const char *name)
{
    return sb_error_set(error, SB_TAR_ERROR, SB_TAR_ERROR_WRITE, "cannot write '%s': %s", name,
                        g_strerror(errno));
}

/* Writes the entry's content as far as the limit allows. */
static gboolean unpack_content(Unpacking *unpacking, const char *name, int fd, GError **error)
{
    char block[16 * 1024];
    la_ssize_t got;
    while ((got = archive_read_data(unpacking->archive, block, sizeof block)) > 0) {
        if ((guint64)got > unpacking->left.bytes) {
            unpacking->left.bytes = 0;
            unpacking->skipped++;
            return TRUE;
        }
        unpacking->left.bytes -= (guint64)got;
        for (la_ssize_t done = 0; done < got;) {
            ssize_t written = write(fd, block + done, (size_t)(got - done));
            if (written < 0 && errno != EINTR)
                return set_disk_error(error, name);
            done += MAX(written, 0);
        }
    }
    if (got == 0)
        return TRUE;
    return sb_error_set(error, SB_TAR_ERROR, SB_TAR_ERROR_FORMAT, "'%s' is not complete: %s", name,
                        archive_error_string(unpacking->archive));
}

static gboolean unpack_entry(Unpacking *unpacking, Entry *entry, GError **error)
{
    const char *name = archive_entry_pathname(entry);
    g_auto(GStrv) parts = safe_parts(name);
    gboolean is_file = archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry);
    /* Folders are made when something is in them. */
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return TRUE;
    int parent = -1, fd = -1;
    /* A sparse file counts with its holes, and is not begun if it is too large. */
    if (parts && is_file && unpacking->left.files > 0 &&
        (guint64)archive_entry_size(entry) <= unpacking->left.bytes)
        parent = open_parent(unpacking, parts);
    if (parent >= 0 && unpacking->left.files > 0)
        fd = openat(parent, parts[g_strv_length(parts) - 1],
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    archive_entry_perm(entry) & 0111 ? 0755 : 0644);
    if (parent >= 0)
        close(parent);
    if (fd < 0) {
        unpacking->skipped++;
        return TRUE;
    }
    unpacking->left.files--;
    unpacking->files++;
    gboolean is_unpacked = unpack_content(unpacking, name, fd, error);
    if (close(fd) != 0 && is_unpacked)
        return set_disk_error(error, name);
    return is_unpacked;
}

gboolean sb_tar_unpack(int fd, const char *folder, const SbTarLimits *limits, guint *files_out,
                       guint *skipped_out, GError **error)
{
    if (g_mkdir_with_parents(folder, 0755) != 0)
        return set_disk_error(error, folder);
    Unpacking unpacking = {.archive = archive_read_new(),
                           .folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                           .left = *limits};
    gboolean is_good = unpacking.folder >= 0 || set_disk_error(error, folder);
    archive_read_support_format_tar(unpacking.archive);
    archive_read_support_format_empty(unpacking.archive);
    if (is_good && archive_read_open_fd(unpacking.archive, fd, BLOCK_BYTES) != ARCHIVE_OK) {
        g_set_error(error, SB_TAR_ERROR, SB_TAR_ERROR_FORMAT,
                    "the received data is not an archive: %s",
                    archive_error_string(unpacking.archive));
        is_good = FALSE;
    }
    Entry *entry;
    int result = ARCHIVE_EOF;
    while (is_good &&
           (result = archive_read_next_header(unpacking.archive, &entry)) >= ARCHIVE_WARN &&
           result != ARCHIVE_EOF)
        is_good = unpack_entry(&unpacking, entry, error);
    if (is_good && result != ARCHIVE_EOF) {
        g_set_error(error, SB_TAR_ERROR, SB_TAR_ERROR_FORMAT,
                    "the received archive is not whole: %s",
                    archive_error_string(unpacking.archive));
        is_good = FALSE;
    }
    archive_read_free(unpacking.archive);
    if (unpacking.folder >= 0)
        close(unpacking.folder);
    *files_out = unpacking.files;
    *skipped_out = unpacking.skipped;
    return is_good;
}
