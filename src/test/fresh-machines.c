/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The phases of a place for a machine, and what leads from one to the next:
 *
 *   phase     at work            event                                next phase
 *   EMPTY                        a machine is wanted                  MAKING
 *   MAKING    a worker           it is made                           WAITING; REMOVING if stopped
 *                                it is not made                       EMPTY
 *   WAITING   readiness          it is ready                          READY; REMOVING if stopped
 *                                it does not get ready                REMOVING
 *   READY     (nothing)          a run uses it                        USED
 *                                stopped                              REMOVING
 *   USED      (the caller's)     the run is over                      REMOVING
 *   REMOVING  a worker           it is gone                           EMPTY
 *                                it could not be removed              LOST
 *   LOST                         (nothing is made here any more)
 */
#include "test/fresh-machines.h"

#include "base/array.h"
#include "base/workers.h"
#include "creation/creation.h"
#include "creation/warm-images.h"
#include "guest/guest-command.h"
#include "machine/removal.h"
#include "wait/readiness.h"

#include <string.h>

enum { WORKERS = 4 };

typedef enum {
    PHASE_EMPTY,
    PHASE_MAKING,
    PHASE_WAITING,
    PHASE_READY,
    PHASE_USED,
    PHASE_REMOVING,
    PHASE_LOST,
} Phase;

/* A name, and the machine that has it now. */
typedef struct {
    SbFreshMachines *all;
    const SbPlannedMachine *planned;
    Phase phase;
    SbDomain *domain;       /**< (nullable) the machine */
    SbReadiness *readiness; /**< (nullable) in WAITING */
    guint turn;             /**< a source: the wait is over */
    char *thaw_failure;     /**< (nullable) why it booted although there is a warm image */
    GError *error;          /**< (nullable) what a worker, or the wait, ended with */
} Place;

struct SbFreshMachines {
    const SbOperation *operation;
    SbOperation quiet; /**< only notes are passed on: the stages of many machines say little */
    SbAccess *access;
    GHashTable *shells; /**< of SbKeptShell */
    SbFreshCallbacks callbacks;
    gpointer data;
    SbFleetFile *fleet; /**< with the further machines */
    SbPlan *plan;
    SbCreation creation;
    char *client_key;
    SbWorkers *workers;
    GPtrArray *places; /**< of Place */
    gboolean is_stopped;
};

static void end_wait(Place *place)
{
    g_clear_pointer(&place->readiness, sb_readiness_free);
    if (place->turn)
        g_source_remove(place->turn);
    place->turn = 0;
}

static void place_free(gpointer data)
{
    Place *place = data;
    end_wait(place);
    g_clear_pointer(&place->domain, sb_domain_free);
    g_clear_error(&place->error);
    g_free(place->thaw_failure);
    g_free(place);
}

void sb_fresh_machines_free(SbFreshMachines *fresh)
{
    if (!fresh)
        return;
    sb_workers_free(fresh->workers);
    g_ptr_array_unref(fresh->places);
    g_clear_pointer(&fresh->plan, sb_plan_free);
    g_clear_pointer(&fresh->fleet, sb_fleet_file_free);
    for (gsize i = 0; i < SB_NETWORK_KINDS; i++)
        g_clear_pointer(&fresh->creation.networks[i], sb_fleet_network_free);
    g_free(fresh->client_key);
    g_free(fresh);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbFreshMachines, sb_fresh_machines_free)

static void on_event(const SbEvent *event, gpointer data)
{
    const SbFreshMachines *fresh = data;
    if (event->kind == SB_EVENT_NOTE)
        sb_operation_tell(fresh->operation, event);
}

/* ---- from phase to phase ---- */

static void give_to_worker(Place *place, Phase phase)
{
    place->phase = phase;
    sb_workers_push(place->all->workers, place);
}

static void remove_machine(Place *place)
{
    /* ssh would keep its connection to an address that the next machine has. */
    sb_kept_shell_close(sb_kept_shells_get(place->all->shells, place->planned->name));
    sb_guest_command_forget_connection(place->all->access, place->planned->name);
    give_to_worker(place, PHASE_REMOVING);
}

/* The machine was not made, or is of no use and removed. */
static void fail(Place *place)
{
    g_autoptr(GError) why = g_steal_pointer(&place->error);
    if (place->domain)
        remove_machine(place);
    else
        place->phase = PHASE_EMPTY;
    place->all->callbacks.failed(place->planned->group->name, why, place->all->data);
}

/* After the callback of the readiness, which can be freed now. */
static gboolean on_waited(gpointer data)
{
    Place *place = data;
    SbFreshMachines *fresh = place->all;
    place->turn = 0;
    end_wait(place);
    if (place->error) {
        fail(place);
    } else {
        place->phase = PHASE_READY;
        fresh->callbacks.ready(place->domain, place->planned->group->name, fresh->data);
    }
    return G_SOURCE_REMOVE;
}

static void on_ready(gpointer job, const GError *failure)
{
    Place *place = job;
    if (place->turn)
        return;
    place->error = failure ? g_error_copy(failure) : NULL;
    place->turn = g_idle_add_full(G_PRIORITY_DEFAULT, on_waited, place, NULL);
}

/* Lets the machine run. Its console is opened first, so that nothing of it is missed. */
static gboolean wait_until_ready(Place *place, GError **error)
{
    SbFreshMachines *fresh = place->all;
    const SbReadinessOptions options = {.begun_us = g_get_monotonic_time(),
                                        .shells = fresh->shells};
    const SbWarmImage *warm = place->thaw_failure ? NULL : place->planned->warm->image;
    const SbReadyRequest request = {
        .domain = place->domain,
        .vcpus = place->planned->spec.vcpus,
        .is_emulated = sb_platform_is_emulated(place->planned->platform),
        .warm = warm,
        .is_fresh = !warm,
        .provision = sb_plan_provision(fresh->plan, place->planned),
        .job = place,
    };
    g_auto(SbLease) lease = sb_lease_take(fresh->operation->host, error);
    g_autoptr(virDomain) handle =
        lease.connection ? sb_domain_open(lease.connection, place->domain->uuid, error) : NULL;
    if (!handle)
        return FALSE;
    place->readiness = sb_readiness_new(&fresh->quiet, fresh->access, &options, on_ready, error);
    if (!place->readiness)
        return FALSE;
    sb_readiness_add(place->readiness, &request);
    return sb_domain_resume(handle, error);
}

static void take_made(Place *place)
{
    if (place->thaw_failure)
        sb_operation_note(place->all->operation, NULL, place->thaw_failure);
    if (!place->domain) {
        fail(place);
    } else if (place->all->is_stopped) {
        remove_machine(place);
    } else {
        place->phase = PHASE_WAITING;
        if (wait_until_ready(place, &place->error))
            return;
        end_wait(place);
        fail(place);
    }
}

static void take_removed(Place *place)
{
    SbFreshMachines *fresh = place->all;
    g_autoptr(GError) error = g_steal_pointer(&place->error);
    place->phase = error ? PHASE_LOST : PHASE_EMPTY;
    g_clear_pointer(&place->domain, sb_domain_free);
    fresh->callbacks.gone(place->planned->name, error, fresh->data);
}

/* A worker is done with a place. */
static gboolean on_worked(gpointer data)
{
    Place *place = data;
    if (place->phase == PHASE_MAKING)
        take_made(place);
    else
        take_removed(place);
    return G_SOURCE_REMOVE;
}

/* In the worker. */
static void on_thaw_failed(gpointer job, const GError *why)
{
    Place *place = job;
    place->thaw_failure = g_strdup_printf("'%s' could not be thawed, and boots: %s",
                                          place->planned->name, why->message);
}

static void work(gpointer item, gpointer data)
{
    Place *place = item;
    SbFreshMachines *fresh = data;
    if (place->phase == PHASE_MAKING) {
        gboolean is_ours = FALSE;
        g_clear_pointer(&place->thaw_failure, g_free);
        place->domain =
            sb_creation_run(&fresh->creation, place->planned, place, &is_ours, &place->error);
        if (place->domain && !is_ours) {
            g_clear_pointer(&place->domain, sb_domain_free);
            g_set_error(&place->error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_EXISTS,
                        "another process made '%s' at the same time", place->planned->name);
        }
    } else {
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, place->domain);
        const SbOperation removing = {.host = fresh->operation->host};
        if (sb_removal_run(&removing, one, &place->error))
            g_clear_pointer(&place->domain, sb_domain_free);
    }
    g_idle_add_full(G_PRIORITY_DEFAULT, on_worked, place, NULL);
}

/* ---- the interface ---- */

void sb_fresh_machines_want(SbFreshMachines *fresh, const char *group, guint count)
{
    guint making = 0;
    SB_EACH(const Place, place, fresh->places)
        making += (place->phase == PHASE_MAKING || place->phase == PHASE_WAITING) &&
                  strcmp(place->planned->group->name, group) == 0;
    for (guint i = 0; i < fresh->places->len && making < count && !fresh->is_stopped; i++) {
        Place *place = g_ptr_array_index(fresh->places, i);
        if (place->phase != PHASE_EMPTY || strcmp(place->planned->group->name, group) != 0)
            continue;
        give_to_worker(place, PHASE_MAKING);
        making++;
    }
}

static Place *find(const SbFreshMachines *fresh, const char *machine)
{
    SB_EACH(Place, place, fresh->places)
        if (strcmp(place->planned->name, machine) == 0)
            return place;
    return NULL;
}

void sb_fresh_machines_use(SbFreshMachines *fresh, const char *machine)
{
    find(fresh, machine)->phase = PHASE_USED;
}

void sb_fresh_machines_used(SbFreshMachines *fresh, const char *machine)
{
    remove_machine(find(fresh, machine));
}

gboolean sb_fresh_machines_is_busy(const SbFreshMachines *fresh)
{
    SB_EACH(const Place, place, fresh->places)
        if (place->phase == PHASE_MAKING || place->phase == PHASE_WAITING ||
            place->phase == PHASE_REMOVING)
            return TRUE;
    return FALSE;
}

void sb_fresh_machines_stop(SbFreshMachines *fresh)
{
    fresh->is_stopped = TRUE;
    SB_EACH(Place, place, fresh->places) {
        if (place->phase != PHASE_WAITING && place->phase != PHASE_READY)
            continue;
        end_wait(place);
        g_clear_error(&place->error);
        remove_machine(place);
    }
}

/* ---- preparing ---- */

static guint count_runs(const GPtrArray *runs, const char *group)
{
    guint count = 0;
    SB_EACH(const SbTestRun, run, runs)
        count += run->step->fresh && strcmp(run->step->on, group) == 0;
    return count;
}

/* The plan of the fleet with further machines of the groups that need them: each is a place. */
static gboolean plan(SbFreshMachines *fresh, const SbFreshRequest *request, virConnect *connection,
                     GError **error)
{
    const GPtrArray *groups = request->fleet->groups;
    fresh->plan = sb_plan_new(fresh->operation->host, connection,
                              request->pool_name ? request->pool_name : SB_DEFAULT_POOL,
                              fresh->fleet, SB_RUN_TEST, error);
    if (!fresh->plan)
        return FALSE;
    for (guint i = 0; i < groups->len; i++) {
        const SbGroup *group = g_ptr_array_index(groups, i);
        SB_EACH(const SbPlannedMachine, planned, fresh->plan->machines) {
            if (planned->group != g_ptr_array_index(fresh->fleet->groups, i) ||
                planned->index <= group->count || planned->action != SB_ACTION_CREATE)
                continue;
            Place *place = g_new0(Place, 1);
            place->all = fresh;
            place->planned = planned;
            g_ptr_array_add(fresh->places, place);
        }
    }
    return TRUE;
}

SbFreshMachines *sb_fresh_machines_new(const SbOperation *operation, const SbFreshRequest *request,
                                       const SbFreshCallbacks *callbacks, gpointer data,
                                       GError **error)
{
    g_autoptr(SbFreshMachines) fresh = g_new0(SbFreshMachines, 1);
    fresh->operation = operation;
    fresh->quiet = (SbOperation){operation->host, operation->cancellable, on_event, fresh};
    fresh->access = request->access;
    fresh->shells = request->shells;
    fresh->callbacks = *callbacks;
    fresh->data = data;
    fresh->places = g_ptr_array_new_with_free_func(place_free);
    fresh->fleet = sb_fleet_file_copy_machines(request->fleet);
    SB_EACH(SbGroup, group, fresh->fleet->groups)
        group->count += MIN(count_runs(request->runs, group->name), request->most);
    const SbBringUpOptions warm = {.run = SB_RUN_TEST, .pool_name = request->pool_name};
    if (!sb_warm_images_get(&fresh->quiet, fresh->fleet, &warm, NULL, error))
        return NULL;
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    if (!lease.connection || !plan(fresh, request, lease.connection, error))
        return NULL;
    gboolean is_new_key, is_new[SB_NETWORK_KINDS];
    fresh->client_key = sb_access_ensure_key(fresh->access, &is_new_key, error);
    if (!fresh->client_key)
        return NULL;
    fresh->creation.host = operation->host;
    fresh->creation.plan = fresh->plan;
    fresh->creation.client_key = fresh->client_key;
    fresh->creation.cancellable = operation->cancellable;
    fresh->creation.thaw_failed = on_thaw_failed;
    if (!sb_creation_ensure_networks(&fresh->creation, lease.connection, is_new, error))
        return NULL;
    fresh->workers = sb_workers_new(work, fresh, WORKERS, error);
    return fresh->workers ? g_steal_pointer(&fresh) : NULL;
}
