/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/kept-shell.h"

struct SbKeptShell {
    SbSshProcess *ssh; /**< (nullable) */
};

SbKeptShell *sb_kept_shell_new(void)
{
    return g_new0(SbKeptShell, 1);
}

void sb_kept_shell_free(SbKeptShell *kept)
{
    sb_kept_shell_close(kept);
    g_free(kept);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    sb_kept_shell_close(data);
}

static void on_ended(int status, gpointer data)
{
    sb_kept_shell_close(data);
}

void sb_kept_shell_put(SbKeptShell *kept, SbSshProcess *ssh)
{
    static const SbSshProcessCallbacks callbacks = {on_output, on_ended};
    sb_kept_shell_close(kept);
    sb_ssh_process_pass_on(ssh, &callbacks, kept);
    kept->ssh = ssh;
}

SbSshProcess *sb_kept_shell_take(SbKeptShell *kept)
{
    return g_steal_pointer(&kept->ssh);
}

void sb_kept_shell_close(SbKeptShell *kept)
{
    if (kept)
        g_clear_pointer(&kept->ssh, sb_ssh_process_free);
}

static void kept_shell_free(gpointer kept)
{
    sb_kept_shell_free(kept);
}

GHashTable *sb_kept_shells_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_shell_free);
}

SbKeptShell *sb_kept_shells_get(GHashTable *shells, const char *machine)
{
    SbKeptShell *kept = shells ? g_hash_table_lookup(shells, machine) : NULL;
    if (!shells || kept)
        return kept;
    kept = sb_kept_shell_new();
    g_hash_table_insert(shells, g_strdup(machine), kept);
    return kept;
}
