/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The architecture of disks that mtools and QEMU made: FAT12, FAT16 and FAT32, GPT and MBR, raw and
 * all kinds of qcow2.
 */
#include "image/image-file.h"
#include "test.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *folder;
    gboolean has_tools;
} Fixture;

/* Runs a shell command in the folder, with the disk's name in $disk. */
static void shell(const Fixture *fixture, const char *command)
{
    const char *argv[] = {"sh", "-ec", command, NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *errors = NULL, *output = NULL;
    int status;
    g_spawn_sync(fixture->folder, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                 &errors, &status, &error);
    g_assert_no_error(error);
    if (status != 0)
        g_error("%s: %s%s", command, output, errors);
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    static const char *const tools[] = {"sgdisk", "mformat", "mcopy", "qemu-img"};
    fixture->folder = g_dir_make_tmp("image-arch-XXXXXX", NULL);
    fixture->has_tools = TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(tools); i++) {
        g_autofree char *found = g_find_program_in_path(tools[i]);
        if (!found) {
            g_test_skip("a tool is missing: gdisk, mtools or qemu-utils");
            fixture->has_tools = FALSE;
            return;
        }
    }
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    shell(fixture, "rm -rf \"$PWD\"");
    g_free(fixture->folder);
}

/* The architecture of the file NAME. (transfer full) (nullable) */
static char *arch_of(const Fixture *fixture, const char *name)
{
    const SbOperation operation = {0};
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    const SbImageFileRequest request = {.path = path};
    g_autoptr(GError) error = NULL;
    g_autoptr(SbImageFile) file = sb_image_file_open(&operation, &request, &error);
    g_assert_no_error(error);
    return g_strdup(file->boot.arch);
}

static void expect(const Fixture *fixture, const char *name, const char *arch)
{
    g_autofree char *found = arch_of(fixture, name);
    g_test_message("%s", name);
    g_assert_cmpstr(found, ==, arch);
}

/* A disk of 48 MiB whose first partition has a file system of MIB, with FILES in the folder of the
 * boot loaders. The second partition is empty. */
static void make_disk(const Fixture *fixture, const char *table, const char *mib, const char *files)
{
    g_setenv("table", table, TRUE);
    g_setenv("mib", mib, TRUE);
    g_setenv("files", files, TRUE);
    shell(fixture,
          "rm -f disk; truncate -s 48M disk\n"
          "if [ $table = gpt ]; then sgdisk -n 1:2048:+${mib}M -t 1:ef00 -n 2:0:0 disk >log\n"
          "else printf '\\0\\0\\0\\0\\357\\0\\0\\0\\0\\010\\0\\0\\377\\377\\0\\0' |\n"
          "  dd of=disk bs=1 seek=446 conv=notrunc status=none\n"
          "  printf '\\125\\252' | dd of=disk bs=1 seek=510 conv=notrunc status=none; fi\n"
          "export MTOOLS_SKIP_CHECK=1\n"
          "fat32=; if [ $mib = 40 ]; then fat32='-F -c 1'; fi\n"
          "mformat -i disk@@1M $fat32 -T $((mib * 2048)) -h 16 -s 32 ::\n"
          "mmd -i disk@@1M ::/EFI ::/EFI/Boot ::/EFI/a-folder-with-a-long-name\n"
          "head -c 70000 /dev/urandom >program\n"
          "for file in $files; do mcopy -i disk@@1M program ::/EFI/Boot/$file; done");
}

static void test_file_systems(Fixture *fixture, gconstpointer data)
{
    static const char *const tables[] = {"gpt", "mbr"}, *const sizes[] = {"2", "17", "40"};
    for (gsize i = 0; fixture->has_tools && i < 6; i++) {
        make_disk(fixture, tables[i / 3], sizes[i % 3], "grubaa64.efi BOOTAA64.EFI");
        g_test_message("%s, %s MiB", tables[i / 3], sizes[i % 3]);
        expect(fixture, "disk", "aarch64");
    }
}

static void test_loaders(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *files, *arch;
    } cases[] = {
        {"BootX64.efi BOOTIA32.EFI", "x86_64"},
        {"fbaa64.efi mmaa64.efi bootaa64.efi", "aarch64"},
        {"BOOTX64.EFI BOOTAA64.EFI", NULL}, /* for both: nothing speaks against either */
        {"shimx64.efi", NULL},
        {"", NULL},
    };
    for (gsize i = 0; fixture->has_tools && i < G_N_ELEMENTS(cases); i++) {
        make_disk(fixture, "gpt", "40", cases[i].files);
        g_test_message("%s", cases[i].files);
        expect(fixture, "disk", cases[i].arch);
    }
}

/* More entries than one cluster has: the folder goes on elsewhere. */
static void test_long_folder(Fixture *fixture, gconstpointer data)
{
    static const char *const sizes[] = {"2", "17", "40"};
    for (gsize i = 0; fixture->has_tools && i < G_N_ELEMENTS(sizes); i++) {
        make_disk(fixture, "gpt", sizes[i], "");
        shell(fixture, "head -c 10 /dev/zero >small\n"
                       "for i in $(seq 300); do echo small-$i; done >names\n"
                       "mkdir many; while read -r name; do cp small many/$name; done <names\n"
                       "mcopy -i disk@@1M many/* ::/EFI/Boot/\n"
                       "mcopy -i disk@@1M program ::/EFI/Boot/BOOTX64.EFI; rm -r many");
        expect(fixture, "disk", "x86_64");
    }
}

static void test_qcow2(Fixture *fixture, gconstpointer data)
{
    static const char *const options[] = {
        "-o compat=0.10",
        "-o cluster_size=512",
        "-o cluster_size=2M",
        "-c",
        "-c -o compression_type=zstd",
        "-c -o compression_type=zstd,cluster_size=2M",
        "-o extended_l2=on",
        "-c -o extended_l2=on",
    };
    if (!fixture->has_tools)
        return;
    make_disk(fixture, "gpt", "40", "BOOTAA64.EFI");
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
        g_autofree char *command =
            g_strdup_printf("qemu-img convert -f raw -O qcow2 %s disk disk.qcow2", options[i]);
        shell(fixture, command);
        g_test_message("%s", options[i]);
        expect(fixture, "disk.qcow2", "aarch64");
    }
    /* A compressed file is only read in its order. */
    shell(fixture, "gzip -1 disk.qcow2");
    expect(fixture, "disk.qcow2.gz", NULL);
    shell(fixture, "gzip -1 disk");
    expect(fixture, "disk.gz", "aarch64");
}

/* The loader is there, but a disk with sectors of 512 bytes has no table of partitions then. */
static void test_large_sectors(Fixture *fixture, gconstpointer data)
{
    const SbOperation operation = {0};
    g_autoptr(GError) error = NULL;
    if (!fixture->has_tools)
        return;
    shell(fixture,
          "truncate -s 64M large; echo x >f\n"
          "put() { printf \"$1\" | dd of=large bs=1 seek=$2 conv=notrunc status=none; }\n"
          "put 'EFI PART' 4096; put '\\002' 4168; put '\\200' 4176; put '\\200' 4180\n"
          "put '\\001' 8192; put '\\000\\001' 8224\n"
          "mformat -i large@@1M -T 100000 -h 16 -s 32 ::\n"
          "mmd -i large@@1M ::EFI ::EFI/BOOT; mcopy -i large@@1M f ::EFI/BOOT/BOOTAA64.EFI\n");
    g_autofree char *path = g_build_filename(fixture->folder, "large", NULL);
    const SbImageFileRequest request = {.path = path};
    g_autoptr(SbImageFile) file = sb_image_file_open(&operation, &request, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(file->boot.arch, ==, "aarch64");
    g_assert_nonnull(strstr(file->boot.missing, "sectors of 4096 bytes"));
}

/* What an installer leaves, for a firmware that remembers where the boot loader is. */
static void test_other_folder(Fixture *fixture, gconstpointer data)
{
    static const char *const sizes[] = {"2", "40"};
    const SbOperation operation = {0};
    g_autofree char *path = g_build_filename(fixture->folder, "disk", NULL);
    const SbImageFileRequest request = {.path = path};
    for (gsize i = 0; fixture->has_tools && i < G_N_ELEMENTS(sizes); i++) {
        make_disk(fixture, "gpt", sizes[i], "");
        shell(fixture, "mmd -i disk@@1M ::/EFI/debian\n"
                       "mcopy -i disk@@1M program ::/EFI/debian/shimaa64.efi\n"
                       "mcopy -i disk@@1M program ::/EFI/debian/grub.cfg\n"
                       "mcopy -i disk@@1M program ::/EFI/debian/gone.efi\n"
                       "mdel -i disk@@1M ::/EFI/debian/gone.efi\n"
                       "mcopy -i disk@@1M program ::/EFI/debian/grubaa64.efi");
        g_autoptr(GError) error = NULL;
        g_autoptr(SbImageFile) file = sb_image_file_open(&operation, &request, &error);
        g_assert_no_error(error);
        g_assert_true(g_str_has_suffix(file->boot.missing,
                                       " but EFI/debian/shimaa64.efi, EFI/debian/grubaa64.efi"));
        g_assert_nonnull(strstr(file->boot.mend, "copy the boot loader to EFI/BOOT"));
    }
}

static void add(const char *name, void (*test)(Fixture *fixture, gconstpointer data))
{
    g_test_add(name, Fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    add("/image-arch/file-systems", test_file_systems);
    add("/image-arch/loaders", test_loaders);
    add("/image-arch/long-folder", test_long_folder);
    add("/image-arch/other-folder", test_other_folder);
    add("/image-arch/large-sectors", test_large_sectors);
    add("/image-arch/qcow2", test_qcow2);
    return g_test_run();
}
