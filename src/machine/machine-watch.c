/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/machine-watch.h"

#include "base/array.h"
#include "libvirt/console.h"
#include "libvirt/domain-events.h"

#include <string.h>

enum {
    EVIDENCE_LINES = 12,
    STOP_MS = 300, /**< for the lines that are still on their way when QEMU is gone */
    CONSOLE_RETRY_MS = 500,
};

#define HINT_STOPPED "run it again with --keep, and read 'seedbed log'"

/* All that is known when libvirt was asked. Its event says more. */
static const char stopped_when_asked[] = "it stopped";

typedef struct {
    SbMachineWatch *all; /**< NULL once it was dropped */
    char *name;
    char *uuid;
    virDomain *handle; /**< NULL while libvirtd is away */
    gboolean wants_console;
    SbConsole *console;  /**< NULL where somebody else has it */
    gboolean has_gap;    /**< a part of the console was not seen */
    const char *what;    /**< (nullable) what happened to it */
    char *evidence;      /**< (nullable) the lines of the console up to a fatal one */
    const char *hint;    /**< (nullable) what to try then */
    guint tell_failure;  /**< a source: waits for the last lines of the console */
    guint console_retry; /**< a source */
} Watched;

struct SbMachineWatch {
    SbMachineWatchCallbacks callbacks;
    gpointer data;
    SbDomainEvents *events;
    GPtrArray *machines; /**< of Watched */
};

static void clear_source(guint *source)
{
    if (*source)
        g_source_remove(*source);
    *source = 0;
}

static void watched_free(gpointer data)
{
    Watched *watched = data;
    clear_source(&watched->tell_failure);
    clear_source(&watched->console_retry);
    g_clear_pointer(&watched->console, sb_console_free);
    g_clear_pointer(&watched->handle, virDomainFree);
    g_free(watched->evidence);
    g_free(watched->name);
    g_free(watched->uuid);
    g_free(watched);
}

static gboolean free_watched_later(gpointer watched)
{
    watched_free(watched);
    return G_SOURCE_REMOVE;
}

static Watched *find(const SbMachineWatch *watch, const char *machine)
{
    SB_EACH(Watched, watched, watch->machines)
        if (strcmp(watched->name, machine) == 0 || strcmp(watched->uuid, machine) == 0)
            return watched;
    return NULL;
}

char *sb_machine_watch_with_console(const SbMachineWatch *watch, const char *machine,
                                    const char *text)
{
    const Watched *watched = find(watch, machine);
    g_autofree char *tail = watched && watched->evidence ? g_strdup(watched->evidence)
                            : watched && watched->console
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
    watched->tell_failure = 0;
    watch->callbacks.failed(watched->name, watched->what, watched->hint, watch->data);
    return G_SOURCE_REMOVE;
}

/* The first thing that happened to it is the cause. */
static void fail_after(Watched *watched, guint ms, const char *what, const char *hint)
{
    if (watched->what)
        return;
    watched->what = what;
    watched->hint = hint;
    watched->tell_failure = g_timeout_add(ms, on_evidence, watched);
}

static void on_console_line(const char *line, gpointer data)
{
    Watched *watched = data;
    SbMachineWatch *watch = watched->all;
    const SbConsoleRule *rule = watch ? sb_console_rule_match(line) : NULL;
    /* The lines before a panic name its cause, and the many that follow it would hide them. */
    if (rule && rule->fatal && !watched->what)
        watched->evidence = sb_console_last_lines(watched->console, EVIDENCE_LINES);
    if (rule && rule->fatal)
        fail_after(watched, 0, rule->fatal, rule->hint);
    else if (rule && watch->callbacks.reached)
        watch->callbacks.reached(watched->name, rule->reached, watch->data);
}

static void on_stopped(const char *uuid, const char *why, gpointer data)
{
    Watched *watched = find(data, uuid);
    if (watched && watched->what == stopped_when_asked)
        watched->what = why;
    else if (watched)
        fail_after(watched, STOP_MS, why, HINT_STOPPED);
}

static void on_rebooted(const char *uuid, gpointer data)
{
    SbMachineWatch *watch = data;
    const Watched *watched = find(watch, uuid);
    if (watched && !watched->what && watch->callbacks.rebooted)
        watch->callbacks.rebooted(watched->name, watch->data);
}

static gboolean open_console(Watched *watched)
{
    if (watched->handle && !watched->console)
        watched->console = sb_console_follow(watched->handle, on_console_line, watched, NULL);
    return watched->console != NULL;
}

/* One client at a time has it. libvirtd needs a moment to see that the client before it, such as
 * the wait for the machine, is gone, and it has no event for that. */
static gboolean on_console_retry(gpointer data)
{
    Watched *watched = data;
    if (watched->handle && !open_console(watched))
        return G_SOURCE_CONTINUE;
    watched->console_retry = 0;
    return G_SOURCE_REMOVE;
}

static void attach(Watched *watched, virConnect *connection)
{
    g_autoptr(GError) error = NULL;
    watched->handle = sb_domain_open(connection, watched->uuid, &error);
    if (g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND)) {
        fail_after(watched, STOP_MS, "somebody removed its domain", NULL);
    } else if (watched->handle && sb_domain_is_off(watched->handle)) {
        fail_after(watched, STOP_MS, stopped_when_asked, HINT_STOPPED);
    } else if (watched->wants_console && !open_console(watched)) {
        watched->has_gap = TRUE;
        if (!watched->console_retry)
            watched->console_retry = g_timeout_add(CONSOLE_RETRY_MS, on_console_retry, watched);
    }
}

static void on_lost(gpointer data)
{
    SbMachineWatch *watch = data;
    SB_EACH(Watched, watched, watch->machines) {
        watched->has_gap = TRUE;
        g_clear_pointer(&watched->console, sb_console_free);
        g_clear_pointer(&watched->handle, virDomainFree);
    }
    if (watch->callbacks.lost)
        watch->callbacks.lost(watch->data);
    watch->callbacks.note("the connection to libvirtd broke; the machines run on, and are watched "
                          "again when it is back",
                          watch->data);
}

static void on_back(virConnect *connection, gpointer data)
{
    SbMachineWatch *watch = data;
    for (guint i = 0; i < watch->machines->len; i++)
        attach(g_ptr_array_index(watch->machines, i), connection);
    watch->callbacks.note("libvirtd is back", watch->data);
    if (watch->callbacks.back)
        watch->callbacks.back(watch->data);
}

void sb_machine_watch_add(SbMachineWatch *watch, const SbDomain *domain, gboolean with_console)
{
    Watched *watched = g_new0(Watched, 1);
    watched->all = watch;
    watched->name = g_strdup(domain->name);
    watched->uuid = g_strdup(domain->uuid);
    watched->wants_console = with_console;
    watched->has_gap = !with_console;
    g_ptr_array_add(watch->machines, watched);
    virConnect *connection = sb_domain_events_connection(watch->events);
    if (connection)
        attach(watched, connection);
    else
        watched->has_gap = TRUE;
}

void sb_machine_watch_drop(SbMachineWatch *watch, const char *machine)
{
    Watched *watched = find(watch, machine);
    guint index;
    if (!watched || !g_ptr_array_find(watch->machines, watched, &index))
        return;
    /* Its console may be what calls now, with more lines to come. So it goes after that call. */
    g_ptr_array_steal_index(watch->machines, index);
    clear_source(&watched->tell_failure);
    clear_source(&watched->console_retry);
    watched->all = NULL;
    g_idle_add_full(G_PRIORITY_HIGH, free_watched_later, watched, NULL);
}

void sb_machine_watch_look(SbMachineWatch *watch, const char *machine)
{
    Watched *watched = find(watch, machine);
    if (watched && watched->handle && sb_domain_is_off(watched->handle))
        fail_after(watched, STOP_MS, stopped_when_asked, HINT_STOPPED);
}

gboolean sb_machine_watch_sees_all(const SbMachineWatch *watch, const char *machine)
{
    const Watched *watched = find(watch, machine);
    return watched && !watched->has_gap;
}

virConnect *sb_machine_watch_connection(const SbMachineWatch *watch)
{
    return sb_domain_events_connection(watch->events);
}

SbMachineWatch *sb_machine_watch_new(SbHost *host, const GPtrArray *domains,
                                     const SbMachineWatchCallbacks *callbacks, gpointer data,
                                     GError **error)
{
    static const SbDomainEventsCallbacks on_events = {on_stopped, on_rebooted, on_lost, on_back};
    g_autoptr(SbMachineWatch) watch = g_new0(SbMachineWatch, 1);
    watch->callbacks = *callbacks;
    watch->data = data;
    watch->machines = g_ptr_array_new_with_free_func(watched_free);
    watch->events = sb_domain_events_new(host, &on_events, watch, error);
    if (!watch->events)
        return NULL;
    for (guint i = 0; domains && i < domains->len; i++)
        sb_machine_watch_add(watch, g_ptr_array_index(domains, i), TRUE);
    return g_steal_pointer(&watch);
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
