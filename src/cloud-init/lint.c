/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/lint.h"

#include "cloud-init/lint-checks.h"

#include <string.h>

static SbLintCheck *const checks[] = {
    [SB_USER_DATA_CLOUD_CONFIG] = sb_lint_cloud_config,
    [SB_USER_DATA_CLOUD_CONFIG_ARCHIVE] = sb_lint_archive,
    [SB_USER_DATA_CLOUD_CONFIG_JSONP] = sb_lint_json_patch,
    [SB_USER_DATA_SHELL_SCRIPT] = sb_lint_script,
    [SB_USER_DATA_BOOTHOOK] = sb_lint_script,
    [SB_USER_DATA_INCLUDE] = sb_lint_include,
    [SB_USER_DATA_INCLUDE_ONCE] = sb_lint_include,
    [SB_USER_DATA_PART_HANDLER] = sb_lint_part_handler,
    [SB_USER_DATA_JINJA] = sb_lint_template,
    [SB_USER_DATA_MIME] = sb_lint_mime,
    [SB_USER_DATA_GZIP] = NULL,
};

/* ---- the linter ---- */

SbLinter *sb_linter_new(void)
{
    SbLinter *linter = g_new0(SbLinter, 1);
    linter->checks = checks;
    linter->disabled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    linter->instance_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return linter;
}

void sb_linter_free(SbLinter *linter)
{
    g_clear_pointer(&linter->schema, sb_schema_free);
    g_clear_pointer(&linter->own_schema, sb_schema_free);
    g_hash_table_unref(linter->disabled);
    g_hash_table_unref(linter->instance_ids);
    g_free(linter);
}

void sb_linter_set_schema(SbLinter *linter, SbSchema *schema)
{
    g_clear_pointer(&linter->schema, sb_schema_free);
    linter->schema = schema;
}

void sb_linter_set_version(SbLinter *linter, guint version)
{
    linter->version = version;
}

void sb_linter_set_offline(SbLinter *linter, gboolean is_offline)
{
    linter->is_offline = is_offline;
}

void sb_linter_disable(SbLinter *linter, const char *rule)
{
    g_hash_table_add(linter->disabled, g_strdup(rule));
}

void sb_lint(SbLinter *linter, SbLintKind kind, const char *file, const char *data, gsize length,
             SbDiagnostics *diagnostics)
{
    g_autoptr(GBytes) packed = g_bytes_new_static(data ? data : "", length);
    g_autoptr(GBytes) unpacked = sb_user_data_unpack(packed);
    if (!unpacked) {
        const SbFinding finding = {.file = file, .rule = SB_RULE_GZIP};
        sb_diagnostics_add_finding(diagnostics, &finding,
                                   "the file is gzip, but damaged or larger than %d MiB unpacked",
                                   SB_USER_DATA_MAX_BYTES / (1024 * 1024));
        return;
    }
    static SbLintCheck *const of_kinds[] = {
        [SB_LINT_USER_DATA] = sb_lint_user_data,
        [SB_LINT_NETWORK_CONFIG] = sb_lint_network_config,
        [SB_LINT_META_DATA] = sb_lint_meta_data,
        [SB_LINT_FLEET] = NULL,
    };
    SbLintText text = {.linter = linter, .file = file};
    const char *bytes = g_bytes_get_data(unpacked, &text.length);
    text.data = bytes ? bytes : "";
    sb_lint_text(&text, of_kinds[kind], NULL, diagnostics);
}

/* ---- kinds ---- */

/* Whether one of the lines at the left begins with one of KEYS and ':'. */
static gboolean has_top_key(const char *data, gsize length, const char *const *keys)
{
    const char *end = data + length;
    for (const char *line = data; line && line < end;) {
        for (gsize i = 0; keys[i]; i++) {
            gsize key_length = strlen(keys[i]);
            if ((gsize)(end - line) > key_length && memcmp(line, keys[i], key_length) == 0 &&
                line[key_length] == ':')
                return TRUE;
        }
        line = memchr(line, '\n', (gsize)(end - line));
        line = line ? line + 1 : NULL;
    }
    return FALSE;
}

SbLintKind sb_lint_kind(const char *file, const char *data, gsize length)
{
    static const char *const fleet[] = {"fleet", "machines", NULL};
    static const char *const version[] = {"version", NULL};
    static const char *const network[] = {"network", "ethernets", "bonds", "bridges",
                                          "vlans",   "config",    "wifis", NULL};
    static const char *const instance[] = {"instance-id", "local-hostname", NULL};
    if (sb_user_data_format(data, length) != SB_USER_DATA_UNKNOWN)
        return SB_LINT_USER_DATA;
    if (has_top_key(data, length, fleet))
        return SB_LINT_FLEET;
    if (has_top_key(data, length, instance))
        return SB_LINT_META_DATA;
    g_autofree char *name = g_path_get_basename(file);
    if (g_str_has_prefix(name, "network-config") ||
        (has_top_key(data, length, version) && has_top_key(data, length, network)) ||
        (has_top_key(data, length, network) && strstr(name, "network")))
        return SB_LINT_NETWORK_CONFIG;
    return g_str_has_prefix(name, "meta-data") ? SB_LINT_META_DATA : SB_LINT_USER_DATA;
}
