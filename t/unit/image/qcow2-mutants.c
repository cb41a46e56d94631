/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Thousands of damaged qcow2 files: what the import accepts, QEMU opens and reads to its end.
 */
#include "image/image-file.h"
#include "test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { DISK_BYTES = 512 * 1024, FIELDS_END = 136 };

typedef struct {
    char *folder;
    GPtrArray *accepted; /* paths */
    guint refused;
} Fixture;

/* Runs a shell command in the folder, and returns its output with its errors. (transfer full) */
static char *shell(const Fixture *fixture, const char *command)
{
    const char *argv[] = {"sh", "-c", command, NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *errors = NULL, *output = NULL;
    g_spawn_sync(fixture->folder, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                 &errors, NULL, &error);
    g_assert_no_error(error);
    return g_strconcat(output, errors, NULL);
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->folder = g_dir_make_tmp("qcow2-mutants-XXXXXX", NULL);
    fixture->accepted = g_ptr_array_new_with_free_func(g_free);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    g_autofree char *ignored = shell(fixture, "rm -rf \"$PWD\"");
    g_ptr_array_unref(fixture->accepted);
    g_free(fixture->folder);
}

/* Writes BYTES into a file, and keeps that if the import takes it. */
static void try_import(Fixture *fixture, const guint8 *bytes, gsize length)
{
    g_autofree char *name = g_strdup_printf("%u.qcow2", fixture->accepted->len + fixture->refused);
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, bytes, length), ==, (gssize)length);
    close(fd);
    const SbOperation operation = {0};
    const SbImageFileRequest request = {.path = path};
    g_autoptr(GError) error = NULL;
    g_autoptr(SbImageFile) file = sb_image_file_open(&operation, &request, &error);
    g_assert_true(!file == !!error);
    if (file) {
        g_ptr_array_add(fixture->accepted, g_steal_pointer(&name));
    } else {
        fixture->refused++;
        g_unlink(path);
    }
}

/* The file with LENGTH bytes at OFFSET changed to the number VALUE. */
static void try_value(Fixture *fixture, const guint8 *bytes, gsize length, gsize offset,
                      guint64 value)
{
    g_autofree guint8 *mutant = g_memdup2(bytes, length);
    for (gsize i = 0; i < 8; i++)
        if (offset + i < length)
            mutant[offset + i] = (guint8)(value >> (56 - 8 * i));
    try_import(fixture, mutant, length);
}

static guint64 word_at(const guint8 *bytes, gsize offset)
{
    guint64 value;
    memcpy(&value, bytes + offset, sizeof value);
    return GUINT64_FROM_BE(value);
}

/* Each field of the header gets values at which something changes; the low half of each word alone
 * reaches fields of four bytes. */
static void mutate_header(Fixture *fixture, const guint8 *bytes, gsize length)
{
    const guint64 values[] = {
        0,          1,    2,     7,     8,      72,         104,         512,
        1024,       4096, 65536, 65537, length, G_MAXINT32, G_MAXUINT32, (guint64)1 << 62,
        G_MAXUINT64};
    for (gsize offset = 4; offset < FIELDS_END; offset += 4) {
        guint64 word = word_at(bytes, offset);
        for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
            try_value(fixture, bytes, length, offset, values[i]);
            try_value(fixture, bytes, length, offset, values[i] << 32 | (word & G_MAXUINT32));
        }
    }
}

/* The tables begin with clusters: the first words of each cluster are entries, or the header of a
 * snapshot, or data. */
static void mutate_tables(Fixture *fixture, const guint8 *bytes, gsize length)
{
    const guint64 values[] = {
        1,          4096, 65536, length, length * 2, (guint64)1 << 55, ((guint64)1 << 62) | length,
        G_MAXUINT64};
    for (gsize cluster = 4096; cluster < length; cluster += 4096)
        for (gsize offset = cluster; offset < cluster + 48 && offset < length; offset += 8)
            for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
                try_value(fixture, bytes, length, offset, values[i]);
}

static void cut_off(Fixture *fixture, const guint8 *bytes, gsize length)
{
    for (gsize end = 512; end <= length; end += 1536)
        try_import(fixture, bytes, end);
}

/* QEMU opens each file that was accepted, in one process. The last file is one that it refuses. */
static void compare_with_qemu(const Fixture *fixture)
{
    g_autoptr(GString) commands = g_string_new("qemu-io 2>&1 <<END\n");
    for (guint i = 0; i < fixture->accepted->len; i++)
        g_string_append_printf(commands, "open -r %s\nclose\n",
                               (char *)g_ptr_array_index(fixture->accepted, i));
    g_string_append(commands, "open -r none.qcow2\nEND\n");
    g_autofree char *output = shell(fixture, commands->str);
    static const char complaint[] = "can't open device ";
    guint complaints = 0;
    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
    for (gsize i = 0; lines[i]; i++) {
        const char *found = strstr(lines[i], complaint);
        complaints += found != NULL;
        if (found)
            g_test_message("%s", found);
    }
    g_test_message("%u accepted, %u refused", fixture->accepted->len, fixture->refused);
    g_assert_cmpuint(complaints, ==, 1);
}

static void test_base(Fixture *fixture, gconstpointer data)
{
    g_autofree char *found = g_find_program_in_path("qemu-io");
    if (!found) {
        g_test_skip("qemu-io not found (qemu-utils)");
        return;
    }
    g_autofree char *command =
        g_strdup_printf("qemu-img create -q -f qcow2 -o cluster_size=4k,%s base %u && "
                        "qemu-io -c 'write -P 7 0 9k' -c 'write -c -P 9 64k 4k' base && qemu-img "
                        "snapshot -c s base",
                        (const char *)data, (guint)DISK_BYTES);
    g_autofree char *said = shell(fixture, command);
    g_autofree char *path = g_build_filename(fixture->folder, "base", NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    try_import(fixture, (guint8 *)bytes, length);
    if (fixture->accepted->len != 1)
        g_test_message("%s", said);
    g_assert_cmpuint(fixture->accepted->len, ==, 1);
    mutate_header(fixture, (guint8 *)bytes, length);
    mutate_tables(fixture, (guint8 *)bytes, length);
    cut_off(fixture, (guint8 *)bytes, length);
    compare_with_qemu(fixture);
}

/* Each cluster of a file that was cut off is missed, although QEMU opens it. */
static void test_cut_off(Fixture *fixture, gconstpointer data)
{
    g_autofree char *found = g_find_program_in_path("qemu-io");
    if (!found) {
        g_test_skip("qemu-io not found (qemu-utils)");
        return;
    }
    g_autofree char *said =
        shell(fixture, "qemu-img create -q -f qcow2 -o cluster_size=4k base 512k && "
                       "qemu-io -c 'write -P 7 0 32k' base");
    g_autofree char *path = g_build_filename(fixture->folder, "base", NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    for (gsize end = 4096; end < length; end += 4096)
        try_import(fixture, (guint8 *)bytes, end);
    g_assert_cmpuint(fixture->refused, >, 8);
    g_assert_cmpuint(fixture->accepted->len, ==, 0);
    try_import(fixture, (guint8 *)bytes, length);
    g_assert_cmpuint(fixture->accepted->len, ==, 1);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add("/qcow2-mutants/version-2", Fixture, "compat=0.10", set_up, test_base, tear_down);
    g_test_add("/qcow2-mutants/version-3", Fixture, "compat=1.1", set_up, test_base, tear_down);
    g_test_add("/qcow2-mutants/zstd", Fixture, "compression_type=zstd,refcount_bits=1", set_up,
               test_base, tear_down);
    g_test_add("/qcow2-mutants/cut-off", Fixture, NULL, set_up, test_cut_off, tear_down);
    return g_test_run();
}
