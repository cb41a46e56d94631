/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: for any answer of a guest, the verdict on its cloud-init is safe to show and has a
 * limited size. See main.c for how to run it.
 */
#include "base/text.h"
#include "cloud-init/boot-timeline.h"
#include "cloud-init/cloud-init-verdict.h"
#include "fuzz.h"

#include <string.h>

/* Text that sanitising would change is not safe. */
static void check_text(const char *text)
{
    g_autofree char *clean = sb_text_sanitize(text, strlen(text));
    g_assert_cmpstr(text, ==, clean);
    g_assert_cmpuint(strlen(text), <=, 2100);
}

static void check_lines(const GPtrArray *lines, guint max_lines)
{
    g_assert_cmpuint(lines->len, <=, max_lines);
    for (guint i = 0; i < lines->len; i++)
        check_text(g_ptr_array_index(lines, i));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(SbGuestReport) report = sb_guest_report_parse((const char *)data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbCloudInitVerdict) verdict = sb_cloud_init_verdict_new(report, &error);
    if (!verdict) {
        g_assert_true(error->domain == SB_CLOUD_INIT_STATUS_ERROR);
        return 0;
    }
    check_text(verdict->version);
    check_text(verdict->datasource);
    check_lines(verdict->warnings, SB_CLOUD_INIT_MAX_ERRORS);
    g_assert_cmpuint(verdict->failures->len, <=, 20);
    for (guint i = 0; i < verdict->failures->len; i++) {
        const SbCloudInitFailure *failure = g_ptr_array_index(verdict->failures, i);
        check_text(failure->message);
        check_lines(failure->log, 12);
        check_lines(failure->output, 12);
    }
    for (guint i = 0; i < verdict->timeline->len; i++)
        check_text(((SbTimelineEntry *)g_ptr_array_index(verdict->timeline, i))->name);
    g_autofree char *failures = sb_cloud_init_failures_text(verdict);
    g_autofree char *warnings = sb_cloud_init_warnings_text(verdict);
    g_assert_true(!failures || g_utf8_validate(failures, -1, NULL));
    g_assert_true(!warnings || g_utf8_validate(warnings, -1, NULL));
    return 0;
}
