/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/resources.h"
#include "cloud-init/lint-check.h"
#include "cloud-init/user-data-check.h"

#include <gio/gio.h>
#include <string.h>

#define DISABLE_COMMENT "seedbed-lint: disable="

const SbLintRule sb_lint_rules[] = {
    {SB_RULE_HEADER, SB_SEVERITY_ERROR, FALSE, "the first line is one that cloud-init knows"},
    {SB_RULE_ENCODING, SB_SEVERITY_ERROR, TRUE, "the text is UTF-8"},
    {SB_RULE_GZIP, SB_SEVERITY_ERROR, TRUE, "what is gzip can be unpacked"},
    {SB_RULE_YAML, SB_SEVERITY_ERROR, TRUE, "what is YAML can be read, and is of a sane size"},
    {SB_RULE_TAB, SB_SEVERITY_ERROR, FALSE, "YAML has no tabs outside of quotes and blocks"},
    {SB_RULE_SCHEMA, SB_SEVERITY_ERROR, FALSE, "keys and values are those that cloud-init knows"},
    {SB_RULE_PARTS, SB_SEVERITY_ERROR, FALSE,
     "the parts of a MIME multipart or an archive are "
     "well-formed, and of types that cloud-init knows"},
    {SB_RULE_RUNCMD_MAP, SB_SEVERITY_ERROR, FALSE,
     "no command became a mapping because of ': ' in it"},
    {SB_RULE_OCTAL, SB_SEVERITY_ERROR, FALSE,
     "permissions are in quotes, because YAML makes 420 of 0644"},
    {SB_RULE_UNKNOWN_KEY, SB_SEVERITY_WARNING, FALSE, "cloud-init knows every key at the top"},
    {SB_RULE_DEPRECATED, SB_SEVERITY_WARNING, FALSE, "nothing is deprecated"},
    {SB_RULE_FORMAT, SB_SEVERITY_WARNING, FALSE, "host names and URIs look like such"},
    {SB_RULE_DUPLICATE_KEY, SB_SEVERITY_WARNING, FALSE, "no key is there twice"},
    {SB_RULE_SUDO_PASSWORD, SB_SEVERITY_WARNING, FALSE,
     "nobody has to give a password to sudo who has none"},
    {SB_RULE_POWEROFF, SB_SEVERITY_WARNING, FALSE,
     "commands do not stop the machine before cloud-init is done"},
    {SB_RULE_PWAUTH, SB_SEVERITY_WARNING, FALSE,
     "ssh takes no password that can be read in the file"},
    {SB_RULE_PLAIN_PASSWORD, SB_SEVERITY_WARNING, FALSE, "passwords are hashed"},
    {SB_RULE_OFFLINE, SB_SEVERITY_WARNING, FALSE,
     "nothing is fetched by a machine without a way out of its network"},
    {SB_RULE_SCRIPT, SB_SEVERITY_WARNING, FALSE, "scripts can be executed"},
    {SB_RULE_INCLUDE, SB_SEVERITY_WARNING, FALSE, "the lines of an include are URLs"},
    {SB_RULE_PART_HANDLER, SB_SEVERITY_WARNING, FALSE,
     "a part handler has the functions that cloud-init calls"},
    {SB_RULE_INSTANCE_ID, SB_SEVERITY_WARNING, FALSE,
     "every meta-data has an instance-id of its own"},
    {NULL, 0, FALSE, NULL},
};

const SbLintRule *sb_lint_rule_find(const char *id)
{
    for (const SbLintRule *rule = sb_lint_rules; rule->id; rule++)
        if (strcmp(rule->id, id) == 0)
            return rule;
    return NULL;
}

/* ---- the linter ---- */

SbLinter *sb_linter_new(void)
{
    SbLinter *linter = g_new0(SbLinter, 1);
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

const SbSchema *sb_lint_own_schema(SbLinter *linter)
{
    if (linter->own_schema)
        return linter->own_schema;
    g_autoptr(GBytes) bytes = sb_resource("cloud-init/schema.yaml");
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    linter->own_schema = sb_schema_load("schema.yaml", text, length, diagnostics);
    g_autofree char *problems = sb_diagnostics_to_string(diagnostics);
    if (!linter->own_schema)
        g_error("%s", problems);
    return linter->own_schema;
}

/* ---- findings ---- */

void sb_lint_add(const SbLintText *text, const char *rule, SbMark mark, const char *path,
                 const char *format, ...)
{
    const SbFinding finding = {.file = text->file,
                               .mark = mark,
                               .severity = sb_lint_rule_find(rule)->severity,
                               .rule = rule,
                               .path = path};
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sb_diagnostics_add_finding(text->diagnostics, &finding, "%s", message);
}

/* The rules that the comments in DATA name. */
static void disable_by_comments(SbDiagnostics *diagnostics, const char *data, gsize length)
{
    const char *end = data + length;
    for (const char *at = data; (at = g_strstr_len(at, end - at, DISABLE_COMMENT));
         at += strlen(DISABLE_COMMENT)) {
        const char *start = at;
        while (start > data && (start[-1] == ' ' || start[-1] == '#'))
            start--;
        if (start == at || !memchr(start, '#', (gsize)(at - start)))
            continue;
        const char *list = at + strlen(DISABLE_COMMENT);
        gsize list_length = 0;
        while (list + list_length < end && (g_ascii_isalnum(list[list_length]) ||
                                            list[list_length] == '-' || list[list_length] == ','))
            list_length++;
        g_autofree char *names = g_strndup(list, list_length);
        g_auto(GStrv) rules = g_strsplit(names, ",", -1);
        for (char **rule = rules; *rule; rule++) {
            const SbLintRule *found = sb_lint_rule_find(*rule);
            if (found && !found->is_fixed)
                sb_diagnostics_disable(diagnostics, found->id);
        }
    }
}

static SbDiagnostics *diagnostics_for(const SbLinter *linter, const char *data, gsize length)
{
    SbDiagnostics *diagnostics = sb_diagnostics_new();
    GHashTableIter iter;
    gpointer rule;
    g_hash_table_iter_init(&iter, linter->disabled);
    while (g_hash_table_iter_next(&iter, &rule, NULL))
        sb_diagnostics_disable(diagnostics, rule);
    disable_by_comments(diagnostics, data, length);
    return diagnostics;
}

/* Where FINDING, which is in a part at PLACE (nullable: the whole), is in the text around it. */
static SbMark mark_outside(const SbDiagnostic *finding, const SbLintPlace *place)
{
    if (!place)
        return finding->mark;
    if (!place->is_verbatim || finding->mark.line == 0)
        return place->mark;
    return (SbMark){place->mark.line + finding->mark.line - 1,
                    finding->mark.column + place->column_offset};
}

static void hand_over(const SbDiagnostics *from, const SbLintPlace *place, const char *file,
                      SbDiagnostics *to)
{
    for (guint i = 0; i < sb_diagnostics_count(from); i++) {
        const SbDiagnostic *diagnostic = sb_diagnostics_get(from, i);
        const SbFinding finding = {.file = file,
                                   .mark = mark_outside(diagnostic, place),
                                   .severity = diagnostic->severity,
                                   .rule = diagnostic->rule,
                                   .path = diagnostic->path};
        SbMark inside = diagnostic->mark;
        if (!place)
            sb_diagnostics_add_finding(to, &finding, "%s", diagnostic->message);
        else if (place->is_verbatim || inside.line == 0)
            sb_diagnostics_add_finding(to, &finding, "in %s: %s", place->name, diagnostic->message);
        else
            sb_diagnostics_add_finding(to, &finding, "in %s, its line %u: %s", place->name,
                                       inside.line, diagnostic->message);
    }
    sb_diagnostics_add_dropped(to, from);
}

/* ---- texts ---- */

static gboolean check_encoding(const SbLintText *text)
{
    const char *end = text->data;
    if (g_utf8_validate_len(text->data, text->length, &end))
        return TRUE;
    SbMark mark = {1, 1};
    for (const char *c = text->data; c < end; c++)
        mark = *c == '\n' ? (SbMark){mark.line + 1, 1}
                          : (SbMark){mark.line, mark.column + (((guchar)*c & 0xc0) != 0x80)};
    gboolean is_utf16 = text->length >= 2 && (memcmp(text->data, "\xff\xfe", 2) == 0 ||
                                              memcmp(text->data, "\xfe\xff", 2) == 0);
    if (is_utf16)
        sb_lint_add(text, SB_RULE_ENCODING, mark, NULL,
                    "the file is UTF-16, which cloud-init cannot read: save it as UTF-8");
    else if (*end == '\0')
        sb_lint_add(text, SB_RULE_ENCODING, mark, NULL,
                    "there is a NUL byte, which no text has (binary content can go into "
                    "'write_files' with 'encoding: b64')");
    else
        sb_lint_add(text, SB_RULE_ENCODING, mark, NULL,
                    "byte 0x%02x is not UTF-8 text (binary content can go into 'write_files' with "
                    "'encoding: b64')",
                    (guchar)*end);
    return FALSE;
}

/* The findings of user-data.c are those of the first line. */
static void check_start(const SbLintText *text)
{
    g_autoptr(SbDiagnostics) found = sb_diagnostics_new();
    sb_user_data_check_start(text->file, text->data, text->length, found);
    for (guint i = 0; i < sb_diagnostics_count(found); i++) {
        const SbDiagnostic *diagnostic = sb_diagnostics_get(found, i);
        sb_lint_add(text, SB_RULE_HEADER, diagnostic->mark, NULL, "%s", diagnostic->message);
    }
}

void sb_lint_format(const SbLintText *text, SbUserDataFormat format)
{
    static void (*const checks[])(const SbLintText *) = {
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
    if (checks[format])
        checks[format](text);
}

/* Checks DATA as KIND; where it is user-data, as FORMAT, or UNKNOWN: by its first line. */
static void lint_text(SbLinter *linter, SbLintKind kind, SbUserDataFormat format, const char *file,
                      const char *data, gsize length, guint depth, const SbLintPlace *place,
                      SbDiagnostics *outer)
{
    g_autoptr(SbDiagnostics) own = diagnostics_for(linter, data, length);
    const SbLintText text = {linter, file, data, length, depth, own};
    if (!check_encoding(&text)) {
        /* nothing more can be said */
    } else if (kind == SB_LINT_NETWORK_CONFIG) {
        sb_lint_network_config(&text);
    } else if (kind == SB_LINT_META_DATA) {
        sb_lint_meta_data(&text);
    } else {
        if (format == SB_USER_DATA_UNKNOWN) {
            check_start(&text);
            format = sb_user_data_format(data, length);
        }
        sb_lint_format(&text, format);
    }
    hand_over(own, place, file, outer);
}

void sb_lint_part(const SbLintText *text, const SbLintPlace *place, SbUserDataFormat format,
                  const char *data, gsize length)
{
    if (text->depth + 1 >= SB_LINT_MAX_DEPTH)
        sb_lint_add(text, SB_RULE_PARTS, place->mark, NULL, "parts within parts, %d levels deep",
                    SB_LINT_MAX_DEPTH);
    else
        lint_text(text->linter, SB_LINT_USER_DATA, format, text->file, data, length,
                  text->depth + 1, place, text->diagnostics);
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
    gsize text_length;
    const char *text = g_bytes_get_data(unpacked, &text_length);
    lint_text(linter, kind, SB_USER_DATA_UNKNOWN, file, text ? text : "", text_length, 0, NULL,
              diagnostics);
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

const char *sb_lint_kind_name(SbLintKind kind)
{
    static const char *const names[] = {
        [SB_LINT_USER_DATA] = "user-data",
        [SB_LINT_NETWORK_CONFIG] = "network-config",
        [SB_LINT_META_DATA] = "meta-data",
        [SB_LINT_FLEET] = "fleet",
    };
    return names[kind];
}
