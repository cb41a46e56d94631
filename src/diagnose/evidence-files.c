/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/evidence-files.h"

#include "base/error.h"
#include "base/text.h"
#include "base/units.h"
#include "diagnose/redact.h"
#include "local/state-dir.h"

#include <glib/gstdio.h>
#include <string.h>

struct SbEvidenceFiles {
    char *folder;
    char *machine;
    GString *index;
    gsize left; /* bytes of the folder that are free */
    guint redacted;
    GError *error; /* (nullable) a file cannot be written */
};

/* What the files in FOLDER have together. */
static gsize used_bytes(const char *folder)
{
    gsize used = 0;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        GStatBuf status;
        if (g_stat(path, &status) == 0)
            used += (gsize)status.st_size;
    }
    return used;
}

SbEvidenceFiles *sb_evidence_files_new(const char *folder, const char *machine)
{
    gsize used = used_bytes(folder);
    SbEvidenceFiles *files = g_new0(SbEvidenceFiles, 1);
    files->folder = g_strdup(folder);
    files->machine = g_strdup(machine);
    files->index = g_string_new(NULL);
    files->left = used < SB_EVIDENCE_FOLDER_BYTES ? SB_EVIDENCE_FOLDER_BYTES - used : 0;
    g_string_append_printf(files->index, "evidence about the machine '%s'\n\n", machine);
    return files;
}

void sb_evidence_files_free(SbEvidenceFiles *files)
{
    g_free(files->folder);
    g_free(files->machine);
    g_string_free(files->index, TRUE);
    g_clear_error(&files->error);
    g_free(files);
}

/* The end of TEXT that there is room for, from the beginning of a line. */
static const char *end_of(const SbEvidenceFiles *files, const char *text)
{
    gsize length = strlen(text), room = MIN(SB_EVIDENCE_FILE_BYTES, files->left);
    if (length <= room)
        return text;
    const char *end = text + length - room;
    if (end[-1] == '\n')
        return end;
    const char *line = strchr(end, '\n');
    while (!line && (*end & 0xc0) == 0x80)
        end++;
    return line ? line + 1 : end;
}

void sb_evidence_files_add_bytes(SbEvidenceFiles *files, const char *name, const char *what,
                                 const char *data, gsize length)
{
    g_autofree char *file = g_strdup_printf("%s.%s", files->machine, name);
    if (length == 0) {
        g_string_append_printf(files->index, "%-34s nothing: %s\n", file, what);
        return;
    }
    guint count;
    g_autofree char *safe = sb_text_sanitize(data, length);
    g_autofree char *clean = sb_redact(safe, &count);
    const char *kept = end_of(files, clean);
    gsize bytes = strlen(kept);
    files->redacted += count;
    files->left -= bytes;
    g_string_append_printf(files->index, "%-34s %s", file, what);
    if (kept > clean) {
        g_autofree char *cut = sb_size_format((guint64)(kept - clean));
        g_string_append_printf(files->index, " (only its end: %s before that were cut)", cut);
    }
    if (count > 0)
        g_string_append_printf(files->index, " (secrets removed: %u)", count);
    g_string_append_c(files->index, '\n');
    if (!files->error)
        sb_state_dir_write(files->folder, file, kept, &files->error);
}

void sb_evidence_files_add(SbEvidenceFiles *files, const char *name, const char *what,
                           const char *text)
{
    sb_evidence_files_add_bytes(files, name, what, text, text ? strlen(text) : 0);
}

gboolean sb_evidence_files_finish(SbEvidenceFiles *files, GError **error)
{
    g_string_append_printf(files->index,
                           "\nPrivate keys, password hashes, passwords and tokens of the usual "
                           "forms were looked for in every file; removed: %u.\n",
                           files->redacted);
    if (files->error)
        return sb_error_pass(error, &files->error);
    g_autofree char *name = g_strdup_printf("%s.index.txt", files->machine);
    return sb_state_dir_write(files->folder, name, files->index->str, error);
}
