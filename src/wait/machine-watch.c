/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/machine-watch.h"

#include "base/array.h"
#include "diagnose/examine.h"
#include "libvirt/console.h"
#include "libvirt/domain-events.h"

#include <string.h>

enum {
    EVIDENCE_LINES = 12,
    KEPT_LINES = 400,  /**< of the console, for a diagnosis */
    STOP_MS = 300,     /**< for the lines that are still on their way when QEMU is gone */
    EXPLAIN_MS = 1500, /**< for the line that explains a fatal one */
    PAUSE_MS = 3000,   /**< a machine is paused for a moment to save it, or before it starts */
    LOOK_MS = 5000,    /**< until all machines are looked at again, and more for each of them */
    LOOK_EACH_MS = 200,
    CONSOLE_RETRY_MS = 500,
};

typedef enum { WELL, SUSPECT, EXAMINED, LOST } Phase;

typedef struct {
    SbMachineWatch *all;
    const SbDomain *domain;
    Phase phase;
    gboolean is_suspected_again; /**< something happened in EXAMINED */
    gboolean was_paused;         /**< by somebody, at the last examination */
    gboolean is_given_up;        /**< the examination must have a diagnosis */
    guint suspicion;             /**< a source, in SUSPECT */
    SbExamination *examination;  /**< (nullable) in EXAMINED, and after it */
    virDomain *handle;           /**< NULL while libvirtd is away */
    gboolean wants_console;
    SbConsole *console;   /**< NULL where somebody else has it */
    gboolean has_gap;     /**< a part of the console was not seen */
    gint64 spoke_us;      /**< when the last line came, or the watch began */
    guint reboots;        /**< since the watch began */
    gint64 waited_ns;     /**< for a CPU, as SbFacts has it */
    guint64 cpu_ns;       /**< that QEMU had used at the last examination */
    gint64 cpu_read_us;   /**< when that was; 0: there was none */
    gint64 idle_since_us; /**< since when it does nothing; 0: it works */
    guint console_retry;  /**< a source */
} Watched;

struct SbMachineWatch {
    SbHost *host;
    SbMachineWatchCallbacks callbacks;
    gpointer data;
    SbDomainEvents *events;
    GPtrArray *machines; /**< of Watched */
    guint look;          /**< a source */
};

static void watched_free(gpointer data)
{
    Watched *watched = data;
    sb_examination_free(watched->examination);
    g_clear_handle_id(&watched->suspicion, g_source_remove);
    g_clear_handle_id(&watched->console_retry, g_source_remove);
    g_clear_pointer(&watched->console, sb_console_free);
    g_clear_pointer(&watched->handle, virDomainFree);
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
        if (strcmp(watched->domain->name, machine) == 0 ||
            strcmp(watched->domain->uuid, machine) == 0)
            return watched;
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

/* ---- examinations ---- */

static void suspect(Watched *watched, guint ms);

/* Whether it has done nothing for longer than it may. */
static gboolean is_idle_for_too_long(Watched *watched, const SbFacts *facts)
{
    SbSigns signs = sb_facts_signs(facts);
    gint64 now_us = g_get_monotonic_time();
    if (!signs.has[SB_SIGN_IDLE] || !signs.has[SB_SIGN_SILENT])
        watched->idle_since_us = 0;
    else if (watched->idle_since_us == 0)
        watched->idle_since_us = now_us;
    return watched->idle_since_us > 0 && facts->idle_ms > 0 &&
           now_us - watched->idle_since_us > sb_facts_patience_ms(facts) * 1000;
}

/* Whether somebody has paused it just now, perhaps only for a moment. */
static gboolean is_just_paused(Watched *watched, const SbFacts *facts)
{
    gboolean was_paused = watched->was_paused;
    watched->was_paused = sb_facts_signs(facts).has[SB_SIGN_PAUSED_USER];
    return watched->was_paused && !was_paused;
}

static void on_examined(SbFacts *taken, gpointer data)
{
    Watched *watched = data;
    SbMachineWatch *watch = watched->all;
    g_autoptr(SbFacts) facts = taken;
    watched->waited_ns = facts->waited_ns;
    watched->cpu_ns = facts->cpu_ns;
    watched->cpu_read_us = facts->cpu_read_us;
    if (is_just_paused(watched, facts) && !watched->is_given_up) {
        watched->phase = WELL;
        suspect(watched, PAUSE_MS);
        return;
    }
    gboolean is_given_up = is_idle_for_too_long(watched, facts) || watched->is_given_up;
    g_autoptr(SbDiagnosis) diagnosis = is_given_up ? sb_diagnose(facts) : sb_diagnose_end(facts);
    watched->phase = diagnosis ? LOST : WELL;
    if (diagnosis)
        watch->callbacks.failed(watched->domain->name, diagnosis, watch->data);
    else if (watched->is_suspected_again)
        suspect(watched, STOP_MS);
}

static SbFacts *collect(const Watched *watched)
{
    SbMachineWatch *watch = watched->all;
    SbFacts *facts = sb_facts_of_domain(watch->host, watched->domain);
    facts->reboots = watched->reboots;
    facts->waited_ns = watched->waited_ns;
    facts->cpu_ns = watched->cpu_ns;
    facts->cpu_read_us = watched->cpu_read_us;
    facts->is_thorough = watched->is_given_up;
    if (watched->console) {
        g_autofree char *lines = sb_console_last_lines(watched->console, KEPT_LINES);
        sb_facts_set_console(facts, lines);
        facts->silent_ms = (g_get_monotonic_time() - watched->spoke_us) / 1000;
    }
    if (watch->callbacks.add_facts)
        watch->callbacks.add_facts(watched->domain->name, facts, watch->data);
    return facts;
}

static gboolean on_suspicion(gpointer data)
{
    Watched *watched = data;
    watched->suspicion = 0;
    watched->phase = EXAMINED;
    sb_examination_free(watched->examination);
    watched->examination = sb_examination_start(watched->all->host, watched->domain->uuid,
                                                collect(watched), on_examined, watched);
    return G_SOURCE_REMOVE;
}

static void suspect(Watched *watched, guint ms)
{
    watched->is_suspected_again = watched->phase == EXAMINED;
    if (watched->phase != WELL)
        return;
    watched->phase = SUSPECT;
    watched->suspicion = g_timeout_add(ms, on_suspicion, watched);
}

void sb_machine_watch_give_up(SbMachineWatch *watch, const char *machine)
{
    Watched *watched = find(watch, machine);
    if (!watched)
        return;
    watched->is_given_up = TRUE;
    suspect(watched, 0);
}

/* ---- what is seen ---- */

static void on_console_line(const char *line, gpointer data)
{
    Watched *watched = data;
    SbMachineWatch *watch = watched->all;
    const SbRule *rule = watch ? sb_rule_of_line(line) : NULL;
    watched->spoke_us = g_get_monotonic_time();
    if (watch && watch->callbacks.said)
        watch->callbacks.said(watched->domain->name, line, watch->data);
    if (rule && rule->kind == SB_RULE_ENDS)
        /* Many lines follow one of the firmware's, and push it out. */
        suspect(watched, rule->is_of_firmware ? STOP_MS : EXPLAIN_MS);
    else if (rule && watch->callbacks.reached)
        watch->callbacks.reached(watched->domain->name, rule->stage, watch->data);
}

static void on_troubled(const char *uuid, gpointer data)
{
    Watched *watched = find(data, uuid);
    if (watched)
        suspect(watched, STOP_MS);
}

static void on_rebooted(const char *uuid, gpointer data)
{
    SbMachineWatch *watch = data;
    Watched *watched = find(watch, uuid);
    if (!watched)
        return;
    watched->reboots++;
    suspect(watched, STOP_MS);
    if (watched->phase != LOST && watch->callbacks.rebooted)
        watch->callbacks.rebooted(watched->domain->name, watch->data);
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
    watched->handle = sb_domain_open(connection, watched->domain->uuid, &error);
    if (!watched->handle || sb_domain_is_off(watched->handle)) {
        suspect(watched, STOP_MS);
    } else if (watched->wants_console && !open_console(watched)) {
        watched->has_gap = TRUE;
        if (!watched->console_retry)
            watched->console_retry = g_timeout_add(CONSOLE_RETRY_MS, on_console_retry, watched);
    }
}

/* Not all trouble comes as an event: a network can be gone, and a machine can do nothing. A machine
 * that could not be found when libvirtd came back is looked for again. */
static gboolean on_look(gpointer data)
{
    SbMachineWatch *watch = data;
    virConnect *connection = sb_domain_events_connection(watch->events);
    SB_EACH(Watched, watched, watch->machines) {
        if (connection && !watched->handle)
            attach(watched, connection);
        suspect(watched, 0);
    }
    watch->look = g_timeout_add(LOOK_MS + LOOK_EACH_MS * watch->machines->len, on_look, watch);
    return G_SOURCE_REMOVE;
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
    watched->domain = domain;
    watched->spoke_us = g_get_monotonic_time();
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
    g_clear_pointer(&watched->examination, sb_examination_free);
    g_clear_handle_id(&watched->suspicion, g_source_remove);
    g_clear_handle_id(&watched->console_retry, g_source_remove);
    watched->all = NULL;
    g_idle_add_full(G_PRIORITY_HIGH, free_watched_later, watched, NULL);
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
    static const SbDomainEventsCallbacks on_events = {
        .troubled = on_troubled, .rebooted = on_rebooted, .lost = on_lost, .back = on_back};
    g_autoptr(SbMachineWatch) watch = g_new0(SbMachineWatch, 1);
    watch->host = host;
    watch->callbacks = *callbacks;
    watch->data = data;
    watch->machines = g_ptr_array_new_with_free_func(watched_free);
    watch->look = g_timeout_add(LOOK_MS, on_look, watch);
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
    g_clear_handle_id(&watch->look, g_source_remove);
    g_ptr_array_unref(watch->machines);
    g_clear_pointer(&watch->events, sb_domain_events_free);
    g_free(watch);
}

virDomain *sb_machine_watch_domain(const SbMachineWatch *watch, const char *machine)
{
    const Watched *watched = find(watch, machine);
    return watched ? watched->handle : NULL;
}
