/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/config.h"

#include "base/array.h"
#include "local/input-file.h"
#include "model/user-config.h"

#include <string.h>

static const char *const variables[][2] = {{"connect", "LIBVIRT_DEFAULT_URI"},
                                           {"colours", "NO_COLOR"}};

void sb_configured_clear(SbConfigured *configured)
{
    g_clear_pointer(&configured->text, g_free);
    g_clear_pointer(&configured->from, g_free);
}

static char *config_path(void)
{
    return g_build_filename(g_get_user_config_dir(), "seedbed", "config.yaml", NULL);
}

/* (transfer full) of SbConfigValue; NULL after the errors were printed */
static GPtrArray *load(void)
{
    g_autofree char *path = config_path();
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(GError) error = NULL;
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return g_ptr_array_new();
    g_autoptr(GBytes) bytes = sb_input_file_read(path, SB_USER_CONFIG_MAX_BYTES, &error);
    GPtrArray *values = bytes ? sb_user_config_parse(path, g_bytes_get_data(bytes, NULL),
                                                     g_bytes_get_size(bytes), diagnostics)
                              : NULL;
    if (error)
        sb_diagnostics_add(diagnostics, path, (SbMark){0, 0}, "%s", error->message);
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    if (!values)
        sb_cli_refuse(findings);
    return values;
}

/* The variable of the environment that counts before the file, if it is set. (nullable) */
static const char *variable_of(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *value = strcmp(variables[i][0], key) == 0 ? g_getenv(variables[i][1]) : NULL;
        if (value && *value)
            return variables[i][1];
    }
    return NULL;
}

/* KEY's value on the command line. (nullable) */
static const char *given(const SbCli *cli, const char *key)
{
    return strcmp(key, "connect") == 0 ? cli->connect : strcmp(key, "pool") == 0 ? cli->pool : NULL;
}

SbConfigured sb_cli_configured(const SbCli *cli, const char *key, const char *built_in)
{
    const SbConfigValue *value = sb_user_config_find(cli->config, key);
    const char *variable = variable_of(key);
    if (given(cli, key))
        return (SbConfigured){g_strdup(given(cli, key)), g_strdup("command line")};
    if (variable)
        return (SbConfigured){g_strdup(strcmp(key, "colours") == 0 ? "never" : g_getenv(variable)),
                              g_strdup_printf("environment: %s", variable)};
    if (!value)
        return (SbConfigured){g_strdup(built_in), g_strdup("built-in")};
    g_autofree char *path = config_path();
    return (SbConfigured){g_strdup(value->text),
                          g_strdup_printf("%s:%u:%u", path, value->mark.line, value->mark.column)};
}

/* Puts the value of KEY into SLOT, if nothing else says what to use. */
static void apply(const SbCli *cli, const char *key, char **slot)
{
    const SbConfigValue *value = sb_user_config_find(cli->config, key);
    if (value && !*slot && !variable_of(key))
        *slot = g_strdup(value->text);
}

gboolean sb_cli_configure(SbCli *cli)
{
    cli->config = load();
    if (!cli->config)
        return FALSE;
    /* 'config' shows what comes from where. */
    if (cli->command->shows_config)
        return TRUE;
    apply(cli, "connect", &cli->connect);
    apply(cli, "pool", &cli->pool);
    const SbConfigValue *colours = sb_user_config_find(cli->config, "colours");
    if (colours && strcmp(colours->text, "never") == 0)
        g_setenv("NO_COLOR", "1", FALSE);
    return TRUE;
}

char *sb_cli_setting(const char *key, const char *value)
{
    /* A number must not have quotes; everything else may. */
    gboolean is_number = *value && strspn(value, G_CSET_DIGITS) == strlen(value);
    g_auto(GStrv) parts = g_strsplit(value, "'", -1);
    g_autofree char *doubled = g_strjoinv("''", parts);
    return is_number ? g_strdup_printf("%s=%s", key, value)
                     : g_strdup_printf("%s='%s'", key, doubled);
}

char **sb_cli_machine_defaults(const SbCli *cli)
{
    GPtrArray *settings = g_ptr_array_new();
    SB_EACH(const SbConfigValue, value, cli->config) {
        if (strchr(value->key, '.'))
            g_ptr_array_add(settings, sb_cli_setting(value->key, value->text));
    }
    g_ptr_array_add(settings, NULL);
    return (char **)g_ptr_array_free(settings, FALSE);
}
