/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"

#include "base/error.h"
#include "base/text.h"

SB_DEFINE_ERROR(sb_json_error, SB_ERRORS_NONE)

/* Whether brackets nest deeper than SB_JSON_MAX_DEPTH. */
static gboolean is_too_deep(const char *text, gsize length)
{
    guint depth = 0;
    gboolean in_string = FALSE;
    for (gsize i = 0; i < length; i++) {
        if (in_string) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                in_string = FALSE;
        } else if (text[i] == '"') {
            in_string = TRUE;
        } else if (text[i] == '{' || text[i] == '[') {
            if (++depth > SB_JSON_MAX_DEPTH)
                return TRUE;
        } else if ((text[i] == '}' || text[i] == ']') && depth > 0) {
            depth--;
        }
    }
    return FALSE;
}

JsonNode *sb_json_load_object(const char *text, gsize length, gsize max_bytes, GError **error)
{
    if (length > max_bytes || is_too_deep(text, length)) {
        g_set_error(error, SB_JSON_ERROR, SB_JSON_ERROR_TOO_LARGE,
                    "%" G_GSIZE_FORMAT " bytes of JSON are too many, or nested too deeply", length);
        return NULL;
    }
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) cause = NULL;
    if (!json_parser_load_from_data(parser, length ? text : "", (gssize)length, &cause)) {
        g_autofree char *reason = sb_text_one_line(cause->message);
        g_set_error(error, SB_JSON_ERROR, SB_JSON_ERROR_INVALID, "it is not JSON: %s", reason);
        return NULL;
    }
    JsonNode *root = json_parser_get_root(parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
        g_set_error(error, SB_JSON_ERROR, SB_JSON_ERROR_INVALID, "it is JSON, but no object");
        return NULL;
    }
    return json_node_ref(root);
}

const char *sb_json_string(JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member(object, member);
    if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
        return NULL;
    return json_node_get_string(node);
}

JsonObject *sb_json_object(JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member(object, member);
    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}
