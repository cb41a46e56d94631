/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "fleet-file/environment.h"
#include "local/ssh.h"
#include "machine/lookup.h"
#include "machine/status.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SSH_FAILED = 255 };

/* A terminal of the guest joins stderr and stdout, and changes line ends: files and pipes must not
 * get that. */
static gboolean is_interactive(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
}

/* In the child. A signal to this process ends ssh too, and Ctrl-C is ssh's matter. */
static void set_up_child(gpointer data)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
}

/* The exit status of PID, whose signal ends this process as well; if it stops itself, as ssh does
 * by "~^Z", so does this process. */
static int wait_for(GPid pid)
{
    int status = 0;
    while (waitpid(pid, &status, WUNTRACED) < 0 ? errno == EINTR : WIFSTOPPED(status))
        if (WIFSTOPPED(status))
            raise(SIGSTOP);
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return SB_EXIT_INFRASTRUCTURE;
}

/* Says why MACHINE is not reached, if that is why ssh failed: a command can exit with 255, too. */
static void explain(SbCli *cli, const char *machine)
{
    g_autoptr(GError) error = NULL;
    const SbOperation operation = sb_cli_operation(cli, NULL, NULL, &error);
    g_autoptr(SbStatus) status = operation.host ? sb_status(&operation, machine, &error) : NULL;
    if (!status || !status->diagnosis)
        return;
    g_autofree char *text = sb_diagnosis_text(status->diagnosis, NULL);
    fprintf(stderr, "seedbed: '%s' was not reached: %s\n", machine, text);
}

static int run_ssh(SbCli *cli, const char *machine, char **ssh)
{
    g_autoptr(GError) error = NULL;
    GPid pid;
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    if (!g_spawn_async(NULL, ssh, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                           G_SPAWN_CHILD_INHERITS_STDIN,
                       set_up_child, NULL, &pid, &error)) {
        fprintf(stderr, "seedbed: cannot start ssh (install 'openssh-client'): %s\n",
                error->message);
        return SB_EXIT_INFRASTRUCTURE;
    }
    int status = wait_for(pid);
    if (status == SSH_FAILED)
        explain(cli, machine);
    return status;
}

/* No connection stays open, because nothing answers libvirtd while ssh runs. */
static SbAccess *find_access(SbCli *cli, const char *machine, GError **error)
{
    SbAccess *access = NULL;
    {
        SbHost *host = sb_cli_host(cli, error);
        g_auto(SbLease) lease = sb_lease_take(host, error);
        if (lease.connection)
            access = sb_lookup_access(host, lease.connection, machine, error);
    }
    g_clear_pointer(&cli->host, sb_host_free);
    return access;
}

static int run(SbCli *cli, char **arguments)
{
    const char *machine = arguments[0];
    char **words = cli->words ? cli->words : arguments + 1;
    if (cli->words && arguments[1])
        return sb_cli_usage(cli, "ssh takes one machine: 'seedbed exec' takes several");
    g_autoptr(GError) error = NULL;
    g_autoptr(SbAccess) access = find_access(cli, machine, &error);
    if (!access)
        return sb_cli_fail(error);
    g_autofree char *line = *words ? g_strjoinv(" ", words) : NULL;
    g_autofree char *command = line ? sb_environment_wrap(line) : NULL;
    if (command && is_interactive())
        g_ptr_array_insert(cli->ssh_options, 0, (gpointer) "-t"); /* a -T after it counts */
    /* As long as 'exec' tries. The user's own option comes before it, and counts. */
    g_ptr_array_add(cli->ssh_options, (gpointer) "-oConnectTimeout=45");
    g_ptr_array_add(cli->ssh_options, NULL);
    g_auto(GStrv) ssh = sb_ssh_command(sb_access_config_path(access), machine,
                                       (const char *const *)cli->ssh_options->pdata, command);
    return run_ssh(cli, machine, ssh);
}

const SbCommand sb_command_ssh = {
    .name = "ssh",
    .arguments = "MACHINE [-- COMMAND…]",
    .summary = "log in to a machine, or run a command in it",
    .details = "As with ssh, the words of COMMAND are joined with spaces, and the shell of the "
               "guest reads them. On a terminal the command gets one. The exit status is the "
               "status of the command.\n\n"
               "OPTION can be any of ssh(1), such as -t, -A or -L, before MACHINE. "
               "Options that would weaken the check of the host key are refused.",
    .parsing = SB_PARSING_SSH,
    .min_arguments = 1,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
