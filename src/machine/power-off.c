/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/power-off.h"

#include "base/loop.h"
#include "libvirt/domain-events.h"

#include <string.h>

/* A guest that boots or is busy may miss the power button. */
enum { PRESS_AGAIN_MS = 60 * 1000 };

typedef struct {
    const SbOperation *operation;
    GPtrArray *running; /* of SbDomain: those that are not off yet */
    SbDomainEvents *events;
    SbLoop *loop;
} PowerOff;

/* The machine at INDEX is not waited for any more. */
static void take_away(PowerOff *off, guint index, gboolean is_off)
{
    const SbDomain *domain = g_ptr_array_index(off->running, index);
    SbEvent event = {.kind = SB_EVENT_STEP, .machine = domain->name, .text = "powered off"};
    g_ptr_array_remove_index(off->running, index);
    if (is_off)
        sb_operation_tell(off->operation, &event);
    if (off->running->len == 0)
        sb_loop_end(off->loop);
}

/* While libvirtd is away, nothing is pressed; on_back() does it. */
static void press_all(PowerOff *off)
{
    virConnect *connection = sb_domain_events_connection(off->events);
    for (guint i = off->running->len; connection && i > 0; i--) {
        const SbDomain *domain = g_ptr_array_index(off->running, i - 1);
        g_autoptr(virDomain) handle = NULL;
        if (!sb_domain_open_if_there(connection, domain->uuid, &handle, NULL))
            continue;
        if (!handle || sb_domain_is_off(handle))
            take_away(off, i - 1, TRUE);
        else
            sb_domain_shut_down(handle, NULL);
    }
}

static gboolean on_again(gpointer data)
{
    press_all(data);
    return G_SOURCE_CONTINUE;
}

/* A guest that stands still, because its disk failed, will not power off: it ends the wait too. */
static void on_troubled(const char *uuid, gpointer data)
{
    PowerOff *off = data;
    virConnect *connection = sb_domain_events_connection(off->events);
    g_autoptr(virDomain) handle = connection ? sb_domain_open(connection, uuid, NULL) : NULL;
    for (guint i = off->running->len; i > 0; i--)
        if (strcmp(((const SbDomain *)g_ptr_array_index(off->running, i - 1))->uuid, uuid) == 0)
            take_away(off, i - 1, !handle || sb_domain_is_off(handle));
}

static void on_back(virConnect *connection, gpointer data)
{
    press_all(data);
}

static gboolean on_late(gpointer data)
{
    sb_loop_end(data);
    return G_SOURCE_CONTINUE;
}

static void wait_until_off(PowerOff *off, gint64 limit_ms)
{
    g_autoptr(SbLoop) loop = sb_loop_new(off->operation->cancellable, NULL, NULL);
    off->loop = loop;
    guint again = g_timeout_add(PRESS_AGAIN_MS, on_again, off);
    guint late = g_timeout_add((guint)MIN(limit_ms, G_MAXUINT), on_late, loop);
    press_all(off);
    if (off->running->len > 0)
        sb_loop_wait(loop);
    g_source_remove(again);
    g_source_remove(late);
}

GPtrArray *sb_power_off(const SbOperation *operation, const GPtrArray *domains, gint64 limit_ms,
                        GError **error)
{
    static const SbDomainEventsCallbacks callbacks = {.troubled = on_troubled, .back = on_back};
    g_autoptr(GPtrArray) running = g_ptr_array_new();
    for (guint i = 0; i < domains->len; i++)
        g_ptr_array_add(running, g_ptr_array_index(domains, i));
    PowerOff off = {.operation = operation, .running = running};
    off.events = sb_domain_events_new(operation->host, &callbacks, &off, error);
    if (!off.events)
        return NULL;
    wait_until_off(&off, limit_ms);
    sb_domain_events_free(off.events);
    return g_cancellable_set_error_if_cancelled(operation->cancellable, error)
               ? NULL
               : g_steal_pointer(&running);
}
