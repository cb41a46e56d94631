/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/output.h"

#include "base/text.h"
#include "guest/exec.h"
#include "machine/lookup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    int width;       /**< of the longest name */
    int status;      /**< the highest of the commands' */
    guint unreached; /**< machines */
    gboolean is_unread;
} Run;

static void on_line(const char *machine, gboolean is_stderr, const char *line, gsize length,
                    gpointer data)
{
    Run *run = data;
    FILE *to = is_stderr ? stderr : stdout;
    fprintf(to, "%-*s | ", run->width, machine);
    if (isatty(fileno(to))) {
        g_autofree char *clean = sb_text_sanitize(line, length);
        fputs(clean, to);
    } else {
        fwrite(line, 1, length, to);
    }
    fputc('\n', to);
    fflush(to);
    /* Whoever read it has had enough: nothing goes on for nobody. */
    run->is_unread |= sb_output_reader_is_gone();
    if (run->is_unread)
        g_cancellable_cancel(sb_cli_catch_signals());
}

static void on_exited(const char *machine, int status, const GError *failure, gpointer data)
{
    Run *run = data;
    if (run->is_unread)
        return;
    if (g_cancellable_is_cancelled(sb_cli_catch_signals())) {
        fprintf(stderr, "%-*s | stopped; what runs there may go on\n", run->width, machine);
        return;
    }
    if (failure) {
        fprintf(stderr, "seedbed: %s\n", failure->message);
        run->unreached++;
        return;
    }
    if (status != 0)
        fprintf(stderr, "%-*s | exit status %d\n", run->width, machine, status);
    run->status = MAX(run->status, status);
}

/* Machines of several fleets have several ssh_configs. */
static gboolean run_in_fleet(SbHost *host, virConnect *connection, const char *fleet,
                             const GPtrArray *selected, const char *command, Run *run,
                             GError **error)
{
    static const SbExecCallbacks callbacks = {on_line, on_exited};
    g_autoptr(SbAccess) access = sb_lookup_fleet_access(host, connection, fleet, error);
    if (!access)
        return FALSE;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < selected->len; i++) {
        const SbDomain *domain = g_ptr_array_index(selected, i);
        if (strcmp(domain->metadata->fleet, fleet) != 0)
            continue;
        g_autoptr(GError) asleep = NULL;
        if (sb_lookup_check_awake(domain, &asleep) && sb_access_has(access, domain->name)) {
            g_ptr_array_add(names, domain->name);
            continue;
        }
        fprintf(stderr,
                asleep ? "seedbed: %s\n" : "seedbed: '%s' is not running or has no address\n",
                asleep ? asleep->message : domain->name);
        run->unreached++;
    }
    sb_exec(access, names, command, &callbacks, run, sb_cli_catch_signals());
    return TRUE;
}

static gboolean run_everywhere(SbHost *host, virConnect *connection, const char *const *names,
                               const char *command, Run *run, GError **error)
{
    g_autoptr(GPtrArray) selected = sb_lookup_names(connection, names, error);
    if (!selected)
        return FALSE;
    for (guint i = 0; i < selected->len; i++) {
        const SbDomain *domain = g_ptr_array_index(selected, i);
        run->width = MAX(run->width, (int)strlen(domain->name));
    }
    /* They are sorted by fleet. */
    const char *fleet = "";
    for (guint i = 0; i < selected->len; i++) {
        const SbDomain *domain = g_ptr_array_index(selected, i);
        if (strcmp(domain->metadata->fleet, fleet) == 0)
            continue;
        fleet = domain->metadata->fleet;
        if (!run_in_fleet(host, connection, fleet, selected, command, run, error))
            return FALSE;
    }
    return TRUE;
}

static int run(SbCli *cli, char **arguments)
{
    if (!cli->words || !*cli->words)
        return sb_cli_usage(cli, "exec needs machines and a command: seedbed exec NAME… -- "
                                 "COMMAND…");
    g_autofree char *command = g_strjoinv(" ", cli->words);
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    virConnect *connection = lease.connection;
    Run run = {0};
    gboolean ran = connection && run_everywhere(host, connection, (const char *const *)arguments,
                                                command, &run, &error);
    if (!ran)
        return sb_cli_fail(error);
    return sb_cli_signal_status(run.unreached ? SB_EXIT_INFRASTRUCTURE : run.status);
}

const SbCommand sb_command_exec = {
    .name = "exec",
    .arguments = "NAME… -- COMMAND…",
    .summary = "run a command on machines or whole fleets, on all at the same time",
    .details = "Each line of output begins with the name of its machine. The exit status is the "
               "highest status of the commands, or 3 if a machine was not reached.",
    .parsing = SB_PARSING_WORDS,
    .min_arguments = 1,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
