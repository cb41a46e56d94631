/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: of any archive, only regular files and folders come out, within the limits, below
 * the folder, and nothing beside it changes. See main.c for how to run it.
 */
#include "local/tar.h"
#include "fuzz.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
    guint files;
    guint64 bytes;
} seen;

static int visit(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    g_assert_true(S_ISREG(status->st_mode) || S_ISDIR(status->st_mode));
    /* The folder itself is at the level 1: nothing else is. */
    g_assert_true(place->level != 1 || g_str_has_suffix(path, "/to"));
    g_assert_false(status->st_mode & 07022);
    if (S_ISREG(status->st_mode)) {
        seen.files++;
        seen.bytes += (guint64)status->st_size;
    }
    return g_remove(path);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const SbTarLimits limits = {.files = 20, .bytes = 100 * 1000};
    g_autofree char *folder = g_dir_make_tmp("seedbed-fuzz.XXXXXX", NULL);
    g_autofree char *to = g_build_filename(folder, "to", NULL);
    g_autoptr(GError) error = NULL;
    guint files = 0, skipped = 0;
    int fd = memfd_create("archive", MFD_CLOEXEC);
    g_assert_cmpint(write(fd, data, size), ==, size);
    lseek(fd, 0, SEEK_SET);
    gboolean is_good = sb_tar_unpack(fd, to, &limits, &files, &skipped, &error);
    close(fd);
    g_assert_true(is_good == (error == NULL));
    memset(&seen, 0, sizeof seen);
    g_assert_cmpint(nftw(folder, visit, 10, FTW_PHYS | FTW_DEPTH), ==, 0);
    g_assert_cmpuint(seen.files, ==, files);
    g_assert_cmpuint(seen.files, <=, limits.files);
    g_assert_cmpuint(seen.bytes, <=, limits.bytes);
    return 0;
}
