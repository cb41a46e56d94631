/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/progress.h"

#include "cli/output.h"

#include <stdarg.h>
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

/* A view that is taller than the screen, or has lines that it breaks, cannot be redrawn. */
static gboolean fits_screen(guint rows, guint name_columns)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 &&
           (size.ws_row == 0 || rows + 2 < size.ws_row) &&
           (size.ws_col == 0 || name_columns + ROW_COLUMNS < size.ws_col);
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
    if (row->ended_us && row->end == SB_PROGRESS_READY) {
        mark = "✓";
        code = colour(progress, "\033[32m");
        text = "ready";
    } else if (row->ended_us) {
        mark = "✗";
        code = colour(progress, "\033[31m");
        text = row->end == SB_PROGRESS_UNDOING ? "taken back" : "failed";
    }
    g_autofree char *shown = sb_output_text(mark);
    fprintf(stderr, "\r\033[K%s%s%s %-*s  %-10s %5.1f s\n", code, shown,
            colour(progress, "\033[0m"), progress->width, row->name, text,
            (double)(now - row->begun_us) / 1e6);
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

void sb_progress_end(SbProgress *progress, const char *machine, SbProgressEnd end)
{
    Row *row = find_row(progress, machine);
    if (!row)
        return;
    row->end = end;
    row->ended_us = g_get_monotonic_time();
    if (progress->is_live)
        draw(progress);
    else if (!progress->is_quiet)
        fprintf(stderr, "%s: %s\n", machine,
                end == SB_PROGRESS_READY    ? "ready"
                : end == SB_PROGRESS_FAILED ? "failed"
                                            : "is being taken back");
}

void sb_progress_say(SbProgress *progress, const char *format, ...)
{
    erase(progress);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    draw(progress);
}
