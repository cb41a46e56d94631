/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/options.h"

#include "base/units.h"

#include <string.h>

static void set_text(char **slot, const char *value)
{
    g_free(*slot);
    *slot = g_strdup(value);
}

static gboolean on_connect(const char *option, const char *value, gpointer data, GError **error)
{
    set_text(&((SbCli *)data)->connect, value);
    return TRUE;
}

static gboolean on_quiet(const char *option, const char *value, gpointer data, GError **error)
{
    ((SbCli *)data)->is_quiet = TRUE;
    return TRUE;
}

static gboolean on_help(const char *option, const char *value, gpointer data, GError **error)
{
    ((SbCli *)data)->wants_help = TRUE;
    return TRUE;
}

const GOptionEntry sb_common_options[] = {
    {"connect", 'c', 0, G_OPTION_ARG_CALLBACK, on_connect,
     "libvirt's URI (default: $LIBVIRT_DEFAULT_URI, then libvirt's own)", "URI"},
    {"quiet", 'q', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_quiet, "only print errors",
     NULL},
    {"help", 'h', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_help,
     "show help; after a command, its own help", NULL},
    G_OPTION_ENTRY_NULL};

gboolean sb_option_format(const char *option, const char *value, gpointer data, GError **error)
{
    SbCli *cli = data;
    if (strcmp(value, "json") == 0)
        cli->format = SB_FORMAT_JSON;
    else if (strcmp(value, "text") == 0)
        cli->format = SB_FORMAT_TEXT;
    else
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s: '%.40s' is not a format: use 'text' or 'json'", option, value);
    return strcmp(value, "json") == 0 || strcmp(value, "text") == 0;
}

gboolean sb_option_wide(const char *option, const char *value, gpointer data, GError **error)
{
    ((SbCli *)data)->is_wide = TRUE;
    return TRUE;
}

gboolean sb_option_columns(const char *option, const char *value, gpointer data, GError **error)
{
    set_text(&((SbCli *)data)->columns, value);
    return TRUE;
}

gboolean sb_option_pool(const char *option, const char *value, gpointer data, GError **error)
{
    set_text(&((SbCli *)data)->pool, value);
    return TRUE;
}

/* Takes TEXT over. */
static void add_setting(SbCli *cli, char *text)
{
    if (!cli->settings)
        cli->settings = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(cli->settings, text);
}

gboolean sb_option_set(const char *option, const char *value, gpointer data, GError **error)
{
    add_setting(data, g_strdup(value));
    return TRUE;
}

gboolean sb_option_lifetime(const char *option, const char *value, gpointer data, GError **error)
{
    add_setting(data, g_strconcat("lifetime=", value, NULL));
    return TRUE;
}

gboolean sb_option_fleet(const char *option, const char *value, gpointer data, GError **error)
{
    SbCli *cli = data;
    cli->has_own_fleet = TRUE;
    cli->has_unique_fleet = strcmp(value, "auto") == 0;
    if (!cli->has_unique_fleet)
        add_setting(cli, g_strconcat("fleet=", value, NULL));
    return TRUE;
}

gboolean sb_option_timeout(const char *option, const char *value, gpointer data, GError **error)
{
    SbCli *cli = data;
    if (!sb_duration_parse(value, &cli->timeout_ms, error)) {
        g_prefix_error(error, "%s: ", option);
        return FALSE;
    }
    /* Elsewhere, 0 means no limit. */
    if (cli->timeout_ms == 0)
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s must be longer than 0, not '%.40s'", option, value);
    return cli->timeout_ms != 0;
}

gboolean sb_option_has_value(const GOptionEntry *option)
{
    return option->arg != G_OPTION_ARG_NONE && !(option->flags & G_OPTION_FLAG_NO_ARG);
}

gboolean sb_options_parse(SbCli *cli, const GOptionEntry *entries, gboolean is_leading, int *argc,
                          char ***argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    GOptionGroup *group = g_option_group_new(NULL, NULL, NULL, cli, NULL);
    if (entries)
        g_option_group_add_entries(group, entries);
    g_option_group_add_entries(group, sb_common_options);
    g_option_context_set_main_group(context, group);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_strict_posix(context, is_leading);
    return g_option_context_parse(context, argc, argv, error);
}
