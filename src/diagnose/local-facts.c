/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/local-facts.h"

#include "base/text.h"

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_BYTES = 8 * 1024 };

/* Where libvirt has it: networkDnsmasqPidfile() in its network driver. */
SbAnswer sb_local_dnsmasq_runs(const char *name)
{
    static const char folder[] = "/run/libvirt/network";
    g_autofree char *path = g_strdup_printf("%s/%s.pid", folder, name);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &text, NULL, &error))
        return g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) &&
                       g_file_test(folder, G_FILE_TEST_IS_DIR)
                   ? SB_NO
                   : SB_UNKNOWN;
    g_autofree char *name_path = g_strdup_printf("/proc/%ld/comm", strtol(text, NULL, 10));
    g_autofree char *program = NULL;
    if (!g_file_get_contents(name_path, &program, NULL, &error))
        return SB_NO;
    /* Another process may have its number now. */
    return sb_answer(g_str_has_prefix(program, "dnsmasq"));
}

/* A row of /proc/net/arp: address, type, flags (2: complete), MAC, mask, device. */
char *sb_local_other_mac(const char *address, const char *mac)
{
    g_autofree char *table = NULL;
    if (!g_file_get_contents("/proc/net/arp", &table, NULL, NULL))
        return NULL;
    g_auto(GStrv) rows = g_strsplit(table, "\n", -1);
    for (gsize i = 0; rows[i]; i++) {
        char row_address[64], row_mac[32];
        guint flags;
        if (sscanf(rows[i], "%63s %*s %x %31s", row_address, &flags, row_mac) == 3 &&
            strcmp(row_address, address) == 0 && flags & 2 && g_ascii_strcasecmp(row_mac, mac) != 0)
            return g_strdup(row_mac);
    }
    return NULL;
}

double sb_local_load(void)
{
    double load;
    return getloadavg(&load, 1) == 1 ? load : -1;
}

/* The end of the file PATH, made safe to show. (transfer full) (nullable) */
static char *read_end(const char *path)
{
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, NULL))
        return NULL;
    gsize skipped = length > LOG_BYTES ? length - LOG_BYTES : 0;
    return sb_text_sanitize(text + skipped, length - skipped);
}

char *sb_local_qemu_log(gboolean is_system, const char *machine)
{
    g_autofree char *name = g_strconcat(machine, ".log", NULL);
    g_autofree char *path =
        is_system ? g_build_filename("/var/log/libvirt/qemu", name, NULL)
                  : g_build_filename(g_get_user_cache_dir(), "libvirt/qemu/log", name, NULL);
    return read_end(path);
}

/* 0: not known. */
static long pid_of(gboolean is_system, const char *machine)
{
    g_autofree char *name = g_strconcat(machine, ".pid", NULL);
    g_autofree char *path =
        is_system ? g_build_filename("/run/libvirt/qemu", name, NULL)
                  : g_build_filename(g_get_user_runtime_dir(), "libvirt/qemu/run", name, NULL);
    g_autofree char *pid = NULL;
    return g_file_get_contents(path, &pid, NULL, NULL) ? strtol(pid, NULL, 10) : 0;
}

/* proc(5), stat: after the name in parentheses comes the state, T if a signal has stopped it. */
gboolean sb_local_qemu_is_stopped(gboolean is_system, const char *machine)
{
    g_autofree char *path = g_strdup_printf("/proc/%ld/stat", pid_of(is_system, machine));
    g_autofree char *status = NULL;
    const char *end = g_file_get_contents(path, &status, NULL, NULL) ? strrchr(status, ')') : NULL;
    return end && g_str_has_prefix(end, ") T");
}

/* The kernel's Documentation/scheduler/sched-stats: the time on a CPU, then the time that the
 * thread waited for one, in nanoseconds. */
gint64 sb_local_qemu_waited_ns(gboolean is_system, const char *machine)
{
    g_autofree char *folder = g_strdup_printf("/proc/%ld/task", pid_of(is_system, machine));
    g_autoptr(GDir) threads = g_dir_open(folder, 0, NULL);
    gint64 waited_ns = threads ? 0 : -1;
    for (const char *thread; threads && (thread = g_dir_read_name(threads));) {
        g_autofree char *path = g_build_filename(folder, thread, "schedstat", NULL);
        g_autofree char *text = NULL;
        gint64 one_ns;
        if (!g_file_get_contents(path, &text, NULL, NULL))
            continue;
        if (sscanf(text, "%*s %" G_GINT64_FORMAT, &one_ns) == 1)
            waited_ns += one_ns;
    }
    return waited_ns;
}

/* libvirtd writes to the journal, unless its configuration names a file. */
char *sb_local_libvirtd_log(gboolean is_system)
{
    static const char *const files[] = {"/var/log/libvirt/virtqemud.log",
                                        "/var/log/libvirt/libvirtd.log"};
    const char *const journalctl[] = {"journalctl",
                                      is_system ? "--system" : "--user",
                                      "--quiet",
                                      "--no-pager",
                                      "--lines=200",
                                      "--unit=virtqemud.service",
                                      "--unit=libvirtd.service",
                                      NULL};
    char *text = NULL;
    for (gsize i = 0; is_system && i < G_N_ELEMENTS(files) && !text; i++)
        text = read_end(files[i]);
    if (text)
        return text;
    g_autoptr(GSubprocess) journal = g_subprocess_newv(
        journalctl, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
    g_autoptr(GBytes) output = NULL;
    if (!journal || !g_subprocess_communicate(journal, NULL, NULL, &output, NULL, NULL))
        return NULL;
    return sb_text_sanitize(g_bytes_get_data(output, NULL), g_bytes_get_size(output));
}
