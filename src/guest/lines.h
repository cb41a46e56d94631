/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Bytes that come in pieces, cut into lines.
 *
 * Room: guest.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include <glib.h>

typedef struct SbLines SbLines;

/** A line with its newline, or a piece of one that is too long or never ends. */
typedef void (*SbLineFunc)(const char *line, gsize length, gpointer data);

/** Cuts into lines, and gives each to LINE. (transfer full) */
SbLines *sb_lines_new(SbLineFunc line, gpointer data);

/** Frees them; a last line without a newline is not passed on. (nullable) */
void sb_lines_free(SbLines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbLines, sb_lines_free)

/** Adds LENGTH bytes. A line of more than 64 KiB is passed on in pieces. */
void sb_lines_push(SbLines *lines, const char *bytes, gsize length);

/** No more bytes come: passes on a last line without a newline, if there is one. */
void sb_lines_flush(SbLines *lines);
