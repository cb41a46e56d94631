#include "cli/image-json.h"

#include "cli/image-pool.h"

static void add_text(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    if (value)
        json_builder_add_string_value(builder, value);
    else
        json_builder_add_null_value(builder);
}

static void add_number(JsonBuilder *builder, const char *name, guint64 value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, (gint64)value);
}

static void add_boolean(JsonBuilder *builder, const char *name, gboolean value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, value);
}

static void add_names(JsonBuilder *builder, const char *name, const GPtrArray *names)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    for (guint i = 0; i < names->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(names, i));
    json_builder_end_array(builder);
}

/* Where it comes from: null where there is no record. */
static void add_record(JsonBuilder *builder, const SbImageRecord *record)
{
    add_text(builder, "sha256", record ? record->sha256 : NULL);
    add_text(builder, "file_sha256", record ? record->file_sha256 : NULL);
    add_text(builder, "source", record ? record->source : NULL);
    add_text(builder, "verified", record ? record->verified : NULL);
    add_text(builder, "seedbed", record ? record->seedbed : NULL);
    add_text(builder, "arch", record ? record->arch : NULL);
    add_text(builder, "base_image", record ? record->base_image : NULL);
    add_text(builder, "base_digest", record ? record->base_digest : NULL);
    json_builder_set_member_name(builder, "inputs");
    json_builder_begin_array(builder);
    for (guint i = 0; record && i < record->inputs->len; i++) {
        const SbImageInput *input = g_ptr_array_index(record->inputs, i);
        json_builder_begin_object(builder);
        add_text(builder, "name", input->name);
        add_text(builder, "sha256", input->sha256);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_image(JsonBuilder *builder, const SbImageState *state)
{
    const SbImage *image = state->image;
    g_autofree char *imported = sb_image_imported(state);
    json_builder_begin_object(builder);
    add_text(builder, "name", image->name);
    add_text(builder, "digest", image->digest);
    add_boolean(builder, "current", state->is_current);
    add_text(builder, "problem", state->problem);
    add_text(builder, "volume", image->volume);
    add_text(builder, "path", image->path);
    add_text(builder, "format", image->format);
    add_number(builder, "virtual_bytes", image->virtual_bytes);
    add_number(builder, "bytes", image->file_bytes);
    add_number(builder, "allocated_bytes", image->allocated_bytes);
    add_text(builder, "imported", imported);
    add_names(builder, "machines", state->machines);
    add_names(builder, "overlays", state->overlays);
    add_record(builder, state->record);
    json_builder_end_object(builder);
}

gboolean sb_image_is_shown(const SbImageState *state, gboolean is_all)
{
    return is_all || state->is_current;
}

void sb_image_json_print(const GPtrArray *states, gboolean is_all)
{
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "images");
    json_builder_begin_array(builder);
    for (guint i = 0; i < states->len; i++)
        if (sb_image_is_shown(g_ptr_array_index(states, i), is_all))
            add_image(builder, g_ptr_array_index(states, i));
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    sb_json_print(builder);
}
