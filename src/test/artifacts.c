/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/artifacts.h"

#include "base/text.h"
#include "guest/guest-command.h"
#include "local/tar.h"
#include "test/step-script.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

enum { QUICK_MS = 6000, SLOW_MS = 5 * 60 * 1000, STDERR_LINES = 2, STDERR_KEPT_BYTES = 2048 };
#define MAX_FILES 20000
#define MAX_BYTES (G_GUINT64_CONSTANT(2) * 1024 * 1024 * 1024)

struct SbArtifacts {
    char *folder;
    SbArtifactsFunc done;
    gpointer data;
    SbGuestCommand *command;
    int file; /**< the archive, without a name */
    guint64 bytes;
    int write_errno;
    GString *errors;
};

static void on_began(const char *boot_id, gpointer data)
{
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbArtifacts *artifacts = data;
    if (is_stderr) {
        if (artifacts->errors->len < STDERR_KEPT_BYTES)
            g_string_append_len(artifacts->errors, bytes, (gssize)length);
        return;
    }
    artifacts->bytes += length;
    /* The headers count too. An archive that is too large is cut in the middle. */
    if (artifacts->bytes > MAX_BYTES)
        return;
    while (length > 0 && artifacts->write_errno == 0) {
        ssize_t written = write(artifacts->file, bytes, length);
        if (written < 0 && errno != EINTR)
            artifacts->write_errno = errno;
        bytes += MAX(written, 0);
        length -= (gsize)MAX(written, 0);
    }
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    SbArtifacts *artifacts = data;
    g_autoptr(GError) error = NULL;
    guint files = 0, skipped = 0;
    SbTarLimits limits = {MAX_FILES, MAX_BYTES};
    if (artifacts->write_errno != 0)
        g_set_error(&error, SB_TAR_ERROR, SB_TAR_ERROR_WRITE, "no room for the archive: %s",
                    g_strerror(artifacts->write_errno));
    else if (failure)
        error = g_error_copy(failure);
    /* Files that came whole are kept, even if the archive was cut. */
    g_autoptr(GError) cause = NULL;
    if (lseek(artifacts->file, 0, SEEK_SET) == 0 && artifacts->bytes > 0 &&
        !sb_tar_unpack(artifacts->file, artifacts->folder, &limits, &files, &skipped, &cause) &&
        !error)
        error = g_steal_pointer(&cause);
    if (!error && status != 0) {
        g_autofree char *clean = sb_text_sanitize(artifacts->errors->str, artifacts->errors->len);
        g_autofree char *words = sb_text_last_lines(clean, STDERR_LINES);
        g_set_error(&error, SB_TAR_ERROR, SB_TAR_ERROR_READ,
                    "not all could be fetched (%u files were): %s", files,
                    *words ? words : "the guest's tar failed");
    }
    artifacts->done(files, skipped, error, artifacts->data);
}

SbArtifacts *sb_artifacts_fetch(const SbArtifactsRequest *request, SbArtifactsFunc done,
                                gpointer data)
{
    static const SbGuestCommandCallbacks callbacks = {on_began, on_output, on_ended};
    SbArtifacts *artifacts = g_new0(SbArtifacts, 1);
    artifacts->folder = g_strdup(request->folder);
    artifacts->done = done;
    artifacts->data = data;
    artifacts->errors = g_string_new(NULL);
    g_autofree char *name = NULL;
    artifacts->file = g_file_open_tmp("seedbed-artifacts.XXXXXX", &name, NULL);
    if (artifacts->file >= 0)
        unlink(name);
    g_autofree char *script = sb_step_artifacts_script(request->step);
    gint64 limit_ms = request->is_quick ? QUICK_MS : SLOW_MS;
    SbGuestCommandRequest command = {.script = script,
                                     .user = request->step->user,
                                     .timeout_ms = limit_ms,
                                     .connect_ms = limit_ms};
    artifacts->command =
        sb_guest_command_start(request->access, request->machine, &command, &callbacks, artifacts);
    return artifacts;
}

char *sb_artifacts_describe(guint files, guint skipped, const GError *failure)
{
    if (failure)
        return g_strdup_printf("artifacts: %s", failure->message);
    return skipped == 0 ? NULL
                        : g_strdup_printf("artifacts: %u files were left out (too large, too many, "
                                          "or no plain files); %u are there",
                                          skipped, files);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    return remove(path);
}

void sb_artifacts_clear(const char *folder)
{
    enum { OPEN_FOLDERS = 16 };
    nftw(folder, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void sb_artifacts_free(SbArtifacts *artifacts)
{
    if (!artifacts)
        return;
    sb_guest_command_free(artifacts->command);
    if (artifacts->file >= 0)
        close(artifacts->file);
    g_string_free(artifacts->errors, TRUE);
    g_free(artifacts->folder);
    g_free(artifacts);
}
