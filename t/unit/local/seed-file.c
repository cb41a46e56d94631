/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/seed-file.h"
#include "base/error.h"
#include "local/input-file.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    char *folder, *path;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    fixture->folder = g_dir_make_tmp("seed-file-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->path = g_build_filename(fixture->folder, "seed.iso", NULL);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    g_unlink(fixture->path);
    g_rmdir(fixture->folder);
    g_free(fixture->path);
    g_free(fixture->folder);
}

static SbSeed seed_of(const char *user_data)
{
    return (SbSeed){.user_data = g_bytes_new(user_data, strlen(user_data)),
                    .meta_data = g_bytes_new_static("instance-id: i\n", 15)};
}

static void test_write_and_read(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_auto(SbSeed) seed = seed_of("#!/bin/sh\n");
    g_auto(SbSeed) replaced = {0};
    g_assert_true(sb_seed_file_write(fixture->path, &seed, &replaced, &error));
    g_assert_no_error(error);
    g_assert_null(replaced.user_data);
    struct stat info;
    g_assert_cmpint(stat(fixture->path, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0600);
    g_auto(SbSeed) read = {0};
    guint others = 1;
    g_assert_true(sb_seed_file_read(fixture->path, &read, &others, &error));
    g_assert_true(g_bytes_equal(read.user_data, seed.user_data));
    g_assert_cmpuint(others, ==, 0);
}

static void test_replace(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_auto(SbSeed) first = seed_of("first");
    g_auto(SbSeed) second = seed_of("second");
    g_auto(SbSeed) none = {0};
    g_auto(SbSeed) replaced = {0};
    g_assert_true(sb_seed_file_write(fixture->path, &first, &none, &error));
    g_assert_true(sb_seed_file_write(fixture->path, &second, &replaced, &error));
    g_assert_true(g_bytes_equal(replaced.user_data, first.user_data));
}

static void test_other_file_stays(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(fixture->path, "precious", -1, NULL));
    g_auto(SbSeed) seed = seed_of("x");
    g_auto(SbSeed) replaced = {0};
    g_assert_false(sb_seed_file_write(fixture->path, &seed, &replaced, &error));
    g_assert_error(error, SB_SEED_ISO_ERROR, SB_SEED_ISO_ERROR_READ);
    g_assert_true(sb_error_is_input(error));
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(fixture->path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "precious");
}

static void test_failures(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) missing = NULL;
    g_auto(SbSeed) seed = seed_of("x");
    g_auto(SbSeed) out = {0};
    g_assert_false(sb_seed_file_read(fixture->path, &out, NULL, &missing));
    g_assert_error(missing, SB_INPUT_FILE_ERROR, SB_INPUT_FILE_ERROR_READ);
    g_autofree char *nowhere = g_build_filename(fixture->folder, "nosuch", "seed.iso", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_seed_file_write(nowhere, &seed, &out, &error));
    g_assert_false(sb_error_is_input(error));
    g_assert_null(out.user_data);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
#define ADD(name, function)                                                                        \
    g_test_add("/seed-file/" name, Fixture, NULL, set_up, function, tear_down)
    ADD("write-and-read", test_write_and_read);
    ADD("a-seed-is-replaced", test_replace);
    ADD("another-file-stays", test_other_file_stays);
    ADD("failures", test_failures);
    return g_test_run();
}
