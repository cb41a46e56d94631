/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/history.h"

#include "base/array.h"
#include "base/text.h"
#include "cloud-init/boot-timeline.h"
#include "local/state-dir.h"

#include <stdio.h>
#include <string.h>

/* What is kept of earlier work on the machine. */
enum { KEPT_BYTES = 64 * 1024, SHOWN_MS = 50 };

struct SbHistory {
    const SbFleetFile *fleet;
    const SbOperation *inner;
    SbOperation operation;
    char *directory;
    GHashTable *machines; /* name to GString: its lines; NULL: it is being taken back */
};

static char *file_name(const char *machine)
{
    return g_strconcat(machine, SB_HISTORY_SUFFIX, NULL);
}

/* The GString of MACHINE; NULL if it is being taken back. */
static GString *lines_of(SbHistory *history, const char *machine)
{
    GString *lines = g_hash_table_lookup(history->machines, machine);
    if (!lines && !g_hash_table_contains(history->machines, machine)) {
        lines = g_string_new(NULL);
        g_hash_table_insert(history->machines, g_strdup(machine), lines);
    }
    return lines;
}

static void add(GString *lines, const char *word, const char *text)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *one_line = text ? sb_text_one_line(text) : NULL;
    g_string_append_printf(lines, "%s.%03dZ %s%s%s\n", time,
                           g_date_time_get_microsecond(now) / 1000, word, one_line ? " " : "",
                           one_line ? one_line : "");
}

/* A machine that was not made or started now has a history already. */
static void write_file(const SbHistory *history, const char *machine, GString *lines)
{
    g_autofree char *name = file_name(machine);
    g_autofree char *path = g_build_filename(history->directory, name, NULL);
    g_autofree char *before = NULL;
    g_autoptr(GError) error = NULL;
    if (!strstr(lines->str, " stage ") && g_file_get_contents(path, &before, NULL, NULL)) {
        gsize length = strlen(before);
        g_string_prepend(lines, before + (length > KEPT_BYTES ? length - KEPT_BYTES : 0));
    }
    /* It helps to explain a failure, and is no reason for one. */
    if (!sb_state_dir_write(history->directory, name, lines->str, &error))
        g_debug("%s", error->message);
}

static void keep(SbHistory *history, const SbEvent *event)
{
    GString *lines = event->machine ? lines_of(history, event->machine) : NULL;
    g_autofree char *part = NULL;
    if (!lines)
        return;
    switch (event->kind) {
    case SB_EVENT_STAGE:
        add(lines, "stage", sb_stage_rule(event->stage)->name);
        break;
    case SB_EVENT_BOOT_PART:
        part = g_strdup_printf("%u %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT " %s", event->number,
                               event->elapsed_ms, event->total, event->text);
        add(lines, "part", part);
        break;
    case SB_EVENT_NOTE:
        add(lines, "note", event->text);
        break;
    case SB_EVENT_UNDOING:
        add(lines, "undoing", NULL);
        write_file(history, event->machine, lines);
        /* Its files go with it. */
        g_hash_table_insert(history->machines, g_strdup(event->machine), NULL);
        break;
    case SB_EVENT_FINISHED:
        add(lines, event->error ? "failed" : "ready", event->error ? event->error->message : NULL);
        write_file(history, event->machine, lines);
        break;
    default:
        break;
    }
}

static void on_event(const SbEvent *event, gpointer data)
{
    SbHistory *history = data;
    keep(history, event);
    sb_operation_tell(history->inner, event);
}

static void free_lines(gpointer lines)
{
    if (lines)
        g_string_free(lines, TRUE);
}

SbHistory *sb_history_new(const SbOperation *operation, const SbFleetFile *fleet)
{
    SbHistory *history = g_new0(SbHistory, 1);
    history->fleet = fleet;
    history->inner = operation;
    history->operation = *operation;
    history->operation.event = on_event;
    history->operation.data = history;
    history->directory = sb_state_dir_path(sb_host_uri(operation->host), fleet->name);
    history->machines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_lines);
    return history;
}

void sb_history_free(SbHistory *history)
{
    g_hash_table_unref(history->machines);
    g_free(history->directory);
    g_free(history);
}

const SbOperation *sb_history_operation(const SbHistory *history)
{
    return &history->operation;
}

gboolean sb_history_keep_file(const SbHistory *history, GError **error)
{
    const SbFleetFile *fleet = history->fleet;
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "# %s (sha256 %s)\n", fleet->file, fleet->digest);
    for (char **setting = fleet->settings; setting && *setting; setting++)
        g_string_append_printf(text, "# --set %s\n", *setting);
    g_string_append(text, fleet->text);
    return sb_state_dir_write(history->directory, SB_STATE_DIR_FLEET_FILE, text->str, error);
}

void sb_history_tell_boot(const SbOperation *operation, const char *machine,
                          const GPtrArray *timeline)
{
    SB_EACH(const SbTimelineEntry, entry, timeline) {
        if (entry->end_ms - entry->start_ms < SHOWN_MS)
            continue;
        const SbEvent event = {.kind = SB_EVENT_BOOT_PART,
                               .machine = machine,
                               .text = entry->name,
                               .number = entry->depth,
                               .elapsed_ms = entry->start_ms,
                               .total = (guint64)(entry->end_ms - entry->start_ms)};
        sb_operation_tell(operation, &event);
    }
}

/* ---- reading ---- */

static void entry_free(gpointer data)
{
    SbHistoryEntry *entry = data;
    g_free(entry->word);
    g_free(entry->text);
    g_free(entry);
}

GPtrArray *sb_history_read(const char *directory, const char *machine)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
    g_autofree char *name = file_name(machine);
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return entries;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (gsize i = 0; lines[i]; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", 3);
        g_autoptr(GDateTime) time =
            words[0] && words[1] ? g_date_time_new_from_iso8601(words[0], NULL) : NULL;
        if (!time)
            continue;
        SbHistoryEntry *entry = g_new0(SbHistoryEntry, 1);
        entry->at_ms = g_date_time_to_unix(time) * 1000 + g_date_time_get_microsecond(time) / 1000;
        entry->word = g_strdup(words[1]);
        entry->text = g_strdup(words[2] ? words[2] : "");
        g_ptr_array_add(entries, entry);
    }
    return entries;
}

/* ---- spans ---- */

static void span_free(gpointer data)
{
    g_free(((SbHistorySpan *)data)->name);
    g_free(data);
}

static void add_span(GPtrArray *spans, const SbHistorySpan *span)
{
    SbHistorySpan *copy = g_memdup2(span, sizeof *span);
    copy->name = g_strdup(span->name);
    g_ptr_array_add(spans, copy);
}

/* The index of the last start in ENTRIES. */
static guint find_start(const GPtrArray *entries)
{
    for (guint i = entries->len; i > 0; i--) {
        const SbHistoryEntry *entry = g_ptr_array_index(entries, i - 1);
        if (strcmp(entry->word, "stage") == 0 &&
            strcmp(entry->text, sb_stage_rule(SB_STAGE_DEFINED)->name) == 0)
            return i - 1;
    }
    return 0;
}

/* A stage lasts from the stage before to the moment when it is reached: 0 if the clock was set back
 * meanwhile. *KERNEL_MS_OUT: when the kernel began; 0: it is not known. */
static void add_stages(GPtrArray *spans, const GPtrArray *entries, gint64 *kernel_ms_out)
{
    gint64 before_ms = 0;
    *kernel_ms_out = 0;
    for (guint i = find_start(entries); i < entries->len; i++) {
        const SbHistoryEntry *entry = g_ptr_array_index(entries, i);
        if (strcmp(entry->word, "stage") != 0)
            continue;
        const SbHistorySpan span = {.lane = "stages",
                                    .name = entry->text,
                                    .from_ms =
                                        before_ms ? MIN(before_ms, entry->at_ms) : entry->at_ms,
                                    .to_ms = entry->at_ms};
        add_span(spans, &span);
        before_ms = entry->at_ms;
        if (strcmp(entry->text, sb_stage_rule(SB_STAGE_KERNEL)->name) == 0)
            *kernel_ms_out = entry->at_ms;
    }
}

static void add_part(GPtrArray *spans, guint depth, char *name, gint64 from_ms, gint64 to_ms)
{
    const SbHistorySpan span = {
        .lane = depth == 0 ? "boot" : "modules", .name = name, .from_ms = from_ms, .to_ms = to_ms};
    add_span(spans, &span);
}

/* The parts of DEPTH that were kept. */
static void add_kept_parts(GPtrArray *spans, const GPtrArray *entries, guint depth,
                           gint64 kernel_ms)
{
    for (guint i = find_start(entries); i < entries->len; i++) {
        const SbHistoryEntry *entry = g_ptr_array_index(entries, i);
        guint at;
        gint64 begin_ms, took_ms;
        int name = 0;
        if (strcmp(entry->word, "part") != 0 ||
            sscanf(entry->text, "%u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %n", &at, &begin_ms,
                   &took_ms, &name) < 3 ||
            at != depth || name == 0)
            continue;
        add_part(spans, depth, entry->text + name, kernel_ms + begin_ms,
                 kernel_ms + begin_ms + took_ms);
    }
}

/* The parts of DEPTH that the guest tells of now. */
static void add_told_parts(GPtrArray *spans, const GPtrArray *timeline, guint depth,
                           gint64 kernel_ms)
{
    SB_EACH(const SbTimelineEntry, entry, timeline)
        if (entry->depth == depth && entry->end_ms - entry->start_ms >= SHOWN_MS)
            add_part(spans, depth, entry->name, kernel_ms + entry->start_ms,
                     kernel_ms + entry->end_ms);
}

GPtrArray *sb_history_spans(const GPtrArray *entries, const GPtrArray *timeline)
{
    GPtrArray *spans = g_ptr_array_new_with_free_func(span_free);
    gint64 kernel_ms;
    add_stages(spans, entries, &kernel_ms);
    for (guint depth = 0; kernel_ms > 0 && depth <= 1; depth++)
        if (timeline)
            add_told_parts(spans, timeline, depth, kernel_ms);
        else
            add_kept_parts(spans, entries, depth, kernel_ms);
    return spans;
}
