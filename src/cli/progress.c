/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/progress.h"

#include "base/text.h"
#include "base/units.h"
#include "cli/output.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { REDRAW_MS = 500 };

typedef struct {
    const char *name;
    SbStage stage;
    gint64 begun_us;
    gint64 ended_us; /**< 0: on its way */
    SbProgressEnd end;
    SbStage awaited;    /**< SB_STAGE_NONE: nothing is known of that and of the next */
    gint64 deadline_us; /**< when it must be reached */
    char *said;         /**< (nullable) its last words */
} Row;

struct SbProgress {
    Row *rows;
    guint count;
    int width; /**< of the longest name */
    gboolean is_live;
    gboolean is_quiet;
    gboolean is_coloured;
    guint drawn; /**< lines of the view that are on the screen */
    guint timer;
};

gboolean sb_progress_is_live(void)
{
    const char *term = g_getenv("TERM");
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* What a row has beside the machine's name: a mark, the stage, the seconds, and blanks. */
enum { ROW_COLUMNS = 2 + 2 + 10 + 1 + 8 };
/* Fewer than these say nothing. */
enum { DETAIL_COLUMNS = 12 };

/* A view that is taller than the screen, or has lines that it breaks, cannot be redrawn. */
static gboolean fits_screen(guint rows, guint name_columns)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 &&
           (size.ws_row == 0 || rows + 2 < size.ws_row) &&
           (size.ws_col == 0 || name_columns + ROW_COLUMNS < size.ws_col);
}

/* As much of TEXT as fits into COLUMNS. (transfer full) */
static char *cut(const char *text, int columns)
{
    g_autofree char *line = sb_text_one_line(text);
    const char *end = line;
    for (; *end; end = g_utf8_next_char(end)) {
        columns -= g_unichar_iszerowidth(g_utf8_get_char(end)) ? 0
                   : g_unichar_iswide(g_utf8_get_char(end))    ? 2
                                                               : 1;
        if (columns < 0)
            break;
    }
    return g_strndup(line, (gsize)(end - line));
}

/* What a machine on its way waits for, until when, and its last words. (transfer full) */
static char *details(const SbProgress *progress, const Row *row)
{
    struct winsize size;
    int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0
                      ? size.ws_col - 1 - ROW_COLUMNS - progress->width
                      : 0;
    if (row->ended_us || row->awaited == SB_STAGE_NONE || columns < DETAIL_COLUMNS)
        return g_strdup("");
    gint64 left_ms = MAX(row->deadline_us - g_get_monotonic_time(), 0) / 1000;
    g_autofree char *left = sb_duration_format(left_ms / 1000 * 1000);
    g_autofree char *text =
        g_strdup_printf("  %s in at most %s%s%s", sb_stage_rule(row->awaited)->name, left,
                        row->said ? ": " : "", row->said ? row->said : "");
    return cut(text, columns);
}

static const char *colour(const SbProgress *progress, const char *code)
{
    return progress->is_coloured ? code : "";
}

static void print_row(const SbProgress *progress, const Row *row)
{
    gint64 now = row->ended_us ? row->ended_us : g_get_monotonic_time();
    const char *mark = "…", *code = "",
               *text = row->stage == SB_STAGE_NONE ? "waits" : sb_stage_rule(row->stage)->name;
    if (row->ended_us && (row->end == SB_PROGRESS_READY || row->end == SB_PROGRESS_STARTED)) {
        mark = "✓";
        code = colour(progress, "\033[32m");
        text = row->end == SB_PROGRESS_READY ? "ready" : "started";
    } else if (row->ended_us) {
        mark = "✗";
        code = colour(progress, "\033[31m");
        text = row->end == SB_PROGRESS_UNDOING ? "taken back" : "failed";
    }
    g_autofree char *shown = sb_output_text(mark);
    g_autofree char *more = details(progress, row);
    fprintf(stderr, "\r\033[K%s%s%s %-*s  %-10s %5.1f s%s\n", code, shown,
            colour(progress, "\033[0m"), progress->width, row->name, text,
            (double)(now - row->begun_us) / 1e6, more);
}

static void erase(SbProgress *progress)
{
    if (progress->drawn)
        fprintf(stderr, "\033[%uA\r\033[J", progress->drawn);
    progress->drawn = 0;
}

static void draw(SbProgress *progress)
{
    if (!progress->is_live)
        return;
    if (progress->drawn)
        fprintf(stderr, "\033[%uA", progress->drawn);
    for (guint i = 0; i < progress->count; i++)
        print_row(progress, &progress->rows[i]);
    progress->drawn = progress->count;
    fflush(stderr);
}

static gboolean on_timer(gpointer data)
{
    draw(data);
    return G_SOURCE_CONTINUE;
}

SbProgress *sb_progress_new(const GPtrArray *machines, gboolean is_quiet)
{
    SbProgress *progress = g_new0(SbProgress, 1);
    progress->rows = g_new0(Row, machines->len);
    progress->count = machines->len;
    for (guint i = 0; i < machines->len; i++) {
        progress->rows[i].name = g_ptr_array_index(machines, i);
        progress->rows[i].begun_us = g_get_monotonic_time();
        progress->width = MAX(progress->width, (int)strlen(progress->rows[i].name));
    }
    progress->is_quiet = is_quiet;
    progress->is_live =
        !is_quiet && sb_progress_is_live() && fits_screen(machines->len, progress->width);
    /* https://no-color.org */
    const char *no_color = g_getenv("NO_COLOR");
    progress->is_coloured = progress->is_live && !(no_color && *no_color);
    if (progress->is_live)
        progress->timer = g_timeout_add(REDRAW_MS, on_timer, progress);
    draw(progress);
    return progress;
}

void sb_progress_free(SbProgress *progress)
{
    g_clear_handle_id(&progress->timer, g_source_remove);
    draw(progress);
    for (guint i = 0; i < progress->count; i++)
        g_free(progress->rows[i].said);
    g_free(progress->rows);
    g_free(progress);
}

static Row *find_row(SbProgress *progress, const char *machine)
{
    for (guint i = 0; i < progress->count; i++)
        if (strcmp(progress->rows[i].name, machine) == 0)
            return &progress->rows[i];
    return NULL;
}

void sb_progress_stage(SbProgress *progress, const char *machine, SbStage stage, gint64 elapsed_ms)
{
    Row *row = find_row(progress, machine);
    if (!row)
        return;
    row->stage = stage;
    if (progress->is_live)
        draw(progress);
    else if (!progress->is_quiet)
        fprintf(stderr, "%s: %s (%.1f s)\n", machine, sb_stage_rule(stage)->name,
                (double)elapsed_ms / 1e3);
}

void sb_progress_awaits(SbProgress *progress, const char *machine, SbStage stage, gint64 left_ms)
{
    Row *row = find_row(progress, machine);
    if (!row)
        return;
    row->awaited = stage;
    row->deadline_us = g_get_monotonic_time() + left_ms * 1000;
}

void sb_progress_said(SbProgress *progress, const char *machine, const char *line)
{
    Row *row = progress->is_live ? find_row(progress, machine) : NULL;
    if (!row)
        return;
    g_free(row->said);
    row->said = g_strstrip(g_strdup(line));
}

void sb_progress_end(SbProgress *progress, const char *machine, SbProgressEnd end)
{
    Row *row = find_row(progress, machine);
    if (!row)
        return;
    row->end = end;
    row->ended_us = g_get_monotonic_time();
    if (progress->is_live)
        draw(progress);
    /* That it was started was told as its stage. */
    else if (!progress->is_quiet && end != SB_PROGRESS_STARTED)
        fprintf(stderr, "%s: %s\n", machine,
                end == SB_PROGRESS_READY    ? "ready"
                : end == SB_PROGRESS_FAILED ? "failed"
                                            : "is being taken back");
}

void sb_progress_say(SbProgress *progress, const char *format, ...)
{
    erase(progress);
    SB_TEXT_FORMAT(line, format);
    g_autofree char *text = sb_output_text(line);
    fprintf(stderr, "%s\n", text);
    draw(progress);
}
