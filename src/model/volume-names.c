/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/volume-names.h"

#include "base/names.h"

#include <string.h>

char *sb_overlay_name(const char *machine)
{
    return g_strconcat(machine, ".qcow2", NULL);
}

char *sb_seed_name(const char *machine)
{
    return g_strconcat(machine, ".seed.iso", NULL);
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

char *sb_machine_of_volume(const char *volume)
{
    static const char *const ends[] = {".qcow2", ".seed.iso", ".memory", ".console.log",
                                       ".flat.img"};
    const char *dot = strchr(volume, '.');
    gboolean is_backup = dot && g_str_has_prefix(dot, ".console.log.") &&
                         g_ascii_isdigit(dot[strlen(".console.log.")]) &&
                         dot[strlen(".console.log.") + 1] == '\0';
    for (gsize i = 0; dot && i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *machine = g_strndup(volume, (gsize)(dot - volume));
        if ((is_backup || strcmp(dot, ends[i]) == 0) && sb_machine_name_is_valid(machine))
            return g_steal_pointer(&machine);
    }
    return NULL;
}
