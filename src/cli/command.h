/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What a command is, and what all commands use.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/output.h"
#include "libvirt/operation.h"

#include <gio/gio.h>

/* Exit statuses; 128+N after signal N. */
enum {
    SB_EXIT_OK = 0,
    SB_EXIT_TESTS_FAILED = 1,
    SB_EXIT_USAGE = 2,          /**< bad usage or a bad file: nothing was touched */
    SB_EXIT_INFRASTRUCTURE = 3, /**< libvirt, the boot, or ssh */
};

typedef struct SbCommand SbCommand;

/** The call of one command. */
typedef struct {
    const SbCommand *const *commands; /**< all of them, ended by NULL */
    const SbCommand *command;         /**< the command that was called; NULL: not known yet */
    char *connect;                    /**< (nullable) --connect */
    char *pool;                       /**< (nullable) --pool; NULL: the default pool */
    char *columns;                    /**< (nullable) --columns */
    gboolean is_wide;                 /**< --wide */
    gint64 timeout_ms;                /**< --timeout; 0: not given */
    GPtrArray *settings;              /**< (nullable) of char *: KEY=VALUE of --set and --fleet */
    gboolean has_own_fleet;           /**< --fleet */
    gboolean has_unique_fleet;        /**< --fleet auto */
    SbFormat format;                  /**< --format */
    gboolean is_quiet;                /**< --quiet */
    gboolean wants_help;              /**< --help */
    char **words;           /**< (nullable) the words after "--", NULL-terminated, owned by argv */
    GPtrArray *ssh_options; /**< (nullable) of char *, owned by argv: for SB_PARSING_SSH */
    JsonObject *result;     /**< (nullable) set by sb_cli_result() */
    GPtrArray *config;      /**< (nullable) of SbConfigValue: set by sb_cli_configure() */
    SbHost *host;           /**< (nullable) set by sb_cli_host() */
} SbCli;

/** Where the options of a command end. */
typedef enum {
    SB_PARSING_ALL,     /**< nowhere: options and arguments mix */
    SB_PARSING_WORDS,   /**< at "--"; the rest is `words`: a command line for the guest */
    SB_PARSING_LEADING, /**< at the first argument or at "--"; `words` too */
    SB_PARSING_SSH,     /**< at the first argument or at "--", as ssh(1) has it; `words` too. Those
                           of ssh go to `ssh_options` */
} SbParsing;

enum { SB_ANY_NUMBER = -1 };

#define SB_CLI_ERROR (sb_cli_error_quark())
GQuark sb_cli_error_quark(void);

typedef enum {
    SB_CLI_ERROR_USAGE, /**< options or arguments are wrong */
    SB_CLI_ERROR_FILE,  /**< a file has errors, which the message lists */
} SbCliError;

/** A command: each cmd-NAME.c defines one, and commands.c lists them. */
struct SbCommand {
    const char *name;            /**< "up", or with a space "image import" */
    const char *alias;           /**< (nullable) another name, which only the manual shows */
    const char *arguments;       /**< (nullable) such as "FLEET.yaml" */
    const char *summary;         /**< one line */
    const char *details;         /**< (nullable) more, for --help */
    const GOptionEntry *options; /**< (nullable) */
    SbParsing parsing;
    gboolean shows_config; /**< it shows the user's defaults, and does not use them */
    gboolean tells_events; /**< --format json prints events, and a result at the end */
    int min_arguments;
    int max_arguments; /**< or SB_ANY_NUMBER */

    /**
     * @param arguments  without options and words: as many as the command takes, NULL-terminated
     * @return the exit status
     */
    int (*run)(SbCli *cli, char **arguments);
};

/**
 * The libvirt host. The first call connects to it.
 *
 * @return (transfer none) or NULL with an SbLibvirtError
 */
SbHost *sb_cli_host(SbCli *cli, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Prints ERROR on stderr, and keeps it for sb_cli_end(). Returns its exit status: SB_EXIT_USAGE
 * for bad input, 128 + N for a signal, otherwise SB_EXIT_INFRASTRUCTURE. */
int sb_cli_fail(const GError *error);

/** The same for bad input that TEXT (printed without "seedbed: ") tells, such as all errors of a
 * file. Returns SB_EXIT_USAGE. */
int sb_cli_refuse(const char *text);

/** Prints "seedbed: MESSAGE" on stderr, with a pointer to --help, and returns SB_EXIT_USAGE. */
int sb_cli_usage(const SbCli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Prints TABLE as --wide and --columns say, by default cut to the terminal. Returns SB_EXIT_OK, or
 * SB_EXIT_USAGE after it said that there is no such column. */
int sb_cli_print_table(const SbCli *cli, SbTable *table);

/**
 * The work of a command on the libvirt host, which signals cancel.
 *
 * @param event  (nullable) shows its events to people, unless sb_cli_listen() takes them
 * @return its host is NULL, with an SbLibvirtError, if there is no connection
 */
SbOperation sb_cli_operation(SbCli *cli, SbEventFunc event, gpointer data,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** With --format json, lets OPERATION print its events as JSON, and not show them to people. */
void sb_cli_listen(const SbCli *cli, SbOperation *operation);

/** Members of the document that ends the output with --format json, beside `command` and
 * `exit_status`. (transfer none) */
JsonObject *sb_cli_result(SbCli *cli);

/** An SbEventFunc that shows an SB_EVENT_NOTE, unless the SbCli at DATA is quiet. */
void sb_cli_show_note(const SbEvent *event, gpointer data);

/** Ends the output of --format json: prints the error, if one was told; otherwise, if the command
 * tells events, its result. STATUS is the exit status. */
void sb_cli_end(SbCli *cli, int status);

/** The one GCancellable of the process. From the first call on, SIGINT, SIGTERM and SIGHUP cancel
 * it and do nothing else. (transfer none) */
GCancellable *sb_cli_catch_signals(void);

/** The exit status 128 + N if the signal N was caught; if none was, OTHERWISE. */
int sb_cli_signal_status(int otherwise);
