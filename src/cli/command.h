/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The commands: one table, from which help, completion and the check of the manual are made.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "libvirt/connection.h"

#include <gio/gio.h>

/* Exit statuses; 128+N after signal N. */
enum {
    SB_EXIT_OK = 0,
    SB_EXIT_TESTS_FAILED = 1,
    SB_EXIT_USAGE = 2,          /**< bad usage or a bad file: nothing was touched */
    SB_EXIT_INFRASTRUCTURE = 3, /**< libvirt, the boot, or ssh */
};

/** What the options before and after the command's name say. */
typedef struct {
    const char *command; /**< its full name, such as "image list" */
    char *connect;       /**< -c/--connect, or NULL */
    gboolean is_quiet;
    char **words; /**< what came after "--", NULL-terminated, or NULL without one; owned by argv */
    SbHost *host; /**< once sb_cli_host() was called */
} SbCli;

typedef struct {
    const char *name;            /**< "up", or with a space "image import" */
    const char *arguments;       /**< such as "FLEET.yaml" */
    const char *summary;         /**< one line */
    const char *details;         /**< (nullable) more, for --help */
    const GOptionEntry *options; /**< (nullable) */
    gboolean stops_at_argument;  /**< options end at the first argument, as ssh has it */
    int (*run)(SbCli *cli, int argc, char **argv);
} SbCommand;

/** All commands, sorted as help shows them; ends with a name of NULL. */
extern const SbCommand sb_commands[];

/** The table's entry for the command called NAME; NULL if there is none. */
const SbCommand *sb_command_find(const char *name);

/**
 * Parses the rest of the command line, options of the command and common ones; --help prints and
 * exits.
 *
 * For a command whose arguments have a "--", what follows it is left alone, in CLI's `words`.
 *
 * @param min, max  how many arguments may be left (MAX -1: any number)
 * @return the arguments, NULL-terminated, owned by ARGV; or NULL after the error was printed
 */
char **sb_cli_arguments(SbCli *cli, int argc, char **argv, int min, int max);

/** Connects on the first call. (transfer none) or NULL with an error */
SbHost *sb_cli_host(SbCli *cli, GError **error);

/** Prints ERROR and returns the exit status that it stands for. */
int sb_cli_fail(const GError *error);

/** Prints "seedbed: MESSAGE" on stderr, with a pointer to --help, and returns SB_EXIT_USAGE. */
int sb_cli_usage(const SbCli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Cancelled by SIGINT, SIGTERM and SIGHUP, which this call begins to catch. (transfer none) */
GCancellable *sb_cli_catch_signals(void);

/** 128 + the signal that cancelled, or OTHERWISE. */
int sb_cli_signal_status(int otherwise);

/* The commands, one file each. */
int sb_cmd_build(SbCli *cli, int argc, char **argv);
int sb_cmd_completion(SbCli *cli, int argc, char **argv);
int sb_cmd_console(SbCli *cli, int argc, char **argv);
int sb_cmd_down(SbCli *cli, int argc, char **argv);
int sb_cmd_exec(SbCli *cli, int argc, char **argv);
int sb_cmd_image_export(SbCli *cli, int argc, char **argv);
int sb_cmd_image_fetch(SbCli *cli, int argc, char **argv);
int sb_cmd_image_import(SbCli *cli, int argc, char **argv);
int sb_cmd_image_info(SbCli *cli, int argc, char **argv);
int sb_cmd_image_list(SbCli *cli, int argc, char **argv);
int sb_cmd_image_rm(SbCli *cli, int argc, char **argv);
int sb_cmd_image_verify(SbCli *cli, int argc, char **argv);
int sb_cmd_lint(SbCli *cli, int argc, char **argv);
int sb_cmd_list(SbCli *cli, int argc, char **argv);
int sb_cmd_log(SbCli *cli, int argc, char **argv);
int sb_cmd_seed(SbCli *cli, int argc, char **argv);
int sb_cmd_ssh(SbCli *cli, int argc, char **argv);
int sb_cmd_ssh_config(SbCli *cli, int argc, char **argv);
int sb_cmd_status(SbCli *cli, int argc, char **argv);
int sb_cmd_tap(SbCli *cli, int argc, char **argv);
int sb_cmd_test(SbCli *cli, int argc, char **argv);
int sb_cmd_up(SbCli *cli, int argc, char **argv);
int sb_cmd_xml(SbCli *cli, int argc, char **argv);

extern const GOptionEntry sb_options_build[];
extern const GOptionEntry sb_options_console[];
extern const GOptionEntry sb_options_down[];
extern const GOptionEntry sb_options_image_import[];
extern const GOptionEntry sb_options_image_export[];
extern const GOptionEntry sb_options_image_fetch[];
extern const GOptionEntry sb_options_image_info[];
extern const GOptionEntry sb_options_image_list[];
extern const GOptionEntry sb_options_image_rm[];
extern const GOptionEntry sb_options_image_verify[];
extern const GOptionEntry sb_options_lint[];
extern const GOptionEntry sb_options_list[];
extern const GOptionEntry sb_options_log[];
extern const GOptionEntry sb_options_status[];
extern const GOptionEntry sb_options_tap[];
extern const GOptionEntry sb_options_test[];
extern const GOptionEntry sb_options_seed[];
extern const GOptionEntry sb_options_up[];
extern const GOptionEntry sb_options_xml[];
