/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/environment.h"

#include <string.h>

/* As POSIX has it for the shell. */
static gboolean is_variable_name(const char *name)
{
    return *name && !g_ascii_isdigit(*name) &&
           strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_") == strlen(name);
}

static void read_variable(const SbValueReader *reader, const SbYamlNode *name,
                          const SbYamlNode *value, char ***env)
{
    if (!is_variable_name(name->text)) {
        sb_value_complain(reader, name,
                          "'%.60s' cannot be a variable: use A-Z, a-z, 0-9 and '_', with no "
                          "digit first",
                          name->text);
        return;
    }
    /* No value is an empty value. */
    const char *text =
        sb_value_is_null(value) ? "" : sb_value_text(reader, name->text, value, "text");
    if (text && strlen(text) > SB_ENVIRONMENT_VALUE_MAX_BYTES)
        sb_value_complain(reader, value, "%s has %zu bytes, and a variable has at most %d",
                          name->text, strlen(text), SB_ENVIRONMENT_VALUE_MAX_BYTES);
    else if (text)
        *env = g_environ_setenv(*env, name->text, text, TRUE);
}

static void read_env(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                     gpointer field)
{
    if (!sb_value_is_mapping(reader, key, node, "variables and their values"))
        return;
    if (node->keys->len > SB_ENVIRONMENT_MAX) {
        sb_value_complain(reader, node, "%s has %u variables, and %d are allowed", key,
                          node->keys->len, SB_ENVIRONMENT_MAX);
        return;
    }
    for (guint i = 0; i < node->keys->len; i++)
        read_variable(reader, node->keys->pdata[i], node->items->pdata[i], field);
}

static void own(gpointer field)
{
    char ***env = field;
    *env = g_strdupv(*env);
}

static void clear(gpointer field)
{
    g_clear_pointer((char ***)field, g_strfreev);
}

static void describe(gconstpointer field, GString *text)
{
    g_autofree char *script = sb_environment_script(*(const char *const *const *)field);
    g_string_append(text, script);
}

const SbFieldType sb_environment_type = {read_env, own, clear, describe};

char *sb_environment_script(const char *const *env)
{
    GString *script = g_string_new(NULL);
    for (; env && *env; env++) {
        const char *value = strchr(*env, '=') + 1;
        g_autofree char *quoted = g_shell_quote(value);
        g_string_append_printf(script, "export %.*s%s\n", (int)(value - *env), *env, quoted);
    }
    return g_string_free(script, FALSE);
}

char *sb_environment_wrap(const char *line)
{
    g_autofree char *quoted = g_shell_quote(line);
    return g_strdup_printf("exec sh -c '[ ! -r " SB_ENVIRONMENT_PATH " ] || "
                           ". " SB_ENVIRONMENT_PATH "; exec \"${SHELL:-sh}\" -c \"$1\"' sh %s",
                           quoted);
}
