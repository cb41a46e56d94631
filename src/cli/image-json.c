/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/image-json.h"

#include "base/array.h"
#include "base/json-members.h"

#include "cli/open-pool.h"

/* Where the image comes from; null if there is no record. */
static void add_record(JsonBuilder *builder, const SbImageRecord *record)
{
    sb_json_add_text(builder, "sha256", record ? record->sha256 : NULL);
    sb_json_add_text(builder, "file_sha256", record ? record->file_sha256 : NULL);
    sb_json_add_text(builder, "source", record ? record->source : NULL);
    sb_json_add_text(builder, "verified", record ? record->verified : NULL);
    sb_json_add_text(builder, "seedbed", record ? record->seedbed : NULL);
    sb_json_add_text(builder, "arch", record ? record->arch : NULL);
    sb_json_add_text(builder, "catalogue", record ? record->catalogue : NULL);
    sb_json_add_text(builder, "base_image", record ? record->base_image : NULL);
    sb_json_add_text(builder, "base_digest", record ? record->base_digest : NULL);
    sb_json_begin_array(builder, "inputs");
    for (guint i = 0; record && i < record->inputs->len; i++) {
        const SbImageInput *input = g_ptr_array_index(record->inputs, i);
        json_builder_begin_object(builder);
        sb_json_add_text(builder, "name", input->name);
        sb_json_add_text(builder, "sha256", input->sha256);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_image(JsonBuilder *builder, const SbImageState *state)
{
    const SbImage *image = state->image;
    g_autofree char *imported = sb_image_imported(state);
    json_builder_begin_object(builder);
    sb_json_add_text(builder, "name", image->name);
    sb_json_add_text(builder, "digest", image->digest);
    sb_json_add_boolean(builder, "current", state->is_current);
    sb_json_add_text(builder, "problem", state->problem);
    sb_json_add_text(builder, "volume", image->volume);
    sb_json_add_text(builder, "path", image->path);
    sb_json_add_text(builder, "format", image->format);
    sb_json_add_number(builder, "virtual_bytes", image->virtual_bytes);
    sb_json_add_number(builder, "bytes", image->file_bytes);
    sb_json_add_number(builder, "allocated_bytes", image->allocated_bytes);
    sb_json_add_text(builder, "imported", imported);
    sb_json_add_texts(builder, "machines", state->machines);
    sb_json_add_texts(builder, "overlays", state->overlays);
    sb_json_add_text(builder, "doubt", state->doubt);
    add_record(builder, state->record);
    json_builder_end_object(builder);
}

gboolean sb_image_is_shown(const SbImageState *state, gboolean is_all)
{
    return is_all || state->is_current;
}

static void add_warm_image(JsonBuilder *builder, const SbWarmState *state)
{
    const SbWarmImage *warm = state->warm;
    const SbWarmRecord *record = warm->record;
    json_builder_begin_object(builder);
    sb_json_add_text(builder, "name", warm->name);
    sb_json_add_text(builder, "problem", warm->problem);
    sb_json_add_text(builder, "image", record ? record->image : NULL);
    sb_json_add_text(builder, "frozen", record ? record->frozen : NULL);
    sb_json_add_number(builder, "boot_ms", record ? record->boot_ms : 0);
    sb_json_add_number(builder, "memory_allocated_bytes", warm->memory_allocated);
    sb_json_add_number(builder, "allocated_bytes", warm->allocated_bytes);
    sb_json_begin_object(builder, "recipe");
    for (SbWarmFact fact = 0; record && fact < SB_WARM_FACTS; fact++) {
        g_autofree char *name = g_ascii_strdown(sb_warm_fact_name(fact), -1);
        g_strdelimit(name, " -", '_');
        sb_json_add_text(builder, name, record->recipe.facts[fact]);
    }
    json_builder_end_object(builder);
    sb_json_add_texts(builder, "machines", state->machines);
    json_builder_end_object(builder);
}

static void add_warm_images(JsonBuilder *builder, const GPtrArray *warm)
{
    sb_json_begin_array(builder, "warm_images");
    SB_EACH(const SbWarmState, state, warm)
        add_warm_image(builder, state);
    json_builder_end_array(builder);
}

void sb_image_json_print(const GPtrArray *states, const GPtrArray *warm, gboolean is_all)
{
    JsonBuilder *builder = sb_json_document("images");
    sb_json_begin_array(builder, "images");
    for (guint i = 0; i < states->len; i++)
        if (sb_image_is_shown(g_ptr_array_index(states, i), is_all))
            add_image(builder, g_ptr_array_index(states, i));
    json_builder_end_array(builder);
    if (warm)
        add_warm_images(builder, warm);
    json_builder_end_object(builder);
    sb_json_print(builder);
}
