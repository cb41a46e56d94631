/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/cloud-init-log.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { MAX_BYTES = 1024 * 1024, MAX_ENTRIES = 20000, MAX_MORE = 200, MAX_LINE_BYTES = 400 };

static const char stage_banner[] = "Cloud-init v. ";

static void entry_free(gpointer data)
{
    SbCloudInitLogEntry *entry = data;
    g_free(entry->source);
    g_free(entry->level);
    g_free(entry->text);
    g_clear_pointer(&entry->more, g_ptr_array_unref);
    g_free(entry);
}

void sb_cloud_init_log_free(SbCloudInitLog *log)
{
    g_free(log->version);
    g_ptr_array_unref(log->entries);
    g_free(log);
}

void sb_cloud_init_event_free(SbCloudInitEvent *event)
{
    g_free(event->stage);
    g_free(event->module);
    g_free(event);
}

/* ---- lines ---- */

/* A copy of at most MAX_LINE_BYTES, cut between characters. */
static char *short_line(const char *line)
{
    if (strlen(line) <= MAX_LINE_BYTES)
        return g_strdup(line);
    g_autofree char *cut = sb_text_sanitize(line, MAX_LINE_BYTES);
    return g_strconcat(cut, "…", NULL);
}

/* The lines of a guest's text, which cannot do harm any more. */
static char **safe_lines(const char *text, gsize length)
{
    gsize skipped = length > MAX_BYTES ? length - MAX_BYTES : 0;
    g_autofree char *clean = sb_text_sanitize(text + skipped, length - skipped);
    return g_strsplit(clean, "\n", -1);
}

/* "2023-05-01 12:00:00,123 - ": 26 characters. */
static gboolean read_time(const char *line, gint64 *time_ms_out)
{
    int year, month, day, hour, minute, second, ms, length = 0;
    if (sscanf(line, "%4d-%2d-%2d %2d:%2d:%2d,%3d - %n", &year, &month, &day, &hour, &minute,
               &second, &ms, &length) != 7 ||
        length != 26)
        return FALSE;
    g_autoptr(GDateTime) time = g_date_time_new_utc(year, month, day, hour, minute, (double)second);
    if (!time || ms < 0)
        return FALSE;
    *time_ms_out = g_date_time_to_unix(time) * 1000 + ms;
    return TRUE;
}

static SbCloudInitLogEntry *read_entry(const char *line)
{
    gint64 time_ms;
    if (!read_time(line, &time_ms))
        return NULL;
    const char *source = line + 26;
    const char *level = strchr(source, '[');
    const char *end = level ? strstr(level, "]: ") : NULL;
    if (!end || memchr(source, ' ', level - source) || memchr(level, ' ', end - level))
        return NULL;
    SbCloudInitLogEntry *entry = g_new0(SbCloudInitLogEntry, 1);
    entry->time_ms = time_ms;
    entry->source = g_strndup(source, MIN(level - source, 40));
    entry->level = g_strndup(level + 1, MIN(end - level - 1, 20));
    entry->text = short_line(end + 3);
    return entry;
}

/* "Cloud-init v. 22.4.2 running 'init-local' at …" in LINE, for any stage if STAGE is NULL. */
static gboolean begins_stage(const char *line, const char *stage)
{
    const char *banner = strstr(line, stage_banner);
    const char *running = banner ? strstr(banner, " running '") : NULL;
    return running && (!stage || g_str_has_prefix(running + strlen(" running '"), stage)) &&
           (!stage || running[strlen(" running '") + strlen(stage)] == '\'');
}

static char *read_version(const char *line)
{
    const char *version = strstr(line, stage_banner) + strlen(stage_banner);
    return g_strndup(version, MIN(strcspn(version, " "), 40));
}

SbCloudInitLog *sb_cloud_init_log_parse(const char *text, gsize length)
{
    g_auto(GStrv) lines = safe_lines(text, length);
    SbCloudInitLog *log = g_new0(SbCloudInitLog, 1);
    log->version = g_strdup("");
    log->entries = g_ptr_array_new_with_free_func(entry_free);
    SbCloudInitLogEntry *last = NULL;
    for (gsize i = 0; lines[i]; i++) {
        SbCloudInitLogEntry *entry = read_entry(lines[i]);
        if (!entry) {
            if (!last || !*lines[i])
                continue;
            if (!last->more)
                last->more = g_ptr_array_new_with_free_func(g_free);
            if (last->more->len == MAX_MORE)
                g_ptr_array_remove_index(last->more, MAX_MORE / 2);
            g_ptr_array_add(last->more, short_line(lines[i]));
            continue;
        }
        if (begins_stage(entry->text, NULL)) {
            g_free(log->version);
            log->version = read_version(entry->text);
        }
        /* cloud-init never empties the log: the last boot begins here. */
        if (begins_stage(entry->text, "init-local"))
            g_ptr_array_set_size(log->entries, 0);
        if (log->entries->len == MAX_ENTRIES)
            g_ptr_array_remove_range(log->entries, 0, MAX_ENTRIES / 2);
        g_ptr_array_add(log->entries, entry);
        last = entry;
    }
    return log;
}

gboolean sb_cloud_init_log_is_warning(const SbCloudInitLogEntry *entry)
{
    static const char *const levels[] = {"WARNING", "ERROR", "CRITICAL", NULL};
    return g_strv_contains(levels, entry->level);
}

/* ---- events ---- */

SbCloudInitEvent *sb_cloud_init_log_event(const SbCloudInitLogEntry *entry)
{
    gboolean is_start = g_str_has_prefix(entry->text, "start: ");
    if (!is_start && !g_str_has_prefix(entry->text, "finish: "))
        return NULL;
    const char *name = strchr(entry->text, ' ') + 1;
    const char *colon = strchr(name, ':');
    if (!colon)
        return NULL;
    const char *slash = memchr(name, '/', colon - name);
    SbCloudInitEvent *event = g_new0(SbCloudInitEvent, 1);
    event->is_start = is_start;
    event->is_failure = !is_start && g_str_has_prefix(colon, ": FAIL");
    event->stage = g_strndup(name, (slash ? slash : colon) - name);
    const char *module = slash ? slash + 1 : colon;
    if (g_str_has_prefix(module, "config-"))
        module += strlen("config-");
    event->module = g_strndup(module, colon - module);
    return event;
}

/* The length of the name MODULE at the start of TEXT, in either spelling; 0 if it is not there. */
static gsize module_length(const char *text, const char *module)
{
    gsize i = 0;
    while (module[i] &&
           (text[i] == module[i] || (text[i] && strchr("-_", text[i]) && strchr("-_", module[i]))))
        i++;
    return module[i] ? 0 : i;
}

gboolean sb_cloud_init_module_is(const char *module, const char *other)
{
    gsize length = module_length(module, other);
    return length > 0 && !module[length];
}

/* ---- why something failed ---- */

static gboolean mentions(const char *line, const char *module)
{
    for (; *line; line++)
        if (module_length(line, module) > 0)
            return TRUE;
    return FALSE;
}

static void add_line(GPtrArray *lines, const char *line, guint max_lines)
{
    if (lines->len < max_lines && *line &&
        !g_ptr_array_find_with_equal_func(lines, line, g_str_equal, NULL))
        g_ptr_array_add(lines, g_strdup(line));
}

/* The end of a traceback: the exception. Its frames are indented. */
static void add_exception(GPtrArray *lines, const GPtrArray *more, guint max_lines)
{
    guint first = more->len;
    for (guint i = more->len; i > 0; i--)
        if (g_str_has_prefix(g_ptr_array_index(more, i - 1), "Traceback ")) {
            first = i;
            break;
        }
    while (first < more->len && *(const char *)g_ptr_array_index(more, first) == ' ')
        first++;
    for (guint i = first; i < more->len; i++)
        add_line(lines, g_ptr_array_index(more, i), max_lines);
}

gboolean sb_cloud_init_log_is_failure(const SbCloudInitLogEntry *entry)
{
    return g_str_has_prefix(entry->text, "Running module ") &&
           g_str_has_suffix(entry->text, ") failed");
}

static void explain_entry(GPtrArray *lines, const SbCloudInitLogEntry *entry, guint max_lines)
{
    gboolean is_command = strstr(entry->text, "error while running command") != NULL;
    if (is_command || (sb_cloud_init_log_is_warning(entry) && !sb_cloud_init_log_is_failure(entry)))
        add_line(lines, entry->text, max_lines);
    for (guint i = 0; is_command && entry->more && i < entry->more->len; i++)
        add_line(lines, g_ptr_array_index(entry->more, i), max_lines);
    if (!is_command && entry->more)
        add_exception(lines, entry->more, max_lines);
}

/* The entries about MODULE: from its start to the start of the next module. */
static void find_window(const SbCloudInitLog *log, const char *module, guint *first_out,
                        guint *end_out)
{
    gboolean is_inside = FALSE;
    *first_out = 0;
    *end_out = log->entries->len;
    for (guint i = 0; i < log->entries->len; i++) {
        g_autoptr(SbCloudInitEvent) event =
            sb_cloud_init_log_event(g_ptr_array_index(log->entries, i));
        if (!event || !event->is_start)
            continue;
        if (is_inside) {
            *end_out = i;
            is_inside = FALSE;
        }
        if (sb_cloud_init_module_is(event->module, module)) {
            *first_out = i;
            *end_out = log->entries->len;
            is_inside = TRUE;
        }
    }
}

GPtrArray *sb_cloud_init_log_explain(const SbCloudInitLog *log, const char *module, guint max_lines)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    guint first = 0, end = log->entries->len;
    if (module)
        find_window(log, module, &first, &end);
    for (guint i = first; i < end; i++)
        explain_entry(lines, g_ptr_array_index(log->entries, i), max_lines);
    return lines;
}

/* The name of a stage of status.json in the banner. */
static const char *banner_name(const char *stage)
{
    return strcmp(stage, "modules-config") == 0  ? "modules:config"
           : strcmp(stage, "modules-final") == 0 ? "modules:final"
           : strcmp(stage, "modules-init") == 0  ? "init"
                                                 : stage;
}

GPtrArray *sb_cloud_init_output_explain(const char *text, gsize length, const char *stage,
                                        const char *module, guint max_lines)
{
    g_auto(GStrv) lines = safe_lines(text, length);
    GPtrArray *printed = g_ptr_array_new_with_free_func(g_free);
    gsize first = 0;
    for (gsize i = 0; lines[i]; i++)
        if (begins_stage(lines[i], stage ? banner_name(stage) : "init-local"))
            first = i + 1;
    for (gsize i = first; lines[i] && !(stage && begins_stage(lines[i], NULL)); i++) {
        g_autofree char *line = short_line(lines[i]);
        SbCloudInitLogEntry *entry = read_entry(line);
        gboolean is_end =
            entry && module && sb_cloud_init_log_is_warning(entry) && mentions(line, module);
        g_clear_pointer(&entry, entry_free);
        if (is_end)
            break;
        /* cloud-init's own lines are in its log. */
        gint64 time_ms;
        if (!*g_strchomp(line) || read_time(line, &time_ms) ||
            g_str_has_prefix(line, "Cloud-init v."))
            continue;
        if (printed->len == max_lines)
            g_ptr_array_remove_index(printed, 0);
        g_ptr_array_add(printed, g_steal_pointer(&line));
    }
    return printed;
}
