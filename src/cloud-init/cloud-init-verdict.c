/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/cloud-init-verdict.h"

#include "base/array.h"
#include "base/json.h"
#include "base/text.h"
#include "cloud-init/boot-timeline.h"
#include "cloud-init/cloud-init-log.h"
#include "cloud-init/guest-text.h"
#include "cloud-init/interrupted-modules.h"

#include <string.h>

enum { MAX_FAILURES = 20, EVIDENCE_LINES = 12, MAX_NAME_BYTES = 60 };

static void failure_free(gpointer data)
{
    SbCloudInitFailure *failure = data;
    g_free(failure->module);
    g_free(failure->stage);
    g_free(failure->message);
    g_ptr_array_unref(failure->log);
    g_ptr_array_unref(failure->output);
    g_free(failure);
}

void sb_cloud_init_verdict_free(SbCloudInitVerdict *verdict)
{
    g_free(verdict->boot_id);
    g_free(verdict->cmdline);
    g_free(verdict->version);
    g_free(verdict->datasource);
    g_ptr_array_unref(verdict->failures);
    g_ptr_array_unref(verdict->warnings);
    g_clear_pointer(&verdict->timeline, g_ptr_array_unref);
    g_free(verdict->log);
    g_free(verdict->output);
    g_free(verdict);
}

static SbCloudInitVerdict *verdict_new(void)
{
    SbCloudInitVerdict *verdict = g_new0(SbCloudInitVerdict, 1);
    verdict->version = g_strdup("");
    verdict->datasource = g_strdup("");
    verdict->failures = g_ptr_array_new_with_free_func(failure_free);
    verdict->warnings = g_ptr_array_new_with_free_func(g_free);
    return verdict;
}

/* ---- what failed ---- */

/* Most errors are a Python tuple: "('scripts-user', RuntimeError('…'))". */
static char *module_of(const char *error)
{
    if (!g_str_has_prefix(error, "('"))
        return NULL;
    const char *name = error + 2;
    gsize length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    return length > 0 && length <= MAX_NAME_BYTES && g_str_has_prefix(name + length, "', ")
               ? g_strndup(name, length)
               : NULL;
}

static char *message_of(const char *error, const char *module)
{
    gsize head = module ? strlen("('") + strlen(module) + strlen("', ") : 0;
    gsize length = strlen(error) - head;
    if (module && length > 0 && error[head + length - 1] == ')')
        length--;
    return g_strndup(error + head, length);
}

static gboolean is_known(const SbCloudInitVerdict *verdict, const char *module, const char *message)
{
    SB_EACH(const SbCloudInitFailure, known, verdict->failures)
        if (g_strcmp0(known->module, module) == 0 && strcmp(known->message, message) == 0)
            return TRUE;
    return FALSE;
}

static void add_failure(SbCloudInitVerdict *verdict, const char *module, const char *stage,
                        const char *message)
{
    if (verdict->failures->len == MAX_FAILURES || is_known(verdict, module, message))
        return;
    SbCloudInitFailure *failure = g_new0(SbCloudInitFailure, 1);
    failure->module = g_strdup(module);
    failure->stage = g_strdup(stage);
    failure->message = g_strdup(message);
    g_ptr_array_add(verdict->failures, failure);
}

static void add_failures(SbCloudInitVerdict *verdict, const GPtrArray *errors, const char *stage)
{
    SB_EACH(const char, error, errors) {
        g_autofree char *module = module_of(error);
        g_autofree char *message = message_of(error, module);
        add_failure(verdict, module, stage, message);
    }
}

/* cloud-init itself does not know of them. */
static void add_interrupted(SbCloudInitVerdict *verdict, const GString *log)
{
    g_autoptr(GPtrArray) modules = sb_interrupted_modules(log ? log->str : "", log ? log->len : 0);
    SB_EACH(const SbCloudInitEvent, module, modules)
        add_failure(verdict, module->module, module->stage,
                    "the guest rebooted before it had ended; cloud-init does not run the rest of "
                    "it in a later boot");
}

/* status.json knows the stages, so it comes first. */
static void add_failures_of_stages(SbCloudInitVerdict *verdict, const GString *text)
{
    g_autoptr(JsonNode) node =
        text ? sb_json_load_object(text->str, text->len, SB_GUEST_JSON_MAX_BYTES, NULL) : NULL;
    JsonObject *stages = node ? sb_json_object(json_node_get_object(node), "v1") : NULL;
    g_autoptr(GList) names = stages ? json_object_get_members(stages) : NULL;
    for (GList *name = names; name; name = name->next) {
        JsonObject *stage = sb_json_object(stages, name->data);
        g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
        if (stage)
            sb_cloud_init_errors_read(errors, stage);
        g_autofree char *safe = sb_guest_text(name->data, MAX_NAME_BYTES);
        add_failures(verdict, errors, safe);
    }
}

static void add_result(SbCloudInitVerdict *verdict, const GString *text)
{
    g_autoptr(JsonNode) node =
        text ? sb_json_load_object(text->str, text->len, SB_GUEST_JSON_MAX_BYTES, NULL) : NULL;
    JsonObject *result = node ? sb_json_object(json_node_get_object(node), "v1") : NULL;
    if (!result)
        return;
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    sb_cloud_init_errors_read(errors, result);
    add_failures(verdict, errors, NULL);
    sb_cloud_init_recoverable_read(verdict->warnings, result);
}

static void add_evidence(SbCloudInitVerdict *verdict, const SbCloudInitLog *log,
                         const GString *output)
{
    SB_EACH(SbCloudInitFailure, failure, verdict->failures) {
        failure->log = sb_cloud_init_log_explain(log, failure->module, EVIDENCE_LINES);
        failure->output =
            sb_cloud_init_output_explain(output ? output->str : "", output ? output->len : 0,
                                         failure->stage, failure->module, EVIDENCE_LINES);
    }
}

/* ---- warnings ---- */

/* Whether LINE belongs to a failure that is already listed. */
static gboolean is_evidence(const SbCloudInitVerdict *verdict, const char *line)
{
    SB_EACH(const SbCloudInitFailure, failure, verdict->failures)
        if (g_ptr_array_find_with_equal_func(failure->log, line, g_str_equal, NULL))
            return TRUE;
    return FALSE;
}

/* The text of ENTRY, with the next line if that says more than where in the code it was. (transfer
 * full) */
static char *text_of(const SbCloudInitLogEntry *entry)
{
    const char *more = entry->more && entry->more->len > 0 ? entry->more->pdata[0] : NULL;
    return more && !g_str_has_prefix(more, "Traceback ")
               ? g_strdup_printf("%s: %s: %s", entry->level, entry->text, more)
               : g_strdup_printf("%s: %s", entry->level, entry->text);
}

static void add_warnings_of_log(SbCloudInitVerdict *verdict, const SbCloudInitLog *log)
{
    SB_EACH(const SbCloudInitLogEntry, entry, log->entries)
        if (sb_cloud_init_log_is_warning(entry) && !sb_cloud_init_log_is_failure(entry) &&
            !is_evidence(verdict, entry->text))
            sb_guest_list_add(verdict->warnings, text_of(entry), SB_CLOUD_INIT_MAX_ERRORS);
}

static void add_strings(GPtrArray *to, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++)
        sb_guest_list_add(to, g_strdup(g_ptr_array_index(from, i)), SB_CLOUD_INIT_MAX_ERRORS);
}

/* Since 23.4, cloud-init also counts the log lines of a failed module as warnings. */
static void drop_told_warnings(SbCloudInitVerdict *verdict)
{
    for (guint i = verdict->warnings->len; verdict->failures->len && i > 0; i--) {
        const char *warning = g_ptr_array_index(verdict->warnings, i - 1);
        const char *text = strstr(warning, ": ");
        const SbCloudInitLogEntry entry = {.text = (char *)(text ? text + 2 : warning)};
        if (sb_cloud_init_log_is_failure(&entry) || is_evidence(verdict, entry.text))
            g_ptr_array_remove_index(verdict->warnings, i - 1);
    }
}

/* ---- all of it ---- */

/* The status alone can be too good: result.json may list errors, and the log may have warnings. */
static SbCloudInitState judge(const SbCloudInitVerdict *verdict, SbCloudInitState said)
{
    if (said != SB_CLOUD_INIT_DONE && said != SB_CLOUD_INIT_DEGRADED)
        return said;
    return verdict->failures->len   ? SB_CLOUD_INIT_ERROR
           : verdict->warnings->len ? SB_CLOUD_INIT_DEGRADED
                                    : said;
}

static char *boot_id_of(const SbGuestReport *report)
{
    const GString *said = sb_guest_report_get(report, SB_GUEST_BOOT);
    g_autofree char *id = g_strchomp(g_strdup(said ? said->str : ""));
    return g_strdup(g_uuid_string_is_valid(id) ? id : "");
}

static char *harmless(const GString *text)
{
    return text ? sb_text_sanitize(text->str, text->len) : g_strdup("");
}

SbCloudInitVerdict *sb_cloud_init_verdict_new(const SbGuestReport *report, GError **error)
{
    const GString *said = sb_guest_report_get(report, SB_GUEST_STATUS);
    const GString *log_text = sb_guest_report_get(report, SB_GUEST_LOG);
    g_autoptr(SbCloudInitLog) log =
        sb_cloud_init_log_parse(log_text ? log_text->str : "", log_text ? log_text->len : 0);
    g_autoptr(SbCloudInitVerdict) verdict = verdict_new();
    verdict->boot_id = boot_id_of(report);
    verdict->cmdline = harmless(sb_guest_report_get(report, SB_GUEST_CMDLINE));
    verdict->is_absent = !said;
    verdict->log = harmless(log_text);
    verdict->output = harmless(sb_guest_report_get(report, SB_GUEST_OUTPUT));
    verdict->timeline = sb_boot_timeline(report, log);
    if (!said)
        return g_steal_pointer(&verdict);
    g_autoptr(SbCloudInitStatus) status = sb_cloud_init_status_parse(said->str, said->len, error);
    if (!status)
        return NULL;
    g_free(verdict->version);
    verdict->version = g_strdup(log->version);
    g_free(verdict->datasource);
    verdict->datasource = g_strdup(status->datasource);
    /* Logs of an earlier boot do not count. */
    if (status->state != SB_CLOUD_INIT_DISABLED) {
        add_failures_of_stages(verdict, sb_guest_report_get(report, SB_GUEST_STAGES));
        add_failures(verdict, status->errors, NULL);
        add_strings(verdict->warnings, status->recoverable);
        add_result(verdict, sb_guest_report_get(report, SB_GUEST_RESULT));
        add_interrupted(verdict, log_text);
        add_evidence(verdict, log, sb_guest_report_get(report, SB_GUEST_OUTPUT));
        drop_told_warnings(verdict);
        if (verdict->warnings->len == 0)
            add_warnings_of_log(verdict, log);
    }
    verdict->state = judge(verdict, status->state);
    return g_steal_pointer(&verdict);
}

/* ---- for people ---- */

static void append_lines(GString *text, const char *file, const GPtrArray *lines)
{
    if (lines->len)
        g_string_append_printf(text, "\n    %s:", file);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "\n    | %s", (char *)g_ptr_array_index(lines, i));
}

char *sb_cloud_init_failures_text(const SbCloudInitVerdict *verdict)
{
    GString *text = g_string_new(NULL);
    SB_EACH(const SbCloudInitFailure, failure, verdict->failures) {
        g_string_append(text, "\n  - ");
        if (failure->module)
            g_string_append_printf(text, "module '%s': ", failure->module);
        g_string_append(text, failure->message);
        append_lines(text, "/var/log/cloud-init-output.log", failure->output);
        append_lines(text, "/var/log/cloud-init.log", failure->log);
    }
    if (!*verdict->log && verdict->failures->len)
        g_string_append(text, "\n  (its logs could not be read: the account has no sudo)");
    return g_string_free(text, FALSE);
}

char *sb_cloud_init_warnings_text(const SbCloudInitVerdict *verdict)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < verdict->warnings->len; i++)
        g_string_append_printf(text, "\n  - %s", (char *)g_ptr_array_index(verdict->warnings, i));
    return g_string_free(text, FALSE);
}
