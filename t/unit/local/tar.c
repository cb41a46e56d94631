/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/tar.h"
#include "test.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder; /* a fresh one for the test */

static char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void write_file(const char *name, const char *text)
{
    g_autofree char *path = path_of(name);
    g_autofree char *parent = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* The archive of FILES, in a file without a name. */
static int archive_of(const SbSourceFiles *files)
{
    g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable();
    g_autoptr(GError) error = NULL;
    gsize written = 0;
    g_assert_true(sb_tar_write(files, stream, &written, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(written, ==,
                     g_memory_output_stream_get_data_size(G_MEMORY_OUTPUT_STREAM(stream)));
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp(NULL, &name, NULL);
    unlink(name);
    GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM(stream);
    gsize length = g_memory_output_stream_get_data_size(memory);
    g_assert_cmpint(write(fd, g_memory_output_stream_get_data(memory), length), ==, length);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static void unpack(int fd, const SbTarLimits *limits, guint files, guint skipped)
{
    g_autofree char *to = path_of("to");
    guint files_out, skipped_out;
    g_autoptr(GError) error = NULL;
    g_assert_true(sb_tar_unpack(fd, to, limits, &files_out, &skipped_out, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(files_out, ==, files);
    g_assert_cmpuint(skipped_out, ==, skipped);
    close(fd);
}

static void assert_content(const char *name, const char *expected)
{
    g_autofree char *path = path_of(name), *text = NULL;
    gboolean is_there = g_file_get_contents(path, &text, NULL, NULL);
    g_assert_cmpint(is_there, ==, expected != NULL);
    g_assert_cmpstr(text, ==, expected);
}

/* All files of a folder that is no checkout: what was written comes out, but for the link. */
static void test_round_trip(void)
{
    g_autofree char *from = path_of("from"), *link = path_of("from/link");
    g_autofree char *program = path_of("from/deep/b"), *copy = path_of("to/deep/b");
    g_autofree char *long_name = g_strnfill(90, 'x');
    g_autofree char *long_path = g_strdup_printf("from/%s/%s", long_name, long_name);
    g_autofree char *long_copy = g_strdup_printf("to/%s/%s", long_name, long_name);
    write_file("from/a ä\n", "new line");
    write_file("from/a ä", "one");
    write_file("from/deep/b", "two");
    write_file(long_path, "long");
    chmod(program, 0755);
    g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
    g_autoptr(SbSourceFiles) files = sb_source_files(from, NULL);
    g_assert_cmpuint(files->names->len, ==, 5);
    unpack(archive_of(files), &(SbTarLimits){100, 1000}, 3, 2);
    assert_content("to/a ä", "one");
    assert_content("to/deep/b", "two");
    assert_content(long_copy, "long");
    assert_content("to/link", NULL);
    struct stat info;
    g_assert_cmpint(stat(copy, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 0777, ==, 0755);
}

static void test_single_file(void)
{
    write_file("from/a", "one");
    write_file("from/b", "two");
    g_autofree char *from = path_of("from/a"), *missing = path_of("from/c");
    g_autoptr(SbSourceFiles) files = sb_source_files(from, NULL);
    unpack(archive_of(files), &(SbTarLimits){100, 1000}, 1, 0);
    assert_content("to/a", "one");
    assert_content("to/b", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_source_files(missing, &error));
    g_assert_error(error, SB_SOURCE_FILES_ERROR, SB_SOURCE_FILES_ERROR_MISSING);
}

static void test_limits(void)
{
    write_file("from/a", "0123456789");
    write_file("from/b", "0123456789");
    write_file("from/c", "0123456789");
    g_autofree char *from = path_of("from"), *to = path_of("to");
    g_autoptr(SbSourceFiles) files = sb_source_files(from, NULL);
    unpack(archive_of(files), &(SbTarLimits){2, 1000}, 2, 1);
    assert_content("to/c", NULL);
    g_assert_cmpint(g_rename(to, from), !=, 0);
    unpack(archive_of(files), &(SbTarLimits){100, 1000}, 1, 2); /* two are there, and stay */
    assert_content("to/c", "0123456789");
}

/* What is too large is left out, and what comes behind it is not. */
static void test_too_large(void)
{
    write_file("from/a", "0123456789");
    write_file("from/b", "01234567890123456789");
    write_file("from/c", "012345678");
    g_autofree char *from = path_of("from");
    g_autoptr(SbSourceFiles) files = sb_source_files(from, NULL);
    unpack(archive_of(files), &(SbTarLimits){100, 19}, 2, 1);
    assert_content("to/a", "0123456789");
    assert_content("to/b", NULL);
    assert_content("to/c", "012345678");
}

/* Each folder is an inode of the host's disk too. */
static void test_folders_count(void)
{
    write_file("from/1/2/3/4/5/6/7/8/9/a", "deep");
    write_file("from/z", "flat");
    g_autofree char *from = path_of("from"), *first = path_of("to/1/2/3/4/5"), *next = NULL;
    g_autoptr(SbSourceFiles) files = sb_source_files(from, NULL);
    unpack(archive_of(files), &(SbTarLimits){5, 1000}, 0, 2);
    next = g_build_filename(first, "6", NULL);
    g_assert_true(g_file_test(first, G_FILE_TEST_IS_DIR));
    g_assert_false(g_file_test(next, G_FILE_TEST_EXISTS));
    unpack(archive_of(files), &(SbTarLimits){5, 1000}, 1, 1); /* five are there: four more, and a */
    assert_content("to/z", NULL);
}

static void add_entry(struct archive *archive, const char *name, guint type, const char *target)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 04777);
    if (type == AE_IFLNK)
        archive_entry_set_symlink(entry, target);
    else if (target)
        archive_entry_set_hardlink(entry, target);
    archive_entry_set_size(entry, type == AE_IFREG && !target ? 4 : 0);
    g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
    if (type == AE_IFREG && !target)
        archive_write_data(archive, "evil", 4);
    archive_entry_free(entry);
}

/* What a guest may send. Nothing gets out of the folder, and nothing but plain files into it. */
static void test_hostile(void)
{
    write_file("victim", "safe");
    g_autofree char *victim = path_of("victim"), *name = NULL, *plain = path_of("to/plain");
    int fd = g_file_open_tmp(NULL, &name, NULL);
    unlink(name);
    struct archive *archive = archive_write_new();
    archive_write_set_format_gnutar(archive);
    archive_write_open_fd(archive, fd);
    add_entry(archive, "../victim", AE_IFREG, NULL);
    add_entry(archive, victim, AE_IFREG, NULL); /* absolute: below the folder */
    add_entry(archive, "link", AE_IFLNK, victim);
    add_entry(archive, "out", AE_IFLNK, "..");
    add_entry(archive, "out/victim", AE_IFREG, NULL); /* `out` is a folder then */
    add_entry(archive, "hard", AE_IFREG, victim);
    add_entry(archive, "a/../../victim", AE_IFREG, NULL);
    add_entry(archive, "fifo", AE_IFIFO, NULL);
    add_entry(archive, "device", AE_IFCHR, NULL);
    add_entry(archive, "esc\033[2J", AE_IFREG, NULL);
    add_entry(archive, "csi\302\2332J", AE_IFREG, NULL);
    add_entry(archive, "right-to-left\342\200\256", AE_IFREG, NULL);
    add_entry(archive, "plain", AE_IFREG, NULL);
    add_entry(archive, "plain", AE_IFREG, NULL);
    add_entry(archive, "plain/below", AE_IFREG, NULL);
    archive_write_free(archive);
    lseek(fd, 0, SEEK_SET);
    unpack(fd, &(SbTarLimits){100, 1000}, 3, 12);
    assert_content("victim", "safe");
    assert_content("to/plain", "evil");
    assert_content("to/out/victim", "evil");
    assert_content("to/hard", NULL);
    struct stat info;
    g_assert_cmpint(stat(plain, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 07777, ==, 0755); /* no setuid */
}

/* Writes a thousand archives of a thousand files each to a pipe, as one. */
static gpointer write_million(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    char block[1000 * 512];
    size_t used;
    struct archive *archive = archive_write_new();
    archive_write_set_format_ustar(archive);
    g_assert_cmpint(archive_write_open_memory(archive, block, sizeof block, &used), ==, ARCHIVE_OK);
    g_autoptr(GString) name = g_string_new(NULL);
    for (guint i = 0; i < 1000; i++) {
        struct archive_entry *entry = archive_entry_new();
        g_string_printf(name, "folder/%u", i);
        archive_entry_set_pathname(entry, name->str);
        archive_entry_set_mode(entry, S_IFREG | 0644);
        g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
        archive_entry_free(entry);
    }
    g_assert_cmpint(used, ==, sizeof block);
    for (guint i = 0; i < 1000; i++)
        for (gsize done = 0; done < sizeof block;)
            done += (gsize)write(fd, block + done, sizeof block - done);
    archive_write_free(archive);
    close(fd);
    return NULL;
}

/* Files that are over the limit cost no space. */
static void test_million(void)
{
    int ends[2];
    g_assert_cmpint(pipe(ends), ==, 0);
    g_autoptr(GThread) writer = g_thread_new("million", write_million, GINT_TO_POINTER(ends[1]));
    unpack(ends[0], &(SbTarLimits){501, 1000}, 500, 999500);
    g_thread_join(g_steal_pointer(&writer));
    assert_content("to/folder/499", "");
    assert_content("to/folder/500", NULL);
}

/* An archive that is not whole has no end, so that no reader takes it for whole. */
static void test_not_whole(void)
{
    static const char end[1024];
    g_autofree char *long_text = g_strnfill(200 * 1000, 'x');
    write_file("from/a", long_text);
    write_file("from/b", "two");
    g_autofree char *from = path_of("from"), *gone = path_of("from/b");
    g_autoptr(SbSourceFiles) files = sb_source_files(from, NULL);
    g_unlink(gone);
    g_autoptr(GOutputStream) stream = g_memory_output_stream_new_resizable();
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_tar_write(files, stream, NULL, NULL, &error));
    g_assert_error(error, SB_TAR_ERROR, SB_TAR_ERROR_READ);
    const char *bytes = g_memory_output_stream_get_data(G_MEMORY_OUTPUT_STREAM(stream));
    gsize length = g_memory_output_stream_get_data_size(G_MEMORY_OUTPUT_STREAM(stream));
    g_assert_cmpuint(length, >, sizeof end);
    g_assert_null(memmem(bytes, length, end, sizeof end));
}

static void test_broken_stream(void)
{
    char small[1000];
    write_file("from/a", "one");
    g_autofree char *from = path_of("from");
    g_autoptr(SbSourceFiles) files = sb_source_files(from, NULL);
    g_autoptr(GOutputStream) stream = g_memory_output_stream_new(small, sizeof small, NULL, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_tar_write(files, stream, NULL, NULL, &error));
    g_assert_error(error, SB_TAR_ERROR, SB_TAR_ERROR_WRITE);
}

static void test_no_archive(void)
{
    write_file("junk", "this is no archive, and it is long enough to be seen as none at all");
    g_autofree char *junk = path_of("junk"), *to = path_of("to");
    int fd = g_open(junk, 0, 0);
    guint files, skipped;
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_tar_unpack(fd, to, &(SbTarLimits){9, 9}, &files, &skipped, &error));
    g_assert_error(error, SB_TAR_ERROR, SB_TAR_ERROR_FORMAT);
    close(fd);
}

static void run(gconstpointer data)
{
    folder = g_dir_make_tmp("unit-tar.XXXXXX", NULL);
    ((void (*)(void))data)();
    const char *argv[] = {"rm", "-rf", folder, NULL};
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
    g_free(folder);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_data_func("/tar/round-trip", test_round_trip, run);
    g_test_add_data_func("/tar/single-file", test_single_file, run);
    g_test_add_data_func("/tar/limits", test_limits, run);
    g_test_add_data_func("/tar/too-large", test_too_large, run);
    g_test_add_data_func("/tar/folders-count", test_folders_count, run);
    g_test_add_data_func("/tar/hostile", test_hostile, run);
    g_test_add_data_func("/tar/million", test_million, run);
    g_test_add_data_func("/tar/not-whole", test_not_whole, run);
    g_test_add_data_func("/tar/broken-stream", test_broken_stream, run);
    g_test_add_data_func("/tar/no-archive", test_no_archive, run);
    return g_test_run();
}
