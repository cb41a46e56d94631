/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/operation.h"

#include "base/loop.h"

/* The events that a thread has told, on their way to the main loop. */
typedef struct {
    const SbOperation *operation;
    SbOperation beside; /* what the thread works with */
    SbOperationFunc function;
    gpointer data;
    GMutex lock;
    GQueue waiting; /* of Kept, under `lock` */
    guint source;   /* that will tell them, under `lock`; 0: none waits */
} Relay;

/* An event, and what it points to. */
typedef struct {
    SbEvent event;
    char *machine;
    char *text;
    GError *error;
} Kept;

static Kept *keep(const SbEvent *event)
{
    Kept *kept = g_new0(Kept, 1);
    kept->event = *event;
    kept->event.machine = kept->machine = g_strdup(event->machine);
    kept->event.text = kept->text =
        event->length ? g_memdup2(event->text, event->length) : g_strdup(event->text);
    kept->event.error = kept->error = event->error ? g_error_copy(event->error) : NULL;
    return kept;
}

static void kept_free(Kept *kept)
{
    g_free(kept->machine);
    g_free(kept->text);
    g_clear_error(&kept->error);
    g_free(kept);
}

static void tell_waiting(Relay *relay)
{
    g_mutex_lock(&relay->lock);
    GQueue waiting = relay->waiting;
    g_queue_init(&relay->waiting);
    relay->source = 0;
    g_mutex_unlock(&relay->lock);
    Kept *kept;
    while ((kept = g_queue_pop_head(&waiting))) {
        sb_operation_tell(relay->operation, &kept->event);
        kept_free(kept);
    }
}

static gboolean on_waiting(gpointer data)
{
    tell_waiting(data);
    return G_SOURCE_REMOVE;
}

/* In the thread. */
static void on_event(const SbEvent *event, gpointer data)
{
    Relay *relay = data;
    g_mutex_lock(&relay->lock);
    Kept *last = g_queue_peek_tail(&relay->waiting);
    if (last && last->event.kind == SB_EVENT_PROGRESS && event->kind == SB_EVENT_PROGRESS)
        kept_free(g_queue_pop_tail(&relay->waiting));
    g_queue_push_tail(&relay->waiting, keep(event));
    if (!relay->source)
        relay->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_waiting, relay, NULL);
    g_mutex_unlock(&relay->lock);
}

static gboolean work(gpointer data, GError **error)
{
    Relay *relay = data;
    return relay->function(&relay->beside, relay->data, error);
}

gboolean sb_operation_run_beside(const SbOperation *operation, const char *name,
                                 SbOperationFunc function, gpointer data, GError **error)
{
    Relay relay = {
        .operation = operation, .beside = *operation, .function = function, .data = data};
    g_mutex_init(&relay.lock);
    g_queue_init(&relay.waiting);
    relay.beside.event = operation->event ? on_event : NULL;
    relay.beside.data = &relay;
    gboolean is_done = sb_loop_run_beside(name, work, &relay, error);
    g_clear_handle_id(&relay.source, g_source_remove);
    tell_waiting(&relay);
    g_mutex_clear(&relay.lock);
    return is_done;
}
