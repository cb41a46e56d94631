/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* seedbed: grows disposable test machines with libvirt. See seedbed(1). */
#include "base/names.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/tried-words.h"
#include "local/ssh-options.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <seedbed-version.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUMMARY_COLUMN = 17 };

/* The commands whose names begin with PREFIX. */
static void add_commands(GString *help, const char *prefix)
{
    g_string_append(help, "Commands:\n");
    for (const SbCommand *const *command = sb_commands; *command; command++)
        if (g_str_has_prefix((*command)->name, prefix))
            sb_help_add_row(help, SUMMARY_COLUMN, (*command)->name, (*command)->summary);
}

static gboolean show_version;
static const GOptionEntry entries[] = {
    {"version", 'V', 0, G_OPTION_ARG_NONE, &show_version, "show the version", NULL},
    G_OPTION_ENTRY_NULL};

static void print_help(FILE *to)
{
    GString *help = g_string_new("Usage: seedbed [OPTION…] COMMAND [OPTION…] [ARGUMENT…]\n\n");
    sb_help_add_text(help, "Grows disposable test machines with libvirt, from a cloud image and a "
                           "cloud-init seed.\n");
    add_commands(help, "");
    g_string_append(help, "\nOptions, before or after the command:\n");
    sb_help_add_options(help, sb_common_options);
    g_string_append(help, "\nOptions without a command:\n");
    sb_help_add_options(help, entries);
    g_string_append(help, "\nSee seedbed(1), and seedbed-fleet(5) for the fleet file.\n");
    sb_help_print(help, to);
}

/* The command NAME. (nullable) */
static const SbCommand *find_command(const char *name)
{
    for (const SbCommand *const *command = sb_commands; *command; command++)
        if (strcmp((*command)->name, name) == 0 || g_strcmp0((*command)->alias, name) == 0)
            return *command;
    return NULL;
}

/* Cuts ARGV at "--": the rest is a command line for the guest. Returns the new ARGC. */
static int take_words(SbCli *cli, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") != 0)
            continue;
        cli->words = argv + i + 1;
        argv[i] = NULL;
        return i;
    }
    return argc;
}

/* Parses the options of COMMAND and the common ones, then calls it or shows its help. ARGV[0] is
 * its name. Returns the exit status; errors are printed. */
static int call(SbCli *cli, const SbCommand *command, int argc, char **argv)
{
    cli->command = command;
    if (command->parsing != SB_PARSING_ALL)
        argc = take_words(cli, argc, argv);
    g_autoptr(GError) error = NULL;
    gboolean is_ssh = command->parsing == SB_PARSING_SSH;
    if (is_ssh)
        cli->ssh_options = sb_ssh_options_take(&argc, argv, sb_common_options, &error);
    gboolean is_leading = is_ssh || command->parsing == SB_PARSING_LEADING;
    gboolean is_parsed =
        !error && sb_options_parse(cli, command->options, is_leading, &argc, &argv, &error);
    if (cli->wants_help) {
        sb_help_print_command(command);
        return SB_EXIT_OK;
    }
    if (!is_parsed)
        return sb_cli_usage(cli, "%s", error->message);
    int count = argc - 1;
    if (count < command->min_arguments ||
        (command->max_arguments != SB_ANY_NUMBER && count > command->max_arguments)) {
        g_autofree char *usage = g_strjoin(" ", command->name, command->arguments, NULL);
        return sb_cli_usage(cli, "usage: seedbed %s", usage);
    }
    return sb_cli_configure(cli) ? command->run(cli, argv + 1) : SB_EXIT_USAGE;
}

/* Finds a command by the first two words of ARGV, such as "image import", or by the first one.
 * *WORDS_OUT is their number. (nullable) */
static const SbCommand *take_command(int argc, char **argv, int *words_out)
{
    if (argc >= 2) {
        g_autofree char *two_words = g_strdup_printf("%s %s", argv[0], argv[1]);
        const SbCommand *command = find_command(two_words);
        *words_out = 2;
        if (command)
            return command;
    }
    *words_out = 1;
    return find_command(argv[0]);
}

/* GROUP is only the first word of commands, such as "image". */
static int not_a_command(const SbCli *cli, const char *group, const char *word)
{
    g_autofree char *prefix = g_strdup_printf("%s ", group);
    if (g_strcmp0(word, "--help") == 0 || g_strcmp0(word, "-h") == 0) {
        GString *help = g_string_new(NULL);
        add_commands(help, prefix);
        sb_help_print(help, stdout);
        return SB_EXIT_OK;
    }
    g_autoptr(GString) members = g_string_new(NULL);
    for (const SbCommand *const *command = sb_commands; *command; command++)
        if (g_str_has_prefix((*command)->name, prefix))
            g_string_append_printf(members, "%s'%s'", members->len ? ", " : "", (*command)->name);
    return sb_cli_usage(cli, "'%s' is one of %s", group, members->str);
}

static int unknown_command(const SbCli *cli, int argc, char **argv)
{
    g_autofree char *prefix = g_strdup_printf("%s ", argv[0]);
    g_autofree char *two_words = argc > 1 ? g_strconcat(prefix, argv[1], NULL) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    gboolean is_group = FALSE;
    for (const SbCommand *const *command = sb_commands; *command; command++) {
        g_ptr_array_add(names, (gpointer)(*command)->name);
        is_group |= g_str_has_prefix((*command)->name, prefix);
    }
    g_ptr_array_add(names, NULL);
    const char *tried = is_group && two_words ? two_words : argv[0];
    const char *meaning = sb_tried_words_meaning(tried);
    if (meaning)
        return sb_cli_usage(cli, "no command '%s': here it is 'seedbed %s'", tried, meaning);
    const char *nearest = sb_nearest_name(tried, (const char *const *)names->pdata);
    if (is_group && !nearest)
        return not_a_command(cli, argv[0], argc > 1 ? argv[1] : NULL);
    g_autofree char *shown = g_strescape(tried, NULL);
    return sb_cli_usage(cli, "no command '%.60s'%s%s%s", shown, nearest ? ": did you mean '" : "",
                        nearest ? nearest : "", nearest ? "'?" : "");
}

static int run(SbCli *cli, int argc, char **argv)
{
    int words;
    const SbCommand *command = take_command(argc, argv, &words);
    if (!command)
        return unknown_command(cli, argc, argv);
    return call(cli, command, argc - words + 1, argv + words - 1);
}

/* `help COMMAND` is `COMMAND --help`. */
static int help(SbCli *cli, int argc, char **argv)
{
    static char option[] = "--help";
    if (argc < 2 || strcmp(argv[0], "help") != 0) {
        print_help(stdout);
        return SB_EXIT_OK;
    }
    memmove(argv, argv + 1, (argc - 1) * sizeof *argv);
    argv[argc - 1] = option;
    return run(cli, argc, argv);
}

/* Output that was not written is a failure, unless its reader has closed the pipe. */
static int flush_output(int status)
{
    errno = 0;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || sb_output_reader_is_gone())
        return status;
    fprintf(stderr, "seedbed: cannot write to standard output: %s\n",
            errno ? g_strerror(errno) : "it is not complete");
    return status == SB_EXIT_OK ? SB_EXIT_INFRASTRUCTURE : status;
}

/* If a standard stream is closed, the next file or socket would get its number, and then the
 * output. So an unusable file takes the number first, and the failure is seen. */
static void reserve_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            exit(SB_EXIT_INFRASTRUCTURE);
}

int main(int argc, char **argv)
{
    reserve_standard_streams();
    setlocale(LC_ALL, "");
    /* When a reader has closed the pipe, write() fails, and that is checked. The signal would end
     * the process in the middle of undoing something. */
    signal(SIGPIPE, SIG_IGN);
    SbCli cli = {.commands = sb_commands};
    g_autoptr(GError) error = NULL;
    int status = SB_EXIT_OK;
    /* The options after the name of the command belong to the command. */
    if (!sb_options_parse(&cli, entries, TRUE, &argc, &argv, &error)) {
        status = sb_cli_usage(&cli, "%s", error->message);
    } else if (show_version) {
        puts("seedbed " SB_VERSION);
    } else if (cli.wants_help || (argc > 1 && strcmp(argv[1], "help") == 0)) {
        status = help(&cli, argc - 1, argv + 1);
    } else if (argc < 2) {
        print_help(stderr);
        status = SB_EXIT_USAGE;
    } else {
        status = run(&cli, argc - 1, argv + 1);
    }
    sb_cli_end(&cli, status);
    g_clear_pointer(&cli.host, sb_host_free);
    g_free(cli.connect);
    g_free(cli.pool);
    g_free(cli.columns);
    g_clear_pointer(&cli.settings, g_ptr_array_unref);
    g_clear_pointer(&cli.ssh_options, g_ptr_array_unref);
    g_clear_pointer(&cli.config, g_ptr_array_unref);
    return flush_output(status);
}
