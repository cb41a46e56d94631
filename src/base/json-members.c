/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json-members.h"

JsonBuilder *sb_json_document(const char *kind)
{
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    sb_json_begin_object(builder, "seedbed");
    sb_json_add_number(builder, "format", SB_JSON_FORMAT);
    sb_json_add_text(builder, "kind", kind);
    json_builder_end_object(builder);
    return builder;
}

void sb_json_add_text(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    if (value)
        json_builder_add_string_value(builder, value);
    else
        json_builder_add_null_value(builder);
}

void sb_json_add_number(JsonBuilder *builder, const char *name, guint64 value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, (gint64)MIN(value, (guint64)G_MAXINT64));
}

void sb_json_add_boolean(JsonBuilder *builder, const char *name, gboolean value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, value);
}

void sb_json_begin_object(JsonBuilder *builder, const char *name)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_object(builder);
}

void sb_json_begin_array(JsonBuilder *builder, const char *name)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
}

void sb_json_add_texts(JsonBuilder *builder, const char *name, const GPtrArray *values)
{
    sb_json_begin_array(builder, name);
    for (guint i = 0; i < values->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(values, i));
    json_builder_end_array(builder);
}
