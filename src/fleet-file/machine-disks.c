/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-disks.h"

#include "base/array.h"
#include "base/names.h"

#include <string.h>

#define SUFFIX ".disk.qcow2"

#define SIZE_MIN (1024 * G_GUINT64_CONSTANT(1024))
#define SIZE_MAX_BYTES (64 * 1024 * 1024 * SIZE_MIN)

static const char *const buses[] = {[SB_DISK_VIRTIO] = "virtio", [SB_DISK_SCSI] = "scsi", NULL};

const char *sb_disk_bus_name(SbDiskBus bus)
{
    return buses[bus];
}

static void disk_free(gpointer data)
{
    SbMachineDisk *disk = data;
    g_free(disk->name);
    sb_image_source_type.clear(&disk->image);
    g_free(disk->image_volume);
    g_free(disk->image_path);
    g_free(disk->image_format);
    g_free(disk->path);
    g_free(disk);
}

static GPtrArray *disks_new(void)
{
    return g_ptr_array_new_with_free_func(disk_free);
}

static SbMachineDisk *disk_copy(const SbMachineDisk *disk)
{
    SbMachineDisk *copy = g_memdup2(disk, sizeof *disk);
    copy->name = g_strdup(disk->name);
    sb_image_source_type.own(&copy->image);
    copy->image_volume = g_strdup(disk->image_volume);
    copy->image_path = g_strdup(disk->image_path);
    copy->image_format = g_strdup(disk->image_format);
    copy->path = g_strdup(disk->path);
    return copy;
}

static void own(gpointer field)
{
    GPtrArray **disks = field, *copy = *disks ? disks_new() : NULL;
    for (guint i = 0; copy && i < (*disks)->len; i++)
        g_ptr_array_add(copy, disk_copy(g_ptr_array_index(*disks, i)));
    *disks = copy;
}

static void describe(gconstpointer field, GString *text)
{
    const GPtrArray *disks = *(GPtrArray *const *)field;
    for (guint i = 0; disks && i < disks->len; i++) {
        const SbMachineDisk *disk = g_ptr_array_index(disks, i);
        g_string_append_printf(text, "%s%s %s %" G_GUINT64_FORMAT " %s", i ? ", " : "", disk->name,
                               buses[disk->bus], disk->size_bytes,
                               disk->image_volume ? disk->image_volume : "-");
    }
}

/* ---- volumes ---- */

char *sb_disk_name(const char *machine, const char *disk)
{
    return g_strconcat(machine, ".", disk, SUFFIX, NULL);
}

char *sb_disk_of_volume(const char *machine, const char *volume)
{
    gsize length = strlen(machine);
    if (strncmp(volume, machine, length) != 0 || volume[length] != '.' ||
        !g_str_has_suffix(volume + length + 1, SUFFIX))
        return NULL;
    const char *disk = volume + length + 1;
    g_autofree char *name = g_strndup(disk, strlen(disk) - strlen(SUFFIX));
    return sb_name_is_valid(name) ? g_steal_pointer(&name) : NULL;
}

/* ---- reading ---- */

/* FALSE: it has added a finding. */
static gboolean read_name(const SbValueReader *reader, const SbYamlNode *node, SbMachineDisk *disk)
{
    if (!sb_value_name(reader, "disk", node, &disk->name))
        return FALSE;
    if (strlen(disk->name) <= SB_DISK_NAME_MAX)
        return TRUE;
    return sb_value_complain(reader, node,
                             "the name of a disk has at most %d characters, because a guest sees "
                             "no more of it, and '%.60s' has %zu",
                             SB_DISK_NAME_MAX, disk->name, strlen(disk->name));
}

static gboolean read_bus(const SbValueReader *reader, const SbYamlNode *node, SbMachineDisk *disk)
{
    g_autofree char *word = NULL;
    if (node->kind == SB_YAML_SCALAR && strcmp(node->text, "nvme") == 0)
        return sb_value_complain(reader, node,
                                 "bus cannot be nvme: libvirt before 11.5 has no NVMe disks that "
                                 "are files; write 'virtio' or 'scsi'");
    if (!sb_value_choice(reader, "bus", node, buses, &word))
        return FALSE;
    disk->bus = strcmp(word, buses[SB_DISK_SCSI]) == 0 ? SB_DISK_SCSI : SB_DISK_VIRTIO;
    return TRUE;
}

static gboolean read_disk(const SbValueReader *reader, const SbYamlNode *node, SbMachineDisk *disk)
{
    static const char *const keys[] = {"name", "size", "bus", "image", NULL};
    if (!sb_value_is_mapping(reader, "a disk", node, "name, size, bus and image"))
        return FALSE;
    const SbYamlNode *name = sb_yaml_get(node, "name"), *size = sb_yaml_get(node, "size");
    const SbYamlNode *bus = sb_yaml_get(node, "bus"), *image = sb_yaml_get(node, "image");
    guint before = sb_diagnostics_total(reader->diagnostics);
    disk->mark = node->mark;
    sb_value_check_keys(reader, node, keys);
    if (!name)
        sb_value_complain(reader, node, "a disk needs a name: write 'name: NAME' in it");
    else
        read_name(reader, name, disk);
    if (!size && !image)
        sb_value_complain(reader, node, "a disk needs a size or an image: write 'size: 10 GiB'");
    if (size)
        sb_value_size(reader, "size", size, SIZE_MIN, SIZE_MAX_BYTES, &disk->size_bytes);
    if (bus)
        read_bus(reader, bus, disk);
    if (image)
        sb_image_source_type.read(reader, "image", image, &disk->image);
    return sb_diagnostics_total(reader->diagnostics) == before;
}

static gboolean has_name(const GPtrArray *disks, const char *name)
{
    SB_EACH(const SbMachineDisk, disk, disks)
        if (strcmp(disk->name, name) == 0)
            return TRUE;
    return FALSE;
}

static void read_disks(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       gpointer field)
{
    guint before = sb_diagnostics_total(reader->diagnostics);
    const GPtrArray *items = sb_value_items(
        reader, key, node, "a list of disks, each '{ name: NAME, size: SIZE }'", SB_DISKS_MAX);
    g_autoptr(GPtrArray) made = disks_new();
    SB_EACH(const SbYamlNode, item, items) {
        SbMachineDisk *disk = g_new0(SbMachineDisk, 1);
        if (!read_disk(reader, item, disk)) {
            disk_free(disk);
            continue;
        }
        if (has_name(made, disk->name))
            sb_value_complain(reader, item, "two disks are called '%s'", disk->name);
        g_ptr_array_add(made, disk);
    }
    if (sb_diagnostics_total(reader->diagnostics) > before)
        return;
    sb_field_clear_list(field);
    *(GPtrArray **)field = made->len > 0 ? g_steal_pointer(&made) : NULL;
}

const SbFieldType sb_machine_disks_type = {read_disks, own, sb_field_clear_list, describe};
