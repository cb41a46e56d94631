/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "seedbed/event.h"

#include "model/event.h"
#include "seedbed/public-error.h"
#include "seedbed/public-event.h"

#include <string.h>

struct SeedbedEvent {
    const SbEvent *event;
    const char *text; /**< (nullable) it ends where its length says */
    gsize length;
    GError *error; /**< (nullable) with the public code */
};

static const SeedbedEventKind kinds[] = {
    [SB_EVENT_PLANNED] = SEEDBED_EVENT_PLANNED,
    [SB_EVENT_BEGUN] = SEEDBED_EVENT_BEGUN,
    [SB_EVENT_SURPLUS] = SEEDBED_EVENT_SURPLUS,
    [SB_EVENT_MADE] = SEEDBED_EVENT_MADE,
    [SB_EVENT_STAGE] = SEEDBED_EVENT_STAGE,
    [SB_EVENT_AWAITS] = SEEDBED_EVENT_AWAITS,
    [SB_EVENT_SAID] = SEEDBED_EVENT_SAID,
    [SB_EVENT_NOTE] = SEEDBED_EVENT_NOTE,
    [SB_EVENT_STEP] = SEEDBED_EVENT_STEP,
    [SB_EVENT_FINISHED] = SEEDBED_EVENT_FINISHED,
    [SB_EVENT_UNDOING] = SEEDBED_EVENT_UNDOING,
    [SB_EVENT_REMOVED] = SEEDBED_EVENT_REMOVED,
    [SB_EVENT_PROGRESS] = SEEDBED_EVENT_PROGRESS,
    [SB_EVENT_LINE] = SEEDBED_EVENT_LINE,
    [SB_EVENT_EXITED] = SEEDBED_EVENT_EXITED,
    [SB_EVENT_TEST_STARTED] = SEEDBED_EVENT_TEST_STARTED,
    [SB_EVENT_TEST_PROGRESS] = SEEDBED_EVENT_TEST_PROGRESS,
    [SB_EVENT_TEST_ENDED] = SEEDBED_EVENT_TEST_ENDED,
    [SB_EVENT_TESTED] = SEEDBED_EVENT_TESTED,
};

void sb_public_event_tell(const SbEvent *event, SeedbedEventFunc function, gpointer data)
{
    g_autoptr(GError) error = sb_public_error_copy(event->error);
    /* What a guest wrote is a part of a buffer. */
    gboolean is_part = event->kind == SB_EVENT_LINE || event->kind == SB_EVENT_CONSOLE;
    g_autofree char *cut = is_part ? g_malloc0(event->length + 1) : NULL;
    if (cut && event->length > 0)
        memcpy(cut, event->text, event->length);
    const SeedbedEvent public = {
        .event = event,
        .text = cut ? cut : event->text,
        .length = is_part       ? event->length
                  : event->text ? strlen(event->text)
                                : 0,
        .error = error,
    };
    function(&public, data);
}

SeedbedEventKind seedbed_event_get_kind(const SeedbedEvent *event)
{
    gsize kind = event->event->kind;
    return kind < G_N_ELEMENTS(kinds) ? kinds[kind] : SEEDBED_EVENT_OTHER;
}

const char *seedbed_event_get_machine(const SeedbedEvent *event)
{
    return event->event->machine;
}

const char *seedbed_event_get_text(const SeedbedEvent *event, gsize *length_out)
{
    if (length_out)
        *length_out = event->length;
    return event->text;
}

const char *seedbed_event_get_stage(const SeedbedEvent *event)
{
    SbStage stage = event->event->stage;
    return stage != SB_STAGE_NONE ? sb_stage_rule(stage)->name : NULL;
}

gint64 seedbed_event_get_elapsed_ms(const SeedbedEvent *event)
{
    return event->event->elapsed_ms;
}

guint seedbed_event_get_number(const SeedbedEvent *event)
{
    return event->event->number;
}

guint64 seedbed_event_get_done(const SeedbedEvent *event)
{
    return event->event->done;
}

guint64 seedbed_event_get_total(const SeedbedEvent *event)
{
    return event->event->total;
}

const GError *seedbed_event_get_error(const SeedbedEvent *event)
{
    return event->error;
}
