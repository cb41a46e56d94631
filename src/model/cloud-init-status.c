#include "model/cloud-init-status.h"

#include "base/json.h"
#include "base/text.h"

#include <string.h>

/* The text comes out of a guest, which may be hostile: everything is bounded. */
#define MAX_BYTES (1024 * 1024)
#define MAX_ERRORS 50
#define MAX_ERROR_BYTES 2000
#define MAX_DATASOURCE_BYTES 100

G_DEFINE_QUARK(sb_cloud_init_status_error_quark, sb_cloud_init_status_error)

void sb_cloud_init_status_free(SbCloudInitStatus *status)
{
    if (!status)
        return;
    g_free(status->datasource);
    g_ptr_array_unref(status->errors);
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

/* TEXT made safe and at most MAX_BYTES long, cut between characters. */
static char *safe_text(const char *text, gsize max_bytes)
{
    gsize length = strlen(text);
    char *clean = sb_text_sanitize(text, MIN(length, max_bytes));
    g_strstrip(clean);
    return clean;
}

/* Adds the strings of the list NODE, each once: 23.4 has the same error in several places. */
static void add_errors(GPtrArray *errors, const char *level, JsonNode *node)
{
    if (!node || !JSON_NODE_HOLDS_ARRAY(node))
        return;
    JsonArray *list = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(list) && errors->len < MAX_ERRORS; i++) {
        JsonNode *item = json_array_get_element(list, i);
        if (!JSON_NODE_HOLDS_VALUE(item) || json_node_get_value_type(item) != G_TYPE_STRING)
            continue;
        g_autofree char *text = safe_text(json_node_get_string(item), MAX_ERROR_BYTES);
        g_autofree char *line = level ? g_strdup_printf("%s: %s", level, text) : g_strdup(text);
        if (*text && !g_ptr_array_find_with_equal_func(errors, line, g_str_equal, NULL))
            g_ptr_array_add(errors, g_steal_pointer(&line));
    }
}

/* 23.4 and later: {"WARNING": ["…"], "DEPRECATED": ["…"]}. */
static void add_recoverable_errors(GPtrArray *errors, JsonObject *root)
{
    JsonNode *node = json_object_get_member(root, "recoverable_errors");
    if (!node || !JSON_NODE_HOLDS_OBJECT(node))
        return;
    JsonObject *levels = json_node_get_object(node);
    JsonObjectIter iter;
    const char *name;
    JsonNode *list;
    json_object_iter_init_ordered(&iter, levels);
    while (json_object_iter_next_ordered(&iter, &name, &list)) {
        g_autofree char *level = safe_text(name, 20);
        add_errors(errors, level, list);
    }
}

/* The state as `status` and, since 23.4, `extended_status` tell it; FALSE for a word nobody knows.
 *
 * Up to 24.1 `status` says "error" while the stages go on; `extended_status` knows better, in the
 * form "degraded done", "error - running", "error - done". */
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
    g_autoptr(JsonNode) node = sb_json_load_object(text, length, MAX_BYTES, &cause);
    if (!node) {
        g_set_error(error, SB_CLOUD_INIT_STATUS_ERROR, SB_CLOUD_INIT_STATUS_ERROR_PARSE,
                    "what 'cloud-init status' printed cannot be read: %s", cause->message);
        return NULL;
    }
    JsonObject *root = json_node_get_object(node);
    g_autoptr(SbCloudInitStatus) status = g_new0(SbCloudInitStatus, 1);
    status->errors = g_ptr_array_new_with_free_func(g_free);
    add_errors(status->errors, NULL, json_object_get_member(root, "errors"));
    guint errors = status->errors->len;
    add_recoverable_errors(status->errors, root);
    if (!read_state(root, status->errors->len > errors, &status->state)) {
        g_set_error(error, SB_CLOUD_INIT_STATUS_ERROR, SB_CLOUD_INIT_STATUS_ERROR_PARSE,
                    "'cloud-init status' printed JSON without a status that is known");
        return NULL;
    }
    const char *datasource = sb_json_string(root, "datasource");
    status->datasource = safe_text(datasource ? datasource : "", MAX_DATASOURCE_BYTES);
    return g_steal_pointer(&status);
}
