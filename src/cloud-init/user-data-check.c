/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/user-data-check.h"

#include "base/array.h"
#include "base/names.h"
#include "base/yaml-text.h"
#include "base/yaml.h"
#include "cloud-init/user-data.h"

#include <string.h>

/* The length of a line in a message. */
#define SHOWN_BYTES 40

/* The text that is being checked. */
typedef struct {
    const char *file;
    const char *data;
    gsize length;
    SbDiagnostics *diagnostics;
} Check;

/* The number of blank characters from OFFSET on. */
static gsize leading_space(const Check *check, gsize offset)
{
    gsize i = offset;
    while (i < check->length && g_ascii_isspace(check->data[i]))
        i++;
    return i - offset;
}

/* ---- the start of the file ---- */

/* The first line from OFFSET on that is not blank, and its place. */
static char *shown_line(const Check *check, gsize offset, SbMark *mark_out)
{
    gsize start = offset + leading_space(check, offset);
    *mark_out = (SbMark){1, 1};
    for (gsize i = 0; i < start; i++) {
        mark_out->column = check->data[i] == '\n' ? 1 : mark_out->column + 1;
        mark_out->line += check->data[i] == '\n';
    }
    gsize end = start;
    while (end < check->length && check->data[end] != '\n' && end - start < SHOWN_BYTES)
        end++;
    return g_strchomp(g_strndup(check->data + start, end - start));
}

/* The start that LINE was probably meant to have, or NULL. */
static const char *guess_start(const char *line)
{
    g_autofree char *lower = g_ascii_strdown(line, -1);
    const char *nearest = sb_nearest_name(lower, sb_user_data_starts());
    /* Any short line is near to "#!". */
    if (nearest && strcmp(nearest, "#!") != 0)
        return nearest;
    if (strstr(line, "/bin/") && strpbrk(line, "#!/") == line)
        return "#!/bin/sh";
    /* This is YAML without its first line. */
    gsize key = strspn(lower, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    if ((key > 0 && lower[key] == ':') || g_str_has_prefix(lower, "---"))
        return "#cloud-config";
    return NULL;
}

static void report_unknown(const Check *check)
{
    gboolean has_mark = check->length >= 3 && memcmp(check->data, "\xef\xbb\xbf", 3) == 0;
    SbMark mark;
    g_autofree char *line = shown_line(check, has_mark ? 3 : 0, &mark);
    if (has_mark) {
        sb_diagnostics_add(check->diagnostics, check->file, (SbMark){1, 1},
                           "the file starts with a byte order mark (an invisible U+FEFF), so "
                           "cloud-init would ignore all of it: save it as UTF-8 without one");
        return;
    }
    const char *guess = guess_start(line);
    if (guess)
        sb_diagnostics_add(check->diagnostics, check->file, mark,
                           "cloud-init would ignore the whole file, because it does not know the "
                           "first line '%s': write '%s'",
                           line, guess);
    else
        sb_diagnostics_add(check->diagnostics, check->file, mark,
                           "cloud-init would ignore the whole file, because it does not know the "
                           "first line '%s': write '#cloud-config' above YAML, '#!/bin/sh' above a "
                           "script, or the first line of another of its formats",
                           line);
}

/* Scripts are executed unchanged, and templates have another rule for their first line. */
static void check_nothing_before(const Check *check, SbUserDataFormat format)
{
    if (leading_space(check, 0) == 0)
        return;
    if (format != SB_USER_DATA_SHELL_SCRIPT && format != SB_USER_DATA_JINJA)
        return;
    SbMark mark;
    g_autofree char *line = shown_line(check, 0, &mark);
    sb_diagnostics_add(check->diagnostics, check->file, mark,
                       "'%s' must be at the very start of the file, or cloud-init cannot run it: "
                       "remove the text before it",
                       line);
}

/* cloud-init renders a template. Then it looks at the first line again, for a cloud-config or a
 * script. */
static void check_template(const Check *check)
{
    const char *newline = memchr(check->data, '\n', check->length);
    gsize offset = newline ? (gsize)(newline - check->data) + 1 : check->length;
    SbMark mark;
    g_autofree char *line = shown_line(check, offset, &mark);
    /* A line that starts with a tag of the template may become any text. */
    static const char config[] = "#cloud-config";
    if (*line == '{' || g_str_has_prefix(line, "#!") ||
        g_ascii_strncasecmp(line, config, strlen(config)) == 0)
        return;
    sb_diagnostics_add(
        check->diagnostics, check->file, mark,
        "cloud-init would ignore the rendered template, because it starts with '%s': "
        "the second line must be '#cloud-config' or '#!/bin/sh'",
        line);
}

/* ---- what is in it ---- */

static void check_encoding(const Check *check)
{
    const char *end = check->data;
    if (g_utf8_validate_len(check->data, check->length, &end))
        return;
    SbMark mark = sb_yaml_text_mark(check->data, (gsize)(end - check->data));
    if (check->length >= 2 &&
        (memcmp(check->data, "\xff\xfe", 2) == 0 || memcmp(check->data, "\xfe\xff", 2) == 0))
        sb_diagnostics_add(check->diagnostics, check->file, mark,
                           "the file is UTF-16, which cloud-init cannot read: save it as UTF-8");
    else if (*end == '\0')
        sb_diagnostics_add(check->diagnostics, check->file, mark,
                           "there is a NUL byte, but text has none: put binary content into "
                           "'write_files' with 'encoding: b64'");
    else
        sb_diagnostics_add(check->diagnostics, check->file, mark,
                           "byte 0x%02x is not UTF-8 text: put binary content into 'write_files' "
                           "with 'encoding: b64'",
                           (guchar)*end);
}

static gboolean is_only_comments(const Check *check)
{
    gboolean in_comment = FALSE;
    for (gsize i = 0; i < check->length; i++) {
        if (check->data[i] == '\n')
            in_comment = FALSE;
        else if (check->data[i] == '#')
            in_comment = TRUE;
        else if (!in_comment && !g_ascii_isspace(check->data[i]))
            return FALSE;
    }
    return TRUE;
}

/* Whether NODE, if it exists, is a KIND; an alias may be of any kind. */
static gboolean check_kind(const Check *check, const SbYamlNode *node, const char *key,
                           SbYamlKind kind)
{
    if (!node || node->kind == SB_YAML_ALIAS)
        return FALSE;
    if (node->kind == kind)
        return TRUE;
    sb_diagnostics_add(check->diagnostics, check->file, node->mark,
                       "'%s' must be %s, not %s: cloud-init could not merge it with what seedbed "
                       "adds, and there would be no way to log in",
                       key, sb_yaml_kind_name(kind), sb_yaml_kind_name(node->kind));
    return FALSE;
}

static void check_ssh_keys(const Check *check, const SbYamlNode *keys)
{
    SB_EACH(const SbYamlNode, key, keys->keys)
        if (g_str_has_prefix(key->text, "ed25519_"))
            sb_diagnostics_add(check->diagnostics, check->file, key->mark,
                               "'%.40s' is in the way of the ed25519 host key that seedbed makes "
                               "for each machine and by which it knows it: use another type, such "
                               "as 'ecdsa_private', or none",
                               key->text);
}

static SbYamlNode *parse_mapping(const Check *check)
{
    g_autoptr(SbYamlNode) root =
        sb_yaml_parse(check->file, check->data, check->length,
                      SB_YAML_ALLOW_ALIASES | SB_YAML_ALLOW_DUPLICATES, check->diagnostics);
    if (!root)
        return NULL;
    if (root->kind == SB_YAML_MAPPING)
        return g_steal_pointer(&root);
    sb_diagnostics_add(check->diagnostics, check->file, root->mark,
                       "a cloud-config must be a mapping ('key: value'), not %s: cloud-init would "
                       "ignore it",
                       sb_yaml_kind_name(root->kind));
    return NULL;
}

/* Programs differ in which of several equal keys counts. lint reports the other keys that are there
 * twice. */
static void check_once(const Check *check, const SbYamlNode *root, const char *name)
{
    guint times = 0;
    SB_EACH(const SbYamlNode, key, root->keys)
        if (strcmp(key->text, name) == 0 && ++times > 1)
            sb_diagnostics_add(check->diagnostics, check->file, key->mark,
                               "'%s' is there twice: put both into one", name);
}

static void check_cloud_config(const Check *check)
{
    if (is_only_comments(check)) {
        sb_diagnostics_add(check->diagnostics, check->file, (SbMark){0, 0},
                           "the cloud-config is empty, of which cloud-init complains: write '{}' "
                           "below its first line, or give no user-data");
        return;
    }
    g_autoptr(SbYamlNode) root = parse_mapping(check);
    if (!root)
        return;
    check_once(check, root, "users");
    check_once(check, root, "ssh_keys");
    check_kind(check, sb_yaml_get(root, "users"), "users", SB_YAML_SEQUENCE);
    const SbYamlNode *keys = sb_yaml_get(root, "ssh_keys");
    if (check_kind(check, keys, "ssh_keys", SB_YAML_MAPPING))
        check_ssh_keys(check, keys);
}

static void check_archive(const Check *check)
{
    g_autoptr(SbYamlNode) root =
        sb_yaml_parse(check->file, check->data, check->length,
                      SB_YAML_ALLOW_ALIASES | SB_YAML_ALLOW_DUPLICATES, check->diagnostics);
    if (root && root->kind != SB_YAML_SEQUENCE)
        sb_diagnostics_add(check->diagnostics, check->file, root->mark,
                           "a cloud-config-archive must be a list of parts, not %s: cloud-init "
                           "would ignore it",
                           sb_yaml_kind_name(root->kind));
}

static void check_start(const Check *check)
{
    if (leading_space(check, 0) == check->length) {
        sb_diagnostics_add(check->diagnostics, check->file, (SbMark){0, 0},
                           "the file is empty: write a first line such as '#cloud-config', or give "
                           "no user-data");
        return;
    }
    SbUserDataFormat format = sb_user_data_format(check->data, check->length);
    check_nothing_before(check, format);
    if (format == SB_USER_DATA_JINJA && leading_space(check, 0) == 0)
        check_template(check);
    else if (format == SB_USER_DATA_UNKNOWN)
        report_unknown(check);
}

void sb_user_data_check_start(const char *file, const char *data, gsize length,
                              SbDiagnostics *diagnostics)
{
    const Check check = {.file = file, .data = data, .length = length, .diagnostics = diagnostics};
    check_start(&check);
}

void sb_user_data_check_encoding(const char *file, const char *data, gsize length,
                                 SbDiagnostics *diagnostics)
{
    const Check check = {.file = file, .data = data, .length = length, .diagnostics = diagnostics};
    check_encoding(&check);
}

static void check_text(const Check *check)
{
    guint errors = sb_diagnostics_errors(check->diagnostics);
    check_encoding(check);
    if (sb_diagnostics_errors(check->diagnostics) > errors)
        return;
    check_start(check);
    SbUserDataFormat format = sb_user_data_format(check->data, check->length);
    if (format == SB_USER_DATA_CLOUD_CONFIG)
        check_cloud_config(check);
    else if (format == SB_USER_DATA_CLOUD_CONFIG_ARCHIVE)
        check_archive(check);
}

void sb_user_data_check(const char *file, const char *data, gsize length,
                        SbDiagnostics *diagnostics)
{
    g_autoptr(GBytes) packed = g_bytes_new_static(data, length);
    g_autoptr(GBytes) unpacked = sb_user_data_unpack(packed);
    if (!unpacked) {
        sb_diagnostics_add(diagnostics, file, (SbMark){0, 0},
                           "the file is gzip, but damaged or larger than %d MiB unpacked",
                           SB_USER_DATA_MAX_BYTES / (1024 * 1024));
        return;
    }
    Check check = {.file = file, .diagnostics = diagnostics};
    check.data = g_bytes_get_data(unpacked, &check.length);
    check_text(&check);
}

void sb_user_data_check_login(const char *file, const char *data, gsize length, const char *login,
                              SbDiagnostics *diagnostics)
{
    g_autoptr(GBytes) packed = g_bytes_new_static(data, length);
    g_autoptr(GBytes) unpacked = sb_user_data_unpack(packed);
    const char *text = unpacked ? g_bytes_get_data(unpacked, &length) : NULL;
    if (!text || sb_user_data_format(text, length) != SB_USER_DATA_CLOUD_CONFIG)
        return;
    /* The other check reports text that is not YAML. */
    g_autoptr(SbDiagnostics) ignored = sb_diagnostics_new();
    g_autoptr(SbYamlNode) root = sb_yaml_parse(
        file, text, length, SB_YAML_ALLOW_ALIASES | SB_YAML_ALLOW_DUPLICATES, ignored);
    const SbYamlNode *users = root ? sb_yaml_get(root, "users") : NULL;
    if (!users || users->kind != SB_YAML_SEQUENCE)
        return;
    for (guint i = 0; i < users->items->len; i++) {
        const SbYamlNode *name = sb_yaml_get(g_ptr_array_index(users->items, i), "name");
        if (name && g_strcmp0(name->text, login) == 0)
            sb_diagnostics_add(diagnostics, file, name->mark,
                               "'%s' is the account that seedbed makes and logs in with: give "
                               "yours another name, or name another 'login' in the fleet file",
                               login);
    }
}
