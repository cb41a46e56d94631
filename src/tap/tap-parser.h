/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A streaming parser of TAP 12, 13 and 14 and of KTAP: bytes go in, in pieces of any size, and
 * events come out, one for each line that means something. It reads structure and judges nothing:
 * see tap-judge.h for what follows from the events.
 *
 * A subtest is indented by four spaces more than its parent (TAP 14). It may be indented by any
 * more where it begins with "KTAP version", is inside such a document, or was announced by a
 * comment or a "{". It ends with the next test point of its parent. In TAP 14, any other line of
 * its parent until then counts as junk.
 *
 * A test point that ends with "{" speaks for the subtest that follows it, up to a "}"
 * (node-tap's and Test2's buffered subtests): such a point is emitted after its subtest.
 *
 * A line of KTAP may have the kernel's time before it, "[    0.061234] ", as a serial console
 * shows it.
 *
 * Memory is flat: it does not grow with the stream. What is over a limit is cut or taken as junk,
 * and counted in SbTapCuts.
 *
 * Room: tap.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include "tap/tap-event.h"
#include "tap/tap-lines.h"

/** Longer blocks of YAML lose their end. */
#define SB_TAP_MAX_YAML_BYTES (64 * 1024)
/** How much was left out. */
typedef struct {
    guint64 long_lines;
    guint64 deep_lines;
    guint64 long_yaml;
} SbTapCuts;

typedef struct SbTapParser SbTapParser;

/** Makes a parser that calls ON_EVENT with DATA. (transfer full) */
SbTapParser *sb_tap_parser_new(SbTapEventFunc on_event, gpointer data);

/** Frees PARSER and all that it has. */
void sb_tap_parser_free(SbTapParser *parser);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTapParser, sb_tap_parser_free)

/** Parses the next LENGTH bytes. */
void sb_tap_parser_push(SbTapParser *parser, const char *bytes, gsize length);

/** Ends the stream: parses a last line without a newline, and ends everything that is open. */
void sb_tap_parser_end(SbTapParser *parser);

/** How much was left out so far, because it was over a limit. (transfer none) */
const SbTapCuts *sb_tap_parser_cuts(const SbTapParser *parser);
