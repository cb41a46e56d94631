/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/run-wait.h"

#include "base/array.h"
#include "base/loop.h"
#include "libvirt/domain-events.h"
#include "local/process-id.h"
#include "machine/claim.h"

#include <string.h>

enum {
    TICK_MS = 1000,
    ENDING_TICKS_MAX = 20, /* a process may live on for other work than its run */
};

/* BUSY: machines belong to other runs.
 * ENDING: they are gone, but a process that had one still runs. A look can lead back to BUSY.
 * FREE: the end, and the end after an error or Ctrl-C too. */
typedef enum { WAIT_BUSY, WAIT_ENDING, WAIT_FREE } WaitPhase;

typedef struct {
    const SbOperation *operation;
    const char *fleet;
    SbRun run;
    SbDomainEvents *events;
    SbLoop *loop;
    GHashTable *owners; /* the ids of the processes that had machines */
    guint ending_ticks;
    WaitPhase phase;
    GError *error;
} Wait;

static gboolean runs_an_owner(const Wait *wait)
{
    GHashTableIter iter;
    gpointer owner;
    g_hash_table_iter_init(&iter, wait->owners);
    while (g_hash_table_iter_next(&iter, &owner, NULL))
        if (sb_process_id_check(owner) == SB_PROCESS_RUNS)
            return TRUE;
    return FALSE;
}

static void move(Wait *wait, WaitPhase phase)
{
    wait->phase = phase;
    if (phase == WAIT_ENDING && (!runs_an_owner(wait) || wait->ending_ticks > ENDING_TICKS_MAX))
        wait->phase = WAIT_FREE;
    if (wait->phase == WAIT_FREE)
        sb_loop_end(wait->loop);
}

static void look(Wait *wait)
{
    virConnect *connection = sb_domain_events_connection(wait->events);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GPtrArray) domains = connection ? sb_domain_list(connection, &cause) : NULL;
    if (!connection || g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_DISCONNECTED))
        return;
    if (!domains) {
        wait->error = g_steal_pointer(&cause);
        move(wait, WAIT_FREE);
        return;
    }
    gboolean is_busy = FALSE;
    SB_EACH(const SbDomain, domain, domains) {
        const SbMetadata *metadata = domain->metadata;
        if (strcmp(metadata->fleet, wait->fleet) != 0 || !metadata->run ||
            sb_decide_claim(metadata, sb_claim_maker(metadata), wait->run) != SB_CLAIM_REFUSED)
            continue;
        is_busy = TRUE;
        g_hash_table_add(wait->owners, g_strdup(metadata->creator));
    }
    move(wait, is_busy ? WAIT_BUSY : WAIT_ENDING);
}

static void on_troubled(const char *uuid, gpointer data)
{
    look(data);
}

static void on_back(virConnect *connection, gpointer data)
{
    look(data);
}

/* Forgets the owners that have ended. Returns whether there was one. */
static gboolean forget_ended(Wait *wait)
{
    guint before = g_hash_table_size(wait->owners);
    GHashTableIter iter;
    gpointer owner;
    g_hash_table_iter_init(&iter, wait->owners);
    while (g_hash_table_iter_next(&iter, &owner, NULL))
        if (sb_process_id_check(owner) == SB_PROCESS_GONE)
            g_hash_table_iter_remove(&iter);
    return g_hash_table_size(wait->owners) < before;
}

static gboolean on_tick(gpointer data)
{
    Wait *wait = data;
    if (wait->phase == WAIT_ENDING) {
        wait->ending_ticks++;
        move(wait, WAIT_ENDING);
    } else if (wait->phase == WAIT_BUSY && forget_ended(wait)) {
        look(wait);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean wait_for_run(const SbOperation *operation, const char *fleet, SbRun run,
                             GError **error)
{
    static const SbDomainEventsCallbacks callbacks = {.troubled = on_troubled, .back = on_back};
    Wait wait = {.operation = operation, .fleet = fleet, .run = run};
    wait.events = sb_domain_events_new(operation->host, &callbacks, &wait, error);
    if (!wait.events)
        return FALSE;
    wait.owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    wait.loop = sb_loop_new(operation->cancellable, NULL, NULL);
    guint tick = g_timeout_add(TICK_MS, on_tick, &wait);
    look(&wait);
    sb_loop_wait(wait.loop);
    g_source_remove(tick);
    sb_loop_free(wait.loop);
    sb_domain_events_free(wait.events);
    g_hash_table_unref(wait.owners);
    if (wait.error)
        g_propagate_error(error, wait.error);
    return !wait.error && !g_cancellable_set_error_if_cancelled(operation->cancellable, error);
}

gboolean sb_run_wait_after(const SbOperation *operation, const SbFleetFile *fleet,
                           const SbBringUpOptions *options, GError **error)
{
    if (!options->wait_for_run || !g_error_matches(*error, SB_PLAN_ERROR, SB_PLAN_ERROR_BUSY))
        return FALSE;
    sb_operation_note(operation, NULL,
                      "the fleet belongs to another run: waiting until that is over");
    g_clear_error(error);
    return wait_for_run(operation, fleet->name, options->run, error);
}
