/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The line in the user's own ssh_config(5) that makes ssh, scp, rsync and git find machines by
 * name.
 *
 * It is the first line, because an Include after a Host line counts only for that host. A comment
 * before it says whose it is. Nothing else in the file is changed.
 *
 * Room: local.
 * Threads: any; two that change the same file at the same time may undo each other's change.
 */
#pragma once

#include <glib.h>

#define SB_SSH_INCLUDE_ERROR (sb_ssh_include_error_quark())
GQuark sb_ssh_include_error_quark(void);

typedef enum {
    SB_SSH_INCLUDE_ERROR_FILE,    /**< the file cannot be read or written */
    SB_SSH_INCLUDE_ERROR_PATTERN, /**< ssh would take the path for another one */
} SbSshIncludeError;

/** The file that ssh(1) reads: in the home that the account has, and not in HOME. (transfer full)
 */
char *sb_ssh_include_file(void);

/** The lines that include FOLDER and "/" and PATTERN. (transfer full) or NULL with
 * SB_SSH_INCLUDE_ERROR_PATTERN: FOLDER has a character that is special there */
char *sb_ssh_include_lines(const char *folder, const char *pattern,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Puts LINES at the top of the file at PATH, in the place of such lines that it has. The file and
 * its folder are made if they are missing; a link stays a link, and modes stay.
 *
 * @param is_changed_out  FALSE if the file has had LINES
 * @return FALSE with SB_SSH_INCLUDE_ERROR_FILE
 */
gboolean sb_ssh_include_install(const char *path, const char *lines, gboolean *is_changed_out,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Takes the lines out again; a file that has no others is removed. *IS_CHANGED_OUT is FALSE if
 * there are none. FALSE with SB_SSH_INCLUDE_ERROR_FILE */
gboolean sb_ssh_include_uninstall(const char *path, gboolean *is_changed_out,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
