/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/build-file.h"

static const char *const keys[] = {"user-data", "vendor-data", NULL};

void sb_build_layer_free(SbBuildLayer *layer)
{
    sb_file_reference_clear(&layer->user_data);
    sb_file_reference_clear(&layer->vendor_data);
    g_free(layer);
}

const char *const *sb_build_layer_keys(void)
{
    return keys;
}

static void read_file(const SbValueReader *reader, const SbYamlNode *mapping, const char *key,
                      SbFileReference *reference)
{
    const SbYamlNode *value = sb_yaml_get(mapping, key);
    if (value && sb_value_path(reader, key, value, &reference->path))
        reference->mark = value->mark;
}

static void read_layer(const SbValueReader *reader, const SbYamlNode *mapping, GPtrArray *layers)
{
    if (!sb_value_is_mapping(reader, "a layer", mapping, "keys such as 'user-data: FILE'"))
        return;
    sb_value_check_keys(reader, mapping, (const char **)keys);
    if (!sb_yaml_get(mapping, "user-data"))
        sb_value_complain(reader, mapping,
                          "the key 'user-data' of a layer is missing: write 'user-data: FILE'");
    SbBuildLayer *layer = g_new0(SbBuildLayer, 1);
    layer->mark = mapping->mark;
    read_file(reader, mapping, "user-data", &layer->user_data);
    read_file(reader, mapping, "vendor-data", &layer->vendor_data);
    g_ptr_array_add(layers, layer);
}

void sb_build_layers_read(const SbValueReader *reader, const char *key, const SbYamlNode *list,
                          GPtrArray *layers)
{
    if (sb_value_is_null(list))
        return;
    if (list->kind != SB_YAML_SEQUENCE) {
        sb_value_refuse(reader, key, list, "a list of layers, such as '- user-data: FILE'");
        return;
    }
    if (list->items->len > SB_BUILD_MAX_LAYERS) {
        sb_value_complain(reader, list, "%s has %u layers, and %d are allowed", key,
                          list->items->len, SB_BUILD_MAX_LAYERS);
        return;
    }
    for (guint i = 0; i < list->items->len; i++)
        read_layer(reader, g_ptr_array_index(list->items, i), layers);
}
