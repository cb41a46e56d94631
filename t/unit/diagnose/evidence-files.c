/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/evidence-files.h"
#include "local/state-dir.h"

#include "test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *folder;

static char *content(const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

static SbEvidenceFiles *begin(void)
{
    g_autofree char *parent = g_dir_make_tmp("evidence-XXXXXX", NULL);
    g_setenv("XDG_STATE_HOME", parent, TRUE);
    folder = g_build_filename(parent, "seedbed", "qemu-system", "f", NULL);
    g_assert_true(sb_state_dir_ensure(folder, NULL));
    return sb_evidence_files_new(folder, "m-1");
}

static void end(SbEvidenceFiles *files)
{
    sb_evidence_files_free(files);
    g_assert_true(sb_state_dir_remove(folder, NULL));
    /* The three that are above it, with the temporary one. */
    for (guint above = 0; above < 3; above++) {
        char *parent = g_path_get_dirname(folder);
        g_free(folder);
        folder = parent;
        g_assert_cmpint(g_rmdir(folder), ==, 0);
    }
    g_clear_pointer(&folder, g_free);
}

static void test_files(void)
{
    SbEvidenceFiles *files = begin();
    sb_evidence_files_add(files, "a.txt", "the first", "password: hunter22\nred\033[0m\n");
    sb_evidence_files_add_bytes(files, "b.txt", "the second", "x\0y\n", 4);
    sb_evidence_files_add(files, "c.txt", "the third", NULL);
    g_assert_true(sb_evidence_files_finish(files, NULL));
    g_autofree char *first = content("m-1.a.txt"), *second = content("m-1.b.txt");
    g_autofree char *third = content("m-1.c.txt"), *index = content("m-1.index.txt");
    g_assert_null(strstr(first, "hunter22"));
    g_assert_null(strchr(first, '\033'));
    g_assert_nonnull(strchr(second, 'y'));
    g_assert_null(third);
    g_assert_nonnull(strstr(index, "the first (secrets removed: 1)\n"));
    g_assert_nonnull(strstr(index, "nothing: the third\n"));
    end(files);
}

/* What is cut is no part of a secret whose beginning was cut, and the index tells of it. */
static void test_long(void)
{
    SbEvidenceFiles *files = begin();
    g_autoptr(GString) text = g_string_new("-----BEGIN RSA PRIVATE KEY-----\n");
    while (text->len < SB_EVIDENCE_FILE_BYTES + 1000)
        g_string_append(text, "MIIEpAIBAAKCAQEA\n");
    g_string_append(text, "-----END RSA PRIVATE KEY-----\nlast line\n");
    sb_evidence_files_add(files, "key.txt", "a key", text->str);
    g_string_truncate(text, 0);
    while (text->len < SB_EVIDENCE_FILE_BYTES)
        g_string_append(text, "a line of a log\n");
    g_string_append(text, "its end\n");
    sb_evidence_files_add(files, "log.txt", "a log", text->str);
    g_assert_true(sb_evidence_files_finish(files, NULL));
    g_autofree char *key = content("m-1.key.txt"), *log = content("m-1.log.txt");
    g_autofree char *index = content("m-1.index.txt");
    g_assert_null(strstr(key, "MIIEp"));
    g_assert_nonnull(strstr(key, "last line"));
    g_assert_cmpuint(strlen(log), <=, SB_EVIDENCE_FILE_BYTES);
    g_assert_true(g_str_has_prefix(log, "a line"));
    g_assert_true(g_str_has_suffix(log, "its end\n"));
    g_assert_nonnull(strstr(index, "a log (only its end: "));
    end(files);
}

/* Files of other machines of the folder count. */
static void test_full(void)
{
    SbEvidenceFiles *first = begin();
    g_autofree char *path = g_build_filename(folder, "m-0.x", NULL);
    int fd = g_open(path, O_CREAT | O_WRONLY, 0600);
    g_assert_cmpint(ftruncate(fd, SB_EVIDENCE_FOLDER_BYTES - 10), ==, 0);
    close(fd);
    sb_evidence_files_free(first);
    SbEvidenceFiles *files = sb_evidence_files_new(folder, "m-1");
    sb_evidence_files_add(files, "a.txt", "the first", "0123\n4567\n89\n");
    sb_evidence_files_add(files, "b.txt", "the second", "x\n1\n");
    sb_evidence_files_add(files, "c.txt", "the third", "x\n1\n");
    g_assert_true(sb_evidence_files_finish(files, NULL));
    g_autofree char *a = content("m-1.a.txt"), *b = content("m-1.b.txt"), *c = content("m-1.c.txt");
    g_autofree char *index = content("m-1.index.txt");
    g_assert_cmpstr(a, ==, "4567\n89\n");
    g_assert_cmpstr(b, ==, "1\n");
    g_assert_cmpstr(c, ==, "");
    g_assert_nonnull(strstr(index, "the first (only its end: "));
    end(files);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/evidence-files/files", test_files);
    g_test_add_func("/evidence-files/long", test_long);
    g_test_add_func("/evidence-files/full", test_full);
    return g_test_run();
}
