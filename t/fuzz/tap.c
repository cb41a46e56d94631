/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: the pieces in which a guest's output arrives do not matter. The reports are
 * well-formed, harmless and within their limits, and they agree with each other.
 *
 * TAP comes out of a guest, and the reports go to terminals, CI systems and other programs. See
 * main.c for how to run it; t/data/tap has streams to begin with.
 */
#include "base/xml.h"
#include "fuzz.h"
#include "tap/report.h"
#include "tap/suite-reader.h"
#include "tap/tap-parser.h"

#include <string.h>

/* Adds an event to a checksum. */
static void on_event(const SbTapEvent *event, gpointer data)
{
    g_assert_cmpuint(event->depth, <=, SB_TAP_MAX_DEPTH);
    g_assert_cmpuint(event->text.length, <=, SB_TAP_MAX_LINE_BYTES);
    g_assert_true(event->version >= 12 && event->version <= 14);
    g_checksum_update(data, (const guchar *)event->text.at, (gssize)event->text.length);
    g_autofree char *rest = g_strdup_printf(
        "%d %u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %d %d %d %d %d %d", event->kind,
        event->depth, event->line_number, event->line.number, event->line.ok, event->ends_subtest,
        event->is_announced, event->is_complete, event->hides, event->is_forbidden);
    g_checksum_update(data, (const guchar *)event->announced.at, (gssize)event->announced.length);
    g_checksum_update(data, (const guchar *)rest, (gssize)strlen(rest));
}

static char *parse(const guint8 *data, gsize size, gsize piece)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_MD5);
    g_autoptr(SbTapParser) parser = sb_tap_parser_new(on_event, checksum);
    for (gsize i = 0; i < size; i += piece) {
        g_autofree char *exact = g_memdup2(data + i, MIN(piece, size - i));
        sb_tap_parser_push(parser, exact, MIN(piece, size - i));
    }
    sb_tap_parser_end(parser);
    return g_strdup(g_checksum_get_string(checksum));
}

static void check_pieces(const guint8 *data, gsize size)
{
    g_autofree char *whole = parse(data, size, MAX(size, 1));
    g_autofree char *bytes = parse(data, size, 1);
    g_autofree char *pieces = parse(data, size, 5);
    g_assert_cmpstr(whole, ==, bytes);
    g_assert_cmpstr(whole, ==, pieces);
}

/* UTF-8 without controls, and without commands to CI systems at the beginning of a line. */
static void check_harmless(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    gboolean at_start = TRUE;
    for (const char *c = text; *c; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        g_assert_true(character == '\n' || character == '\t' || !g_unichar_iscntrl(character));
        g_assert_false(character >= 0x202a && character <= 0x202e);
        g_assert_false(at_start && strncmp(c, "::", 2) == 0);
        g_assert_false(strncmp(c, "##[", 3) == 0 || strncmp(c, "##vso[", 6) == 0);
        at_start = character == '\n' || (at_start && g_unichar_isspace(character));
    }
}

static SbReport *read_report(const char *data, gsize size, const SbSuiteLimits *limits)
{
    SbReport *report = sb_report_new();
    /* libFuzzer and main.c give NULL for no bytes, and g_strndup() returns NULL for it. */
    g_autofree char *name = size > 0 ? g_strndup(data, MIN(size, 10)) : g_strdup("");
    g_autoptr(SbSuiteReader) reader = sb_suite_reader_new(name, limits);
    sb_suite_reader_push(reader, data, size);
    sb_report_add_suite(report, sb_suite_reader_finish(reader, -1));
    return report;
}

static void check_suite(const SbSuite *suite, const SbSuiteLimits *limits)
{
    /* Beside the listed tests, the test points of their subtests. */
    g_assert_cmpuint(suite->tests->len, <=,
                     (limits->failures + limits->others) * (SB_TAP_MAX_DEPTH + 1));
    gsize text_bytes = 0;
    for (guint i = 0; i < suite->tests->len; i++) {
        const SbTest *test = g_ptr_array_index(suite->tests, i);
        g_assert_true(test->parent == SB_TEST_NO_PARENT ||
                      (test->parent > i && test->parent < suite->tests->len));
        text_bytes += test->diagnostics ? strlen(test->diagnostics) : 0;
    }
    g_assert_cmpuint(text_bytes, <=, limits->text_bytes);
    g_assert_true((suite->verdict == SB_TAP_VERDICT_UNTRUSTED) == (suite->problems->len > 0));
    if (suite->verdict == SB_TAP_VERDICT_PASSED) {
        g_assert_true(suite->has_plan);
        g_assert_cmpuint(suite->planned, ==, sb_suite_run(suite));
        g_assert_cmpuint(suite->cases[SB_TAP_FAILED], ==, 0);
    }
}

static void check_tap(const SbReport *report)
{
    g_autofree char *tap = sb_report_to_tap(report);
    check_harmless(tap);
    for (guint i = 0; i < 2; i++) {
        g_autoptr(SbReport) again = read_report(tap, strlen(tap), &sb_suite_limits_full);
        const SbSuite *suite = g_ptr_array_index(again->suites, 0);
        g_assert_cmpint(suite->verdict, !=, SB_TAP_VERDICT_UNTRUSTED);
        g_assert_true(sb_report_is_bad(again) == sb_report_is_bad(report));
        memcpy(tap, "TAP version 14", strlen("TAP version 14"));
    }
}

static void check_reports(const SbReport *report)
{
    g_autofree char *text = sb_report_to_text(report, SB_REPORT_ALL);
    check_harmless(text);
    g_autoptr(xmlDoc) junit = sb_report_to_junit(report);
    g_autofree char *xml = sb_xml_to_string(junit);
    g_autoptr(GError) error = NULL;
    g_autoptr(xmlDoc) again = sb_xml_parse(xml, &error);
    g_assert_no_error(error);
    g_assert_nonnull(again);
    g_autoptr(JsonNode) json = sb_report_to_json(report);
    g_autofree char *json_text = json_to_string(json, FALSE);
    check_harmless(json_text);
    check_tap(report);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const SbSuiteLimits small = {
        .failures = 3, .others = 2, .text_bytes = 300, .output_bytes = 40};
    const SbSuiteLimits *limits[] = {&small, &sb_suite_limits_brief, &sb_suite_limits_full};
    check_pieces(data, size);
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autoptr(SbReport) report = read_report((const char *)data, size, limits[i]);
        check_suite(g_ptr_array_index(report->suites, 0), limits[i]);
        check_reports(report);
    }
    return 0;
}
