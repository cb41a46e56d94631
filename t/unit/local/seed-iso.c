/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/seed-iso.h"
#include "test.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECRET "-----BEGIN OPENSSH PRIVATE KEY-----"

/* Whether any byte of the secret was written to a file descriptor. */
static gboolean secret_was_written;

/* In the place of libc's write(): what libarchive puts into its temporary file comes by here. */
ssize_t write(int fd, const void *data, size_t length)
{
    if (length > 0 && g_strstr_len(data, (gssize)length, "OPENSSH PRIVATE"))
        secret_was_written = TRUE;
    return syscall(SYS_write, fd, data, length);
}

static GBytes *bytes(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

static GBytes *build(const SbSeed *seed)
{
    g_autoptr(GError) error = NULL;
    GBytes *image = sb_seed_iso_build(seed, &error);
    g_assert_no_error(error);
    g_assert_nonnull(image);
    return image;
}

/* Reads IMAGE back: each file's content by its name, after its mode and owner were looked at. */
static GHashTable *read_back(GBytes *image)
{
    GHashTable *files =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    gsize length;
    const void *data = g_bytes_get_data(image, &length);
    struct archive *reader = archive_read_new();
    archive_read_support_format_iso9660(reader);
    g_assert_cmpint(archive_read_open_memory(reader, data, length), ==, ARCHIVE_OK);
    struct archive_entry *entry;
    int result;
    while ((result = archive_read_next_header(reader, &entry)) == ARCHIVE_OK) {
        if (archive_entry_filetype(entry) == AE_IFDIR)
            continue;
        g_assert_cmpint(archive_entry_filetype(entry), ==, AE_IFREG);
        g_assert_cmpint(archive_entry_perm(entry), ==, 0600);
        g_assert_cmpint(archive_entry_uid(entry), ==, 0);
        g_assert_cmpint(archive_entry_gid(entry), ==, 0);
        gsize size = (gsize)archive_entry_size(entry);
        char *content = g_malloc(size + 1);
        g_assert_cmpint(archive_read_data(reader, content, size), ==, size);
        g_hash_table_insert(files, g_strdup(archive_entry_pathname(entry)),
                            g_bytes_new_take(content, size));
    }
    g_assert_cmpint(result, ==, ARCHIVE_EOF);
    archive_read_free(reader);
    return files;
}

static void assert_file(GHashTable *files, const char *name, GBytes *content)
{
    GBytes *found = g_hash_table_lookup(files, name);
    if (!found)
        g_error("'%s' is not in the image", name);
    g_assert_true(g_bytes_equal(found, content));
}

static void test_files(void)
{
    g_auto(SbSeed) seed = {bytes("#cloud-config\n" SECRET "\n"), bytes("instance-id: x\n"),
                           bytes("version: 2\n"), bytes("#!/bin/sh\n"), NULL};
    g_autoptr(GBytes) image = build(&seed);
    g_autoptr(GHashTable) files = read_back(image);
    g_assert_cmpuint(g_hash_table_size(files), ==, 4);
    assert_file(files, "user-data", seed.user_data);
    assert_file(files, "meta-data", seed.meta_data);
    assert_file(files, "network-config", seed.network_config);
    assert_file(files, "vendor-data", seed.vendor_data);
}

static void test_left_out(void)
{
    g_auto(SbSeed) seed = {bytes("#cloud-config\n"), bytes("instance-id: x\n"), NULL, NULL, NULL};
    g_autoptr(GBytes) image = build(&seed);
    g_autoptr(GHashTable) files = read_back(image);
    g_assert_cmpuint(g_hash_table_size(files), ==, 2);
    g_assert_cmpuint(g_bytes_get_size(image), <, 100 * 1024);
}

/* Contents of any length, around the sectors' ends too, come out where they belong. */
static void test_sizes(void)
{
    static const gsize sizes[] = {0, 1, 2047, 2048, 2049, 4096, 300000};
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        char *noise = g_malloc(sizes[i] + 1);
        for (gsize j = 0; j < sizes[i]; j++)
            noise[j] = (char)(j * 7 + i + 1);
        g_auto(SbSeed)
            seed = {g_bytes_new_take(noise, sizes[i]), bytes("a"), bytes("b"), NULL, NULL};
        g_autoptr(GBytes) image = build(&seed);
        g_autoptr(GHashTable) files = read_back(image);
        assert_file(files, "user-data", seed.user_data);
        assert_file(files, "meta-data", seed.meta_data);
        assert_file(files, "network-config", seed.network_config);
    }
}

static void test_no_secret_in_a_file(void)
{
    g_auto(SbSeed) seed = {bytes("#cloud-config\n" SECRET "\n"), bytes(SECRET), NULL, NULL, NULL};
    g_bytes_unref(build(&seed));
    g_assert_false(secret_was_written);

    /* The watch above does see it when there is something to see. */
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("seedbed-XXXXXX", &path, NULL);
    g_assert_cmpint(write(fd, SECRET, strlen(SECRET)), ==, strlen(SECRET));
    g_assert_true(secret_was_written);
    close(fd);
    g_unlink(path);
}

static void test_no_temporary_folder(void)
{
    g_auto(SbSeed) seed = {bytes("#cloud-config\n"), bytes("a"), NULL, NULL, NULL};
    g_autofree char *before = g_strdup(g_getenv("TMPDIR"));
    g_setenv("TMPDIR", "/nonexistent/folder", TRUE);
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_seed_iso_build(&seed, &error));
    g_assert_error(error, SB_SEED_ISO_ERROR, SB_SEED_ISO_ERROR_WRITE);
    if (before)
        g_setenv("TMPDIR", before, TRUE);
    else
        g_unsetenv("TMPDIR");
}

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\0';
}

/* cloud-init takes "cidata" and "CIDATA"; the primary descriptor has capitals, as the standard
 * wants. */
static void test_label(void)
{
    g_auto(SbSeed) seed = {bytes("#cloud-config\n"), bytes("a"), NULL, NULL, NULL};
    g_autoptr(GBytes) image = build(&seed);
    const char *descriptor = (const char *)g_bytes_get_data(image, NULL) + 16 * 2048;
    g_assert_cmpmem(descriptor, 6, "\1CD001", 6);
    g_assert_cmpmem(descriptor + 40, 6, "CIDATA", 6);
    g_assert_true(is_blank(descriptor[46]));
}

static char *output_of(const char *program, const char *arguments, const char *path)
{
    g_autofree char *command = g_strdup_printf("%s %s %s", program, arguments, path);
    char *output = NULL;
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_spawn_command_line_sync(command, &output, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    return g_strchomp(output);
}

/* What other readers make of it: the label as udev and cloud-init see it, and the names. */
static void test_other_readers(void)
{
    g_autofree char *blkid = g_find_program_in_path("blkid");
    if (!blkid)
        blkid = g_file_test("/usr/sbin/blkid", G_FILE_TEST_IS_EXECUTABLE)
                    ? g_strdup("/usr/sbin/blkid")
                    : NULL;
    g_autofree char *isoinfo = g_find_program_in_path("isoinfo");
    if (!blkid && !isoinfo) {
        g_test_skip("neither blkid nor isoinfo");
        return;
    }
    g_auto(SbSeed) seed = {bytes("#cloud-config\n"), bytes("a"), bytes("b"), NULL, NULL};
    g_autoptr(GBytes) image = build(&seed);
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("seedbed-XXXXXX.iso", &path, NULL);
    g_assert_cmpint(write(fd, g_bytes_get_data(image, NULL), g_bytes_get_size(image)), ==,
                    g_bytes_get_size(image));
    close(fd);
    if (blkid) {
        g_autofree char *label = output_of(blkid, "-p -o value -s LABEL", path);
        g_assert_cmpstr(label, ==, "cidata");
    }
    if (isoinfo) {
        g_autofree char *names = output_of(isoinfo, "-R -f -i", path);
        g_assert_cmpstr(names, ==, "/meta-data\n/network-config\n/user-data");
    }
    g_unlink(path);
}

static void test_read(void)
{
    g_auto(SbSeed) seed = {bytes("#cloud-config\n"), bytes("instance-id: x\n"), NULL,
                           bytes("#!/bin/sh\n"), NULL};
    g_autoptr(GBytes) image = build(&seed);
    g_autoptr(GError) error = NULL;
    g_auto(SbSeed) again = {0};
    guint others = 7;
    g_assert_true(sb_seed_iso_read(image, &again, &others, &error));
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(again.user_data, seed.user_data));
    g_assert_true(g_bytes_equal(again.meta_data, seed.meta_data));
    g_assert_true(g_bytes_equal(again.vendor_data, seed.vendor_data));
    g_assert_null(again.network_config);
    g_assert_cmpuint(others, ==, 0);
}

static void refuse_to_read(GBytes *image)
{
    g_autoptr(GError) error = NULL;
    g_auto(SbSeed) seed = {0};
    g_assert_false(sb_seed_iso_read(image, &seed, NULL, &error));
    g_assert_error(error, SB_SEED_ISO_ERROR, SB_SEED_ISO_ERROR_READ);
    g_assert_null(seed.user_data);
}

/* Cut off anywhere, with another label, or not an image at all: an error, and no crash. */
static void test_read_what_is_no_seed(void)
{
    g_auto(SbSeed) seed = {bytes("#cloud-config\n"), bytes("instance-id: x\n"), NULL, NULL, NULL};
    g_autoptr(GBytes) image = build(&seed);
    for (gsize length = 0; length < 20 * 2048; length += 512) {
        g_autoptr(GBytes) cut = g_bytes_new_from_bytes(image, 0, length);
        refuse_to_read(cut);
    }
    gsize length;
    g_autofree char *copy = g_memdup2(g_bytes_get_data(image, &length), g_bytes_get_size(image));
    memcpy(copy + 16 * 2048 + 40, "CIDATO", 6);
    g_autoptr(GBytes) other_label =
        g_bytes_new_take(g_steal_pointer(&copy), g_bytes_get_size(image));
    refuse_to_read(other_label);
    g_autoptr(GBytes) text = bytes("just text");
    refuse_to_read(text);
    g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);
    refuse_to_read(nothing);
}

static void machine_is(const SbSeed *seed, const char *machine)
{
    g_autoptr(GBytes) image = build(seed);
    g_autoptr(GBytes) start = g_bytes_new_from_bytes(image, 0, SB_SEED_ISO_START_BYTES);
    g_autofree char *found = sb_seed_iso_machine(start);
    g_assert_cmpstr(found, ==, machine);
}

static void test_machine(void)
{
    g_autoptr(GBytes) user_data = g_bytes_new_static("x", 1);
    SbSeed seed = {.user_data = user_data, .meta_data = user_data};
    g_autofree char *longest = g_strdup_printf("%042d/%012d-200", 1, 2);
    machine_is(&seed, NULL);
    seed.machine = "a-b/c-1";
    machine_is(&seed, "a-b/c-1");
    seed.machine = longest;
    machine_is(&seed, longest);
    g_autofree char *zeroes = g_malloc0(SB_SEED_ISO_START_BYTES);
    g_autoptr(GBytes) other = g_bytes_new_static(zeroes, SB_SEED_ISO_START_BYTES);
    g_assert_null(sb_seed_iso_machine(other));
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    g_assert_null(sb_seed_iso_machine(empty));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/seed-iso/files", test_files);
    g_test_add_func("/seed-iso/left-out", test_left_out);
    g_test_add_func("/seed-iso/sizes", test_sizes);
    g_test_add_func("/seed-iso/no-secret-in-a-file", test_no_secret_in_a_file);
    g_test_add_func("/seed-iso/no-temporary-folder", test_no_temporary_folder);
    g_test_add_func("/seed-iso/label", test_label);
    g_test_add_func("/seed-iso/other-readers", test_other_readers);
    g_test_add_func("/seed-iso/machine", test_machine);
    g_test_add_func("/seed-iso/read", test_read);
    g_test_add_func("/seed-iso/read-no-seed", test_read_what_is_no_seed);
    return g_test_run();
}
