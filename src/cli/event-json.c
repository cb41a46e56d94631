/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/event-json.h"

#include "base/json-members.h"
#include "cli/output.h"
#include "model/machine-decision.h"
#include "rules/diagnosis.h"

static void add_error_members(JsonBuilder *builder, const GError *error)
{
    g_autofree char *message = g_utf8_make_valid(error->message, -1);
    sb_json_add_text(builder, "domain", g_quark_to_string(error->domain));
    sb_json_add_number(builder, "code", (guint64)error->code);
    sb_json_add_text(builder, "message", message);
    g_autoptr(SbDiagnosis) finding = sb_diagnosis_from_text(message);
    if (!finding)
        return;
    sb_json_begin_object(builder, "finding");
    if (finding->rule)
        sb_json_add_text(builder, "rule", finding->rule);
    sb_json_add_text(builder, "cause", finding->cause);
    sb_json_add_texts(builder, "evidence", finding->evidence);
    sb_json_add_text(builder, "next", finding->next);
    json_builder_end_object(builder);
}

void sb_event_json_add_error(JsonBuilder *builder, const char *name, const GError *error)
{
    json_builder_set_member_name(builder, name);
    if (!error) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    add_error_members(builder, error);
    json_builder_end_object(builder);
}

/* TEXT of LENGTH bytes; 0: it ends with NUL. A guest can send any bytes. */
static void add_bytes(JsonBuilder *builder, const char *name, const char *text, gsize length)
{
    g_autofree char *valid = text ? g_utf8_make_valid(text, length ? (gssize)length : -1) : NULL;
    sb_json_add_text(builder, name, valid);
}

static void add_number_or_null(JsonBuilder *builder, const char *name, guint64 value)
{
    if (value)
        sb_json_add_number(builder, name, value);
    else
        sb_json_add_text(builder, name, NULL);
}

/* ---- the kinds ---- */

static void add_planned(JsonBuilder *builder, const SbEvent *event)
{
    static const char *const actions[] = {
        [SB_ACTION_NONE] = "none", [SB_ACTION_START] = "start", [SB_ACTION_CREATE] = "create"};
    sb_json_add_text(builder, "action",
                     event->number < G_N_ELEMENTS(actions) ? actions[event->number] : NULL);
    sb_json_add_text(builder, "arch", event->platform ? event->platform->arch : NULL);
    sb_json_add_boolean(builder, "is_emulated",
                        event->platform && sb_platform_is_emulated(event->platform));
}

static void add_total(JsonBuilder *builder, const SbEvent *event)
{
    sb_json_add_number(builder, "machines", event->total);
}

static void add_text(JsonBuilder *builder, const SbEvent *event)
{
    add_bytes(builder, "text", event->text, event->length);
}

static void add_made(JsonBuilder *builder, const SbEvent *event)
{
    sb_json_add_boolean(builder, "is_new", event->number != 0);
}

static void add_stage(JsonBuilder *builder, const SbEvent *event)
{
    sb_json_add_text(builder, "stage", sb_stage_rule(event->stage)->name);
    sb_json_add_number(builder, "elapsed_ms", (guint64)event->elapsed_ms);
}

static void add_awaits(JsonBuilder *builder, const SbEvent *event)
{
    sb_json_add_text(builder, "stage", sb_stage_rule(event->stage)->name);
    sb_json_add_number(builder, "deadline_ms", event->total);
}

static void add_boot_part(JsonBuilder *builder, const SbEvent *event)
{
    add_text(builder, event);
    sb_json_add_number(builder, "depth", event->number);
    sb_json_add_number(builder, "start_ms", (guint64)event->elapsed_ms);
    sb_json_add_number(builder, "end_ms", (guint64)event->elapsed_ms + event->total);
}

static void add_finished(JsonBuilder *builder, const SbEvent *event)
{
    sb_event_json_add_error(builder, "error", event->error);
}

static void add_progress(JsonBuilder *builder, const SbEvent *event)
{
    add_text(builder, event);
    sb_json_add_number(builder, "done_bytes", event->done);
    add_number_or_null(builder, "total_bytes", event->total);
    add_number_or_null(builder, "bytes_per_second", event->per_second);
}

/* An empty line has the length 0, too. */
static void add_line(JsonBuilder *builder, const SbEvent *event)
{
    sb_json_add_text(builder, "stream", event->number ? "stderr" : "stdout");
    add_bytes(builder, "text", event->length ? event->text : "", event->length);
}

static void add_exited(JsonBuilder *builder, const SbEvent *event)
{
    if (event->error)
        sb_json_add_boolean(builder, "has_ended", event->number != 0);
    else
        sb_json_add_number(builder, "status", event->number);
    sb_event_json_add_error(builder, "error", event->error);
}

static void add_test_progress(JsonBuilder *builder, const SbEvent *event)
{
    sb_json_add_number(builder, "tests", event->done);
    sb_json_add_number(builder, "failed", event->number);
}

static void add_test_ended(JsonBuilder *builder, const SbEvent *event)
{
    add_text(builder, event);
    sb_json_add_boolean(builder, "is_bad", event->number != 0);
}

/* The word for each kind, and what adds its members beside the machine. */
static const struct {
    const char *name;
    gboolean is_of_machine;
    void (*add)(JsonBuilder *builder, const SbEvent *event);
} kinds[] = {
    [SB_EVENT_PLANNED] = {"planned", TRUE, add_planned},
    [SB_EVENT_BEGUN] = {"begun", FALSE, add_total},
    [SB_EVENT_SURPLUS] = {"surplus", TRUE, add_text},
    [SB_EVENT_MADE] = {"made", TRUE, add_made},
    [SB_EVENT_STAGE] = {"stage", TRUE, add_stage},
    [SB_EVENT_AWAITS] = {"awaits", TRUE, add_awaits},
    [SB_EVENT_SAID] = {"said", TRUE, add_text},
    [SB_EVENT_BOOT_PART] = {"boot_part", TRUE, add_boot_part},
    [SB_EVENT_NOTE] = {"note", TRUE, add_text},
    [SB_EVENT_STEP] = {"step", TRUE, add_text},
    [SB_EVENT_FINISHED] = {"finished", TRUE, add_finished},
    [SB_EVENT_UNDOING] = {"undoing", TRUE, NULL},
    [SB_EVENT_REMOVED] = {"removed", TRUE, NULL},
    [SB_EVENT_PROGRESS] = {"progress", FALSE, add_progress},
    [SB_EVENT_LINE] = {"line", TRUE, add_line},
    [SB_EVENT_CONSOLE] = {"console", TRUE, add_text},
    [SB_EVENT_EXITED] = {"exited", TRUE, add_exited},
    [SB_EVENT_TEST_STARTED] = {"test_started", TRUE, add_text},
    [SB_EVENT_TEST_PROGRESS] = {"test_progress", TRUE, add_test_progress},
    [SB_EVENT_TEST_ENDED] = {"test_ended", TRUE, add_test_ended},
    [SB_EVENT_TESTED] = {"tested", FALSE, NULL},
};

/* Whether a program must see EVENT: a transfer tells of itself hundreds of times a second. */
static gboolean is_due(const SbEvent *event)
{
    static GMutex mutex;
    static char *what;
    static gint64 next_us;
    if (event->kind != SB_EVENT_PROGRESS)
        return TRUE;
    gint64 now = g_get_monotonic_time();
    g_mutex_lock(&mutex);
    gboolean is_other = g_strcmp0(what, event->text) != 0;
    gboolean is_last = event->total > 0 && event->done >= event->total;
    gboolean is_shown = is_other || is_last || now >= next_us;
    if (is_other)
        g_free(g_steal_pointer(&what)), what = g_strdup(event->text);
    if (is_shown)
        next_us = now + G_USEC_PER_SEC;
    g_mutex_unlock(&mutex);
    return is_shown;
}

void sb_event_json_print(const SbEvent *event, gpointer data)
{
    g_return_if_fail((gsize)event->kind < G_N_ELEMENTS(kinds) && kinds[event->kind].name);
    if (!is_due(event))
        return;
    JsonBuilder *builder = sb_json_document("event");
    sb_json_add_text(builder, "event", kinds[event->kind].name);
    if (kinds[event->kind].is_of_machine)
        sb_json_add_text(builder, "machine", event->machine);
    if (kinds[event->kind].add)
        kinds[event->kind].add(builder, event);
    json_builder_end_object(builder);
    sb_json_print_line(builder);
}
