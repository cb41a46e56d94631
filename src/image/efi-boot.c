/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/efi-boot.h"

#include <string.h>

enum {
    SECTOR = 512,
    LARGE_SECTOR = 4096,
    MAX_PARTITIONS = 128,
    MAX_READS = 2000,              /**< a real disk needs about a hundred */
    MAX_FOLDER_BYTES = 256 * 1024, /**< of one folder; real ones have a few hundred bytes */
    ENTRY = 32,
};

typedef enum { ARCH_AARCH64 = 1 << 0, ARCH_X86_64 = 1 << 1 } Arches;

typedef struct {
    const SbDiskSource *disk;
    Arches found;
    gboolean has_partitions, has_fat, is_cd;
    gboolean has_large_sectors; /* its table of partitions is where only they have it */
    guint reads;
    GError *error; /* of the first read that failed: then no other is tried */
} Look;

/* A FAT file system. Offsets are from the start of the disk. */
typedef struct {
    Look *look;
    guint64 fat_offset;
    guint64 root_offset; /* of FAT12 and FAT16: their root folder has a place of its own */
    guint64 root_bytes;
    guint64 data_offset; /* of cluster 2 */
    guint32 cluster_bytes;
    guint32 clusters;
    guint32 root_cluster; /* of FAT32 */
    guint fat_bits;       /* 12, 16 or 32 */
} Fat;

static guint32 u16_at(const guint8 *at)
{
    return (guint32)at[0] | (guint32)at[1] << 8;
}

static guint32 u32_at(const guint8 *at)
{
    return u16_at(at) | u16_at(at + 2) << 16;
}

static guint64 u64_at(const guint8 *at)
{
    return u32_at(at) | (guint64)u32_at(at + 4) << 32;
}

/* FALSE also if that is not all on the disk, or there were too many reads. */
static gboolean read_at(Look *look, guint64 offset, void *buffer, gsize length)
{
    return !look->error && look->reads++ < MAX_READS && offset <= look->disk->bytes &&
           length <= look->disk->bytes - offset &&
           look->disk->read(look->disk->data, offset, buffer, length, &look->error);
}

/* ---- FAT ---- */

static gboolean is_power_of_2(guint32 number)
{
    return number && !(number & (number - 1));
}

/* Reads the file system that begins at OFFSET; FALSE if there is none. */
static gboolean open_fat(Look *look, guint64 offset, Fat *fat_out)
{
    guint8 boot[SECTOR];
    if (!read_at(look, offset, boot, sizeof boot) || boot[510] != 0x55 || boot[511] != 0xaa)
        return FALSE;
    guint32 sector = u16_at(boot + 11), per_cluster = boot[13], reserved = u16_at(boot + 14);
    guint32 fats = boot[16], root_entries = u16_at(boot + 17);
    guint64 sectors = u16_at(boot + 19) ? u16_at(boot + 19) : u32_at(boot + 32);
    guint64 fat_sectors = u16_at(boot + 22) ? u16_at(boot + 22) : u32_at(boot + 36);
    if (sector < SECTOR || sector > LARGE_SECTOR || !is_power_of_2(sector) ||
        !is_power_of_2(per_cluster) || reserved == 0 || fats == 0 || fats > 4)
        return FALSE;
    guint64 root_sectors = ((guint64)root_entries * ENTRY + sector - 1) / sector;
    guint64 data_sector = reserved + fats * fat_sectors + root_sectors;
    if (data_sector >= sectors)
        return FALSE;
    guint64 clusters = (sectors - data_sector) / per_cluster;
    *fat_out = (Fat){.look = look,
                     .fat_offset = offset + (guint64)reserved * sector,
                     .root_offset = offset + (reserved + fats * fat_sectors) * sector,
                     .root_bytes = (guint64)root_entries * ENTRY,
                     .data_offset = offset + data_sector * sector,
                     .cluster_bytes = sector * per_cluster,
                     .clusters = (guint32)MIN(clusters, 0x0ffffff4),
                     .root_cluster = u32_at(boot + 44),
                     .fat_bits = clusters < 4085    ? 12
                                 : clusters < 65525 ? 16
                                                    : 32};
    return TRUE;
}

/* The cluster that follows CLUSTER in its file; 0: none. */
static guint32 next_cluster(const Fat *fat, guint32 cluster)
{
    guint8 entry[4] = {0};
    guint64 at = fat->fat_offset + (guint64)cluster * fat->fat_bits / 8;
    if (!read_at(fat->look, at, entry, fat->fat_bits == 32 ? 4 : 2))
        return 0;
    guint32 value = u32_at(entry);
    return fat->fat_bits == 32   ? value & 0x0fffffff
           : fat->fat_bits == 16 ? value
           : cluster & 1         ? value >> 4
                                 : value & 0xfff;
}

/* A name of a file or a folder that is looked for, and its entry. */
typedef struct {
    const char *name; /* in the form of a folder: eight letters, three of the ending */
    guint8 entry[ENTRY];
    gboolean is_found;
} Wanted;

/* Looks at the entries in LENGTH bytes. FALSE: that was the end of the folder. */
static gboolean scan(const guint8 *bytes, gsize length, Wanted *wanted, gsize count)
{
    enum { NAME = 11, ATTRIBUTES = 11, LABEL = 0x08 };
    for (gsize at = 0; at + ENTRY <= length; at += ENTRY) {
        if (bytes[at] == 0)
            return FALSE;
        /* A part of a long name counts as a label, too. All names that are looked for fit into the
         * short form, so each of them has that, whatever its long name's capitals are. */
        for (gsize i = 0; i < count && !(bytes[at + ATTRIBUTES] & LABEL); i++) {
            if (memcmp(bytes + at, wanted[i].name, NAME) != 0)
                continue;
            memcpy(wanted[i].entry, bytes + at, ENTRY);
            wanted[i].is_found = TRUE;
        }
    }
    return TRUE;
}

/* Looks for COUNT names in the folder that begins at CLUSTER; 0: the root of FAT12 and FAT16. */
static void search(const Fat *fat, guint32 cluster, Wanted *wanted, gsize count)
{
    gsize step = cluster ? fat->cluster_bytes : (gsize)MIN(fat->root_bytes, MAX_FOLDER_BYTES);
    g_autofree guint8 *bytes = g_malloc(step);
    if (cluster == 0) {
        if (read_at(fat->look, fat->root_offset, bytes, step))
            scan(bytes, step, wanted, count);
        return;
    }
    for (gsize done = 0; done < MAX_FOLDER_BYTES; done += step) {
        if (cluster < 2 || cluster - 2 >= fat->clusters ||
            !read_at(fat->look, fat->data_offset + (guint64)(cluster - 2) * step, bytes, step) ||
            !scan(bytes, step, wanted, count))
            return;
        cluster = next_cluster(fat, cluster);
    }
}

static guint32 first_cluster(const Fat *fat, const guint8 *entry)
{
    return u16_at(entry + 26) | (fat->fat_bits == 32 ? u16_at(entry + 20) << 16 : 0);
}

/* The folder NAME in the folder at CLUSTER; 0: there is none. */
static guint32 enter(const Fat *fat, guint32 cluster, const char *name)
{
    enum { FOLDER = 0x10 };
    Wanted folder = {.name = name};
    search(fat, cluster, &folder, 1);
    return folder.is_found && folder.entry[11] & FOLDER ? first_cluster(fat, folder.entry) : 0;
}

static void look_at_partition(Look *look, guint64 offset)
{
    Fat fat;
    look->has_partitions = TRUE;
    if (!open_fat(look, offset, &fat))
        return;
    look->has_fat = TRUE;
    guint32 efi = enter(&fat, fat.fat_bits == 32 ? fat.root_cluster : 0, "EFI        ");
    guint32 boot = efi ? enter(&fat, efi, "BOOT       ") : 0;
    if (!boot)
        return;
    Wanted loaders[] = {{.name = "BOOTAA64EFI"}, {.name = "BOOTX64 EFI"}};
    search(&fat, boot, loaders, G_N_ELEMENTS(loaders));
    for (gsize i = 0; i < G_N_ELEMENTS(loaders); i++)
        if (loaders[i].is_found)
            look->found |= i ? ARCH_X86_64 : ARCH_AARCH64;
}

/* ---- partitions ---- */

/* FALSE: there is no GPT for sectors of this size. */
static gboolean look_at_gpt(Look *look, guint32 sector)
{
    guint8 header[96], entry[48];
    if (!read_at(look, sector, header, sizeof header) || memcmp(header, "EFI PART", 8) != 0)
        return FALSE;
    guint64 table = u64_at(header + 72), last = look->disk->bytes / sector;
    guint32 count = MIN(u32_at(header + 80), MAX_PARTITIONS), size = u32_at(header + 84);
    if (table > last || size < 128 || size > LARGE_SECTOR)
        return TRUE;
    for (guint32 i = 0; i < count; i++) {
        static const guint8 unused[16];
        if (!read_at(look, table * sector + (guint64)i * size, entry, sizeof entry))
            return TRUE;
        guint64 first = u64_at(entry + 32);
        /* The type of the partition does not matter: the firmware tries every FAT file system. */
        if (memcmp(entry, unused, sizeof unused) != 0 && first <= last)
            look_at_partition(look, first * sector);
    }
    return TRUE;
}

static void look_at_mbr(Look *look)
{
    enum { TABLE = 446, PARTITION = 16, PARTITIONS = 4 };
    guint8 sector[SECTOR];
    if (!read_at(look, 0, sector, sizeof sector) || sector[510] != 0x55 || sector[511] != 0xaa)
        return;
    for (gsize i = 0; i < PARTITIONS; i++) {
        const guint8 *entry = sector + TABLE + i * PARTITION;
        if (entry[4] != 0)
            look_at_partition(look, (guint64)u32_at(entry + 8) * SECTOR);
    }
}

/* The image of a CD that boots from a disk, too, has partitions. */
static gboolean has_iso9660(Look *look)
{
    char magic[5];
    return read_at(look, 32769, magic, sizeof magic) && memcmp(magic, "CD001", sizeof magic) == 0;
}

static const char *missing(const Look *look)
{
    return look->found && !look->has_large_sectors ? NULL
           : look->has_large_sectors ? "its partition table is for sectors of 4096 bytes, and the "
                                       "disk of a machine has sectors of 512 bytes"
           : look->has_fat        ? "its EFI system partition has no EFI/BOOT/BOOTAA64.EFI and no "
                                    "EFI/BOOT/BOOTX64.EFI"
           : look->has_partitions ? "none of its partitions has a FAT file system, as an EFI "
                                    "system partition has"
           : look->is_cd          ? "it is the image of a CD (ISO 9660), such as an installer, and "
                                    "not of a disk"
                                  : "it has no partitions";
}

gboolean sb_efi_boot_arch(const SbDiskSource *disk, const char **arch_out, const char **missing_out,
                          GError **error)
{
    Look look = {.disk = disk};
    gboolean has_gpt = look_at_gpt(&look, SECTOR);
    look.has_large_sectors = !has_gpt && look_at_gpt(&look, LARGE_SECTOR);
    if (!has_gpt && !look.has_large_sectors)
        look_at_mbr(&look);
    look.is_cd = !look.has_partitions && has_iso9660(&look);
    if (look.error) {
        g_propagate_error(error, look.error);
        return FALSE;
    }
    *missing_out = missing(&look);
    *arch_out = look.found == ARCH_AARCH64  ? "aarch64"
                : look.found == ARCH_X86_64 ? "x86_64"
                                            : NULL;
    return TRUE;
}
