/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/process-id.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The identity of this boot and pid namespace: ids from another one cannot be looked up here. */
static char *place_of_pids(void)
{
    g_autofree char *boot = NULL;
    if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
        return NULL;
    g_autofree char *namespace = g_file_read_link("/proc/self/ns/pid", NULL);
    return namespace ? g_strdup_printf("%s/%s", g_strchomp(boot), namespace) : NULL;
}

/* Fields 3 (the state) and 22 (the start, in clock ticks since the boot) of /proc/PID/stat:
 * proc(5). The command name in field 2 may hold anything, so counting starts after its closing
 * parenthesis. NULL: the file cannot be read. */
static char *start_time(int pid, char *state_out)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
    g_autofree char *stat = NULL;
    if (!g_file_get_contents(path, &stat, NULL, NULL))
        return NULL;
    const char *after_name = strrchr(stat, ')');
    if (!after_name || after_name[1] != ' ')
        return NULL;
    g_auto(GStrv) fields = g_strsplit(after_name + 2, " ", -1);
    if (g_strv_length(fields) <= 22 - 3)
        return NULL;
    *state_out = fields[0][0];
    return g_strdup(fields[22 - 3]);
}

char *sb_process_id_self(void)
{
    char state;
    g_autofree char *place = place_of_pids();
    g_autofree char *start = start_time(getpid(), &state);
    return g_strdup_printf("%s/%d/%s", place ? place : "unknown", getpid(), start ? start : "0");
}

SbProcessState sb_process_id_check(const char *text)
{
    g_autofree char *place = place_of_pids();
    if (!place || !g_str_has_prefix(text, place) || text[strlen(place)] != '/')
        return SB_PROCESS_UNKNOWN;
    g_auto(GStrv) parts = g_strsplit(text + strlen(place) + 1, "/", 2);
    guint64 pid, started;
    if (g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 1, G_MAXINT, &pid, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 1, G_MAXUINT64, &started, NULL))
        return SB_PROCESS_UNKNOWN;
    char state;
    g_autofree char *start = start_time((int)pid, &state);
    /* With hidepid, /proc does not show what other users run; kill(2) still tells it from nothing.
     */
    if (!start)
        return kill((pid_t)pid, 0) < 0 && errno == ESRCH ? SB_PROCESS_GONE : SB_PROCESS_UNKNOWN;
    /* A zombie has let go of everything; only its parent has not noticed yet. */
    gboolean is_dead = state == 'Z' || state == 'X';
    return !is_dead && strcmp(start, parts[1]) == 0 ? SB_PROCESS_RUNS : SB_PROCESS_GONE;
}
