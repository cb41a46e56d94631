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

/* What tells a kind: the keys of a text and, where it is not YAML, the starts of its lines. */
typedef struct {
    const SbDatum *root; /* NULL: not YAML */
    const char *data;
    gsize length;
} Content;

static gboolean has_line(const Content *content, const char *key, gboolean is_nested)
{
    const char *end = content->data + content->length;
    gsize key_length = strlen(key);
    for (const char *line = content->data; line && line < end;) {
        const char *start = line;
        while (is_nested && start < end && *start == ' ')
            start++;
        if ((start > line) == is_nested && (gsize)(end - start) > key_length &&
            memcmp(start, key, key_length) == 0 && start[key_length] == ':')
            return TRUE;
        line = memchr(line, '\n', (gsize)(end - line));
        line = line ? line + 1 : NULL;
    }
    return FALSE;
}

/* Whether one of KEYS is in the mapping at the key PARENT, or at the top if that is NULL. */
static gboolean has_one_of(const Content *content, const char *parent, const char *const *keys)
{
    const SbDatum *mapping =
        parent && content->root ? sb_datum_get(content->root, parent) : content->root;
    for (; *keys; keys++)
        if (content->root ? mapping && sb_datum_get_key(mapping, *keys)
                          : has_line(content, *keys, parent != NULL))
            return TRUE;
    return FALSE;
}

static const char *const network_keys[] = {"ethernets", "bonds", "bridges", "vlans",
                                           "config",    "wifis", NULL};

/* A network-config has a version beside its devices, or both below 'network', and nothing else. */
static gboolean is_network(const Content *content)
{
    static const char *const version[] = {"version", NULL}, *const network[] = {"network", NULL};
    if (!has_one_of(content, NULL, network))
        return has_one_of(content, NULL, version) && has_one_of(content, NULL, network_keys);
    gboolean is_alone = !content->root || sb_datum_length(content->root) == 1;
    return is_alone && (has_one_of(content, "network", version) ||
                        has_one_of(content, "network", network_keys));
}

static SbLintKind kind_of_content(const char *name, const Content *content)
{
    static const char *const fleet[] = {"fleet", "machines", NULL};
    static const char *const instance[] = {"instance-id", "local-hostname", NULL};
    static const char *const network[] = {"network", NULL};
    if (has_one_of(content, NULL, fleet))
        return SB_LINT_FLEET;
    if (has_one_of(content, NULL, instance))
        return SB_LINT_META_DATA;
    if (g_str_has_prefix(name, "network-config"))
        return SB_LINT_NETWORK_CONFIG;
    if (g_str_has_prefix(name, "meta-data"))
        return SB_LINT_META_DATA;
    if (g_str_has_prefix(name, "user-data") || g_str_has_prefix(name, "vendor-data"))
        return SB_LINT_USER_DATA;
    gboolean has_network_key =
        has_one_of(content, NULL, network) || has_one_of(content, NULL, network_keys);
    return is_network(content) || (strstr(name, "network") && has_network_key)
               ? SB_LINT_NETWORK_CONFIG
               : SB_LINT_USER_DATA;
}

SbLintKind sb_lint_kind(const char *file, const char *data, gsize length)
{
    if (sb_user_data_format(data, length) != SB_USER_DATA_UNKNOWN)
        return SB_LINT_USER_DATA;
    g_autofree char *name = g_path_get_basename(file);
    g_autoptr(SbDiagnostics) ignored = sb_diagnostics_new();
    g_autoptr(SbDocument) document = sb_document_load(file, data, length, ignored);
    const Content content = {
        .root = document ? sb_document_root(document) : NULL, .data = data, .length = length};
    return kind_of_content(name, &content);
}

gboolean sb_lint_kind_named(const char *name, SbLintKind *kind_out)
{
    static const struct {
        const char *name;
        SbLintKind kind;
    } kinds[] = {
        {"user-data", SB_LINT_USER_DATA},
        {"vendor-data", SB_LINT_USER_DATA},
        {"network-config", SB_LINT_NETWORK_CONFIG},
        {"meta-data", SB_LINT_META_DATA},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0) {
            *kind_out = kinds[i].kind;
            return TRUE;
        }
    return FALSE;
}
