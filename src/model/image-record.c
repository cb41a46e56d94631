/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/image-record.h"

#include "base/error.h"
#include "base/forms.h"
#include "base/json-members.h"
#include "base/json.h"
#include "base/names.h"
#include "base/text.h"

#include <string.h>

SB_DEFINE_ERROR(sb_image_record_error, SB_ERRORS_NONE)

enum { VOLUME_DIGITS = 16, MAX_TEXT_BYTES = 4096, MAX_INPUT_NAME_BYTES = 200 };

static const char suffix[] = ".json";

/* The name and the version of the format. A reader that knows only an older version must not guess.
 */
#define FORMAT_MEMBER "seedbed-image"
#define FORMAT_VERSION 1

static void input_free(gpointer data)
{
    SbImageInput *input = data;
    g_free(input->name);
    g_free(input->sha256);
    g_free(input);
}

SbImageRecord *sb_image_record_new(void)
{
    SbImageRecord *record = g_new0(SbImageRecord, 1);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    record->imported = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    record->seedbed = g_strdup(PACKAGE_VERSION);
    record->inputs = g_ptr_array_new_with_free_func(input_free);
    return record;
}

/* TEXT as one line of at most MAX_BYTES. (transfer full) */
static char *short_line(const char *text, gsize max_bytes)
{
    char *line = sb_text_one_line(text);
    if (strlen(line) > max_bytes)
        *g_utf8_find_prev_char(line, line + max_bytes + 1) = '\0';
    return line;
}

void sb_image_record_set_source(SbImageRecord *record, const char *source)
{
    g_autofree char *shown = g_strdup(source);
    char *host = strstr(shown, "://");
    if (host) {
        host += strlen("://");
        host[strcspn(host, "?#")] = '\0';
        char *user_end = memrchr(host, '@', strcspn(host, "/"));
        if (user_end)
            memmove(host, user_end + 1, strlen(user_end));
    }
    g_free(record->source);
    record->source = short_line(shown, MAX_TEXT_BYTES);
}

void sb_image_record_add_input(SbImageRecord *record, const char *name, const char *sha256)
{
    SbImageInput *input = g_new0(SbImageInput, 1);
    input->name = short_line(name, MAX_INPUT_NAME_BYTES);
    input->sha256 = g_strdup(sha256);
    g_ptr_array_add(record->inputs, input);
}

/* ---- the forms of values ---- */

#define HEX_DIGITS G_CSET_DIGITS "abcdef"

static gboolean is_base_digest(const char *text)
{
    return sb_form_is_sha256(text) ||
           sb_form_consists_of(text, HEX_DIGITS, VOLUME_DIGITS, VOLUME_DIGITS);
}

static gboolean is_line(const char *text, gsize max_bytes)
{
    if (*text == '\0' || strlen(text) > max_bytes || !g_utf8_validate(text, -1, NULL))
        return FALSE;
    g_autofree char *line = sb_text_one_line(text);
    return strcmp(line, text) == 0;
}

static gboolean is_text(const char *text)
{
    return is_line(text, MAX_TEXT_BYTES);
}

static gboolean is_version(const char *text)
{
    return sb_form_consists_of(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".+~_-", 1, 64);
}

static gboolean is_arch(const char *text)
{
    return sb_form_consists_of(text, G_CSET_a_2_z G_CSET_DIGITS "_", 1, 20);
}

static gboolean is_fetched(const char *text)
{
    return sb_form_consists_of(text, G_CSET_a_2_z G_CSET_DIGITS "-", 1, 150);
}

/* ---- the members ---- */

typedef struct {
    const char *name;
    glong offset;
    gboolean (*is_valid)(const char *text);
    gboolean is_optional;
} Member;

#define MEMBER(name, field) name, G_STRUCT_OFFSET(SbImageRecord, field)

static const Member members[] = {
    {MEMBER("sha256", sha256), sb_form_is_sha256, FALSE},
    {MEMBER("file-sha256", file_sha256), sb_form_is_sha256, TRUE},
    {MEMBER("source", source), is_text, TRUE},
    {MEMBER("verified", verified), is_text, TRUE},
    {MEMBER("catalogue", catalogue), sb_name_is_valid, TRUE},
    {MEMBER("fetched", fetched), is_fetched, TRUE},
    {MEMBER("imported", imported), sb_form_is_time, FALSE},
    {MEMBER("seedbed", seedbed), is_version, FALSE},
    {MEMBER("arch", arch), is_arch, TRUE},
    {MEMBER("base-image", base_image), sb_image_name_is_valid, TRUE},
    {MEMBER("base-digest", base_digest), is_base_digest, TRUE},
};

void sb_image_record_free(SbImageRecord *record)
{
    if (!record)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        g_free(G_STRUCT_MEMBER(char *, record, members[i].offset));
    g_ptr_array_unref(record->inputs);
    g_free(record);
}

char *sb_image_record_to_json(const SbImageRecord *record)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    sb_json_add_number(builder, FORMAT_MEMBER, FORMAT_VERSION);
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        const char *value = G_STRUCT_MEMBER(char *, record, members[i].offset);
        if (!value)
            continue;
        g_autofree char *line = short_line(value, MAX_TEXT_BYTES);
        sb_json_add_text(builder, members[i].name, line);
    }
    if (record->inputs->len > 0) {
        sb_json_begin_array(builder, "inputs");
        for (guint i = 0; i < MIN(record->inputs->len, SB_IMAGE_RECORD_MAX_INPUTS); i++) {
            const SbImageInput *input = g_ptr_array_index(record->inputs, i);
            json_builder_begin_object(builder);
            sb_json_add_text(builder, "name", input->name);
            sb_json_add_text(builder, "sha256", input->sha256);
            json_builder_end_object(builder);
        }
        json_builder_end_array(builder);
    }
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, TRUE);
}

static gboolean invalid(GError **error, const char *what)
{
    return sb_error_set(error, SB_IMAGE_RECORD_ERROR, SB_IMAGE_RECORD_ERROR_INVALID,
                        "this is not a record of an image: %s", what);
}

static gboolean read_members(JsonObject *object, SbImageRecord *record, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        const Member *member = &members[i];
        const char *value = sb_json_string(object, member->name);
        if (value ? !member->is_valid(value)
                  : !member->is_optional || json_object_has_member(object, member->name)) {
            g_autofree char *what =
                g_strdup_printf("'%s' is missing, or not of its form", member->name);
            return invalid(error, what);
        }
        char **field = &G_STRUCT_MEMBER(char *, record, member->offset);
        g_free(*field);
        *field = g_strdup(value);
    }
    return TRUE;
}

static gboolean read_inputs(JsonObject *object, SbImageRecord *record, GError **error)
{
    JsonNode *node = json_object_get_member(object, "inputs");
    if (!node)
        return TRUE;
    JsonArray *list = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    if (!list || json_array_get_length(list) > SB_IMAGE_RECORD_MAX_INPUTS)
        return invalid(error, "'inputs' is not a list, or too long");
    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonNode *item = json_array_get_element(list, i);
        JsonObject *input = JSON_NODE_HOLDS_OBJECT(item) ? json_node_get_object(item) : NULL;
        const char *name = input ? sb_json_string(input, "name") : NULL;
        const char *sha256 = input ? sb_json_string(input, "sha256") : NULL;
        if (!name || !sha256 || !is_line(name, MAX_INPUT_NAME_BYTES) || !sb_form_is_sha256(sha256))
            return invalid(error, "one of 'inputs' is not of its form");
        sb_image_record_add_input(record, name, sha256);
    }
    return TRUE;
}

static gboolean check_format(JsonObject *object, GError **error)
{
    JsonNode *node = json_object_get_member(object, FORMAT_MEMBER);
    if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64 ||
        json_node_get_int(node) != FORMAT_VERSION)
        return invalid(error, "'" FORMAT_MEMBER "' is not " G_STRINGIFY(FORMAT_VERSION));
    return TRUE;
}

SbImageRecord *sb_image_record_parse(const char *text, gsize length, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonNode) root = sb_json_load_object(text, length, SB_IMAGE_RECORD_MAX_BYTES, &cause);
    if (!root) {
        invalid(error, cause->message);
        return NULL;
    }
    JsonObject *object = json_node_get_object(root);
    g_autoptr(SbImageRecord) record = sb_image_record_new();
    if (!check_format(object, error) || !read_members(object, record, error) ||
        !read_inputs(object, record, error))
        return NULL;
    return g_steal_pointer(&record);
}

char *sb_image_record_volume(const char *image_volume)
{
    return g_strconcat(image_volume, suffix, NULL);
}

char *sb_image_record_image_volume(const char *volume)
{
    /* Both forms of an image's volume: see image/image.h. */
    if (!g_str_has_suffix(volume, ".qcow2.json") && !g_str_has_suffix(volume, ".raw.json"))
        return NULL;
    return g_strndup(volume, strlen(volume) - strlen(suffix));
}
