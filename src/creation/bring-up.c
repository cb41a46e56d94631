/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/bring-up.h"

#include "base/array.h"
#include "base/error.h"
#include "base/loop.h"
#include "base/workers.h"
#include "creation/creation.h"
#include "creation/job-phase.h"
#include "creation/plan-tell.h"
#include "diagnose/evidence.h"
#include "machine/removal.h"
#include "wait/history.h"

#include <string.h>

/* More threads than CPUs do not start machines faster, but they hide a remote host's latency. */
enum { THREADS_MIN = 4, THREADS_MAX = 16, THREADS_REMOTE = 4 };

SB_DEFINE_ERROR(sb_bring_up_error, SB_ERRORS_NONE)

typedef struct BringUp BringUp;

/* One machine on its way: see creation/job-phase.h. */
typedef struct {
    BringUp *up;
    const SbPlannedMachine *planned;
    SbJobPhase phase;
    SbDomain *domain;   /**< (nullable) once it exists */
    gboolean is_ours;   /**< this run made it and may take it back */
    char *thaw_failure; /**< (nullable) why it was not thawed */
    GError *error;
    gboolean has_login; /**< where ssh finds it was known when it failed */
    char *evidence;     /**< the folder for the evidence if it fails */
} Job;

struct BringUp {
    const SbOperation *operation;
    SbHistory *history;
    const SbBringUpOptions *options;
    SbPlan *plan;
    SbCreation creation;
    char *client_key; /**< public */
    gboolean made_key;
    gboolean made_network[SB_NETWORK_KINDS];
    SbAccess *access;
    SbReadiness *readiness; /**< NULL if nobody waits */
    SbLoop *loop;
    SbWorkers *workers;
    GPtrArray *jobs; /**< of Job, in the order of the plan */
    Job *first;      /**< (nullable) the one that reserves the fleet, until it has or has failed */
    GError *refusal; /**< (nullable) the fleet belongs to another run */
    gint64 begun_us;
};

static void job_free(gpointer data)
{
    Job *job = data;
    g_clear_pointer(&job->domain, sb_domain_free);
    g_clear_error(&job->error);
    g_free(job->evidence);
    g_free(job->thaw_failure);
    g_free(job);
}

static void bring_up_free(BringUp *up)
{
    sb_workers_free(up->workers);
    g_clear_pointer(&up->readiness, sb_readiness_free);
    g_clear_pointer(&up->access, sb_access_free);
    g_clear_pointer(&up->jobs, g_ptr_array_unref);
    g_clear_pointer(&up->plan, sb_plan_free);
    for (gsize i = 0; i < SB_NETWORK_KINDS; i++)
        g_clear_pointer(&up->creation.networks[i], sb_fleet_network_free);
    g_free(up->client_key);
    g_clear_error(&up->refusal);
    g_clear_pointer(&up->loop, sb_loop_free);
    g_clear_pointer(&up->history, sb_history_free);
    g_free(up);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BringUp, bring_up_free)

static guint count_jobs(const BringUp *up, gboolean (*is_so)(SbJobPhase phase))
{
    guint count = 0;
    for (guint i = 0; i < up->jobs->len; i++)
        count += is_so(((const Job *)g_ptr_array_index(up->jobs, i))->phase) != 0;
    return count;
}

/* ---- what is told ---- */

static void tell(const Job *job, SbEvent event)
{
    event.machine = job->planned->name;
    sb_operation_tell(job->up->operation, &event);
}

static void tell_stage(const Job *job, SbStage stage)
{
    gint64 elapsed_ms = (g_get_monotonic_time() - job->up->begun_us) / 1000;
    tell(job, (SbEvent){.kind = SB_EVENT_STAGE, .stage = stage, .elapsed_ms = elapsed_ms});
}

/* ---- the phases of a machine ---- */

static void end_if_done(BringUp *up)
{
    gboolean is_stopped = g_cancellable_is_cancelled(up->operation->cancellable);
    if (count_jobs(up, sb_job_is_in_worker) == 0 &&
        (is_stopped || count_jobs(up, sb_job_is_over) == up->jobs->len))
        sb_loop_end(up->loop);
}

/* Moves on, tells that, and gives the machine to a worker where that is the next thing. */
static void move(Job *job, SbJobInput input)
{
    SbJobPhase next = sb_job_next(job->phase, input);
    if (next == job->phase)
        return;
    job->phase = next;
    if (next == SB_JOB_MADE && job->thaw_failure)
        tell(job, (SbEvent){.kind = SB_EVENT_NOTE, .text = job->thaw_failure});
    gboolean is_created = next == SB_JOB_MADE && job->planned->action == SB_ACTION_CREATE;
    if (is_created)
        tell(job, (SbEvent){.kind = SB_EVENT_MADE, .number = job->is_ours});
    if (is_created && !job->is_ours)
        tell(job, (SbEvent){.kind = SB_EVENT_NOTE,
                            .text = "another 'up' has just made it, and shares it with this one"});
    if (next == SB_JOB_UNDOING) {
        job->has_login = sb_access_has(job->up->access, job->planned->name);
        tell(job, (SbEvent){.kind = SB_EVENT_UNDOING});
        sb_workers_push(job->up->workers, job);
    }
    if (sb_job_is_over(next))
        tell(job, (SbEvent){.kind = SB_EVENT_FINISHED, .error = job->error});
}

/* The end of the wait for a machine. A machine that could not be resumed is watched too, so it may
 * fail once more. */
static void on_ready(gpointer data, const GError *failure)
{
    Job *job = data;
    if (job->phase != SB_JOB_WAITING)
        return;
    if (failure)
        job->error = g_error_copy(failure);
    move(job, !failure                                  ? SB_JOB_IS_READY
              : job->is_ours && !job->up->options->keep ? SB_JOB_FAILS_FOR_GOOD
                                                        : SB_JOB_FAILS);
    end_if_done(job->up);
}

/* ---- in a worker ---- */

/* Takes a machine back that this run made. The evidence outlives it. */
static void undo(Job *job)
{
    const BringUp *up = job->up;
    g_autofree char *evidence = sb_evidence_note(
        &(SbEvidenceRequest){.host = up->operation->host,
                             .domain = job->domain,
                             .message = job->error->message,
                             .ssh_config =
                                 job->has_login ? sb_access_config_path(up->access) : NULL,
                             .answers = sb_wait_had_login(job->error)},
        job->evidence);
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, job->domain);
    g_autoptr(GError) error = NULL;
    const SbOperation removing = {.host = up->operation->host};
    gboolean is_gone = sb_removal_run(&removing, one, &error);
    g_autoptr(GError) cause = g_steal_pointer(&job->error);
    job->error = g_error_new(
        cause->domain, cause->code, "%s%s%s%s", cause->message, evidence,
        is_gone ? "" : "\nand it could not be taken back: ", is_gone ? "" : error->message);
}

/* ---- the reservation of a fleet ----
 *
 * A domain's name is a reservation, but a fleet has several. If runs that want a fleet for
 * themselves alone made all of them side by side, each could get one, and none would get all. So
 * one machine comes first. The run that gets it makes the others. */

static Job *find_first(const BringUp *up)
{
    if (up->options->run == SB_RUN_UP)
        return NULL;
    SB_EACH(Job, job, up->jobs)
        if (job->planned->action == SB_ACTION_CREATE)
            return job;
    return NULL;
}

static void begin_others(BringUp *up)
{
    const Job *first = up->first;
    up->first = NULL;
    SB_EACH(Job, job, up->jobs)
        if (job != first)
            sb_workers_push(up->workers, job);
}

static void refuse_others(BringUp *up)
{
    const Job *first = up->first;
    up->first = NULL;
    up->refusal = g_error_copy(first->error);
    SB_EACH(Job, job, up->jobs) {
        if (job == first)
            continue;
        job->error = g_error_copy(up->refusal);
        move(job, SB_JOB_FAILS);
    }
}

static gboolean on_defined_in_main(gpointer data)
{
    Job *job = data;
    tell_stage(job, SB_STAGE_DEFINED);
    if (job == job->up->first)
        begin_others(job->up);
    return G_SOURCE_REMOVE;
}

/* The job comes back to the main thread after this. */
static void on_defined(gpointer job)
{
    g_idle_add_full(G_PRIORITY_DEFAULT, on_defined_in_main, job, NULL);
}

static void on_thaw_failed(gpointer data, const GError *why)
{
    Job *job = data;
    job->thaw_failure = sb_warm_choice_describe_failure(job->planned->warm, why);
}

/* ---- in the main thread ---- */

/* (nullable) what the machine was thawed from */
static const SbWarmImage *thawed_from(const Job *job)
{
    return job->is_ours && !job->thaw_failure ? job->planned->warm->image : NULL;
}

static void wait_for(Job *job)
{
    const SbWarmImage *warm = thawed_from(job);
    SbReadyRequest request = {
        .domain = job->domain,
        .vcpus = job->planned->group->spec.vcpus,
        .is_emulated = sb_platform_is_emulated(job->planned->platform),
        .warm = warm,
        .is_fresh = (job->is_ours && !warm) || job->planned->action == SB_ACTION_START,
        .stays = !job->is_ours || job->up->options->keep,
        .provision = sb_plan_provision(job->up->plan, job->planned),
        .evidence = job->evidence,
        .job = job,
    };
    sb_readiness_add(job->up->readiness, &request);
}

/* Lets a machine run, unless there is no CONNECTION, for the reason WHY. Its console is opened
 * first, so that not even the firmware is missed. */
static void release(Job *job, virConnect *connection, const GError *why)
{
    g_autoptr(GError) error = NULL;
    job->evidence = sb_evidence_folder(job->up->operation->host, job->domain->name);
    move(job, SB_JOB_IS_RELEASED);
    if (connection && job->up->readiness)
        wait_for(job);
    g_autoptr(virDomain) handle =
        connection ? sb_domain_open(connection, job->domain->uuid, &error) : NULL;
    if (!handle || !sb_domain_resume(handle, &error)) {
        on_ready(job, error ? error : why);
    } else if (!job->up->readiness) {
        tell_stage(job, SB_STAGE_STARTED);
        on_ready(job, NULL);
    }
}

/* Machines that boot may have the CPUs when all are made. The others have them already. */
static void release_made(BringUp *up)
{
    gboolean are_all_made = count_jobs(up, sb_job_is_being_made) == 0;
    g_autoptr(GError) error = NULL;
    g_auto(SbLease) lease = sb_lease_take(up->operation->host, &error);
    SB_EACH(Job, job, up->jobs)
        if (job->phase == SB_JOB_MADE &&
            (are_all_made || thawed_from(job) || job->planned->action == SB_ACTION_NONE))
            release(job, lease.connection, error);
}

/* A worker is done with a machine. */
static gboolean on_worked(gpointer data)
{
    Job *job = data;
    BringUp *up = job->up;
    move(job, job->phase == SB_JOB_UNDOING ? SB_JOB_IS_GONE
              : job->domain                ? SB_JOB_IS_MADE
                                           : SB_JOB_FAILS);
    if (job == up->first && g_error_matches(job->error, SB_PLAN_ERROR, SB_PLAN_ERROR_BUSY))
        refuse_others(up);
    else if (job == up->first)
        begin_others(up);
    if (!g_cancellable_is_cancelled(up->operation->cancellable))
        release_made(up);
    end_if_done(up);
    return G_SOURCE_REMOVE;
}

static void work(gpointer item, gpointer data)
{
    Job *job = item;
    if (job->phase == SB_JOB_UNDOING)
        undo(job);
    else
        job->domain =
            sb_creation_run(&job->up->creation, job->planned, job, &job->is_ours, &job->error);
    g_idle_add_full(G_PRIORITY_DEFAULT, on_worked, job, NULL);
}

static void on_cancelled(gpointer data)
{
    end_if_done(data);
}

/* ---- what the machines share ---- */

/* Removes what belongs to the whole fleet, unless somebody has added machines meanwhile. */
static gboolean undo_fleet(BringUp *up, gboolean with_folder, GError **error)
{
    const char *fleet = up->plan->fleet->name;
    g_auto(SbLease) lease = sb_lease_take(up->operation->host, error);
    virConnect *connection = lease.connection;
    g_autoptr(GPtrArray) domains = connection ? sb_domain_list(connection, error) : NULL;
    gboolean in_use = FALSE, is_key_used = FALSE;
    if (!domains)
        return FALSE;
    for (guint i = 0; i < domains->len; i++) {
        const SbMetadata *metadata = ((SbDomain *)g_ptr_array_index(domains, i))->metadata;
        if (strcmp(metadata->fleet, fleet) != 0)
            continue;
        in_use = TRUE;
        is_key_used |= g_strcmp0(metadata->client_key, up->client_key) == 0;
    }
    for (SbNetworkKind kind = 0; !in_use && kind < SB_NETWORK_KINDS; kind++)
        if (up->made_network[kind] && !sb_network_remove(connection, fleet, kind, error))
            return FALSE;
    /* A key that this run made may be useless, because the machines can belong to another user. */
    return (up->made_key ? is_key_used : in_use) || !with_folder ||
           sb_access_forget(up->operation->host, fleet, error);
}

/* The same after a failure, in whose message is what is left. */
static void undo_fleet_after(BringUp *up, gboolean with_folder, GError **error)
{
    g_autoptr(GError) left = NULL;
    if (!undo_fleet(up, with_folder, &left))
        sb_error_append(error,
                        "\nand not all of it could be taken back (%s): 'seedbed down %s' does "
                        "it later",
                        left->message, up->plan->fleet->name);
}

static gboolean prepare(BringUp *up, virConnect *connection, GError **error)
{
    up->access = sb_plan_access(up->plan, up->operation->host, connection);
    up->client_key = sb_access_ensure_key(up->access, &up->made_key, error);
    up->creation.client_key = up->client_key;
    if (!up->client_key || !sb_history_keep_file(up->history, error) ||
        !sb_plan_check_key(up->plan, up->client_key, sb_access_directory(up->access), error))
        return FALSE;
    return sb_creation_ensure_networks(&up->creation, connection, up->made_network, error);
}

static gboolean start_readiness(BringUp *up, GError **error)
{
    const SbReadinessOptions options = {up->options->timeout_ms, up->options->demands, up->begun_us,
                                        up->options->shells};
    up->readiness = sb_readiness_new(up->operation, up->access, &options, on_ready, error);
    return up->readiness != NULL;
}

/* ---- all of it ---- */

static gboolean start_workers(BringUp *up, GError **error)
{
    guint threads = sb_host_ssh_proxy(up->operation->host)
                        ? THREADS_REMOTE
                        : CLAMP(2 * sb_host_cpus(up->operation->host), THREADS_MIN, THREADS_MAX);
    up->workers = sb_workers_new(work, NULL, MIN(threads, MAX(up->plan->machines->len, 1)), error);
    return up->workers != NULL;
}

static void run_jobs(BringUp *up)
{
    up->loop = sb_loop_new(up->operation->cancellable, on_cancelled, up);
    up->jobs = g_ptr_array_new_with_free_func(job_free);
    for (guint i = 0; i < up->plan->machines->len; i++) {
        Job *job = g_new0(Job, 1);
        job->up = up;
        job->planned = g_ptr_array_index(up->plan->machines, i);
        g_ptr_array_add(up->jobs, job);
    }
    up->first = find_first(up);
    if (up->first)
        sb_workers_push(up->workers, up->first);
    else
        begin_others(up);
    end_if_done(up);
    sb_loop_wait(up->loop);
}

/* After Ctrl-C: removes everything that this run made, all machines side by side. */
static gboolean undo_all(BringUp *up, GError **error)
{
    g_clear_pointer(&up->readiness, sb_readiness_free);
    g_autoptr(GPtrArray) domains = g_ptr_array_new();
    SB_EACH(Job, job, up->jobs) {
        if (!job->is_ours || !job->domain || job->phase == SB_JOB_UNDONE)
            continue;
        tell(job, (SbEvent){.kind = SB_EVENT_UNDOING});
        g_ptr_array_add(domains, job->domain);
    }
    const SbOperation removing = {.host = up->operation->host};
    return sb_removal_run(&removing, domains, error);
}

static void conclude_stopped(BringUp *up, GError **error)
{
    g_autoptr(GError) left = NULL;
    if (undo_all(up, &left) && undo_fleet(up, TRUE, &left))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                    "stopped; what was made has been taken back");
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                    "stopped; but not all that was made could be taken back: %s\n'seedbed down "
                    "%s' removes the whole fleet",
                    left->message, up->plan->fleet->name);
}

static gboolean conclude(BringUp *up, GError **error)
{
    if (g_cancellable_is_cancelled(up->operation->cancellable)) {
        conclude_stopped(up, error);
        return FALSE;
    }
    guint failed = 0;
    SB_EACH(const Job, job, up->jobs)
        failed += job->error != NULL;
    if (failed == 0)
        return TRUE;
    if (up->refusal)
        g_propagate_error(error, g_steal_pointer(&up->refusal));
    else
        g_set_error(error, SB_BRING_UP_ERROR, SB_BRING_UP_ERROR_MACHINES,
                    "%u of %u machines failed", failed, up->jobs->len);
    undo_fleet_after(up, up->made_key, error);
    return FALSE;
}

/* Decides what to do, unless that is known, and makes all that the machines share. */
static gboolean make_shared(BringUp *up, const SbFleetFile *fleet, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(up->operation->host, error);
    if (!lease.connection)
        g_clear_pointer(&up->plan, sb_plan_free);
    else if (!up->plan)
        up->plan = sb_plan_new(up->operation->host, lease.connection, up->options->pool_name, fleet,
                               up->options->run, error);
    if (!up->plan)
        return FALSE;
    up->creation.host = up->operation->host;
    up->creation.plan = up->plan;
    up->creation.cancellable = up->operation->cancellable;
    up->creation.defined = on_defined;
    up->creation.thaw_failed = on_thaw_failed;
    sb_plan_tell(up->plan, up->operation);
    return prepare(up, lease.connection, error);
}

gboolean sb_bring_up_run(const SbOperation *operation, const SbFleetFile *fleet,
                         const SbBringUpOptions *options, SbPlan *plan, GError **error)
{
    g_autoptr(BringUp) up = g_new0(BringUp, 1);
    up->plan = plan;
    up->history = sb_history_new(operation, fleet);
    up->operation = sb_history_operation(up->history);
    up->options = options;
    up->begun_us = g_get_monotonic_time();
    if (!make_shared(up, fleet, error) || !start_workers(up, error) ||
        !(options->no_wait || start_readiness(up, error))) {
        if (up->plan)
            undo_fleet_after(up, up->made_key, error);
        return FALSE;
    }
    run_jobs(up);
    return conclude(up, error);
}
