/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doctor/rules.h"

#include "diagnose/diagnosis.h"

#include <string.h>

gboolean sb_doctor_is_spinning(const SbFacts *facts)
{
    const guint64 long_ns = G_GUINT64_CONSTANT(120) * 1000 * 1000 * 1000;
    return facts->cpu_ns > long_ns && facts->console &&
           (facts->console->len == 0 || sb_facts_console_stage(facts) == SB_STAGE_FIRMWARE);
}

/* virt-aa-helper gives no machine a file there: restricted[] of libvirt's source. */
gboolean sb_doctor_is_restricted(const char *directory)
{
    static const char *const folders[] = {
        "/bin/",       "/boot/",          "/etc/",           "/lib",           "/proc/",
        "/sbin/",      "/sys/",           "/usr/bin/",       "/usr/lib",       "/usr/sbin/",
        "/usr/share/", "/usr/local/bin/", "/usr/local/etc/", "/usr/local/lib", "/usr/local/sbin/"};
    g_autofree char *path = g_strconcat(directory, "/", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
        if (g_str_has_prefix(path, folders[i]))
            return TRUE;
    return FALSE;
}

static gboolean has_socket(const char *folder, const char *daemon)
{
    g_autofree char *socket = g_strdup_printf("%s/%s-sock", folder, daemon);
    return g_file_test(socket, G_FILE_TEST_EXISTS);
}

GPtrArray *sb_doctor_missing_daemons(const char *folder)
{
    /* The first one serves libvirtd, too. */
    static const char *const daemons[] = {"virtlogd", "virtqemud", "virtnetworkd", "virtstoraged"};
    gboolean is_modular = has_socket(folder, "virtqemud") && !has_socket(folder, "libvirt");
    GPtrArray *missing = g_ptr_array_new();
    for (gsize i = 0; i < (is_modular ? G_N_ELEMENTS(daemons) : 1); i++)
        if (!has_socket(folder, daemons[i]))
            g_ptr_array_add(missing, (gpointer)daemons[i]);
    return missing;
}
