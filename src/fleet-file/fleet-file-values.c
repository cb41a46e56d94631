/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/fleet-file-values.h"

#include "base/array.h"
#include "base/names.h"
#include "base/text.h"
#include "base/units.h"

#include <limits.h>
#include <string.h>

#define DIGITS "0123456789"
#define LOWERCASE "abcdefghijklmnopqrstuvwxyz"

char *sb_value_setting_name(const char *setting)
{
    return g_strdup_printf("setting '%s'", setting);
}

gboolean sb_value_complain(const SbValueReader *reader, const SbYamlNode *node, const char *format,
                           ...)
{
    SB_TEXT_FORMAT(message, format);
    gboolean is_setting = node->mark.line == SB_SETTING_LINE;
    g_autofree char *setting =
        is_setting ? sb_value_setting_name(reader->settings[node->mark.column - 1]) : NULL;
    sb_diagnostics_add(reader->diagnostics, setting ? setting : reader->file,
                       is_setting ? (SbMark){0, 0} : node->mark, "%s", message);
    return FALSE;
}

gboolean sb_value_is_null(const SbYamlNode *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL", NULL};
    return node->kind == SB_YAML_SCALAR && node->is_plain && g_strv_contains(words, node->text);
}

/* Describes NODE, which was found instead, for a message. (transfer full) */
static char *describe(const SbYamlNode *node)
{
    if (node->kind != SB_YAML_SCALAR)
        return g_strdup(sb_yaml_kind_name(node->kind));
    if (sb_value_is_null(node))
        return g_strdup("nothing");
    return node->is_plain ? g_strdup_printf("'%.60s'", node->text)
                          : g_strdup_printf("the text \"%.60s\"", node->text);
}

gboolean sb_value_refuse(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                         const char *wanted)
{
    g_autofree char *found = describe(node);
    if (node->kind != SB_YAML_ALIAS)
        sb_value_complain(reader, node, "%s must be %s, not %s", key, wanted, found);
    return FALSE;
}

const char *sb_value_text(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          const char *wanted)
{
    if (node->kind == SB_YAML_SCALAR && !sb_value_is_null(node))
        return node->text;
    sb_value_refuse(reader, key, node, wanted);
    return NULL;
}

static void replace(char **out, const char *text)
{
    g_free(*out);
    *out = g_strdup(text);
}

gboolean sb_value_is_mapping(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                             const char *what)
{
    g_autofree char *wanted = g_strdup_printf("a mapping of %s", what);
    return node->kind == SB_YAML_MAPPING || sb_value_refuse(reader, key, node, wanted);
}

const GPtrArray *sb_value_items(const SbValueReader *reader, const char *key,
                                const SbYamlNode *node, const char *wanted, guint most)
{
    if (sb_value_is_null(node))
        return NULL;
    if (node->kind == SB_YAML_SEQUENCE && node->items->len <= most)
        return node->items;
    if (node->kind == SB_YAML_SEQUENCE)
        sb_value_complain(reader, node, "%s has %u items, and %u are allowed", key,
                          node->items->len, most);
    else
        sb_value_refuse(reader, key, node, wanted);
    return NULL;
}

static gboolean is_decimal(const char *text)
{
    gsize length = strlen(text);
    return length > 0 && strspn(text, DIGITS) == length && (text[0] != '0' || length == 1);
}

gboolean sb_value_integer(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          guint minimum, guint maximum, guint *value_out)
{
    g_autofree char *wanted =
        g_strdup_printf("a whole number from %u to %u, in decimal", minimum, maximum);
    if (node->kind != SB_YAML_SCALAR || !is_decimal(node->text))
        return sb_value_refuse(reader, key, node, wanted);
    if (!node->is_plain)
        return sb_value_complain(reader, node, "%s must be %s: write %.20s without quotes", key,
                                 wanted, node->text);
    guint64 value;
    if (!g_ascii_string_to_unsigned(node->text, 10, minimum, maximum, &value, NULL))
        return sb_value_refuse(reader, key, node, wanted);
    *value_out = (guint)value;
    return TRUE;
}

gboolean sb_value_size(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       guint64 minimum, guint64 maximum, guint64 *bytes_out)
{
    g_autofree char *from = sb_size_format(minimum);
    g_autofree char *to = sb_size_format(maximum);
    g_autofree char *wanted = g_strdup_printf("a size from %s to %s, such as '2 GiB'", from, to);
    const char *text = sb_value_text(reader, key, node, wanted);
    if (!text)
        return FALSE;
    guint64 bytes;
    g_autoptr(GError) error = NULL;
    if (!sb_size_parse(text, &bytes, &error))
        return sb_value_complain(reader, node, "%s: %s", key, error->message);
    if (bytes < minimum || bytes > maximum)
        return sb_value_refuse(reader, key, node, wanted);
    *bytes_out = (bytes + 1023) / 1024 * 1024;
    return TRUE;
}

gboolean sb_value_duration(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                           gint64 minimum_ms, gint64 maximum_ms, gint64 *ms_out)
{
    g_autofree char *from = sb_duration_format(minimum_ms);
    g_autofree char *to = sb_duration_format(maximum_ms);
    g_autofree char *wanted =
        g_strdup_printf("a duration from %s to %s, such as '10 min'", from, to);
    const char *text = sb_value_text(reader, key, node, wanted);
    if (!text)
        return FALSE;
    gint64 ms;
    g_autoptr(GError) error = NULL;
    if (!sb_duration_parse(text, &ms, &error))
        return sb_value_complain(reader, node, "%s: %s", key, error->message);
    if (ms < minimum_ms || ms > maximum_ms)
        return sb_value_refuse(reader, key, node, wanted);
    *ms_out = ms;
    return TRUE;
}

gboolean sb_value_boolean(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          gboolean *value_out)
{
    gboolean is_true = node->kind == SB_YAML_SCALAR && strcmp(node->text, "true") == 0;
    gboolean is_false = node->kind == SB_YAML_SCALAR && strcmp(node->text, "false") == 0;
    if (!node->is_plain || (!is_true && !is_false))
        return sb_value_refuse(reader, key, node, "true or false");
    *value_out = is_true;
    return TRUE;
}

void sb_value_check_keys(const SbValueReader *reader, const SbYamlNode *mapping,
                         const char *const *allowed)
{
    g_autofree char *list = g_strjoinv(", ", (char **)allowed);
    SB_EACH(const SbYamlNode, key, mapping->keys) {
        if (g_strv_contains(allowed, key->text))
            continue;
        const char *nearest = sb_nearest_name(key->text, allowed);
        g_autofree char *question =
            nearest ? g_strdup_printf(", did you mean '%s'?", nearest) : NULL;
        sb_value_complain(reader, key, "unknown key '%.60s'%s (allowed here: %s)", key->text,
                          question ? question : "", list);
    }
}

gboolean sb_value_name(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       char **name_out)
{
    const char *name = sb_value_text(reader, key, node, "a name");
    if (!name)
        return FALSE;
    g_autoptr(GError) error = NULL;
    if (!sb_name_check(key, name, &error))
        return sb_value_complain(reader, node, "%s", error->message);
    replace(name_out, name);
    return TRUE;
}

gboolean sb_value_choice(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                         const char *const *choices, char **choice_out)
{
    g_autofree char *wanted = g_strjoinv(" or ", (char **)choices);
    const char *text = sb_value_text(reader, key, node, wanted);
    if (!text)
        return FALSE;
    if (!g_strv_contains(choices, text))
        return sb_value_refuse(reader, key, node, wanted);
    replace(choice_out, text);
    return TRUE;
}

gboolean sb_value_login(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                        char **login_out)
{
    enum { LONGEST = 32 }; /* useradd(8) */
    const char *login = sb_value_text(reader, key, node, "the name of an account");
    if (!login)
        return FALSE;
    gsize length = strlen(login);
    gboolean has_valid_start = login[0] && strchr(LOWERCASE "_", login[0]);
    if (!has_valid_start || length > LONGEST || strspn(login, LOWERCASE DIGITS "_-") != length)
        return sb_value_refuse(
            reader, key, node,
            "an account name: 1 to 32 of a-z, 0-9, '_' and '-', with a letter or '_' first");
    if (strcmp(login, "root") == 0)
        return sb_value_complain(
            reader, node,
            "%s cannot be root: name an account that is made for seedbed and has sudo", key);
    replace(login_out, login);
    return TRUE;
}

gboolean sb_value_path(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       char **path_out)
{
    const char *wanted = "the path of a file, relative to the folder of this one";
    const char *path = sb_value_text(reader, key, node, wanted);
    if (!path)
        return FALSE;
    if (!*path || strlen(path) >= PATH_MAX)
        return sb_value_refuse(reader, key, node, wanted);
    for (const char *c = path; *c; c++)
        if (g_ascii_iscntrl(*c))
            return sb_value_complain(reader, node, "%s must be %s, without control characters", key,
                                     wanted);
    replace(path_out, path);
    return TRUE;
}

gboolean sb_value_line(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       const char *wanted, char **line_out)
{
    enum { MAX_BYTES = 4096 };
    const char *text = sb_value_text(reader, key, node, wanted);
    if (!text)
        return FALSE;
    gboolean is_good = *text && strlen(text) <= MAX_BYTES;
    for (const char *c = text; *c; c++)
        is_good &= !g_ascii_iscntrl(*c);
    if (is_good)
        replace(line_out, text);
    else
        sb_value_complain(reader, node,
                          "%s must be %s: 1 to %d characters, without control characters", key,
                          wanted, MAX_BYTES);
    return is_good;
}

gboolean sb_value_command(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          char **command_out)
{
    const char *text = sb_value_text(reader, key, node, "a shell command");
    if (!text)
        return FALSE;
    gboolean is_good = *text && strlen(text) <= SB_COMMAND_MAX_BYTES;
    if (is_good)
        replace(command_out, text);
    else
        sb_value_complain(
            reader, node,
            "%s must be a shell command of 1 to %d bytes: 'copy' takes longer scripts", key,
            SB_COMMAND_MAX_BYTES);
    return is_good;
}

gboolean sb_value_account(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          char **account_out)
{
    if (node->kind != SB_YAML_SCALAR || strcmp(node->text, "root") != 0)
        return sb_value_login(reader, key, node, account_out);
    replace(account_out, node->text);
    return TRUE;
}

/* ---- fields ---- */

static void read_file(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                      gpointer field)
{
    SbFileReference *reference = field;
    if (sb_value_path(reader, key, node, &reference->path))
        reference->mark = node->mark;
}

static void own_file(gpointer field)
{
    SbFileReference *reference = field, from = *reference;
    *reference = (SbFileReference){0};
    sb_file_reference_assign(reference, &from);
}

static void clear_file(gpointer field)
{
    sb_file_reference_clear(field);
}

static void describe_file(gconstpointer field, GString *text)
{
    g_autofree char *digest = sb_file_reference_digest(field);
    g_string_append(text, digest);
}

const SbFieldType sb_file_type = {read_file, own_file, clear_file, describe_file};

void sb_field_share_list(gpointer field)
{
    GPtrArray **list = field;
    if (*list)
        g_ptr_array_ref(*list);
}

void sb_field_clear_list(gpointer field)
{
    g_clear_pointer((GPtrArray **)field, g_ptr_array_unref);
}
