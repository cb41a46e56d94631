/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/input-file.h"

#include "base/error.h"
#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_input_file_error, SB_ERRORS_ALL)

static GBytes *read_standard_input(gsize max_bytes, GError **error)
{
    static gboolean was_read;
    if (was_read)
        return sb_error_set_null(error, SB_INPUT_FILE_ERROR, SB_INPUT_FILE_ERROR_READ,
                                 "standard input ('-') can be read only once");
    was_read = TRUE;
    enum { CHUNK_BYTES = 64 * 1024 };
    g_autoptr(GByteArray) content = g_byte_array_new();
    g_autofree guint8 *chunk = g_malloc(CHUNK_BYTES);
    for (;;) {
        ssize_t got = read(STDIN_FILENO, chunk, CHUNK_BYTES);
        if (got == 0)
            return g_byte_array_free_to_bytes(g_steal_pointer(&content));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return sb_error_set_null(error, SB_INPUT_FILE_ERROR, SB_INPUT_FILE_ERROR_READ,
                                     "cannot read standard input: %s", g_strerror(errno));
        g_byte_array_append(content, chunk, (guint)got);
        if (content->len > max_bytes) {
            g_autofree char *limit = sb_size_format(max_bytes);
            return sb_error_set_null(error, SB_INPUT_FILE_ERROR, SB_INPUT_FILE_ERROR_READ,
                                     "standard input is larger than %s", limit);
        }
    }
}

GBytes *sb_input_file_read(const char *path, gsize max_bytes, GError **error)
{
    if (strcmp(path, "-") == 0)
        return read_standard_input(max_bytes, error);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) {
        sb_error_set(error, SB_INPUT_FILE_ERROR, SB_INPUT_FILE_ERROR_READ, "cannot read '%s': %s",
                     path, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    if (!S_ISREG(status.st_mode) || status.st_size > (goffset)max_bytes) {
        g_autofree char *limit = sb_size_format(max_bytes);
        if (S_ISREG(status.st_mode))
            sb_error_set(error, SB_INPUT_FILE_ERROR, SB_INPUT_FILE_ERROR_READ,
                         "'%s' is larger than %s", path, limit);
        else
            sb_error_set(error, SB_INPUT_FILE_ERROR, SB_INPUT_FILE_ERROR_READ, "'%s' is not a file",
                         path);
        close(fd);
        return NULL;
    }
    g_autofree char *content = g_malloc(status.st_size + 1);
    gsize length = 0;
    gssize got = 1;
    while (length < (gsize)status.st_size && got > 0) {
        got = read(fd, content + length, status.st_size - length);
        length += MAX(got, 0);
    }
    if (got < 0)
        sb_error_set(error, SB_INPUT_FILE_ERROR, SB_INPUT_FILE_ERROR_READ, "cannot read '%s': %s",
                     path, g_strerror(errno));
    close(fd);
    return got < 0 ? NULL : g_bytes_new_take(g_steal_pointer(&content), length);
}
