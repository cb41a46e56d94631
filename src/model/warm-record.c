/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/warm-record.h"

#include "base/error.h"
#include "base/forms.h"
#include "base/json-members.h"
#include "base/json.h"
#include "base/names.h"
#include "base/text.h"

#include <string.h>

#define FORMAT_MEMBER "seedbed-warm-image"
#define FORMAT_VERSION 1
#define HEX_DIGITS G_CSET_DIGITS "abcdef"

enum { MAX_TEXT_BYTES = 1000 };

SB_DEFINE_ERROR(sb_warm_record_error, SB_ERRORS_NONE)

void sb_warm_record_free(SbWarmRecord *record)
{
    if (!record)
        return;
    sb_warm_recipe_clear(&record->recipe);
    g_free(record->frozen);
    g_free(record->image);
    g_free(record->layer_sha256);
    g_free(record->memory_sha256);
    g_free(record->boot_id);
    g_free(record->problem);
    g_free(record);
}

SbWarmRecord *sb_warm_record_new(const SbWarmRecipe *recipe, const char *image)
{
    SbWarmRecord *record = g_new0(SbWarmRecord, 1);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    for (gsize i = 0; i < SB_WARM_FACTS; i++)
        record->recipe.facts[i] = g_strdup(recipe->facts[i]);
    record->frozen = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    record->image = g_strdup(image);
    return record;
}

/* ---- the members ---- */

static gboolean is_line(const char *text)
{
    if (*text == '\0' || strlen(text) > MAX_TEXT_BYTES || !g_utf8_validate(text, -1, NULL))
        return FALSE;
    g_autofree char *line = sb_text_one_line(text);
    return strcmp(line, text) == 0;
}

typedef struct {
    const char *name;
    glong offset;
    gboolean (*is_valid)(const char *text);
    gboolean is_optional;
} Text;

typedef struct {
    const char *name;
    glong offset;
} Number;

#define FIELD(member) G_STRUCT_OFFSET(SbWarmRecord, member)

static const Text texts[] = {
    {"frozen", FIELD(frozen), sb_form_is_time, FALSE},
    {"image", FIELD(image), is_line, FALSE},
    {"layer-sha256", FIELD(layer_sha256), sb_form_is_sha256, TRUE},
    {"memory-sha256", FIELD(memory_sha256), sb_form_is_sha256, TRUE},
    {"boot-id", FIELD(boot_id), g_uuid_string_is_valid, TRUE},
    {"problem", FIELD(problem), is_line, TRUE},
};

static const Number numbers[] = {
    {"boot-ms", FIELD(boot_ms)},
    {"layer-bytes", FIELD(layer_bytes)},
    {"memory-bytes", FIELD(memory_bytes)},
};

char *sb_warm_record_to_json(const SbWarmRecord *record)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    sb_json_add_number(builder, FORMAT_MEMBER, FORMAT_VERSION);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *value = G_STRUCT_MEMBER(char *, record, texts[i].offset);
        g_autofree char *line = value ? sb_text_one_line(value) : NULL;
        if (line && strlen(line) > MAX_TEXT_BYTES)
            *g_utf8_find_prev_char(line, line + MAX_TEXT_BYTES + 1) = '\0';
        if (line)
            sb_json_add_text(builder, texts[i].name, line);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        sb_json_add_number(builder, numbers[i].name,
                           G_STRUCT_MEMBER(guint64, record, numbers[i].offset));
    sb_json_begin_object(builder, "recipe");
    for (SbWarmFact fact = 0; fact < SB_WARM_FACTS; fact++)
        sb_json_add_text(builder, sb_warm_fact_name(fact), record->recipe.facts[fact]);
    json_builder_end_object(builder);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, TRUE);
}

/* What is wrong; NULL: nothing. */
static const char *read_texts(JsonObject *object, SbWarmRecord *record)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *value = sb_json_string(object, texts[i].name);
        if (value ? !texts[i].is_valid(value)
                  : !texts[i].is_optional || json_object_has_member(object, texts[i].name))
            return texts[i].name;
        G_STRUCT_MEMBER(char *, record, texts[i].offset) = g_strdup(value);
    }
    return NULL;
}

static gboolean read_number(JsonObject *object, const char *name, guint64 *number_out)
{
    JsonNode *node = json_object_get_member(object, name);
    if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64 ||
        json_node_get_int(node) < 0)
        return FALSE;
    *number_out = (guint64)json_node_get_int(node);
    return TRUE;
}

static const char *read_recipe(JsonObject *object, SbWarmRecord *record)
{
    JsonObject *recipe = sb_json_object(object, "recipe");
    for (SbWarmFact fact = 0; fact < SB_WARM_FACTS; fact++) {
        const char *value = recipe ? sb_json_string(recipe, sb_warm_fact_name(fact)) : NULL;
        if (!value || !is_line(value))
            return sb_warm_fact_name(fact);
        record->recipe.facts[fact] = g_strdup(value);
    }
    return NULL;
}

static const char *read_members(JsonObject *object, SbWarmRecord *record)
{
    guint64 version;
    if (!read_number(object, FORMAT_MEMBER, &version) || version != FORMAT_VERSION)
        return FORMAT_MEMBER;
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (!read_number(object, numbers[i].name,
                         &G_STRUCT_MEMBER(guint64, record, numbers[i].offset)))
            return numbers[i].name;
    const char *wrong = read_texts(object, record);
    return wrong ? wrong : read_recipe(object, record);
}

SbWarmRecord *sb_warm_record_parse(const char *key, const char *text, gsize length, GError **error)
{
    g_autoptr(JsonNode) root = sb_json_load_object(text, length, SB_WARM_RECORD_MAX_BYTES, error);
    if (!root) {
        g_prefix_error(error, "this is not a record of a warm image: ");
        return NULL;
    }
    g_autoptr(SbWarmRecord) record = g_new0(SbWarmRecord, 1);
    const char *wrong = read_members(json_node_get_object(root), record);
    g_autofree char *own_key = wrong ? NULL : sb_warm_recipe_key(&record->recipe);
    if (own_key && strcmp(own_key, key) == 0)
        return g_steal_pointer(&record);
    if (wrong)
        g_set_error(error, SB_WARM_RECORD_ERROR, SB_WARM_RECORD_ERROR_INVALID,
                    "this is not a record of a warm image: '%s' is missing, or not of its form",
                    wrong);
    else
        g_set_error(error, SB_WARM_RECORD_ERROR, SB_WARM_RECORD_ERROR_INVALID,
                    "its record is that of another warm image, 'warm-%s'", own_key);
    return NULL;
}

/* ---- names ---- */

static const char prefix[] = "warm-";
static const char *const suffixes[SB_WARM_PARTS] = {
    [SB_WARM_LAYER] = ".layer.qcow2",
    [SB_WARM_MEMORY_IMAGE] = ".memory",
    [SB_WARM_RECORD] = ".json",
};

char *sb_warm_volume_name(const char *key, SbWarmPart part)
{
    return g_strconcat(prefix, key, suffixes[part], NULL);
}

char *sb_warm_template_name(const char *key)
{
    g_autofree char *fleet = g_strconcat(prefix, key, NULL);
    return sb_machine_name(fleet, SB_WARM_TEMPLATE_GROUP, 1);
}

char *sb_warm_volume_key(const char *volume, SbWarmPart *part_out)
{
    const char *key = volume + strlen(prefix);
    if (!g_str_has_prefix(volume, prefix) || strspn(key, HEX_DIGITS) != SB_WARM_KEY_DIGITS)
        return NULL;
    for (SbWarmPart part = 0; part < SB_WARM_PARTS; part++) {
        if (strcmp(key + SB_WARM_KEY_DIGITS, suffixes[part]) != 0)
            continue;
        *part_out = part;
        return g_strndup(key, SB_WARM_KEY_DIGITS);
    }
    return NULL;
}
