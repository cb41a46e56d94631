/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/transfer.h"

#include "base/units.h"
#include "cli/progress.h"

#include <stdio.h>

enum { FIRST_MS = 1000, SAY_EVERY_MS = 5000, REDRAW_MS = 200 };

SbTransfer sb_transfer_begin(gboolean is_quiet)
{
    return (SbTransfer){.is_live = !is_quiet && sb_progress_is_live(),
                        .is_quiet = is_quiet,
                        .next_us = g_get_monotonic_time() + FIRST_MS * 1000};
}

/* (transfer full) such as "downloading 120 MiB of 300 MiB, 10 MiB/s, 18 s left" */
static char *describe(const SbEvent *event)
{
    GString *text = g_string_new(event->text);
    if (event->done || event->total) {
        g_autofree char *done = sb_size_format(event->done);
        g_string_append_printf(text, " %s", done);
    }
    if (event->total) {
        g_autofree char *total = sb_size_format(event->total);
        g_string_append_printf(text, " of %s", total);
    }
    if (event->per_second) {
        g_autofree char *rate = sb_size_format(event->per_second);
        g_string_append_printf(text, ", %s/s", rate);
    }
    if (event->per_second && event->total >= event->done) {
        guint64 left_s = (event->total - event->done) / event->per_second;
        g_autofree char *left = sb_duration_format((gint64)MIN(left_s, 1000000) * 1000);
        g_string_append_printf(text, ", %s left", left);
    }
    return g_string_free(text, FALSE);
}

static void show(SbTransfer *transfer, const SbEvent *event)
{
    gint64 now = g_get_monotonic_time();
    if (now < transfer->next_us)
        return;
    g_autofree char *text = describe(event);
    fprintf(stderr, transfer->is_live ? "\r\033[K%s" : "%s\n", text);
    transfer->is_drawn = transfer->is_live;
    transfer->next_us = now + (transfer->is_live ? REDRAW_MS : SAY_EVERY_MS) * 1000;
}

void sb_transfer_on_event(const SbEvent *event, gpointer data)
{
    SbTransfer *transfer = data;
    if (transfer->is_quiet)
        return;
    if (event->kind == SB_EVENT_PROGRESS)
        show(transfer, event);
    if (event->kind != SB_EVENT_NOTE)
        return;
    sb_transfer_end(transfer);
    fprintf(stderr, "%s\n", event->text);
}

void sb_transfer_end(SbTransfer *transfer)
{
    if (transfer->is_drawn)
        fputs("\r\033[K", stderr);
    transfer->is_drawn = FALSE;
}
