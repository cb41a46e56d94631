/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/state-dir.h"

#include "base/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_state_dir_error, SB_ERRORS_NONE)

/* "qemu:///system" becomes "qemu-system", "qemu+ssh://a@b/system" "qemu+ssh-a@b-system". Parameters
 * only say how to get there, and may change; all but the path of a local socket. */
static char *folder_for_uri(const char *uri)
{
    GString *folder = g_string_new(NULL);
    const char *query = strchr(uri, '?');
    const char *end = query && !strstr(query, "socket=") ? query : uri + strlen(uri);
    for (const char *c = uri; c < end; c++) {
        if (g_ascii_isalnum(*c) || strchr("+@._", *c))
            g_string_append_c(folder, *c);
        else if (folder->len && folder->str[folder->len - 1] != '-')
            g_string_append_c(folder, '-');
    }
    return g_string_free(folder, FALSE);
}

char *sb_state_dir_path(const char *uri, const char *fleet)
{
    g_autofree char *folder = folder_for_uri(uri);
    return g_build_filename(g_get_user_state_dir(), "seedbed", folder, fleet, NULL);
}

gboolean sb_state_dir_ensure(const char *directory, GError **error)
{
    /* ssh_config(5) has no way to write them; a "${" begins a variable there. */
    if (strpbrk(directory, "\"\\\n") || strstr(directory, "${")) {
        g_set_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE,
                    "the folder '%s' has a quote, a backslash, a line break or '${' in its name, "
                    "which ssh cannot use: set XDG_STATE_HOME to another one",
                    directory);
        return FALSE;
    }
    struct stat status;
    if (g_mkdir_with_parents(directory, 0700) < 0 || lstat(directory, &status) < 0) {
        g_set_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE, "cannot make '%s': %s",
                    directory, g_strerror(errno));
        return FALSE;
    }
    if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() || status.st_mode & 077) {
        g_set_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE,
                    "'%s' must be a folder of this user that nobody else can enter: it holds the "
                    "fleet's key ('chmod 700', or remove it)",
                    directory);
        return FALSE;
    }
    return TRUE;
}

gboolean sb_state_dir_write(const char *directory, const char *name, const char *text,
                            GError **error)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autoptr(GError) cause = NULL;
    if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &cause))
        return TRUE;
    g_set_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE, "cannot write '%s': %s", path,
                cause->message);
    return FALSE;
}

static gboolean cannot_remove(const char *directory, const char *why, GError **error)
{
    g_set_error(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE, "cannot remove '%s': %s",
                directory, why);
    return FALSE;
}

/* *IS_THERE_OUT: whether there is such a folder. */
static gboolean remove_files(const char *directory, gboolean *is_there_out, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) dir = g_dir_open(directory, 0, &cause);
    *is_there_out = !g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    if (!dir)
        return !*is_there_out || cannot_remove(directory, cause->message, error);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_unlink(path);
    }
    return TRUE;
}

gboolean sb_state_dir_remove(const char *directory, GError **error)
{
    /* Until it is empty: an ssh that just begins or ends makes files in it, too. */
    enum { TRIES = 10 };
    for (guint i = 1;; i++) {
        gboolean is_there;
        if (!remove_files(directory, &is_there, error))
            return FALSE;
        if (!is_there || g_rmdir(directory) == 0 || errno == ENOENT)
            return TRUE;
        if (errno != ENOTEMPTY || i == TRIES)
            return cannot_remove(directory, g_strerror(errno), error);
    }
}

void sb_state_dir_forget_machine(const char *directory, const char *machine)
{
    static const char *const suffixes[] = {".sock", ".console.log", SB_SETTLED_SUFFIX,
                                           SB_CLOUD_INIT_LOG_SUFFIX, SB_CLOUD_INIT_OUTPUT_SUFFIX};
    for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *name = g_strconcat(machine, suffixes[i], NULL);
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_unlink(path);
    }
}
