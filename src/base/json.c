/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

SB_DEFINE_ERROR(sb_json_error, SB_ERRORS_NONE)

static gboolean set_too_large(gsize length, GError **error)
{
    return sb_error_set(error, SB_JSON_ERROR, SB_JSON_ERROR_TOO_LARGE,
                        "%" G_GSIZE_FORMAT " bytes of JSON are too many, or nested too deeply",
                        length);
}

/* Looks at the brackets of TEXT. FALSE with an error: they nest deeper than SB_JSON_MAX_DEPTH, or
 * something stands before an object. json-glib would read all values in a row, and leak most. */
static gboolean check_brackets(const char *text, gsize length, GError **error)
{
    guint depth = 0;
    gboolean in_string = FALSE, is_first = TRUE;
    for (gsize i = 0; i < length; i++) {
        gboolean is_opening = !in_string && (text[i] == '{' || text[i] == '[');
        if (is_opening && depth == 0 && !is_first)
            return sb_error_set(error, SB_JSON_ERROR, SB_JSON_ERROR_INVALID,
                                "it is not JSON: a second value stands behind the first");
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

/* The UTF-16 code unit of the escape "\uXXXX" at TEXT; -1: it is not there, or not whole */
static int code_unit(const char *text, gsize length)
{
    if (length < strlen("\\uXXXX") || text[0] != '\\' || text[1] != 'u')
        return -1;
    int unit = 0;
    for (gsize i = 2; i < 6; i++) {
        if (!g_ascii_isxdigit(text[i]))
            return -1;
        unit = unit * 16 + g_ascii_xdigit_value(text[i]);
    }
    return unit;
}

/* FALSE with an error: TEXT has a "\u" without four digits, or without the other half of its pair.
 * json-glib 1.6.6 refuses these too, but leaks the string that it has read so far: a guest could
 * take the memory of a program that reads its answers. */
static gboolean check_escapes(const char *text, gsize length, GError **error)
{
    for (gsize i = 0; i + 1 < length; i++) {
        if (text[i] != '\\' || text[++i] != 'u')
            continue;
        gsize start = i - 1;
        int unit = code_unit(text + start, length - start);
        i = start + strlen("\\uXXXX") - 1;
        gboolean is_whole = unit >= 0 && (unit < 0xd800 || unit > 0xdfff);
        if (unit >= 0xd800 && unit <= 0xdbff) {
            int low = code_unit(text + i + 1, length - i - 1);
            i += strlen("\\uXXXX");
            is_whole = low >= 0xdc00 && low <= 0xdfff;
        }
        if (!is_whole)
            return sb_error_set(error, SB_JSON_ERROR, SB_JSON_ERROR_INVALID,
                                "it is not JSON: a \\u escape is not whole");
    }
    return TRUE;
}

JsonNode *sb_json_load_object(const char *text, gsize length, gsize max_bytes, GError **error)
{
    if (length > max_bytes) {
        set_too_large(length, error);
        return NULL;
    }
    if (!check_brackets(text, length, error) || !check_escapes(text, length, error))
        return NULL;
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) cause = NULL;
    if (!json_parser_load_from_data(parser, length ? text : "", (gssize)length, &cause)) {
        g_autofree char *reason = sb_text_one_line(cause->message);
        return sb_error_set_null(error, SB_JSON_ERROR, SB_JSON_ERROR_INVALID, "it is not JSON: %s",
                                 reason);
    }
    JsonNode *root = json_parser_get_root(parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT(root))
        return sb_error_set_null(error, SB_JSON_ERROR, SB_JSON_ERROR_INVALID,
                                 "it is JSON, but no object");
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
