/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/load.h"

#include "cli/config.h"
#include "fleet/find-file.h"
#include "fleet/load.h"
#include "machine/selection.h"
#include "model/user-config.h"

#include <stdio.h>

/* TEXT: (nullable) what is in the file at PATH. */
static SbFleetFile *load(const SbCli *cli, const char *path, const char *text, GPtrArray *values)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    for (guint i = 0; cli->settings && i < cli->settings->len; i++)
        g_ptr_array_add(values, g_strdup(g_ptr_array_index(cli->settings, i)));
    g_ptr_array_add(values, NULL);
    g_autofree char *unique =
        cli->has_unique_fleet ? g_strdup_printf("%08x", g_random_int()) : NULL;
    g_auto(GStrv) defaults = sb_cli_machine_defaults(cli);
    const SbConfigValue *shares = sb_user_config_find(cli->config, "shares");
    const SbFleetSettings settings = {.values = (const char *const *)values->pdata,
                                      .unique = unique,
                                      .defaults = (const char *const *)defaults,
                                      .shares = shares ? shares->text : NULL};
    SbFleetFile *fleet = text ? sb_fleet_load_text(path, text, &settings, diagnostics)
                              : sb_fleet_load(path, &settings, diagnostics);
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    if (!fleet)
        sb_cli_refuse(findings);
    else if (*findings && !cli->is_quiet)
        fprintf(stderr, "%s\n", findings);
    if (fleet && unique && !cli->is_quiet)
        fprintf(stderr, "the fleet is called '%s'\n", fleet->name);
    return fleet;
}

char *sb_cli_find_file(const SbCli *cli)
{
    g_autoptr(GError) error = NULL;
    char *path = sb_fleet_find_file(&error);
    if (!path)
        sb_cli_usage(cli, "%s", error->message);
    else if (!cli->is_quiet)
        fprintf(stderr, "fleet file: %s\n", path);
    return path;
}

char **sb_cli_names(const SbCli *cli, char **names)
{
    if (*names)
        return g_strdupv(names);
    g_autofree char *path = sb_cli_find_file(cli);
    if (!path)
        return NULL;
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autofree char *name = sb_fleet_file_name(path, diagnostics);
    if (name) {
        char **words = g_new0(char *, 2);
        words[0] = sb_selection_of_fleet(name);
        return words;
    }
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    sb_cli_refuse(findings);
    return NULL;
}

SbFleetFile *sb_cli_load_fleet(const SbCli *cli, const char *path)
{
    g_autofree char *found = path ? NULL : sb_cli_find_file(cli);
    if (!path && !found)
        return NULL;
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    return load(cli, path ? path : found, NULL, values);
}

SbFleetFile *sb_cli_load_text(const SbCli *cli, const char *text, const SbCliSetting *settings)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    for (; settings->key; settings++)
        if (settings->value)
            g_ptr_array_add(values, sb_cli_setting(settings->key, settings->value));
    return load(cli, "seedbed run", text, values);
}
