/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "seedbed/machines.h"

#include "base/names.h"
#include "fleet/copy.h"
#include "fleet/down.h"
#include "fleet/list.h"
#include "machine/exec.h"
#include "machine/keep-evidence.h"
#include "machine/snapshot.h"
#include "seedbed/call.h"
#include "seedbed/error.h"

/* What one call works on; each uses the part that it needs. */
typedef struct {
    const char *const *names;
    const char *const *words;
    const char *machine;
    const char *text;
    char *made;
    SbExecResult result;
    SbList *list;
} Work;

/* ---- the list ---- */

static gboolean list(const SbOperation *operation, gpointer data, GError **error)
{
    static const char *const all[] = {NULL};
    Work *work = data;
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    if (lease.connection)
        work->list =
            sb_list(operation->host, lease.connection, work->names ? work->names : all, error);
    return work->list != NULL;
}

/* A SeedbedMachine is an SbListedMachine under a name that has no size for the caller. */
GPtrArray *seedbed_list(SeedbedHost *host, const char *const *names, GError **error)
{
    Work work = {.names = names};
    if (!sb_call_run(host, NULL, list, &work, error))
        return NULL;
    GPtrArray *machines = g_steal_pointer(&work.list->machines);
    sb_list_free(work.list);
    return machines;
}

static const SbListedMachine *listed(const SeedbedMachine *machine)
{
    return (const SbListedMachine *)machine;
}

const char *seedbed_machine_get_name(const SeedbedMachine *machine)
{
    return listed(machine)->domain->name;
}

const char *seedbed_machine_get_fleet(const SeedbedMachine *machine)
{
    return listed(machine)->domain->metadata->fleet;
}

const char *seedbed_machine_get_group(const SeedbedMachine *machine)
{
    return listed(machine)->domain->metadata->group;
}

const char *seedbed_machine_get_image(const SeedbedMachine *machine)
{
    return listed(machine)->domain->metadata->image;
}

const char *seedbed_machine_get_state(const SeedbedMachine *machine)
{
    return listed(machine)->state;
}

const char *seedbed_machine_get_address(const SeedbedMachine *machine)
{
    return listed(machine)->address;
}

guint16 seedbed_machine_get_port(const SeedbedMachine *machine)
{
    return listed(machine)->port;
}

const char *seedbed_machine_get_login(const SeedbedMachine *machine)
{
    return listed(machine)->domain->metadata->login;
}

/* ---- commands and files ---- */

static gboolean exec(const SbOperation *operation, gpointer data, GError **error)
{
    Work *work = data;
    return sb_exec(operation, work->names, work->words, &work->result, error);
}

gboolean seedbed_exec(SeedbedHost *host, const char *const *names, const char *const *words,
                      int *status_out, GCancellable *cancellable, GError **error)
{
    Work work = {.names = names, .words = words};
    if (!sb_call_run(host, cancellable, exec, &work, error))
        return FALSE;
    if (status_out)
        *status_out = work.result.status;
    gboolean is_cancelled = g_cancellable_is_cancelled(cancellable);
    if (!is_cancelled && work.result.unreached == 0)
        return TRUE;
    if (is_cancelled)
        g_set_error_literal(error, SEEDBED_ERROR, SEEDBED_ERROR_CANCELLED,
                            "the command was stopped");
    else
        g_set_error(error, SEEDBED_ERROR, SEEDBED_ERROR_MACHINES,
                    "the command did not run to its end on %u of the machines",
                    work.result.unreached);
    return FALSE;
}

static gboolean copy(const SbOperation *operation, gpointer data, GError **error)
{
    const Work *work = data;
    return sb_copy(operation, work->words, work->text, error);
}

gboolean seedbed_copy(SeedbedHost *host, const char *const *sources, const char *destination,
                      GCancellable *cancellable, GError **error)
{
    Work work = {.words = sources, .text = destination};
    return sb_call_run(host, cancellable, copy, &work, error);
}

/* ---- snapshots ---- */

static gboolean take_snapshot(const SbOperation *operation, gpointer data, GError **error)
{
    Work *work = data;
    return (!work->text || sb_name_check("snapshot", work->text, error)) &&
           sb_snapshot_take(operation, work->machine, work->text, &work->made, error);
}

char *seedbed_snapshot(SeedbedHost *host, const char *machine, const char *name,
                       GCancellable *cancellable, GError **error)
{
    Work work = {.machine = machine, .text = name};
    return sb_call_run(host, cancellable, take_snapshot, &work, error) ? work.made : NULL;
}

static gboolean restore(const SbOperation *operation, gpointer data, GError **error)
{
    const Work *work = data;
    g_autoptr(SbSnapshotRecord) used = NULL;
    return sb_snapshot_restore(operation, work->machine, work->text, &used, error);
}

gboolean seedbed_restore(SeedbedHost *host, const char *machine, const char *name,
                         GCancellable *cancellable, GError **error)
{
    Work work = {.machine = machine, .text = name};
    return sb_call_run(host, cancellable, restore, &work, error);
}

static gboolean remove_snapshot(const SbOperation *operation, gpointer data, GError **error)
{
    const Work *work = data;
    return sb_snapshot_remove(operation, work->machine, work->text, error);
}

gboolean seedbed_snapshot_remove(SeedbedHost *host, const char *machine, const char *name,
                                 GCancellable *cancellable, GError **error)
{
    Work work = {.machine = machine, .text = name};
    return sb_call_run(host, cancellable, remove_snapshot, &work, error);
}

/* ---- their end ---- */

static gboolean collect(const SbOperation *operation, gpointer data, GError **error)
{
    Work *work = data;
    work->made = sb_keep_evidence(operation, work->names, work->text, error);
    return work->made != NULL;
}

char *seedbed_evidence(SeedbedHost *host, const char *const *names, const char *message,
                       GCancellable *cancellable, GError **error)
{
    Work work = {.names = names, .text = message};
    return sb_call_run(host, cancellable, collect, &work, error) ? work.made : NULL;
}

static gboolean down(const SbOperation *operation, gpointer data, GError **error)
{
    const Work *work = data;
    guint count;
    return sb_down(operation, work->names, &count, error);
}

static gboolean down_beside(const SbOperation *operation, gpointer data, GError **error)
{
    return sb_operation_run_beside(operation, "down", down, data, error);
}

gboolean seedbed_down(SeedbedHost *host, const char *const *names, GCancellable *cancellable,
                      GError **error)
{
    Work work = {.names = names};
    return sb_call_run(host, cancellable, down_beside, &work, error);
}
