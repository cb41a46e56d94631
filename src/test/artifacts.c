/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/artifacts.h"

#include "test/step-script.h"

enum { QUICK_MS = 6000, SLOW_MS = 5 * 60 * 1000, MAX_FILES = 20000 };
#define MAX_BYTES (G_GUINT64_CONSTANT(2) * 1024 * 1024 * 1024)

SbCopyOut *sb_artifacts_fetch(const SbArtifactsRequest *request, SbCopyOutFunc done, gpointer data)
{
    g_autofree char *script = sb_step_artifacts_script(request->step);
    gint64 limit_ms = request->is_quick ? QUICK_MS : SLOW_MS;
    const SbCopyOutRequest copy = {.access = request->access,
                                   .machine = request->machine,
                                   .script = script,
                                   .user = request->step->user,
                                   .folder = request->folder,
                                   .own_folders = SB_ARTIFACTS_OWN_FOLDERS,
                                   .connect_ms = limit_ms,
                                   .timeout_ms = limit_ms,
                                   .limits = {MAX_FILES, MAX_BYTES}};
    return sb_copy_out_start(&copy, done, data);
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
