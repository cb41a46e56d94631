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
    MAX_OTHER_BYTES = 100, /**< of names that are shown */
};

typedef enum { ARCH_AARCH64 = 1 << 0, ARCH_X86_64 = 1 << 1 } Arches;

typedef struct {
    const SbDiskSource *disk;
    Arches found;
    gboolean has_partitions, has_fat, is_cd;
    gboolean has_large_sectors; /* its table of partitions is where only they have it */
    GString *others;            /* boot loaders where only a firmware with a memory finds them */
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

/* Takes one ENTRY of a folder. */
typedef void (*EntryFunc)(const Fat *fat, const guint8 *entry, gpointer data);

/* Gives the entries in LENGTH bytes to FUNC. FALSE: that was the end of the folder. */
static gboolean scan(const Fat *fat, const guint8 *bytes, gsize length, EntryFunc func,
                     gpointer data)
{
    enum { ATTRIBUTES = 11, LABEL = 0x08, REMOVED = 0xe5 };
    for (gsize at = 0; at + ENTRY <= length; at += ENTRY) {
        if (bytes[at] == 0)
            return FALSE;
        /* A part of a long name counts as a label, too. All names that are looked for fit into the
         * short form, so each of them has that, whatever its long name's capitals are. */
        if (!(bytes[at + ATTRIBUTES] & LABEL) && bytes[at] != REMOVED)
            func(fat, bytes + at, data);
    }
    return TRUE;
}

/* Gives the entries of the folder that begins at CLUSTER to FUNC; 0: the root of FAT12 and FAT16.
 */
static void walk(const Fat *fat, guint32 cluster, EntryFunc func, gpointer data)
{
    gsize step = cluster ? fat->cluster_bytes : (gsize)MIN(fat->root_bytes, MAX_FOLDER_BYTES);
    g_autofree guint8 *bytes = g_malloc(step);
    if (cluster == 0) {
        if (read_at(fat->look, fat->root_offset, bytes, step))
            scan(fat, bytes, step, func, data);
        return;
    }
    for (gsize done = 0; done < MAX_FOLDER_BYTES; done += step) {
        if (cluster < 2 || cluster - 2 >= fat->clusters ||
            !read_at(fat->look, fat->data_offset + (guint64)(cluster - 2) * step, bytes, step) ||
            !scan(fat, bytes, step, func, data))
            return;
        cluster = next_cluster(fat, cluster);
    }
}

static guint32 first_cluster(const Fat *fat, const guint8 *entry)
{
    return u16_at(entry + 26) | (fat->fat_bits == 32 ? u16_at(entry + 20) << 16 : 0);
}

static gboolean is_folder(const guint8 *entry)
{
    return entry[11] & 0x10;
}

/* A name, in the form of a folder: eight letters, three of the ending. */
static gboolean is_called(const guint8 *entry, const char *name)
{
    return memcmp(entry, name, 11) == 0;
}

typedef struct {
    const char *name;
    guint32 cluster; /* 0: there is no such folder */
} Folder;

static void find_folder(const Fat *fat, const guint8 *entry, gpointer data)
{
    Folder *folder = data;
    if (is_folder(entry) && is_called(entry, folder->name))
        folder->cluster = first_cluster(fat, entry);
}

static guint32 enter(const Fat *fat, guint32 cluster, const char *name)
{
    Folder folder = {.name = name};
    walk(fat, cluster, find_folder, &folder);
    return folder.cluster;
}

static void find_loader(const Fat *fat, const guint8 *entry, gpointer data)
{
    if (is_called(entry, "BOOTAA64EFI"))
        fat->look->found |= ARCH_AARCH64;
    if (is_called(entry, "BOOTX64 EFI"))
        fat->look->found |= ARCH_X86_64;
}

/* Appends LENGTH bytes of a name at most, as people write it. */
static void append_name(GString *text, const guint8 *name, gsize length)
{
    for (gsize i = 0; i < length && name[i] != ' '; i++)
        g_string_append_c(text, g_ascii_isgraph(name[i]) ? g_ascii_tolower((char)name[i]) : '?');
}

/* DATA: the entry of the folder that has ENTRY. */
static void add_other(const Fat *fat, const guint8 *entry, gpointer data)
{
    GString *others = fat->look->others;
    if (is_folder(entry) || memcmp(entry + 8, "EFI", 3) != 0 || others->len > MAX_OTHER_BYTES)
        return;
    g_string_append(others, others->len > 0 ? ", EFI/" : "EFI/");
    append_name(others, data, 8);
    g_string_append_c(others, '/');
    append_name(others, entry, 8);
    g_string_append(others, ".efi");
}

static void find_others(const Fat *fat, const guint8 *entry, gpointer data)
{
    guint32 cluster = first_cluster(fat, entry);
    if (is_folder(entry) && entry[0] != '.' && cluster > 0)
        walk(fat, cluster, add_other, (gpointer)entry);
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
    if (boot)
        walk(&fat, boot, find_loader, NULL);
    if (efi && !look->found)
        walk(&fat, efi, find_others, NULL);
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

static void judge(const Look *look, SbEfiBoot *boot)
{
    const char *missing = NULL, *others = "";
    if (look->has_large_sectors) {
        missing = "its partition table is for sectors of 4096 bytes, and the disk of a machine has "
                  "sectors of 512 bytes";
        boot->mend = "use the image that is made for sectors of 512 bytes";
    } else if (look->found) {
        boot->mend = NULL;
    } else if (look->has_fat && look->others->len > 0) {
        missing = "its EFI system partition has no EFI/BOOT/BOOTAA64.EFI and no "
                  "EFI/BOOT/BOOTX64.EFI, but ";
        others = look->others->str;
        boot->mend = "run 'grub-install --removable' in the image, or copy the boot loader to "
                     "EFI/BOOT by its name there (shim needs GRUB beside it)";
    } else if (look->has_fat) {
        missing = "its EFI system partition has no EFI/BOOT/BOOTAA64.EFI and no "
                  "EFI/BOOT/BOOTX64.EFI";
        boot->mend = "install its boot loader as removable ('grub-install --removable' in the "
                     "image)";
    } else if (look->has_partitions) {
        missing = "none of its partitions has a FAT file system, as an EFI system partition has";
        boot->mend = "use the distribution's image for UEFI: this one boots by BIOS only, or not "
                     "at all";
    } else if (look->is_cd) {
        missing = "it is the image of a CD (ISO 9660), such as an installer, and not of a disk";
        boot->mend = "use the distribution's disk image for clouds";
    } else {
        missing = "it has no partitions";
        boot->mend = "use a whole disk that boots by UEFI: this is an empty disk, or one partition";
    }
    boot->missing = missing ? g_strconcat(missing, others, NULL) : NULL;
}

void sb_efi_boot_clear(SbEfiBoot *boot)
{
    g_clear_pointer(&boot->missing, g_free);
}

gboolean sb_efi_boot_look(const SbDiskSource *disk, SbEfiBoot *boot_out, GError **error)
{
    Look look = {.disk = disk, .others = g_string_new(NULL)};
    gboolean has_gpt = look_at_gpt(&look, SECTOR);
    look.has_large_sectors = !has_gpt && look_at_gpt(&look, LARGE_SECTOR);
    if (!has_gpt && !look.has_large_sectors)
        look_at_mbr(&look);
    look.is_cd = !look.has_partitions && has_iso9660(&look);
    if (!look.error) {
        judge(&look, boot_out);
        boot_out->arch = look.found == ARCH_AARCH64  ? "aarch64"
                         : look.found == ARCH_X86_64 ? "x86_64"
                                                     : NULL;
    }
    g_string_free(look.others, TRUE);
    if (!look.error)
        return TRUE;
    g_propagate_error(error, look.error);
    return FALSE;
}
