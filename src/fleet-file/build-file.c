/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/build-file.h"

/* Every key of a layer; each is a file. */
static const struct {
    const char *name;
    gsize offset;
} keys[] = {
    {"user-data", G_STRUCT_OFFSET(SbBuildLayer, user_data)},
    {"vendor-data", G_STRUCT_OFFSET(SbBuildLayer, vendor_data)},
};

void sb_build_layer_free(SbBuildLayer *layer)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        sb_file_reference_clear(G_STRUCT_MEMBER_P(layer, keys[i].offset));
    g_free(layer);
}

const char **sb_build_layer_keys(void)
{
    const char **names = g_new0(const char *, G_N_ELEMENTS(keys) + 1);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        names[i] = keys[i].name;
    return names;
}

static void read_layer(const SbValueReader *reader, const SbYamlNode *mapping, GPtrArray *layers)
{
    if (!sb_value_is_mapping(reader, "a layer", mapping, "keys such as 'user-data: FILE'"))
        return;
    g_autofree const char **allowed = sb_build_layer_keys();
    sb_value_check_keys(reader, mapping, allowed);
    if (!sb_yaml_get(mapping, "user-data"))
        sb_value_complain(reader, mapping,
                          "the key 'user-data' of a layer is missing: write 'user-data: FILE'");
    SbBuildLayer *layer = g_new0(SbBuildLayer, 1);
    layer->mark = mapping->mark;
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const SbYamlNode *value = sb_yaml_get(mapping, keys[i].name);
        if (value)
            sb_file_type.read(reader, keys[i].name, value,
                              G_STRUCT_MEMBER_P(layer, keys[i].offset));
    }
    g_ptr_array_add(layers, layer);
}

void sb_build_layers_read(const SbValueReader *reader, const char *key, const SbYamlNode *list,
                          GPtrArray *layers)
{
    const GPtrArray *items = sb_value_items(
        reader, key, list, "a list of layers, such as '- user-data: FILE'", SB_BUILD_MAX_LAYERS);
    for (guint i = 0; items && i < items->len; i++)
        read_layer(reader, g_ptr_array_index(items, i), layers);
}
