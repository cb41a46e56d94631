/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/volume-names.h"

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
