/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/volume-names.h"

#include "base/names.h"
#include "fleet-file/machine-disks.h"
#include "model/snapshot-record.h"
#include "model/warm-record.h"

#include <string.h>

char *sb_overlay_name(const char *machine)
{
    return g_strconcat(machine, ".qcow2", NULL);
}

char *sb_seed_name(const char *machine)
{
    return g_strconcat(machine, ".seed.iso", NULL);
}

char *sb_kernel_name(const char *machine)
{
    return g_strconcat(machine, ".kernel", NULL);
}

char *sb_initrd_name(const char *machine)
{
    return g_strconcat(machine, ".initrd", NULL);
}

char *sb_memory_name(const char *machine)
{
    return g_strconcat(machine, ".memory", NULL);
}

char *sb_console_log_name(const char *machine)
{
    return g_strconcat(machine, ".console.log", NULL);
}

char *sb_console_log_backup_name(const char *machine, guint number)
{
    return g_strdup_printf("%s.console.log.%u", machine, number);
}

char *sb_flat_name(const char *machine)
{
    return g_strconcat(machine, ".flat.img", NULL);
}

static gboolean is_of_snapshot(const char *machine, const char *volume)
{
    SbSnapshotPart part;
    g_autofree char *name = sb_snapshot_of_volume(machine, volume, &part);
    return name != NULL;
}

static gboolean is_of_warm_image(const char *volume)
{
    SbWarmPart part;
    g_autofree char *key = sb_warm_volume_key(volume, &part);
    return key != NULL;
}

char *sb_machine_of_volume(const char *volume)
{
    static const char *const ends[] = {".qcow2",  ".seed.iso",    ".kernel",  ".initrd",
                                       ".memory", ".console.log", ".flat.img"};
    const char *dot = strchr(volume, '.');
    gboolean is_backup = dot && g_str_has_prefix(dot, ".console.log.") &&
                         g_ascii_isdigit(dot[strlen(".console.log.")]) &&
                         dot[strlen(".console.log.") + 1] == '\0';
    if (!dot || is_of_warm_image(volume))
        return NULL;
    g_autofree char *machine = g_strndup(volume, (gsize)(dot - volume));
    g_autofree char *disk = sb_disk_of_volume(machine, volume);
    gboolean is_its = is_backup || disk || is_of_snapshot(machine, volume);
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        is_its |= strcmp(dot, ends[i]) == 0;
    return is_its && sb_machine_name_is_valid(machine) ? g_steal_pointer(&machine) : NULL;
}
