/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/boot-timeline.h"

#include "base/json.h"
#include "cloud-init/guest-text.h"

#include <math.h>
#include <string.h>

/* 30 days: nobody watches a longer boot. */
static const double max_seconds = 30 * 86400.0;
enum { MAX_ENTRIES = 500 };

static void entry_free(gpointer data)
{
    SbTimelineEntry *entry = data;
    g_free(entry->name);
    g_free(entry);
}

G_GNUC_PRINTF(5, 6)
static SbTimelineEntry *add(GPtrArray *timeline, guint depth, gint64 start_ms, gint64 end_ms,
                            const char *format, ...)
{
    SbTimelineEntry *entry = g_new0(SbTimelineEntry, 1);
    va_list arguments;
    va_start(arguments, format);
    entry->name = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    entry->depth = depth;
    entry->start_ms = start_ms;
    entry->end_ms = end_ms;
    g_ptr_array_add(timeline, entry);
    return entry;
}

/* ---- systemd ---- */

/* The value of "Name=1234567" in ms, which is in microseconds; 0 if it is missing, which systemd
 * also prints as 0. */
static gint64 property_ms(const char *properties, const char *name)
{
    gsize length = strlen(name);
    for (const char *line = properties; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == '=')
            return MIN(g_ascii_strtoull(line + length + 1, NULL, 10) / 1000,
                       (guint64)(max_seconds * 1000));
    }
    return 0;
}

static void add_systemd(GPtrArray *timeline, const char *properties)
{
    gint64 firmware = property_ms(properties, "FirmwareTimestampMonotonic");
    gint64 loader = property_ms(properties, "LoaderTimestampMonotonic");
    gint64 initrd = property_ms(properties, "InitRDTimestampMonotonic");
    gint64 userspace = property_ms(properties, "UserspaceTimestampMonotonic");
    gint64 finished = property_ms(properties, "FinishTimestampMonotonic");
    /* These two count backwards from the kernel's start. */
    if (firmware)
        add(timeline, 0, -firmware, -loader, "firmware");
    if (loader)
        add(timeline, 0, -loader, 0, "boot loader");
    if (!userspace)
        return;
    add(timeline, 0, 0, initrd ? initrd : userspace, "kernel");
    if (initrd)
        add(timeline, 0, initrd, userspace, "initrd");
    add(timeline, 0, userspace, finished ? finished : -1, "systemd");
}

static gboolean has_entry(const GPtrArray *timeline, const char *name)
{
    for (guint i = 0; i < timeline->len; i++)
        if (strcmp(((SbTimelineEntry *)g_ptr_array_index(timeline, i))->name, name) == 0)
            return TRUE;
    return FALSE;
}

/* Units in blocks with an empty line between them. */
static void add_units(GPtrArray *timeline, const char *text)
{
    g_auto(GStrv) blocks = g_strsplit(text, "\n\n", 20);
    for (gsize i = 0; blocks[i]; i++) {
        const char *id = strstr(blocks[i], "Id=");
        gint64 active_ms = property_ms(blocks[i], "ActiveEnterTimestampMonotonic");
        if (!id || !active_ms)
            continue;
        id += strlen("Id=");
        g_autofree char *unit = g_strndup(id, MIN(strcspn(id, "\n"), 60));
        g_autofree char *name = sb_guest_text(unit, 60);
        /* systemctl prints a unit once for each of its names. */
        if (!has_entry(timeline, name))
            add(timeline, 0, active_ms, active_ms, "%s", name);
    }
}

/* ---- cloud-init ---- */

/* Reads two lines: "UPTIME IDLE", and "SECONDS.NANOSECONDS" since the epoch. FALSE if they make no
 * sense. */
static gboolean read_clock(const GString *clock, double *boot_s_out)
{
    if (!clock)
        return FALSE;
    double uptime = g_ascii_strtod(clock->str, NULL);
    const char *newline = strchr(clock->str, '\n');
    double now = newline ? g_ascii_strtod(newline + 1, NULL) : 0;
    *boot_s_out = now - uptime;
    return isfinite(uptime) && isfinite(now) && uptime > 0 && now > uptime;
}

/* MEMBER of STAGE as ms after BOOT_S; FALSE if it did not happen. It is in seconds since the epoch;
 * from about 24.1 on, since the boot. */
static gboolean stage_ms(JsonObject *stage, const char *member, double boot_s, gint64 *ms_out)
{
    JsonNode *node = json_object_get_member(stage, member);
    if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) == G_TYPE_STRING)
        return FALSE;
    double seconds = json_node_get_double(node);
    if (isfinite(seconds) && fabs(seconds - boot_s) <= max_seconds)
        seconds -= boot_s;
    else if (!isfinite(seconds) || seconds <= 0 || seconds > max_seconds)
        return FALSE;
    *ms_out = (gint64)(seconds * 1000);
    return TRUE;
}

/* The modules that ran in STAGE. The log has local time, and cloud-init itself may have changed the
 * zone. The zone is the difference to the stage's start, in quarters of an hour. */
static void add_modules(GPtrArray *timeline, const SbCloudInitLog *log, const char *stage,
                        gint64 start_ms, double boot_s)
{
    static const double zone_step_ms = 15 * 60 * 1000;
    const gint64 boot_ms = (gint64)(boot_s * 1000);
    gint64 zone_ms = 0;
    gboolean is_inside = FALSE;
    SbTimelineEntry *running = NULL;
    for (guint i = 0; i < log->entries->len && timeline->len < MAX_ENTRIES; i++) {
        const SbCloudInitLogEntry *entry = g_ptr_array_index(log->entries, i);
        g_autoptr(SbCloudInitEvent) event = sb_cloud_init_log_event(entry);
        if (!event || strcmp(event->stage, stage) != 0)
            continue;
        gint64 local_ms = entry->time_ms - boot_ms;
        if (!is_inside)
            zone_ms = (gint64)(round((double)(local_ms - start_ms) / zone_step_ms) * zone_step_ms);
        is_inside = TRUE;
        if (event->is_start && *event->module && !running)
            running = add(timeline, 1, local_ms - zone_ms, -1, "%s", event->module);
        else if (!event->is_start && running && strcmp(running->name, event->module) == 0) {
            running->end_ms = local_ms - zone_ms;
            running = NULL;
        }
    }
}

static void add_stages(GPtrArray *timeline, const GString *stages, const SbCloudInitLog *log,
                       double boot_s)
{
    static const char *const names[] = {"init-local", "init", "modules-config", "modules-final"};
    g_autoptr(JsonNode) node =
        sb_json_load_object(stages->str, stages->len, SB_GUEST_JSON_MAX_BYTES, NULL);
    JsonObject *root = node ? sb_json_object(json_node_get_object(node), "v1") : NULL;
    for (gsize i = 0; root && i < G_N_ELEMENTS(names); i++) {
        JsonObject *stage = sb_json_object(root, names[i]);
        gint64 start_ms, end_ms = -1;
        if (!stage || !stage_ms(stage, "start", boot_s, &start_ms))
            continue;
        stage_ms(stage, "finished", boot_s, &end_ms);
        add(timeline, 0, start_ms, end_ms, "cloud-init %s", names[i]);
        add_modules(timeline, log, names[i], start_ms, boot_s);
        /* The log has another name for the stage of its modules. */
        if (strcmp(names[i], "init") == 0)
            add_modules(timeline, log, "init-network", start_ms, boot_s);
    }
}

/* ---- in order ---- */

/* Sorts entries of depth 0 by their start, each with its parts: a stable insertion of blocks. */
static GPtrArray *in_order(GPtrArray *timeline)
{
    GPtrArray *sorted = g_ptr_array_new_with_free_func(entry_free);
    for (guint i = 0; i < timeline->len;) {
        guint end = i + 1;
        while (end < timeline->len &&
               ((SbTimelineEntry *)g_ptr_array_index(timeline, end))->depth > 0)
            end++;
        const SbTimelineEntry *head = g_ptr_array_index(timeline, i);
        guint at = sorted->len;
        for (guint j = sorted->len; j > 0; j--) {
            const SbTimelineEntry *other = g_ptr_array_index(sorted, j - 1);
            if (other->depth > 0)
                continue;
            if (other->start_ms <= head->start_ms)
                break;
            at = j - 1;
        }
        for (; i < end; i++, at++)
            g_ptr_array_insert(sorted, (gint)at, g_ptr_array_index(timeline, i));
    }
    g_ptr_array_set_free_func(timeline, NULL);
    g_ptr_array_unref(timeline);
    return sorted;
}

GPtrArray *sb_boot_timeline(const SbGuestReport *report, const SbCloudInitLog *log)
{
    GPtrArray *timeline = g_ptr_array_new_with_free_func(entry_free);
    const GString *systemd = sb_guest_report_get(report, SB_GUEST_SYSTEMD);
    const GString *units = sb_guest_report_get(report, SB_GUEST_UNITS);
    const GString *stages = sb_guest_report_get(report, SB_GUEST_STAGES);
    double boot_s;
    if (systemd)
        add_systemd(timeline, systemd->str);
    if (units)
        add_units(timeline, units->str);
    if (stages && read_clock(sb_guest_report_get(report, SB_GUEST_CLOCK), &boot_s))
        add_stages(timeline, stages, log, boot_s);
    return in_order(timeline);
}
