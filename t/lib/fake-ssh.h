/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * An "ssh" for C tests: it runs the command here, so that a test needs no guest.
 */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

/**
 * Puts a shell script called ssh into a new folder, first in PATH.
 *
 * @param script  what it does; `$command` is the last argument, the guest's command line
 * @return (transfer full) the folder
 */
static inline char *fake_ssh(const char *script)
{
    g_autoptr(GError) error = NULL;
    char *folder = g_dir_make_tmp("fake-ssh.XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *path = g_build_filename(folder, "ssh", NULL);
    g_autofree char *text = g_strconcat("#!/bin/sh\nfor command; do :; done\n", script, "\n", NULL);
    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
    g_chmod(path, 0755);
    static char *real;
    if (!real)
        real = g_strdup(g_getenv("PATH"));
    g_autofree char *all = g_strconcat(folder, ":", real, NULL);
    g_setenv("PATH", all, TRUE);
    return folder;
}

/** Removes what fake_ssh() made, and what its script has put there: files only. (transfer full) */
static inline void fake_ssh_remove(char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
}
