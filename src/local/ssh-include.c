/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/ssh-include.h"

#include "base/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_ssh_include_error, SB_ERROR(SB_SSH_INCLUDE_ERROR_PATTERN))

#define COMMENT                                                                                    \
    "# The machines of seedbed: 'seedbed ssh-config --uninstall' removes this and the next line\n"

static gboolean fail(GError **error, const char *verb, const char *path, const char *why)
{
    return sb_error_set(error, SB_SSH_INCLUDE_ERROR, SB_SSH_INCLUDE_ERROR_FILE,
                        "cannot %s '%s': %s", verb, path, why);
}

char *sb_ssh_include_file(void)
{
    const struct passwd *account = getpwuid(getuid());
    return g_build_filename(account ? account->pw_dir : g_get_home_dir(), ".ssh", "config", NULL);
}

char *sb_ssh_include_lines(const char *folder, const char *pattern, GError **error)
{
    /* glob(7), the quotes of ssh_config(5), and its tokens and variables, which newer versions of
     * ssh expand here. */
    if (strpbrk(folder, "*?[]{}\"\\%$\n")) {
        return sb_error_set_null(
            error, SB_SSH_INCLUDE_ERROR, SB_SSH_INCLUDE_ERROR_PATTERN,
            "ssh cannot include files of the folder '%s', whose name has a character that is "
            "special there: set XDG_STATE_HOME to another one",
            folder);
    }
    return g_strdup_printf(COMMENT "Include \"%s/%s\"\n", folder, pattern);
}

/* TEXT without our lines. (transfer full) */
static char *without_lines(const char *text)
{
    const char *start = strstr(text, COMMENT);
    if (!start || (start != text && start[-1] != '\n'))
        return g_strdup(text);
    const char *next = start + strlen(COMMENT);
    const char *end = g_str_has_prefix(next, "Include ") ? strchr(next, '\n') : NULL;
    return g_strdup_printf("%.*s%s", (int)(start - text), text,
                           end                                  ? end + 1
                           : g_str_has_prefix(next, "Include ") ? ""
                                                                : next);
}

/* The file that PATH is, or that it links to, and its text: "" if it does not exist. *MODE_OUT is
 * its mode. FALSE with an error */
static gboolean read_file(const char *path, char **real_out, char **text_out, guint *mode_out,
                          GError **error)
{
    g_autofree char *real = realpath(path, NULL);
    g_autoptr(GError) cause = NULL;
    struct stat status;
    if (!real && (errno != ENOENT || lstat(path, &status) == 0))
        return fail(error, "read", path,
                    errno == ENOENT ? "it is a link to nothing" : g_strerror(errno));
    *mode_out = 0600;
    if (real && stat(real, &status) == 0)
        *mode_out = status.st_mode & 07777;
    g_autofree char *text = real ? NULL : g_strdup("");
    gsize length = 0;
    if (real && !g_file_get_contents(real, &text, &length, &cause))
        return fail(error, "read", path, cause->message);
    if (strlen(text) != length)
        return fail(error, "change", path, "it is not a text");
    *text_out = g_steal_pointer(&text);
    *real_out = real ? g_strdup(real) : g_strdup(path);
    return TRUE;
}

static gboolean write_file(const char *path, const char *text, guint mode, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0700) < 0)
        return fail(error, "make", folder, g_strerror(errno));
    return g_file_set_contents_full(path, text, -1,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    (int)mode, &cause) ||
           fail(error, "write", path, cause->message);
}

gboolean sb_ssh_include_install(const char *path, const char *lines, gboolean *is_changed_out,
                                GError **error)
{
    g_autofree char *real = NULL, *text = NULL;
    guint mode;
    if (!read_file(path, &real, &text, &mode, error))
        return FALSE;
    g_autofree char *rest = without_lines(text);
    g_autofree char *wanted = g_strconcat(lines, rest, NULL);
    *is_changed_out = strcmp(wanted, text) != 0;
    return !*is_changed_out || write_file(real, wanted, mode, error);
}

gboolean sb_ssh_include_uninstall(const char *path, gboolean *is_changed_out, GError **error)
{
    g_autofree char *real = NULL, *text = NULL;
    guint mode;
    if (!read_file(path, &real, &text, &mode, error))
        return FALSE;
    g_autofree char *rest = without_lines(text);
    *is_changed_out = strcmp(rest, text) != 0;
    if (!*is_changed_out || *rest || strcmp(real, path) != 0)
        return !*is_changed_out || write_file(real, rest, mode, error);
    return g_unlink(path) == 0 || fail(error, "remove", path, g_strerror(errno));
}
