/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/start.h"

#include "base/array.h"
#include "base/error.h"
#include "base/loop.h"
#include "libvirt/domain-definition.h"
#include "libvirt/domain-network.h"
#include "machine/link-check.h"
#include "machine/lookup.h"
#include "model/machine-decision.h"
#include "wait/readiness.h"

#include <string.h>

SB_DEFINE_ERROR(sb_start_error, SB_ERRORS_NONE)

typedef struct Start Start;

/* The machines of one fleet: they share the access. */
typedef struct {
    char *name;
    SbAccess *access;
    SbReadiness *readiness;
} Fleet;

typedef struct {
    Start *start;
    SbDomain *domain;
    SbDomainShape shape;
    gboolean was_active;
    gboolean is_over;
    GError *error; /* (nullable) why it was not started */
} Machine;

struct Start {
    const SbOperation *operation;
    const SbStartOptions *options;
    GPtrArray *machines; /* of Machine */
    GPtrArray *fleets;   /* of Fleet; none if nobody waits */
    SbLoop *loop;
    guint unfinished, failed;
    gint64 begun_us;
};

static void machine_free(gpointer data)
{
    Machine *machine = data;
    sb_domain_free(machine->domain);
    g_clear_error(&machine->error);
    g_free(machine);
}

static void fleet_free(gpointer data)
{
    Fleet *fleet = data;
    g_clear_pointer(&fleet->readiness, sb_readiness_free);
    g_clear_pointer(&fleet->access, sb_access_free);
    g_free(fleet->name);
    g_free(fleet);
}

static void start_clear(Start *start)
{
    g_clear_pointer(&start->fleets, g_ptr_array_unref);
    g_clear_pointer(&start->machines, g_ptr_array_unref);
    g_clear_pointer(&start->loop, sb_loop_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Start, start_clear)

static Fleet *find_fleet(const Start *start, const char *name)
{
    SB_EACH(Fleet, fleet, start->fleets)
        if (strcmp(fleet->name, name) == 0)
            return fleet;
    return NULL;
}

/* The end of the way of a machine. */
static void finish(gpointer data, const GError *failure)
{
    Machine *machine = data;
    Start *start = machine->start;
    if (machine->is_over)
        return;
    machine->is_over = TRUE;
    start->failed += failure != NULL;
    SbEvent event = {.kind = SB_EVENT_FINISHED, .machine = machine->domain->name, .error = failure};
    sb_operation_tell(start->operation, &event);
    if (--start->unfinished == 0)
        sb_loop_end(start->loop);
}

/* ---- starting, in another thread ---- */

static gboolean start_one(const SbOperation *operation, Machine *machine, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    g_autoptr(virDomain) handle =
        lease.connection ? sb_domain_open(lease.connection, machine->domain->uuid, error) : NULL;
    if (!handle || !sb_domain_shape(handle, &machine->shape, error) ||
        !sb_link_check(lease.connection, machine->domain, error) ||
        (!machine->was_active && !sb_domain_start_paused(handle, error)) ||
        !sb_domain_forward_ports(handle, machine->domain->metadata, error))
        return FALSE;
    /* A machine that is off has no address. So its state must be the new one. */
    SbDomain *started = sb_domain_find(lease.connection, machine->domain->name, error);
    if (!started)
        return FALSE;
    sb_domain_free(machine->domain);
    machine->domain = started;
    return TRUE;
}

/* Each is started with its CPUs stopped, so that no boot slows the start of the next one. */
static gboolean start_all(const SbOperation *operation, gpointer data, GError **error)
{
    const Start *start = data;
    SB_EACH(Machine, machine, start->machines) {
        if (g_cancellable_set_error_if_cancelled(operation->cancellable, error))
            return FALSE;
        /* One that fails is told with the others, in its turn. */
        gboolean is_started = start_one(operation, machine, &machine->error);
        g_assert(is_started == !machine->error);
    }
    return TRUE;
}

/* ---- waiting ---- */

/* The folder of each fleet must have its key, before anything is started. */
static gboolean load_fleets(Start *start, GError **error)
{
    SbReadinessOptions options = {.timeout_ms = start->options->timeout_ms,
                                  .demands = start->options->demands,
                                  .begun_us = start->begun_us};
    g_auto(SbLease) lease = sb_lease_take(start->operation->host, error);
    if (!lease.connection)
        return FALSE;
    SB_EACH(const Machine, machine, start->machines) {
        const char *name = machine->domain->metadata->fleet;
        if (find_fleet(start, name))
            continue;
        Fleet *fleet = g_new0(Fleet, 1);
        g_ptr_array_add(start->fleets, fleet);
        fleet->name = g_strdup(name);
        fleet->access =
            sb_lookup_fleet_access(start->operation->host, lease.connection, name, error);
        if (fleet->access)
            fleet->readiness =
                sb_readiness_new(start->operation, fleet->access, &options, finish, error);
        if (!fleet->readiness)
            return FALSE;
    }
    return TRUE;
}

/* The console is opened first, so that not even the firmware is missed. */
static void release(Machine *machine, virConnect *connection, const GError *why)
{
    Start *start = machine->start;
    const Fleet *fleet = find_fleet(start, machine->domain->metadata->fleet);
    if (machine->error || !connection) {
        finish(machine, machine->error ? machine->error : why);
        return;
    }
    SbReadyRequest request = {.domain = machine->domain,
                              .vcpus = machine->shape.vcpus,
                              .is_emulated = machine->shape.is_emulated,
                              .is_fresh = !machine->was_active && !machine->shape.is_saved,
                              .job = machine};
    if (fleet)
        sb_readiness_add(fleet->readiness, &request);
    g_autoptr(GError) error = NULL;
    g_autoptr(virDomain) handle = sb_domain_open(connection, machine->domain->uuid, &error);
    if (!handle || !sb_domain_resume(handle, &error) || !fleet)
        finish(machine, error);
}

static void release_all(Start *start)
{
    g_autoptr(GError) error = NULL;
    g_auto(SbLease) lease = sb_lease_take(start->operation->host, &error);
    SB_EACH(Machine, machine, start->machines)
        release(machine, lease.connection, error);
}

/* ---- all of it ---- */

static void tell_plan(const Start *start)
{
    SB_EACH(const Machine, machine, start->machines) {
        SbEvent event = {.kind = SB_EVENT_PLANNED,
                         .machine = machine->domain->name,
                         .number = machine->was_active ? SB_ACTION_NONE : SB_ACTION_START};
        sb_operation_tell(start->operation, &event);
    }
    SbEvent begun = {.kind = SB_EVENT_BEGUN, .total = start->machines->len};
    sb_operation_tell(start->operation, &begun);
}

static void add_machines(Start *start, GPtrArray *domains)
{
    while (domains->len > 0) {
        Machine *machine = g_new0(Machine, 1);
        machine->start = start;
        machine->domain = g_ptr_array_steal_index(domains, 0);
        machine->was_active = sb_domain_state_is_active(machine->domain->state);
        g_ptr_array_add(start->machines, machine);
    }
    start->unfinished = start->machines->len;
}

gboolean sb_start(const SbOperation *operation, const char *const *names,
                  const SbStartOptions *options, GError **error)
{
    g_autoptr(GPtrArray) domains = sb_stop_find(operation->host, names, error);
    if (!domains)
        return FALSE;
    g_auto(Start)
        start = {.operation = operation, .options = options, .begun_us = g_get_monotonic_time()};
    start.machines = g_ptr_array_new_with_free_func(machine_free);
    start.fleets = g_ptr_array_new_with_free_func(fleet_free);
    start.loop = sb_loop_new(operation->cancellable, NULL, NULL);
    add_machines(&start, domains);
    if (!options->no_wait && !load_fleets(&start, error))
        return FALSE;
    tell_plan(&start);
    if (!sb_operation_run_beside(operation, "start", start_all, &start, error))
        return FALSE;
    release_all(&start);
    if (start.unfinished > 0)
        sb_loop_wait(start.loop);
    if (g_cancellable_set_error_if_cancelled(operation->cancellable, error))
        return FALSE;
    if (start.failed > 0)
        g_set_error(error, SB_START_ERROR, SB_START_ERROR_MACHINES, "%u of %u machines failed",
                    start.failed, start.machines->len);
    return start.failed == 0;
}
