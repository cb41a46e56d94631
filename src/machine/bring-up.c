/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/bring-up.h"

#include "base/error.h"
#include "base/text.h"
#include "guest/access.h"
#include "libvirt/console-log.h"
#include "local/state-dir.h"
#include "machine/creation.h"
#include "machine/readiness.h"
#include "machine/removal.h"
#include "model/volume-names.h"

#include <string.h>

/* More threads than CPUs do not start machines faster, but they hide a remote host's latency. */
enum { THREADS_MIN = 4, THREADS_MAX = 16, THREADS_REMOTE = 4 };

SB_DEFINE_ERROR(sb_up_error, SB_ERRORS_NONE)

typedef struct Up Up;

/* One machine on its way. */
typedef struct {
    Up *up;
    const SbPlannedMachine *planned;
    SbDomain *domain; /**< once it exists; (transfer none) after it is watched */
    gboolean is_ours; /**< this run made it and may take it back */
    gboolean is_finished;
    gboolean is_undone;
    gboolean has_evidence; /**< its console was saved */
    GError *error;
} Job;

struct Up {
    const SbOperation *operation;
    const SbUpOptions *options;
    SbPlan *plan;
    SbCreation creation;
    gboolean made_network[2];
    gboolean made_key;
    SbAccess *access;
    SbReadiness *readiness;
    GMainLoop *loop;
    GThreadPool *workers;
    GPtrArray *jobs; /**< of Job, in the order of the plan */
    gint64 begun_us;
    guint unfinished;
    guint in_workers;
    gboolean has_evidence; /**< a console was saved in the fleet's folder */
    gboolean is_released;  /**< all machines are made, and run */
    guint failed;
};

static void on_ready_finished(const char *machine, const GError *failure, gpointer data);

static const SbNetworkKind own_kinds[2] = {SB_NETWORK_NAT, SB_NETWORK_ISOLATED};

static void job_free(gpointer data)
{
    Job *job = data;
    g_clear_pointer(&job->domain, sb_domain_free);
    g_clear_error(&job->error);
    g_free(job);
}

static void up_free(Up *up)
{
    if (up->workers)
        g_thread_pool_free(up->workers, FALSE, TRUE);
    g_clear_pointer(&up->readiness, sb_readiness_free);
    g_clear_pointer(&up->access, sb_access_free);
    g_clear_pointer(&up->jobs, g_ptr_array_unref);
    g_clear_pointer(&up->plan, sb_plan_free);
    for (gsize i = 0; i < G_N_ELEMENTS(up->creation.networks); i++)
        g_clear_pointer(&up->creation.networks[i], sb_fleet_network_free);
    g_free((char *)up->creation.client_key);
    g_clear_pointer(&up->loop, g_main_loop_unref);
    g_free(up);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Up, up_free)

static void quit_if_done(Up *up)
{
    if (up->in_workers == 0 &&
        (up->unfinished == 0 || g_cancellable_is_cancelled(up->operation->cancellable)))
        g_main_loop_quit(up->loop);
}

static void push(Up *up, Job *job)
{
    up->in_workers++;
    g_thread_pool_push(up->workers, job, NULL);
}

/* The evidence outlives the machine: its log volume is about to be deleted. */
static char *save_console(Up *up, const char *machine)
{
    g_auto(SbLease) lease = sb_lease_take(up->operation->host, NULL);
    g_autoptr(SbPool) pool =
        lease.connection ? sb_pool_reopen(up->plan->pool, lease.connection, NULL) : NULL;
    g_autoptr(SbConsoleLog) log = pool ? sb_console_log_new(pool, machine) : NULL;
    g_autoptr(GBytes) bytes = log ? sb_console_log_read(log, NULL) : NULL;
    if (!bytes)
        return NULL;
    /* It will be looked at with 'cat'; and a guest may print NULs, where a string would end. */
    g_autofree char *text =
        sb_text_sanitize(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_autofree char *name = sb_console_log_name(machine);
    const char *directory = sb_access_directory(up->access);
    return sb_state_dir_write(directory, name, text, NULL) ? g_build_filename(directory, name, NULL)
                                                           : NULL;
}

/* In a worker: takes a machine back that this run made. */
static void undo(Job *job)
{
    Up *up = job->up;
    g_autofree char *saved = job->error ? save_console(up, job->planned->name) : NULL;
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, job->domain);
    g_autoptr(GError) error = NULL;
    sb_removal_run(up->operation->host, one, NULL, NULL, &error);
    job->is_undone = TRUE;
    job->has_evidence = saved != NULL;
    if (!job->error)
        return;
    GString *message = g_string_new(job->error->message);
    if (saved)
        g_string_append_printf(message, "\nits whole console: %s", saved);
    if (error)
        g_string_append_printf(message, "\nand it could not be taken back: %s", error->message);
    g_free(job->error->message);
    job->error->message = g_string_free(message, FALSE);
}

static void report_stage(const Up *up, const char *machine, SbStage stage)
{
    SbEvent event = {.kind = SB_EVENT_STAGE,
                     .machine = machine,
                     .stage = stage,
                     .elapsed_ms = (g_get_monotonic_time() - up->begun_us) / 1000};
    sb_operation_tell(up->operation, &event);
}

static void tell_undoing(const Job *job)
{
    SbEvent event = {.kind = SB_EVENT_UNDOING, .machine = job->planned->name};
    sb_operation_tell(job->up->operation, &event);
}

static void finish_job(Job *job)
{
    Up *up = job->up;
    job->is_finished = TRUE;
    up->unfinished--;
    up->failed += job->error != NULL;
    up->has_evidence |= job->has_evidence;
    SbEvent event = {.kind = SB_EVENT_FINISHED, .machine = job->planned->name, .error = job->error};
    sb_operation_tell(up->operation, &event);
}

static void watch(Job *job)
{
    Up *up = job->up;
    const SbPlannedMachine *planned = job->planned;
    gboolean is_fresh = job->is_ours || planned->action == SB_ACTION_START;
    SbDomain *watched = g_steal_pointer(&job->domain);
    /* The readiness owns what it watches; undoing needs the same record. */
    job->domain = g_new0(SbDomain, 1);
    job->domain->name = g_strdup(watched->name);
    job->domain->uuid = g_strdup(watched->uuid);
    job->domain->metadata = g_new0(SbMetadata, 1);
    job->domain->metadata->pool = g_strdup(watched->metadata->pool);
    sb_readiness_add(up->readiness, watched, planned->group->spec.vcpus,
                     sb_platform_is_emulated(planned->platform), is_fresh);
}

/* Lets one machine run, unless there is no CONNECTION, for the reason WHY. Its console is opened
 * first, so that not even the firmware is missed. */
static void release(Job *job, virConnect *connection, const GError *why)
{
    Up *up = job->up;
    if (!connection) {
        on_ready_finished(job->planned->name, why, up);
        return;
    }
    g_autofree char *uuid = g_strdup(job->domain->uuid);
    if (!up->options->no_wait)
        watch(job);
    g_autoptr(GError) error = NULL;
    g_autoptr(virDomain) handle = sb_domain_open(connection, uuid, &error);
    if (!handle || !sb_domain_resume(handle, &error)) {
        on_ready_finished(job->planned->name, error, up);
    } else if (up->options->no_wait) {
        report_stage(up, job->planned->name, SB_STAGE_STARTED);
        finish_job(job);
    }
}

/* All machines are made: now they may have the CPUs. */
static void release_all(Up *up)
{
    g_autoptr(GError) error = NULL;
    g_auto(SbLease) lease = sb_lease_take(up->operation->host, &error);
    virConnect *connection = lease.connection;
    for (guint i = 0; i < up->jobs->len; i++) {
        Job *job = g_ptr_array_index(up->jobs, i);
        if (!job->is_finished && job->domain)
            release(job, connection, error);
    }
}

/* In the main thread: a worker is done with a job. */
static gboolean on_worked(gpointer data)
{
    Job *job = data;
    Up *up = job->up;
    up->in_workers--;
    if (job->planned->action == SB_ACTION_CREATE && job->domain && !job->error) {
        SbEvent event = {
            .kind = SB_EVENT_MADE, .machine = job->planned->name, .number = job->is_ours};
        sb_operation_tell(up->operation, &event);
    }
    if (job->is_undone || !job->domain)
        finish_job(job);
    if (!up->is_released && up->in_workers == 0 &&
        !g_cancellable_is_cancelled(up->operation->cancellable)) {
        up->is_released = TRUE;
        release_all(up);
    }
    quit_if_done(up);
    return G_SOURCE_REMOVE;
}

static Job *find_job(Up *up, const char *machine)
{
    for (guint i = 0; i < up->jobs->len; i++) {
        Job *job = g_ptr_array_index(up->jobs, i);
        if (strcmp(job->planned->name, machine) == 0)
            return job;
    }
    return NULL;
}

static gboolean on_defined_in_main(gpointer data)
{
    Job *job = data;
    report_stage(job->up, job->planned->name, SB_STAGE_DEFINED);
    return G_SOURCE_REMOVE;
}

/* In a worker, before its job comes back: the job outlives this. */
static void on_defined(const SbPlannedMachine *planned, gpointer data)
{
    Up *up = data;
    g_idle_add_full(G_PRIORITY_DEFAULT, on_defined_in_main, find_job(up, planned->name), NULL);
}

static void work(gpointer item, gpointer data)
{
    Job *job = item;
    if (job->error)
        undo(job);
    else if (!job->domain)
        job->domain = sb_creation_run(&job->up->creation, job->planned, &job->is_ours, &job->error);
    g_idle_add_full(G_PRIORITY_DEFAULT, on_worked, job, NULL);
}

static void on_ready_finished(const char *machine, const GError *failure, gpointer data)
{
    Up *up = data;
    Job *job = find_job(up, machine);
    /* A machine that could not be resumed is still watched, and may fail once more. */
    if (job->is_finished || job->error)
        return;
    if (failure)
        job->error = g_error_copy(failure);
    if (failure && job->is_ours && !up->options->keep) {
        tell_undoing(job);
        push(up, job);
        return;
    }
    finish_job(job);
    quit_if_done(up);
}

static void on_cancelled(GCancellable *cancellable, gpointer data)
{
    Up *up = data;
    quit_if_done(up);
}

static gboolean ensure_networks(Up *up, virConnect *connection, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(own_kinds); i++) {
        g_auto(GStrv) names = sb_plan_names_in_network(up->plan, own_kinds[i]);
        if (!names)
            continue;
        const SbNetworkRequest request = {.fleet = up->plan->fleet->name,
                                          .kind = own_kinds[i],
                                          .names = (const char *const *)names,
                                          .with_own_routes =
                                              !sb_host_is_remote(up->operation->host)};
        up->creation.networks[i] =
            sb_network_ensure(connection, &request, &up->made_network[i], error);
        if (!up->creation.networks[i])
            return FALSE;
    }
    return TRUE;
}

/* What is the fleet's as a whole goes too, unless somebody has put machines there meanwhile. The
 * folder stays where the consoles of machines that failed are in it, or were there before. */
static void undo_fleet(Up *up, gboolean with_folder)
{
    const char *fleet = up->plan->fleet->name;
    g_auto(SbLease) lease = sb_lease_take(up->operation->host, NULL);
    virConnect *connection = lease.connection;
    g_autoptr(GPtrArray) domains = connection ? sb_domain_list(connection, NULL) : NULL;
    gboolean in_use = !domains, is_key_used = !domains;
    for (guint i = 0; domains && i < domains->len; i++) {
        const SbMetadata *metadata = ((SbDomain *)g_ptr_array_index(domains, i))->metadata;
        if (strcmp(metadata->fleet, fleet) != 0)
            continue;
        in_use = TRUE;
        is_key_used |= g_strcmp0(metadata->client_key, up->creation.client_key) == 0;
    }
    for (gsize i = 0; !in_use && i < G_N_ELEMENTS(own_kinds); i++)
        if (up->made_network[i])
            sb_network_remove(connection, fleet, own_kinds[i], NULL);
    /* A key that this run made may be of no use: the machines can be another user's. */
    if (!(up->made_key ? is_key_used : in_use) && with_folder)
        sb_access_forget(up->operation->host, fleet, NULL);
}

static gboolean check_key(const SbPlannedMachine *planned, const char *client_key,
                          const char *directory, GError **error)
{
    if (strcmp(planned->existing->metadata->client_key, client_key) == 0)
        return TRUE;
    g_set_error(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_KEY,
                "'%s' exists and was made with another key than the one in '%s' (another user made "
                "it, or the folder was deleted): 'seedbed down %s' takes it away",
                planned->name, directory, planned->name);
    return FALSE;
}

static gboolean prepare(Up *up, virConnect *connection, GError **error)
{
    up->access = sb_access_new(up->operation->host, up->plan->fleet->name);
    up->creation.client_key = sb_access_ensure_key(up->access, &up->made_key, error);
    if (!up->creation.client_key)
        return FALSE;
    for (guint i = 0; i < up->plan->machines->len; i++) {
        const SbPlannedMachine *planned = g_ptr_array_index(up->plan->machines, i);
        if (planned->existing && planned->action != SB_ACTION_CREATE &&
            !check_key(planned, up->creation.client_key, sb_access_directory(up->access), error))
            return FALSE;
    }
    return ensure_networks(up, connection, error);
}

static gboolean start_readiness(Up *up, GError **error)
{
    SbReadinessOptions options = {.timeout_ms = up->options->timeout_ms,
                                  .demands = up->options->demands,
                                  .begun_us = up->begun_us};
    up->readiness =
        sb_readiness_new(up->operation, up->access, &options, on_ready_finished, up, error);
    return up->readiness != NULL;
}

static void run_jobs(Up *up)
{
    guint threads = sb_host_ssh_proxy(up->operation->host)
                        ? THREADS_REMOTE
                        : CLAMP(2 * sb_host_cpus(up->operation->host), THREADS_MIN, THREADS_MAX);
    up->workers = g_thread_pool_new(work, up, (int)threads, FALSE, NULL);
    up->loop = g_main_loop_new(NULL, FALSE);
    up->jobs = g_ptr_array_new_with_free_func(job_free);
    for (guint i = 0; i < up->plan->machines->len; i++) {
        Job *job = g_new0(Job, 1);
        job->up = up;
        job->planned = g_ptr_array_index(up->plan->machines, i);
        g_ptr_array_add(up->jobs, job);
    }
    up->unfinished = up->jobs->len;
    for (guint i = 0; i < up->jobs->len; i++)
        push(up, g_ptr_array_index(up->jobs, i));
    gulong handler =
        g_cancellable_connect(up->operation->cancellable, G_CALLBACK(on_cancelled), up, NULL);
    if (up->unfinished > 0)
        g_main_loop_run(up->loop);
    g_cancellable_disconnect(up->operation->cancellable, handler);
}

/* After Ctrl-C: everything that this run made goes, all at once. */
static gboolean undo_all(Up *up, GError **error)
{
    g_clear_pointer(&up->readiness, sb_readiness_free);
    g_autoptr(GPtrArray) domains = g_ptr_array_new();
    for (guint i = 0; i < up->jobs->len; i++) {
        Job *job = g_ptr_array_index(up->jobs, i);
        if (!job->is_ours || !job->domain || job->is_undone)
            continue;
        tell_undoing(job);
        g_ptr_array_add(domains, job->domain);
    }
    return sb_removal_run(up->operation->host, domains, NULL, NULL, error);
}

static gboolean conclude(Up *up, GError **error)
{
    gboolean is_cancelled = g_cancellable_is_cancelled(up->operation->cancellable);
    g_autoptr(GError) left = NULL;
    if (is_cancelled)
        undo_all(up, &left);
    if (is_cancelled || up->failed > 0)
        undo_fleet(up, is_cancelled || (up->made_key && !up->has_evidence));
    if (left) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                    "stopped; but not all that was made could be taken back: %s\n'seedbed down %s' "
                    "removes the whole fleet",
                    left->message, up->plan->fleet->name);
        return FALSE;
    }
    if (is_cancelled) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                    "stopped; what was made has been taken back");
        return FALSE;
    }
    if (up->failed == 0)
        return TRUE;
    g_set_error(error, SB_UP_ERROR, SB_UP_ERROR_MACHINES, "%u of %u machines failed", up->failed,
                up->jobs->len);
    return FALSE;
}

/* Tells every machine of the plan, and then what the user should know about some of them. */
static void tell_plan(const Up *up)
{
    const SbPlan *plan = up->plan;
    for (guint i = 0; i < plan->machines->len; i++) {
        const SbPlannedMachine *planned = g_ptr_array_index(plan->machines, i);
        SbEvent event = {.kind = SB_EVENT_PLANNED,
                         .machine = planned->name,
                         .number = planned->action,
                         .platform = planned->platform};
        sb_operation_tell(up->operation, &event);
    }
    SbEvent begun = {.kind = SB_EVENT_BEGUN, .total = plan->machines->len};
    sb_operation_tell(up->operation, &begun);
    for (guint i = 0; i < plan->machines->len; i++) {
        const SbPlannedMachine *planned = g_ptr_array_index(plan->machines, i);
        if (!planned->is_changed || planned->action == SB_ACTION_CREATE)
            continue;
        g_autofree char *text =
            g_strdup_printf("the fleet file (or a file that it names, or the image) has changed "
                            "since it was made; it stays as it was: 'seedbed down %s' and 'up' "
                            "make it anew",
                            planned->name);
        SbEvent changed = {.kind = SB_EVENT_NOTE, .machine = planned->name, .text = text};
        sb_operation_tell(up->operation, &changed);
    }
    for (guint i = 0; i < plan->surplus->len; i++) {
        const char *name = g_ptr_array_index(plan->surplus, i);
        g_autofree char *text = g_strdup_printf(
            "is not in the fleet file any more; 'seedbed down %s' removes it", name);
        SbEvent surplus = {.kind = SB_EVENT_SURPLUS, .machine = name, .text = text};
        sb_operation_tell(up->operation, &surplus);
    }
}

/* Decides what to do, and makes all that the machines share. */
static gboolean plan(Up *up, const SbFleetFile *fleet, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(up->operation->host, error);
    up->plan = lease.connection ? sb_plan_new(up->operation->host, lease.connection,
                                              up->options->pool_name, fleet, error)
                                : NULL;
    if (!up->plan)
        return FALSE;
    up->creation.host = up->operation->host;
    up->creation.plan = up->plan;
    up->creation.cancellable = up->operation->cancellable;
    up->creation.defined = on_defined;
    up->creation.data = up;
    tell_plan(up);
    return prepare(up, lease.connection, error);
}

gboolean sb_up(const SbOperation *operation, const SbFleetFile *fleet, const SbUpOptions *options,
               GError **error)
{
    g_autoptr(Up) up = g_new0(Up, 1);
    up->operation = operation;
    up->options = options;
    up->begun_us = g_get_monotonic_time();
    if (!plan(up, fleet, error) || !(options->no_wait || start_readiness(up, error))) {
        if (up->plan)
            undo_fleet(up, up->made_key);
        return FALSE;
    }
    run_jobs(up);
    return conclude(up, error);
}
