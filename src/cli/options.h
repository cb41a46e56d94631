/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The options that all or several commands have. Each is written once, here.
 *
 * The values of options are read while the command line is parsed, into SbCli.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "model/volume-names.h"

/* ---- entries for the table of a command ---- */

/** -f: `format` of SbCli. */
#define SB_OPTION_FORMAT                                                                           \
    {                                                                                              \
        "format", 'f', 0, G_OPTION_ARG_CALLBACK, sb_option_format,                                 \
            "'text' (the default) or 'json'", "FORMAT"                                             \
    }

/** --wide and --columns: `is_wide` and `columns` of SbCli, for sb_cli_print_table(). */
#define SB_OPTION_TABLE                                                                            \
    {"wide",                                                                                       \
     0,                                                                                            \
     G_OPTION_FLAG_NO_ARG,                                                                         \
     G_OPTION_ARG_CALLBACK,                                                                        \
     sb_option_wide,                                                                               \
     "do not cut columns that are too long for the terminal",                                      \
     NULL},                                                                                        \
    {                                                                                              \
        "columns", 0, 0, G_OPTION_ARG_CALLBACK, sb_option_columns,                                 \
            "show these columns, such as 'name,state'", "NAMES"                                    \
    }

/** -p: `pool` of SbCli. */
#define SB_OPTION_POOL                                                                             \
    {                                                                                              \
        "pool", 'p', 0, G_OPTION_ARG_CALLBACK, sb_option_pool,                                     \
            "the storage pool (default: " SB_DEFAULT_POOL ")", "POOL"                              \
    }

/** -t: `timeout_ms` of SbCli. */
#define SB_OPTION_TIMEOUT                                                                          \
    {                                                                                              \
        "timeout", 't', 0, G_OPTION_ARG_CALLBACK, sb_option_timeout,                               \
            "the longest time to get a machine ready, such as '10 min'", "DURATION"                \
    }

/** --lifetime: `settings` of SbCli. */
#define SB_OPTION_LIFETIME                                                                         \
    {                                                                                              \
        "lifetime", 0, 0, G_OPTION_ARG_CALLBACK, sb_option_lifetime,                               \
            "let the machines expire after this time, such as '2 h': 'gc' removes them then",      \
            "DURATION"                                                                             \
    }

/** --set and --fleet: `settings` and `has_unique_fleet` of SbCli, for sb_cli_load_fleet(). */
#define SB_OPTION_SETTINGS                                                                         \
    {"set",                                                                                        \
     0,                                                                                            \
     0,                                                                                            \
     G_OPTION_ARG_CALLBACK,                                                                        \
     sb_option_set,                                                                                \
     "a value instead of the file's, such as machines.GROUP.count=4; can be given several times",  \
     "KEY=VALUE"},                                                                                 \
    {                                                                                              \
        "fleet", 0, 0, G_OPTION_ARG_CALLBACK, sb_option_fleet,                                     \
            "another name for the fleet, or 'auto' for a name that nobody has", "NAME"             \
    }

/** VARIABLE is a gboolean. */
#define SB_OPTION_WAIT(variable)                                                                   \
    {                                                                                              \
        "wait", 0, 0, G_OPTION_ARG_NONE, &(variable),                                              \
            "if the fleet belongs to another run, wait until that is over", NULL                   \
    }

/** VARIABLE is a gboolean. */
#define SB_OPTION_NO_WAIT(variable)                                                                \
    {                                                                                              \
        "no-wait", 0, 0, G_OPTION_ARG_NONE, &(variable), "return when the machines are started",   \
            NULL                                                                                   \
    }

/** -k: VARIABLE is a gboolean. */
#define SB_OPTION_KEEP(variable)                                                                   \
    {                                                                                              \
        "keep", 'k', 0, G_OPTION_ARG_NONE, &(variable), "leave a machine that failed as it is",    \
            NULL                                                                                   \
    }

/** -s: VARIABLE is a gboolean. */
#define SB_OPTION_STRICT(variable)                                                                 \
    {                                                                                              \
        "strict", 's', 0, G_OPTION_ARG_NONE, &(variable),                                          \
            "fail also if cloud-init is done but degraded: it warned", NULL                        \
    }

/** -a: VARIABLE is a gboolean. */
#define SB_OPTION_ALL_VERSIONS(variable)                                                           \
    {                                                                                              \
        "all", 'a', 0, G_OPTION_ARG_NONE, &(variable),                                             \
            "also old versions, and versions whose upload is not finished", NULL                   \
    }

/** A GOptionArgFunc: reads the value of --format into the SbCli at DATA. FALSE with G_OPTION_ERROR
 * if it is unknown. */
gboolean sb_option_format(const char *option, const char *value, gpointer data,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** A GOptionArgFunc: for --wide, into the SbCli at DATA. Never FALSE. */
gboolean sb_option_wide(const char *option, const char *value, gpointer data,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** A GOptionArgFunc: reads the value of --columns into the SbCli at DATA. Never FALSE. */
gboolean sb_option_columns(const char *option, const char *value, gpointer data,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** A GOptionArgFunc: reads the value of --pool into the SbCli at DATA. Never FALSE. */
gboolean sb_option_pool(const char *option, const char *value, gpointer data,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** A GOptionArgFunc: adds the value of --set to the settings of the SbCli at DATA. Never FALSE. */
gboolean sb_option_set(const char *option, const char *value, gpointer data,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** A GOptionArgFunc: adds the value of --lifetime to the settings of the SbCli at DATA. Never
 * FALSE.
 */
gboolean sb_option_lifetime(const char *option, const char *value, gpointer data,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** A GOptionArgFunc: reads the value of --fleet into the SbCli at DATA. Never FALSE. */
gboolean sb_option_fleet(const char *option, const char *value, gpointer data,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** A GOptionArgFunc: reads the value of --timeout into the SbCli at DATA. FALSE with an error if it
 * is not a duration or is 0. */
gboolean sb_option_timeout(const char *option, const char *value, gpointer data,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- parsing ---- */

/** The options of all commands; the last entry has the name NULL. */
extern const GOptionEntry sb_common_options[];

/** Whether OPTION has a value. */
gboolean sb_option_has_value(const GOptionEntry *option);

/**
 * Takes the options in ENTRIES and the common options out of ARGV.
 *
 * @param entries     (nullable) the last entry has the name NULL
 * @param is_leading  options end at the first argument
 * @return FALSE with an error that names the option
 */
gboolean sb_options_parse(SbCli *cli, const GOptionEntry *entries, gboolean is_leading, int *argc,
                          char ***argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;
