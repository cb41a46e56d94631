/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/fleet-settings.h"

#include "base/text.h"
#include "base/yaml-edit.h"
#include "fleet-file/fleet-file-values.h"

#include <string.h>

/* With the unique end of eight digits, such a name also leaves room for a group in the names of
 * machines. */
enum { UNIQUE_BASE_MAX = 16 };

G_GNUC_PRINTF(3, 4)
static void complain(SbDiagnostics *diagnostics, const char *setting, const char *format, ...)
{
    SB_TEXT_FORMAT(message, format);
    g_autofree char *name = sb_value_setting_name(setting);
    sb_diagnostics_add(diagnostics, name, (SbMark){0, 0}, "%s", message);
}

/* Whether PATH can be followed below ROOT. If not, adds a finding about SETTING. */
static gboolean check_path(const SbYamlNode *root, const char *const *path, const char *setting,
                           SbDiagnostics *diagnostics)
{
    const SbYamlNode *mapping = root;
    for (guint i = 0; path[i]; i++) {
        const SbYamlNode *node = sb_yaml_get(mapping, path[i]);
        if (!node && i == 1 && strcmp(path[0], "machines") == 0) {
            complain(diagnostics, setting, "the file has no group '%.60s'", path[1]);
            return FALSE;
        }
        if (!node || !path[i + 1])
            return TRUE;
        if (node->kind != SB_YAML_MAPPING && !sb_value_is_null(node)) {
            complain(diagnostics, setting, "'%.60s' is %s in the file: set it as a whole", path[i],
                     sb_yaml_kind_name(node->kind));
            return FALSE;
        }
        mapping = node;
    }
    return TRUE;
}

static void apply(const char *setting, guint number, SbYamlNode *root, SbDiagnostics *diagnostics)
{
    const char *equals = strchr(setting, '=');
    if (!equals || equals == setting || !equals[1]) {
        complain(diagnostics, setting, "write KEY=VALUE, such as machines.GROUP.count=4");
        return;
    }
    g_autofree char *key = g_strndup(setting, (gsize)(equals - setting));
    g_auto(GStrv) path = g_strsplit(key, ".", -1);
    g_autofree char *name = sb_value_setting_name(setting);
    SbYamlNode *value =
        sb_yaml_parse(name, equals + 1, strlen(equals + 1), SB_YAML_STRICT, diagnostics);
    if (!value)
        return;
    sb_yaml_mark_all(value, (SbMark){SB_SETTING_LINE, number});
    if (check_path(root, (const char *const *)path, setting, diagnostics))
        sb_yaml_put(root, (const char *const *)path, value);
    else
        sb_yaml_node_free(value);
}

static void make_unique(SbYamlNode *root, const char *unique)
{
    static const char *const path[] = {"fleet", NULL};
    const SbYamlNode *named = sb_yaml_get(root, path[0]);
    if (!named || named->kind != SB_YAML_SCALAR)
        return;
    SbYamlNode *value = g_new0(SbYamlNode, 1);
    value->kind = SB_YAML_SCALAR;
    value->expanded_nodes = 1;
    value->mark = named->mark;
    value->text = g_strdup_printf("%.*s-%s", UNIQUE_BASE_MAX, named->text, unique);
    sb_yaml_put(root, path, value);
}

/* Whether the file has the key of SETTING, "defaults.KEY=VALUE", for all machines. */
static gboolean is_in_file(const SbYamlNode *root, const char *setting)
{
    const char *dot = strchr(setting, '.');
    g_autofree char *key = g_strndup(dot + 1, strcspn(dot + 1, "="));
    const SbYamlNode *defaults = sb_yaml_get(root, "defaults");
    return sb_yaml_get(root, key) || (defaults && sb_yaml_get(defaults, key));
}

char **sb_fleet_settings_apply(const SbFleetSettings *settings, SbYamlNode *root,
                               SbDiagnostics *diagnostics)
{
    static const char *const none[] = {NULL};
    GPtrArray *counting = g_ptr_array_new();
    gboolean is_mapping = root->kind == SB_YAML_MAPPING;
    const char *const *defaults = settings->defaults ? settings->defaults : none;
    const char *const *values = settings->values ? settings->values : none;
    for (; is_mapping && *defaults; defaults++)
        if (!is_in_file(root, *defaults))
            g_ptr_array_add(counting, g_strdup(*defaults));
    for (; is_mapping && *values; values++)
        g_ptr_array_add(counting, g_strdup(*values));
    for (guint i = 0; i < counting->len; i++)
        apply(g_ptr_array_index(counting, i), i + 1, root, diagnostics);
    if (is_mapping && settings->unique)
        make_unique(root, settings->unique);
    g_ptr_array_add(counting, NULL);
    return (char **)g_ptr_array_free(counting, FALSE);
}
