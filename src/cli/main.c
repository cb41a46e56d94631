/* seedbed: grows disposable test machines with libvirt. See seedbed(1). */
#include "base/names.h"
#include "cli/command.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void print_help(FILE *to)
{
    fputs(
        "Usage: seedbed [-c URI] COMMAND [OPTION…] [ARGUMENT…]\n\n"
        "Grows disposable test machines with libvirt, from a cloud image and a cloud-init seed.\n\n"
        "Commands:\n",
        to);
    for (const SbCommand *command = sb_commands; command->name; command++)
        fprintf(to, "  %-14s %s\n", command->name, command->summary);
    fputs("\nOptions before or after the command:\n"
          "  -c, --connect URI  libvirt's URI (default: $LIBVIRT_DEFAULT_URI, then libvirt's own)\n"
          "  -q, --quiet        only say what went wrong\n"
          "  -h, --help         this, or after a command its own help\n"
          "  -V, --version      the version\n\n"
          "See seedbed(1), and seedbed-fleet(5) for the fleet file.\n",
          to);
}

/* "image" and "import" are one command's name. */
static const SbCommand *take_command(int argc, char **argv, int *words_out)
{
    if (argc >= 2) {
        g_autofree char *two_words = g_strdup_printf("%s %s", argv[0], argv[1]);
        const SbCommand *command = sb_command_find(two_words);
        *words_out = 2;
        if (command)
            return command;
    }
    *words_out = 1;
    return sb_command_find(argv[0]);
}

static int unknown_command(const SbCli *cli, int argc, char **argv)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GString *of_group = g_string_new(NULL);
    g_autofree char *prefix = g_strdup_printf("%s ", argv[0]);
    for (const SbCommand *command = sb_commands; command->name; command++) {
        g_ptr_array_add(names, (gpointer)command->name);
        if (g_str_has_prefix(command->name, prefix))
            g_string_append_printf(of_group, "%s'%s'", of_group->len ? ", " : "", command->name);
    }
    g_ptr_array_add(names, NULL);
    int status;
    const char *nearest = sb_nearest_name(argv[0], (const char *const *)names->pdata);
    if (of_group->len)
        status = sb_cli_usage(cli, "'%s' is one of %s", argv[0], of_group->str);
    else
        status = sb_cli_usage(cli, "no command '%.60s'%s%s%s", argv[0],
                              nearest ? ": did you mean '" : "", nearest ? nearest : "",
                              nearest ? "'?" : "");
    g_string_free(of_group, TRUE);
    return status;
}

static int run(SbCli *cli, int argc, char **argv)
{
    int words;
    const SbCommand *command = take_command(argc, argv, &words);
    if (!command)
        return unknown_command(cli, argc, argv);
    cli->command = command->name;
    return command->run(cli, argc - words + 1, argv + words - 1);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    /* A reader that went away is an error of write(), which is looked at, and no reason to die in
     * the middle of undoing something. */
    signal(SIGPIPE, SIG_IGN);
    SbCli cli = {0};
    gboolean show_version = FALSE, show_help = FALSE;
    const GOptionEntry options[] = {
        {"connect", 'c', 0, G_OPTION_ARG_STRING, &cli.connect, NULL, NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &cli.is_quiet, NULL, NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &show_version, NULL, NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &show_help, NULL, NULL},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    /* Options behind the command's name are the command's. */
    g_option_context_set_strict_posix(context, TRUE);
    g_option_context_add_main_entries(context, options, NULL);
    g_autoptr(GError) error = NULL;
    int status = SB_EXIT_OK;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        status = sb_cli_usage(&cli, "%s", error->message);
    } else if (show_version) {
        puts(PACKAGE_STRING);
    } else if (show_help || (argc > 1 && strcmp(argv[1], "help") == 0)) {
        print_help(stdout);
    } else if (argc < 2) {
        print_help(stderr);
        status = SB_EXIT_USAGE;
    } else {
        status = run(&cli, argc - 1, argv + 1);
    }
    g_clear_pointer(&cli.host, sb_host_free);
    g_free(cli.connect);
    return status;
}
