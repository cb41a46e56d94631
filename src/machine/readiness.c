/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/readiness.h"

#include "base/error.h"
#include "base/units.h"
#include "guest/login.h"
#include "guest/ssh-port.h"
#include "libvirt/console.h"
#include "libvirt/domain-events.h"
#include "local/ssh.h"
#include "model/fleet-file.h"

#include <string.h>

enum {
    ADDRESS_POLL_MS = 2000, /**< libvirt has no event for an address */
    PORT_RETRY_MS = 500,
    LOGIN_RETRY_MS = 2000,
    MAX_NONSENSE = 5, /**< answers in a row */
    EVIDENCE_LINES = 12,
};

SB_DEFINE_ERROR(sb_readiness_error, SB_ERRORS_NONE)

struct SbReadiness {
    const SbOperation *operation;
    SbAccess *access;
    SbReadinessOptions options;
    SbReadyFunc finished;
    gpointer data;
    SbDomainEvents *events;
    GPtrArray *watches; /**< of Watch; those that finished stay until the end */
    guint vcpus;        /**< of all watched machines together */
};

/* One machine that is waited for. */
typedef struct {
    SbReadiness *all;
    SbDomain *domain;
    virDomain *handle;  /**< NULL while libvirtd is away */
    SbConsole *console; /**< NULL where nothing can be seen */
    gboolean is_emulated;
    gboolean is_finished;
    char *address;
    guint16 port;
    SbStage stage;
    gint64 stage_us;                       /**< when the stage was reached, or the wait began */
    guint deadline, total_deadline, retry; /**< sources, or 0 */
    GCancellable *cancellable;             /**< of the look at the ssh port that is under way */
    SbLogin *login;
    GError *last_refusal; /**< (nullable) why the last login failed */
    guint nonsense;       /**< answers of cloud-init that made no sense, since the last other one */
} Watch;

static void look_for_ssh(Watch *watch);

static void clear_source(guint *source)
{
    if (*source)
        g_source_remove(*source);
    *source = 0;
}

/* The console calls the watch, which may be what ends it; so the console goes when that call is
 * over. */
static gboolean free_console_later(gpointer console)
{
    sb_console_free(console);
    return G_SOURCE_REMOVE;
}

static void stop_watching(Watch *watch)
{
    clear_source(&watch->deadline);
    clear_source(&watch->total_deadline);
    clear_source(&watch->retry);
    g_cancellable_cancel(watch->cancellable);
    g_clear_pointer(&watch->login, sb_login_free);
    if (watch->console)
        g_idle_add_full(G_PRIORITY_HIGH, free_console_later, g_steal_pointer(&watch->console),
                        NULL);
    g_clear_pointer(&watch->handle, virDomainFree);
}

static void watch_free(gpointer data)
{
    Watch *watch = data;
    SbConsole *console = g_steal_pointer(&watch->console);
    stop_watching(watch);
    sb_console_free(console);
    g_clear_pointer(&watch->domain, sb_domain_free);
    g_clear_error(&watch->last_refusal);
    g_object_unref(watch->cancellable);
    g_free(watch->address);
    g_free(watch);
}

static void finish(Watch *watch, const GError *failure)
{
    if (watch->is_finished)
        return;
    watch->is_finished = TRUE;
    stop_watching(watch);
    watch->all->finished(watch->domain->name, failure, watch->all->data);
}

/* Ends the wait with WHAT happened, the evidence, and what to try. */
static void fail(Watch *watch, SbReadinessError code, const char *hint, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static void fail(Watch *watch, SbReadinessError code, const char *hint, const char *format, ...)
{
    if (watch->is_finished)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    GString *message = g_string_new(NULL);
    g_string_append_printf(message, "'%s' is not ready: %s", watch->domain->name, what);
    /* cloud-init has said itself what is wrong, and where to look. */
    gboolean is_told = code == SB_READINESS_ERROR_CLOUD_INIT;
    if (!is_told)
        g_string_append_printf(message, " (last stage reached: %s)",
                               sb_stage_rule(watch->stage)->name);
    g_autofree char *tail = watch->console && !is_told
                                ? sb_console_last_lines(watch->console, EVIDENCE_LINES)
                                : g_strdup("");
    if (*tail) {
        g_auto(GStrv) lines = g_strsplit(tail, "\n", -1);
        g_autofree char *joined = g_strjoinv("\n  | ", lines);
        g_string_append_printf(message, "\nthe last lines of its console:\n  | %s", joined);
    }
    if (hint)
        g_string_append_printf(message, "\ntry: %s", hint);
    g_autoptr(GError) failure = g_error_new_literal(SB_READINESS_ERROR, code, message->str);
    g_string_free(message, TRUE);
    finish(watch, failure);
}

/* The stage whose turn it is. What the console cannot show is waited for in one piece. */
static SbStage awaited_stage(const Watch *watch)
{
    if (!watch->console && watch->stage < SB_STAGE_SSH_PORT)
        return SB_STAGE_SSH_PORT;
    return watch->stage + 1;
}

static gint64 deadline_ms(const Watch *watch)
{
    gint64 sum = 0;
    for (SbStage stage = watch->stage + 1; stage <= awaited_stage(watch); stage++)
        sum += sb_stage_deadline_ms(stage, watch->is_emulated, watch->all->vcpus,
                                    sb_host_cpus(watch->all->operation->host));
    return sum;
}

/* WHY: (nullable) what else than the stage's own deadline was too short. */
static void fail_late(Watch *watch, const char *why)
{
    const SbStageRule *rule = sb_stage_rule(awaited_stage(watch));
    g_autofree char *waited = sb_duration_format((g_get_monotonic_time() - watch->stage_us) / 1000);
    const GError *refusal = watch->last_refusal;
    fail(watch, SB_READINESS_ERROR_TIMEOUT, rule->hint,
         "%s%sthe stage '%s' was not reached in %s%s%s", why ? why : "", why ? ": " : "",
         rule->name, waited, refusal ? "; " : "", refusal ? refusal->message : "");
}

static gboolean on_deadline(gpointer data)
{
    Watch *watch = data;
    watch->deadline = 0;
    fail_late(watch, NULL);
    return G_SOURCE_REMOVE;
}

static gboolean on_total_deadline(gpointer data)
{
    Watch *watch = data;
    watch->total_deadline = 0;
    g_autofree char *limit = sb_duration_format(watch->all->options.timeout_ms);
    g_autofree char *why = g_strdup_printf("its %s are over", limit);
    fail_late(watch, why);
    return G_SOURCE_REMOVE;
}

static void arm_deadline(Watch *watch)
{
    clear_source(&watch->deadline);
    if (watch->is_finished || watch->stage >= SB_STAGE_READY)
        return;
    watch->deadline = g_timeout_add(MIN(deadline_ms(watch), G_MAXUINT), on_deadline, watch);
}

static void reach(Watch *watch, SbStage stage)
{
    if (watch->is_finished || stage <= watch->stage)
        return;
    watch->stage = stage;
    watch->stage_us = g_get_monotonic_time();
    arm_deadline(watch);
    SbEvent event = {.kind = SB_EVENT_STAGE,
                     .machine = watch->domain->name,
                     .stage = stage,
                     .elapsed_ms = (watch->stage_us - watch->all->options.begun_us) / 1000};
    sb_operation_tell(watch->all->operation, &event);
}

static gboolean on_retry(gpointer data)
{
    Watch *watch = data;
    watch->retry = 0;
    look_for_ssh(watch);
    return G_SOURCE_REMOVE;
}

static void retry_after(Watch *watch, guint ms)
{
    clear_source(&watch->retry);
    if (!watch->is_finished)
        watch->retry = g_timeout_add(ms, on_retry, watch);
}

static void note(Watch *watch, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void note(Watch *watch, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    SbEvent event = {.kind = SB_EVENT_NOTE, .machine = watch->domain->name, .text = text};
    sb_operation_tell(watch->all->operation, &event);
}

static void take_verdict(Watch *watch, const SbCloudInitVerdict *verdict)
{
    const char *hint;
    g_autofree char *text =
        sb_verdict_judge(verdict, watch->all->options.demands, watch->domain->name,
                         sb_access_directory(watch->all->access), &hint);
    if (hint) {
        fail(watch, SB_READINESS_ERROR_CLOUD_INIT, hint, "%s", text);
        return;
    }
    if (text)
        note(watch, "%s", text);
    reach(watch, SB_STAGE_READY);
    finish(watch, NULL);
}

static void on_logged_in(gpointer data)
{
    reach(data, SB_STAGE_SSH_LOGIN);
}

static void on_login_finished(SbCloudInitVerdict *taken, const GError *error, gpointer data)
{
    Watch *watch = data;
    g_autoptr(SbCloudInitVerdict) verdict = taken;
    g_clear_pointer(&watch->login, sb_login_free);
    g_clear_error(&watch->last_refusal);
    gboolean is_nonsense = g_error_matches(error, SB_LOGIN_ERROR, SB_LOGIN_ERROR_STATUS);
    watch->nonsense = is_nonsense ? watch->nonsense + 1 : 0;
    if (!error) {
        take_verdict(watch, verdict);
    } else if (watch->nonsense == MAX_NONSENSE) {
        fail(watch, SB_READINESS_ERROR_CLOUD_INIT,
             "with --keep: 'seedbed ssh' into the machine and call 'cloud-init status "
             "--format=json' (it needs cloud-init 22.4 or newer)",
             "%s", error->message);
    } else if (g_error_matches(error, SB_SSH_ERROR, SB_SSH_ERROR_HOST_KEY)) {
        fail(watch, SB_READINESS_ERROR_HOST_KEY,
             "look at /etc/ssh in the machine through 'seedbed console' (with --keep): user-data "
             "that sets 'ssh_keys', or an image that makes its own keys at each boot",
             "%s", error->message);
    } else if (g_error_matches(error, SB_SSH_ERROR, SB_SSH_ERROR_PROXY)) {
        fail(
            watch, SB_READINESS_ERROR_STUCK,
            "log in to the libvirt host with plain ssh, until that asks nothing any more: machines "
            "are reached through it, always with its host key checked, whatever the URI says",
            "%s", error->message);
    } else {
        /* No account yet, or the guest reboots: the deadline of the stage says when to give up. */
        watch->last_refusal = g_error_copy(error);
        retry_after(watch, LOGIN_RETRY_MS);
    }
}

static gboolean write_access(Watch *watch)
{
    g_autoptr(GError) error = NULL;
    if (sb_access_write(watch->all->access, &error))
        return TRUE;
    fail(watch, SB_READINESS_ERROR_STUCK, NULL, "%s", error->message);
    return FALSE;
}

static void log_in(Watch *watch)
{
    static const SbLoginCallbacks callbacks = {on_logged_in, on_login_finished};
    g_autoptr(GError) error = NULL;
    gboolean is_proxied = sb_host_ssh_proxy(watch->all->operation->host) != NULL;
    /* Each time: another command may have written the files meanwhile, without this machine, if it
     * had asked libvirt before this was there. */
    if (!write_access(watch))
        return;
    watch->login = sb_login_start(sb_access_config_path(watch->all->access), watch->domain->name,
                                  SB_LOGIN_WAIT | (is_proxied ? SB_LOGIN_PROXIED : 0), &callbacks,
                                  watch, &error);
    if (!watch->login)
        fail(watch, SB_READINESS_ERROR_STUCK, NULL, "%s", error->message);
}

static void on_port(SbSshPortState state, gpointer data)
{
    Watch *watch = data;
    /* User networking takes every connection itself, whether the guest lives or not. */
    gboolean is_user = watch->domain->metadata->network == SB_NETWORK_USER;
    if (state != SB_SSH_PORT_SILENT && (!is_user || state == SB_SSH_PORT_READY))
        reach(watch, SB_STAGE_ADDRESS);
    if (state == SB_SSH_PORT_READY) {
        reach(watch, SB_STAGE_SSH_PORT);
        log_in(watch);
    } else {
        retry_after(watch, PORT_RETRY_MS);
    }
}

/* Where the machine is reached; FALSE as long as nobody knows. */
static gboolean find_address(Watch *watch)
{
    if (watch->address)
        return TRUE;
    virConnect *connection = sb_domain_events_connection(watch->all->events);
    if (!connection)
        return FALSE;
    watch->address = sb_access_find(connection, watch->domain, &watch->port, NULL);
    if (!watch->address)
        return FALSE;
    const SbMetadata *metadata = watch->domain->metadata;
    sb_access_add(watch->all->access, watch->domain->name, watch->address, watch->port,
                  metadata->login, metadata->host_key);
    return write_access(watch);
}

/* libvirt's event says so at once; but one may be lost while a libvirtd starts again. */
static gboolean has_stopped(const Watch *watch)
{
    gboolean has_stopped = watch->handle && sb_domain_is_off(watch->handle);
    return has_stopped;
}

static void look_for_ssh(Watch *watch)
{
    if (has_stopped(watch)) {
        fail(watch, SB_READINESS_ERROR_STOPPED, "read 'seedbed log'", "it stopped");
        return;
    }
    if (!find_address(watch)) {
        retry_after(watch, ADDRESS_POLL_MS);
        return;
    }
    /* An address that was not known beforehand was given to a guest that asked for it. */
    if (!watch->domain->metadata->address && watch->port == 22)
        reach(watch, SB_STAGE_ADDRESS);
    if (sb_host_ssh_proxy(watch->all->operation->host))
        log_in(watch); /* The guest's network is behind the libvirt host: ssh itself must try. */
    else
        sb_ssh_port_look(watch->address, watch->port, watch->cancellable, on_port, watch);
}

static void on_console_line(const char *line, gpointer data)
{
    Watch *watch = data;
    const SbConsoleRule *rule = sb_console_rule_match(line);
    if (!rule)
        return;
    if (rule->fatal)
        fail(watch, SB_READINESS_ERROR_STUCK, rule->hint, "%s", rule->fatal);
    else
        reach(watch, rule->reached);
}

static void on_stopped(const char *uuid, const char *why, gpointer data)
{
    SbReadiness *all = data;
    for (guint i = 0; i < all->watches->len; i++) {
        Watch *watch = g_ptr_array_index(all->watches, i);
        if (strcmp(watch->domain->uuid, uuid) == 0)
            fail(watch, SB_READINESS_ERROR_STOPPED,
                 "run it again with --keep, and read 'seedbed log'", "%s", why);
    }
}

/* A guest may reset itself on its way: growing its disk, or loading another kernel. */
static void on_rebooted(const char *uuid, gpointer data)
{
}

/* Opens what is seen through libvirt: at the start, and again after libvirtd was away. */
static void attach(Watch *watch, virConnect *connection, gboolean want_console)
{
    g_autoptr(GError) error = NULL;
    watch->handle = sb_domain_open(connection, watch->domain->uuid, &error);
    if (!watch->handle && g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND)) {
        fail(watch, SB_READINESS_ERROR_STOPPED, NULL, "somebody removed its domain");
        return;
    }
    if (!watch->handle)
        return;
    if (sb_domain_is_off(watch->handle)) {
        fail(watch, SB_READINESS_ERROR_STOPPED, "read 'seedbed log'", "it stopped");
        return;
    }
    /* Somebody else may have the console; then its stages are passed unseen. */
    if (want_console)
        watch->console = sb_console_follow(watch->handle, on_console_line, watch, NULL);
}

/* The machines run on without libvirtd; what is lost is only sight. */
static void on_lost(gpointer data)
{
    SbReadiness *all = data;
    for (guint i = 0; i < all->watches->len; i++) {
        Watch *watch = g_ptr_array_index(all->watches, i);
        g_clear_pointer(&watch->console, sb_console_free);
        g_clear_pointer(&watch->handle, virDomainFree);
        if (!watch->is_finished)
            note(watch, "the connection to libvirtd broke; it runs on, and is watched again when "
                        "libvirtd is back");
    }
}

static void on_back(virConnect *connection, gpointer data)
{
    SbReadiness *all = data;
    for (guint i = 0; i < all->watches->len; i++) {
        Watch *watch = g_ptr_array_index(all->watches, i);
        if (watch->is_finished)
            continue;
        note(watch, "libvirtd is back, the wait goes on");
        attach(watch, connection, TRUE);
        arm_deadline(watch);
    }
}

SbReadiness *sb_readiness_new(const SbOperation *operation, SbAccess *access,
                              const SbReadinessOptions *options, SbReadyFunc finished,
                              gpointer data, GError **error)
{
    static const SbDomainEventsCallbacks on_events = {on_stopped, on_rebooted, on_lost, on_back};
    SbReadiness *all = g_new0(SbReadiness, 1);
    all->operation = operation;
    all->access = access;
    all->options = *options;
    all->finished = finished;
    all->data = data;
    all->watches = g_ptr_array_new_with_free_func(watch_free);
    all->events = sb_domain_events_new(operation->host, &on_events, all, error);
    if (!all->events)
        g_clear_pointer(&all, sb_readiness_free);
    return all;
}

void sb_readiness_free(SbReadiness *all)
{
    if (!all)
        return;
    g_ptr_array_unref(all->watches);
    g_clear_pointer(&all->events, sb_domain_events_free);
    g_free(all);
}

void sb_readiness_add(SbReadiness *all, SbDomain *domain, guint vcpus, gboolean is_emulated,
                      gboolean is_fresh)
{
    Watch *watch = g_new0(Watch, 1);
    watch->all = all;
    watch->domain = domain;
    watch->is_emulated = is_emulated;
    watch->cancellable = g_cancellable_new();
    watch->stage_us = g_get_monotonic_time();
    g_ptr_array_add(all->watches, watch);
    all->vcpus += vcpus;
    virConnect *connection = sb_domain_events_connection(all->events);
    if (connection)
        attach(watch, connection, is_fresh);
    if (watch->is_finished)
        return;
    reach(watch, SB_STAGE_STARTED);
    /* Those before it now share the host's CPUs with one more. */
    for (guint i = 0; i < all->watches->len; i++)
        arm_deadline(g_ptr_array_index(all->watches, i));
    if (all->options.timeout_ms > 0)
        watch->total_deadline =
            g_timeout_add(MIN(all->options.timeout_ms, G_MAXUINT), on_total_deadline, watch);
    look_for_ssh(watch);
}
