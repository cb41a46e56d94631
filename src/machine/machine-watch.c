/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/machine-watch.h"

#include "libvirt/console.h"
#include "libvirt/domain-events.h"
#include "model/stage.h"

#include <string.h>

enum {
    EVIDENCE_LINES = 12,
    PANIC_MS = 1500, /**< for the lines that follow "Kernel panic" */
    STOP_MS = 300,   /**< for those that are still on their way when QEMU is gone */
    CONSOLE_RETRY_MS = 500,
};

typedef struct {
    SbMachineWatch *all;
    char *name;
    char *uuid;
    virDomain *handle;  /**< NULL while libvirtd is away */
    SbConsole *console; /**< NULL where somebody else has it */
    const char *what;   /**< (nullable) what happened to it */
    guint timer;
    guint console_retry; /**< a source */
} Watched;

struct SbMachineWatch {
    SbMachineWatchCallbacks callbacks;
    gpointer data;
    SbDomainEvents *events;
    GPtrArray *machines; /**< of Watched */
};

static void watched_free(gpointer data)
{
    Watched *watched = data;
    if (watched->timer)
        g_source_remove(watched->timer);
    if (watched->console_retry)
        g_source_remove(watched->console_retry);
    g_clear_pointer(&watched->console, sb_console_free);
    g_clear_pointer(&watched->handle, virDomainFree);
    g_free(watched->name);
    g_free(watched->uuid);
    g_free(watched);
}

static Watched *find(const SbMachineWatch *watch, const char *machine)
{
    for (guint i = 0; i < watch->machines->len; i++) {
        Watched *watched = g_ptr_array_index(watch->machines, i);
        if (strcmp(watched->name, machine) == 0 || strcmp(watched->uuid, machine) == 0)
            return watched;
    }
    return NULL;
}

char *sb_machine_watch_with_console(const SbMachineWatch *watch, const char *machine,
                                    const char *text)
{
    const Watched *watched = find(watch, machine);
    g_autofree char *tail = watched && watched->console
                                ? sb_console_last_lines(watched->console, EVIDENCE_LINES)
                                : g_strdup("");
    if (!*tail)
        return g_strdup(text);
    g_auto(GStrv) lines = g_strsplit(tail, "\n", -1);
    g_autofree char *joined = g_strjoinv("\n  | ", lines);
    return g_strdup_printf("%s\nthe last lines of its console:\n  | %s", text, joined);
}

static gboolean on_evidence(gpointer data)
{
    Watched *watched = data;
    SbMachineWatch *watch = watched->all;
    watched->timer = 0;
    g_autofree char *text = sb_machine_watch_with_console(watch, watched->name, watched->what);
    watch->callbacks.failed(watched->name, text, watch->data);
    return G_SOURCE_REMOVE;
}

/* The first thing that happened to it is the cause. */
static void fail_after(Watched *watched, guint ms, const char *what)
{
    if (watched->what)
        return;
    watched->what = what;
    watched->timer = g_timeout_add(ms, on_evidence, watched);
}

static void on_console_line(const char *line, gpointer data)
{
    const SbConsoleRule *rule = sb_console_rule_match(line);
    if (rule && rule->fatal)
        fail_after(data, PANIC_MS, rule->fatal);
}

static void on_stopped(const char *uuid, const char *why, gpointer data)
{
    Watched *watched = find(data, uuid);
    if (watched)
        fail_after(watched, STOP_MS, why);
}

static void on_rebooted(const char *uuid, gpointer data)
{
    SbMachineWatch *watch = data;
    const Watched *watched = find(watch, uuid);
    if (watched && !watched->what)
        watch->callbacks.rebooted(watched->name, watch->data);
}

/* One client at a time has it, and libvirtd takes a moment to see that the one before, such as the
 * wait for the machine, is gone. It has no event for that. */
static gboolean on_console_retry(gpointer data)
{
    Watched *watched = data;
    if (watched->handle && !watched->console)
        watched->console = sb_console_follow(watched->handle, on_console_line, watched, NULL);
    if (watched->handle && !watched->console)
        return G_SOURCE_CONTINUE;
    watched->console_retry = 0;
    return G_SOURCE_REMOVE;
}

static void attach(Watched *watched, virConnect *connection)
{
    g_autoptr(GError) error = NULL;
    watched->handle = sb_domain_open(connection, watched->uuid, &error);
    if (g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND)) {
        fail_after(watched, STOP_MS, "somebody removed its domain");
    } else if (watched->handle && sb_domain_is_off(watched->handle)) {
        fail_after(watched, STOP_MS, "it stopped");
    } else if (watched->handle) {
        watched->console = sb_console_follow(watched->handle, on_console_line, watched, NULL);
        if (!watched->console && !watched->console_retry)
            watched->console_retry = g_timeout_add(CONSOLE_RETRY_MS, on_console_retry, watched);
    }
}

static void on_lost(gpointer data)
{
    SbMachineWatch *watch = data;
    for (guint i = 0; i < watch->machines->len; i++) {
        Watched *watched = g_ptr_array_index(watch->machines, i);
        g_clear_pointer(&watched->console, sb_console_free);
        g_clear_pointer(&watched->handle, virDomainFree);
    }
    watch->callbacks.lost(watch->data);
    watch->callbacks.note("the connection to libvirtd broke; the machines run on, and are watched "
                          "again when it is back",
                          watch->data);
}

static void on_back(virConnect *connection, gpointer data)
{
    SbMachineWatch *watch = data;
    watch->callbacks.note("libvirtd is back", watch->data);
    for (guint i = 0; i < watch->machines->len; i++)
        attach(g_ptr_array_index(watch->machines, i), connection);
}

SbMachineWatch *sb_machine_watch_new(SbHost *host, const GPtrArray *domains,
                                     const SbMachineWatchCallbacks *callbacks, gpointer data,
                                     GError **error)
{
    static const SbDomainEventsCallbacks on_events = {on_stopped, on_rebooted, on_lost, on_back};
    SbMachineWatch *watch = g_new0(SbMachineWatch, 1);
    watch->callbacks = *callbacks;
    watch->data = data;
    watch->machines = g_ptr_array_new_with_free_func(watched_free);
    for (guint i = 0; i < domains->len; i++) {
        const SbDomain *domain = g_ptr_array_index(domains, i);
        Watched *watched = g_new0(Watched, 1);
        watched->all = watch;
        watched->name = g_strdup(domain->name);
        watched->uuid = g_strdup(domain->uuid);
        g_ptr_array_add(watch->machines, watched);
    }
    watch->events = sb_domain_events_new(host, &on_events, watch, error);
    if (!watch->events) {
        sb_machine_watch_free(watch);
        return NULL;
    }
    for (guint i = 0; i < watch->machines->len; i++)
        attach(g_ptr_array_index(watch->machines, i), sb_domain_events_connection(watch->events));
    return watch;
}

void sb_machine_watch_free(SbMachineWatch *watch)
{
    if (!watch)
        return;
    g_ptr_array_unref(watch->machines);
    g_clear_pointer(&watch->events, sb_domain_events_free);
    g_free(watch);
}

virDomain *sb_machine_watch_domain(const SbMachineWatch *watch, const char *machine)
{
    const Watched *watched = find(watch, machine);
    return watched ? watched->handle : NULL;
}
