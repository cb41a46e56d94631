/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"

#include "base/error.h"
#include "base/text.h"

SB_DEFINE_ERROR(sb_json_error, SB_ERRORS_NONE)

static gboolean set_too_large(gsize length, GError **error)
{
    g_set_error(error, SB_JSON_ERROR, SB_JSON_ERROR_TOO_LARGE,
                "%" G_GSIZE_FORMAT " bytes of JSON are too many, or nested too deeply", length);
    return FALSE;
}

/* Looks at the brackets of TEXT. FALSE with an error: they nest deeper than SB_JSON_MAX_DEPTH, or
 * something stands before an object. json-glib would read all values in a row, and leak most. */
static gboolean check_brackets(const char *text, gsize length, GError **error)
{
    guint depth = 0;
    gboolean in_string = FALSE, is_first = TRUE;
    for (gsize i = 0; i < length; i++) {
        gboolean is_opening = !in_string && (text[i] == '{' || text[i] == '[');
        if (is_opening && depth == 0 && !is_first) {
            g_set_error(error, SB_JSON_ERROR, SB_JSON_ERROR_INVALID,
                        "it is not JSON: a second value stands behind the first");
            return FALSE;
        }
        is_first &= g_ascii_isspace(text[i]);
        if (in_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_string = !in_string;
        else if (is_opening && ++depth > SB_JSON_MAX_DEPTH)
            return set_too_large(length, error);
        else if (!in_string && (text[i] == '}' || text[i] == ']') && depth > 0)
            depth--;
    }
    return TRUE;
}

JsonNode *sb_json_load_object(const char *text, gsize length, gsize max_bytes, GError **error)
{
    if (length > max_bytes) {
        set_too_large(length, error);
        return NULL;
    }
    if (!check_brackets(text, length, error))
        return NULL;
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
