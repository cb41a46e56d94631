/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * An "ssh" for C tests: it runs the command here, so that a test needs no guest.
 */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

static char *fake_ssh_folder;

/**
 * From now on, ssh is this shell script. The first call must come before any thread is made.
 *
 * @param script  `$command` is the last argument of ssh: the guest's command line
 */
static inline void fake_ssh(const char *script)
{
    g_autoptr(GError) error = NULL;
    if (!fake_ssh_folder) {
        fake_ssh_folder = g_dir_make_tmp("fake-ssh.XXXXXX", &error);
        g_assert_no_error(error);
        g_autofree char *path = g_strconcat(fake_ssh_folder, ":", g_getenv("PATH"), NULL);
        g_setenv("PATH", path, TRUE);
    }
    g_autofree char *file = g_build_filename(fake_ssh_folder, "ssh", NULL);
    g_autofree char *text = g_strconcat("#!/bin/sh\nfor command; do :; done\n", script, "\n", NULL);
    g_file_set_contents(file, text, -1, &error);
    g_assert_no_error(error);
    g_chmod(file, 0755);
}

/** Removes the script, and the files that it has put beside itself. */
static inline void fake_ssh_remove(void)
{
    g_autoptr(GDir) dir = g_dir_open(fake_ssh_folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(fake_ssh_folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(fake_ssh_folder);
    g_free(fake_ssh_folder);
}
