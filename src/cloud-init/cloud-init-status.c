/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/cloud-init-status.h"

#include "base/error.h"
#include "base/json.h"
#include "cloud-init/guest-text.h"

#include <string.h>

#define MAX_ERROR_BYTES 2000
#define MAX_DATASOURCE_BYTES 100

SB_DEFINE_ERROR(sb_cloud_init_status_error, SB_ERRORS_NONE)

void sb_cloud_init_status_free(SbCloudInitStatus *status)
{
    if (!status)
        return;
    g_free(status->datasource);
    g_ptr_array_unref(status->errors);
    g_ptr_array_unref(status->recoverable);
    g_free(status);
}

const char *sb_cloud_init_state_name(SbCloudInitState state)
{
    static const char *const names[] = {
        [SB_CLOUD_INIT_NOT_STARTED] = "not started",
        [SB_CLOUD_INIT_RUNNING] = "running",
        [SB_CLOUD_INIT_DONE] = "done",
        [SB_CLOUD_INIT_DEGRADED] = "degraded",
        [SB_CLOUD_INIT_ERROR] = "error",
        [SB_CLOUD_INIT_DISABLED] = "disabled",
    };
    g_return_val_if_fail((guint)state < G_N_ELEMENTS(names), "unknown");
    return names[state];
}

/* Adds each string of the list NODE once: 23.4 has the same error in several places. */
static void add_errors(GPtrArray *errors, const char *level, JsonNode *node)
{
    if (!node || !JSON_NODE_HOLDS_ARRAY(node))
        return;
    JsonArray *list = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonNode *item = json_array_get_element(list, i);
        if (!JSON_NODE_HOLDS_VALUE(item) || json_node_get_value_type(item) != G_TYPE_STRING)
            continue;
        g_autofree char *text = sb_guest_text(json_node_get_string(item), MAX_ERROR_BYTES);
        if (*text)
            sb_guest_list_add(errors,
                              level ? g_strdup_printf("%s: %s", level, text) : g_strdup(text),
                              SB_CLOUD_INIT_MAX_ERRORS);
    }
}

void sb_cloud_init_errors_read(GPtrArray *errors, JsonObject *object)
{
    add_errors(errors, NULL, json_object_get_member(object, "errors"));
}

/* 23.4 and later: {"WARNING": ["…"], "DEPRECATED": ["…"]}. */
void sb_cloud_init_recoverable_read(GPtrArray *recoverable, JsonObject *object)
{
    JsonObject *levels = sb_json_object(object, "recoverable_errors");
    if (!levels)
        return;
    JsonObjectIter iter;
    const char *name;
    JsonNode *list;
    json_object_iter_init_ordered(&iter, levels);
    while (json_object_iter_next_ordered(&iter, &name, &list)) {
        g_autofree char *level = sb_guest_text(name, 20);
        add_errors(recoverable, level, list);
    }
}

/*
 * The state in `status` and, since 23.4, in `extended_status`; FALSE for an unknown word.
 *
 * Up to 24.1, `status` says "error" while stages still run. `extended_status` is exact: "degraded
 * done", "error - running", "error - done".
 */
static gboolean read_state(JsonObject *root, gboolean has_recoverable, SbCloudInitState *state_out)
{
    static const struct {
        const char *word;
        SbCloudInitState state;
    } words[] = {
        {"not run", SB_CLOUD_INIT_NOT_STARTED},
        {"not started", SB_CLOUD_INIT_NOT_STARTED},
        {"running", SB_CLOUD_INIT_RUNNING},
        {"done", SB_CLOUD_INIT_DONE},
        {"error", SB_CLOUD_INIT_ERROR},
        {"disabled", SB_CLOUD_INIT_DISABLED},
        {"degraded done", SB_CLOUD_INIT_DEGRADED},
        {"degraded running", SB_CLOUD_INIT_RUNNING},
        {"error - done", SB_CLOUD_INIT_ERROR},
        {"error - running", SB_CLOUD_INIT_RUNNING},
    };
    const char *names[] = {sb_json_string(root, "extended_status"), sb_json_string(root, "status")};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        for (gsize j = 0; names[i] && j < G_N_ELEMENTS(words); j++) {
            if (strcmp(names[i], words[j].word) != 0)
                continue;
            *state_out = words[j].state;
            if (*state_out == SB_CLOUD_INIT_DONE && has_recoverable)
                *state_out = SB_CLOUD_INIT_DEGRADED;
            return TRUE;
        }
    }
    return FALSE;
}

SbCloudInitStatus *sb_cloud_init_status_parse(const char *text, gsize length, GError **error)
{
    while (length > 0 && strchr(".\r\n\t ", *text) && *text) {
        text++;
        length--;
    }
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonNode) node = sb_json_load_object(text, length, SB_GUEST_JSON_MAX_BYTES, &cause);
    if (!node)
        return sb_error_set_null(
            error, SB_CLOUD_INIT_STATUS_ERROR, SB_CLOUD_INIT_STATUS_ERROR_PARSE,
            "'cloud-init status' did not print an object of JSON: %s", cause->message);
    JsonObject *root = json_node_get_object(node);
    g_autoptr(SbCloudInitStatus) status = g_new0(SbCloudInitStatus, 1);
    status->errors = g_ptr_array_new_with_free_func(g_free);
    status->recoverable = g_ptr_array_new_with_free_func(g_free);
    sb_cloud_init_errors_read(status->errors, root);
    sb_cloud_init_recoverable_read(status->recoverable, root);
    if (!read_state(root, status->recoverable->len > 0, &status->state))
        return sb_error_set_null(error, SB_CLOUD_INIT_STATUS_ERROR,
                                 SB_CLOUD_INIT_STATUS_ERROR_PARSE,
                                 "'cloud-init status' printed JSON without a known status");
    const char *datasource = sb_json_string(root, "datasource");
    status->datasource = sb_guest_text(datasource ? datasource : "", MAX_DATASOURCE_BYTES);
    return g_steal_pointer(&status);
}
