/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/user-config.h"

#include "base/array.h"
#include "fleet-file/fleet-file-values.h"
#include "fleet-file/machine-spec.h"
#include "model/volume-names.h"

#include <string.h>

#define DEFAULTS "defaults"

const SbConfigKey sb_user_config_keys[] = {
    {"connect", "as libvirt chooses"},
    {"pool", SB_DEFAULT_POOL},
    {"colours", "auto"},
    {"shares", "none"},
    {DEFAULTS ".arch", "aarch64"},
    {DEFAULTS ".vcpus", "2"},
    {DEFAULTS ".memory", "1 GiB"},
    {DEFAULTS ".disk", "10 GiB"},
    {DEFAULTS ".network", "nat, or user without privileges"},
    {DEFAULTS ".login", "seedbed"},
    {NULL, NULL},
};

static void value_free(gpointer data)
{
    SbConfigValue *value = data;
    g_free(value->key);
    g_free(value->text);
    g_free(value);
}

/* The keys in the mapping PREFIX ("" is the top). Free with g_free(). */
static const char **keys_below(const char *prefix)
{
    GPtrArray *names = g_ptr_array_new();
    for (const SbConfigKey *key = sb_user_config_keys; key->key; key++)
        if (*prefix ? g_str_has_prefix(key->key, prefix) : !strchr(key->key, '.'))
            g_ptr_array_add(names, (gpointer)(key->key + strlen(prefix)));
    if (!*prefix)
        g_ptr_array_add(names, (gpointer)DEFAULTS);
    g_ptr_array_add(names, NULL);
    return (const char **)g_ptr_array_free(names, FALSE);
}

static void check_values(const SbValueReader *reader, const SbYamlNode *root)
{
    static const char *const colours[] = {"auto", "never", NULL};
    static const char *const texts[] = {"connect", "pool", "shares"};
    g_autofree char *choice = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        const SbYamlNode *node = sb_yaml_get(root, texts[i]);
        const char *text = node ? sb_value_text(reader, texts[i], node, "a text") : NULL;
        if (text && !*text)
            sb_value_refuse(reader, texts[i], node, "a text that is not empty");
    }
    if (sb_yaml_get(root, "colours"))
        sb_value_choice(reader, "colours", sb_yaml_get(root, "colours"), colours, &choice);
}

static void check_defaults(const SbValueReader *reader, const SbYamlNode *defaults)
{
    if (!defaults || !sb_value_is_mapping(reader, DEFAULTS, defaults, "keys of machines"))
        return;
    g_autofree const char **allowed = keys_below(DEFAULTS ".");
    sb_value_check_keys(reader, defaults, allowed);
    /* The reader of the fleet file knows the types and limits. */
    g_auto(SbMachineSpec) spec;
    sb_machine_spec_init(&spec);
    sb_machine_spec_read(&spec, reader, defaults, FALSE);
}

static GPtrArray *collect(const SbYamlNode *root)
{
    GPtrArray *values = g_ptr_array_new_with_free_func(value_free);
    for (const SbConfigKey *key = sb_user_config_keys; key->key; key++) {
        g_auto(GStrv) path = g_strsplit(key->key, ".", 2);
        const SbYamlNode *node = sb_yaml_get(root, path[0]);
        node = node && path[1] ? sb_yaml_get(node, path[1]) : node;
        if (!node)
            continue;
        SbConfigValue *value = g_new0(SbConfigValue, 1);
        value->key = g_strdup(key->key);
        value->text = g_strdup(node->text);
        value->mark = node->mark;
        g_ptr_array_add(values, value);
    }
    return values;
}

GPtrArray *sb_user_config_parse(const char *file, const char *text, gsize length,
                                SbDiagnostics *diagnostics)
{
    guint findings_before = sb_diagnostics_total(diagnostics);
    g_autoptr(SbYamlNode) root = sb_yaml_parse(file, text, length, SB_YAML_STRICT, diagnostics);
    if (!root)
        return NULL;
    const SbValueReader reader = {.file = file, .diagnostics = diagnostics};
    if (sb_value_is_mapping(&reader, "the file", root, "keys such as 'pool: NAME'")) {
        g_autofree const char **allowed = keys_below("");
        sb_value_check_keys(&reader, root, allowed);
        check_values(&reader, root);
        check_defaults(&reader, sb_yaml_get(root, DEFAULTS));
    }
    return sb_diagnostics_total(diagnostics) > findings_before ? NULL : collect(root);
}

const SbConfigValue *sb_user_config_find(const GPtrArray *values, const char *key)
{
    SB_EACH(const SbConfigValue, value, values)
        if (strcmp(value->key, key) == 0)
            return value;
    return NULL;
}
