/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/yaml-edit.h"

#include <string.h>

void sb_yaml_mark_all(SbYamlNode *node, SbMark mark)
{
    node->mark = mark;
    for (guint i = 0; node->keys && i < node->keys->len; i++)
        sb_yaml_mark_all(g_ptr_array_index(node->keys, i), mark);
    for (guint i = 0; node->items && i < node->items->len; i++)
        sb_yaml_mark_all(g_ptr_array_index(node->items, i), mark);
}

static SbYamlNode *node_new(SbYamlKind kind, SbMark mark)
{
    SbYamlNode *node = g_new0(SbYamlNode, 1);
    node->kind = kind;
    node->mark = mark;
    node->expanded_nodes = 1;
    if (kind == SB_YAML_MAPPING) {
        node->items = g_ptr_array_new_with_free_func((GDestroyNotify)sb_yaml_node_free);
        node->keys = g_ptr_array_new_with_free_func((GDestroyNotify)sb_yaml_node_free);
    }
    return node;
}

/* The place of the value of KEY in MAPPING. The key is added if it is missing; then the place holds
 * NULL. */
static SbYamlNode **slot(SbYamlNode *mapping, const char *key, SbMark mark)
{
    for (guint i = 0; i < mapping->keys->len; i++)
        if (strcmp(((const SbYamlNode *)g_ptr_array_index(mapping->keys, i))->text, key) == 0)
            return (SbYamlNode **)&g_ptr_array_index(mapping->items, i);
    SbYamlNode *added = node_new(SB_YAML_SCALAR, mark);
    added->text = g_strdup(key);
    added->is_plain = TRUE;
    g_ptr_array_add(mapping->keys, added);
    g_ptr_array_add(mapping->items, NULL);
    /* It does not know the new key. Without it, keys are found one by one. */
    g_clear_pointer(&mapping->index, g_hash_table_unref);
    return (SbYamlNode **)&g_ptr_array_index(mapping->items, mapping->items->len - 1);
}

void sb_yaml_put(SbYamlNode *root, const char *const *path, SbYamlNode *value)
{
    SbYamlNode *mapping = root;
    for (; path[1]; path++) {
        SbYamlNode **place = slot(mapping, path[0], value->mark);
        if (!*place || (*place)->kind != SB_YAML_MAPPING) {
            sb_yaml_node_free(*place);
            *place = node_new(SB_YAML_MAPPING, value->mark);
        }
        mapping = *place;
    }
    SbYamlNode **place = slot(mapping, path[0], value->mark);
    sb_yaml_node_free(*place);
    *place = value;
}
