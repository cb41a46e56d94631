/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/settled.h"

#include "local/state-dir.h"

char *sb_settled_read(const char *directory, const SbDomain *domain)
{
    g_autofree char *name = g_strconcat(domain->name, SB_SETTLED_SUFFIX, NULL);
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) words =
        g_file_get_contents(path, &text, NULL, NULL) ? g_strsplit(text, " ", 2) : NULL;
    gboolean is_its = words && g_strcmp0(words[0], domain->uuid) == 0;
    /* It becomes a part of a shell command. */
    return is_its && words[1] && g_uuid_string_is_valid(words[1]) ? g_strdup(words[1]) : NULL;
}

void sb_settled_write(const char *directory, const SbDomain *domain, const char *boot_id)
{
    if (!boot_id || !*boot_id)
        return;
    g_autofree char *name = g_strconcat(domain->name, SB_SETTLED_SUFFIX, NULL);
    g_autofree char *text = g_strdup_printf("%s %s", domain->uuid, boot_id);
    sb_state_dir_write(directory, name, text, NULL);
}
