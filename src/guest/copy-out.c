/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/copy-out.h"

#include "base/text.h"
#include "guest/guest-command.h"
#include "local/state-dir.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

enum { STDERR_LINES = 2, STDERR_KEPT_BYTES = 2048 };

struct SbCopyOut {
    char *folder;
    guint own_folders;
    SbTarLimits limits;
    SbCopyOutFunc done;
    gpointer data;
    SbGuestCommand *command;
    int file; /**< the archive, without a name */
    guint64 bytes;
    int write_errno;
    GString *errors;
};

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbCopyOut *copy = data;
    if (is_stderr) {
        if (copy->errors->len < STDERR_KEPT_BYTES)
            g_string_append_len(copy->errors, bytes, (gssize)length);
        return;
    }
    copy->bytes += length;
    /* The headers count too. An archive that is too large is cut in the middle. */
    if (copy->bytes > copy->limits.bytes)
        return;
    while (length > 0 && copy->write_errno == 0) {
        ssize_t written = write(copy->file, bytes, length);
        if (written < 0 && errno != EINTR)
            copy->write_errno = errno;
        bytes += MAX(written, 0);
        length -= (gsize)MAX(written, 0);
    }
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    SbCopyOut *copy = data;
    g_autoptr(GError) error = NULL;
    guint files = 0, skipped = 0;
    if (copy->write_errno != 0)
        g_set_error(&error, SB_TAR_ERROR, SB_TAR_ERROR_WRITE,
                    "cannot keep the archive in '%s': %s (TMPDIR names another folder)",
                    g_get_tmp_dir(), g_strerror(copy->write_errno));
    else if (failure)
        error = g_error_copy(failure);
    /* Files that came whole are kept, even if the archive was cut. Only the holes of sparse files
     * have more bytes than the archive, and nobody asked the guest for such files. */
    const SbTarLimits limits = {copy->limits.files, MIN(copy->limits.bytes, copy->bytes)};
    g_autoptr(GError) cause = NULL;
    if (copy->file >= 0 && lseek(copy->file, 0, SEEK_SET) == 0 && copy->bytes > 0 &&
        !(sb_state_dir_check_own(copy->folder, copy->own_folders, &cause) &&
          sb_tar_unpack(copy->file, copy->folder, &limits, &files, &skipped, &cause)) &&
        !error)
        error = g_steal_pointer(&cause);
    if (!error && status != 0) {
        g_autofree char *clean = sb_text_sanitize(copy->errors->str, copy->errors->len);
        g_autofree char *words = sb_text_last_lines(clean, STDERR_LINES);
        g_set_error(&error, SB_TAR_ERROR, SB_TAR_ERROR_READ,
                    "not all could be fetched (%u files were): %s", files,
                    *words ? words : "the guest's tar failed");
    }
    copy->done(files, skipped, error, copy->data);
}

SbCopyOut *sb_copy_out_start(const SbCopyOutRequest *request, SbCopyOutFunc done, gpointer data)
{
    static const SbGuestCommandCallbacks callbacks = {NULL, on_output, on_ended};
    SbCopyOut *copy = g_new0(SbCopyOut, 1);
    copy->folder = g_strdup(request->folder);
    copy->own_folders = request->own_folders;
    copy->limits = request->limits;
    copy->done = done;
    copy->data = data;
    copy->errors = g_string_new(NULL);
    g_autofree char *name = NULL;
    copy->file = g_file_open_tmp("seedbed-archive.XXXXXX", &name, NULL);
    if (copy->file >= 0)
        unlink(name);
    else
        copy->write_errno = errno;
    SbGuestCommandRequest command = {.script = request->script,
                                     .user = request->user,
                                     .timeout_ms = request->timeout_ms,
                                     .connect_ms = request->connect_ms};
    copy->command =
        sb_guest_command_start(request->access, request->machine, &command, &callbacks, copy);
    return copy;
}

guint64 sb_copy_out_bytes(const SbCopyOut *copy)
{
    return copy->bytes;
}

void sb_copy_out_free(SbCopyOut *copy)
{
    if (!copy)
        return;
    sb_guest_command_free(copy->command);
    if (copy->file >= 0)
        close(copy->file);
    g_string_free(copy->errors, TRUE);
    g_free(copy->folder);
    g_free(copy);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    return remove(path);
}

void sb_copy_out_clear(const char *folder, guint own_folders)
{
    enum { OPEN_FOLDERS = 16 };
    g_autoptr(GError) error = NULL;
    if (sb_state_dir_check_own(folder, own_folders, &error))
        nftw(folder, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
