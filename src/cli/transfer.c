/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/transfer.h"

#include "base/units.h"
#include "cli/progress.h"

#include <stdio.h>

enum { FIRST_MS = 1000, SAY_EVERY_MS = 10000, REDRAW_MS = 200 };

/* The width of the bar: with it, the line fits into 80 columns. */
enum { BAR = 10 };

SbTransfer sb_transfer_begin(gboolean is_quiet)
{
    gboolean is_live = !is_quiet && sb_progress_is_live();
    return (SbTransfer){.is_live = is_live,
                        .is_quiet = is_quiet,
                        .next_us = g_get_monotonic_time() +
                                   (is_live ? FIRST_MS : SAY_EVERY_MS) * G_GINT64_CONSTANT(1000)};
}

/* Notes when an activity begins, and with how many bytes: some of a download can be there. */
static void note_begin(SbTransfer *transfer, const SbEvent *event)
{
    gboolean goes_on =
        g_strcmp0(transfer->what, event->text) == 0 && event->done >= transfer->done_bytes;
    transfer->done_bytes = event->done;
    if (goes_on)
        return;
    g_free(transfer->what);
    transfer->what = g_strdup(event->text);
    transfer->begun_us = g_get_monotonic_time();
    transfer->begun_bytes = event->done;
}

/* Bytes per second since the activity began; 0: not known yet. */
static guint64 rate_of(const SbTransfer *transfer, const SbEvent *event)
{
    gint64 elapsed_us = g_get_monotonic_time() - transfer->begun_us;
    if (event->per_second || elapsed_us < G_USEC_PER_SEC / 2 ||
        event->done <= transfer->begun_bytes)
        return event->per_second;
    return (guint64)((double)(event->done - transfer->begun_bytes) * G_USEC_PER_SEC /
                     (double)elapsed_us);
}

static void add_share(GString *text, const SbEvent *event, gboolean has_bar)
{
    double share = (double)MIN(event->done, event->total) / (double)event->total;
    g_string_append_printf(text, " %3u %%", (guint)(share * 100));
    if (!has_bar)
        return;
    g_string_append(text, " [");
    for (guint i = 0; i < BAR; i++)
        g_string_append_c(text, i < (guint)(share * BAR) ? '#' : '-');
    g_string_append_c(text, ']');
}

/* (transfer full) such as "downloading  40 %, 120 MiB of 300 MiB, 10 MiB/s, 18 s left" */
static char *describe(const SbTransfer *transfer, const SbEvent *event)
{
    GString *text = g_string_new(event->text);
    guint64 rate = rate_of(transfer, event);
    if (event->total)
        add_share(text, event, transfer->is_live);
    if (event->done || event->total) {
        g_autofree char *done = sb_size_format(event->done);
        g_string_append_printf(text, "%s %s", event->total && !transfer->is_live ? "," : "", done);
    }
    if (event->total) {
        g_autofree char *total = sb_size_format(event->total);
        g_string_append_printf(text, " of %s", total);
    }
    if (rate) {
        g_autofree char *rounded = sb_size_format(rate);
        g_string_append_printf(text, ", %s/s", rounded);
    }
    if (rate && event->total >= event->done) {
        guint64 left_s = (event->total - event->done) / rate;
        g_autofree char *left = sb_duration_format((gint64)MIN(left_s, 1000000) * 1000);
        g_string_append_printf(text, ", %s left", left);
    }
    return g_string_free(text, FALSE);
}

static void show(SbTransfer *transfer, const SbEvent *event)
{
    gint64 now = g_get_monotonic_time();
    note_begin(transfer, event);
    if (now < transfer->next_us)
        return;
    g_autofree char *text = describe(transfer, event);
    fprintf(stderr, transfer->is_live ? "\r\033[K%s" : "%s\n", text);
    transfer->is_drawn = transfer->is_live;
    transfer->next_us = now + (transfer->is_live ? REDRAW_MS : SAY_EVERY_MS) * 1000;
}

static void erase(SbTransfer *transfer)
{
    if (transfer->is_drawn)
        fputs("\r\033[K", stderr);
    transfer->is_drawn = FALSE;
}

void sb_transfer_on_event(const SbEvent *event, gpointer data)
{
    SbTransfer *transfer = data;
    if (transfer->is_quiet)
        return;
    if (event->kind == SB_EVENT_PROGRESS)
        show(transfer, event);
    if (event->kind != SB_EVENT_NOTE && event->kind != SB_EVENT_STEP)
        return;
    erase(transfer);
    fprintf(stderr, "%s%s%s\n", event->machine ? event->machine : "", event->machine ? ": " : "",
            event->text);
}

void sb_transfer_end(SbTransfer *transfer)
{
    erase(transfer);
    g_clear_pointer(&transfer->what, g_free);
}
