/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/options.h"

#include "base/units.h"
#include "fleet/gc.h"

#include <stdio.h>

enum { OLDER_THAN_MS = 2 * 60 * 60 * 1000 };

static gboolean dry_run;
static char *older_than;

static const GOptionEntry entries[] = {
    {"dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "only say what would go", NULL},
    {"older-than", 0, 0, G_OPTION_ARG_STRING, &older_than,
     "leave images and folders that are younger (default: '2 h')", "DURATION"},
    SB_OPTION_FORMAT,
    SB_OPTION_POOL,
    G_OPTION_ENTRY_NULL};

/* SB_EVENT_REMOVED says of a machine what SB_EVENT_STEP has said. */
static void on_event(const SbEvent *event, gpointer data)
{
    const SbCli *cli = data;
    if (cli->is_quiet)
        return;
    if (event->kind == SB_EVENT_STEP)
        sb_output_say(stderr, 4, "%s: %s%s", event->machine, dry_run ? "would be removed: " : "",
                      event->text);
    else if (event->kind == SB_EVENT_NOTE)
        sb_output_say(stderr, 4, "%s: %s", event->machine, event->text);
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    SbGcOptions options = {
        .pool_name = cli->pool, .older_than_ms = OLDER_THAN_MS, .is_dry_run = dry_run};
    if (older_than && !sb_duration_parse(older_than, &options.older_than_ms, &error))
        return sb_cli_usage(cli, "--older-than: %s", error->message);
    SbHost *host = sb_cli_host(cli, &error);
    SbOperation operation = {.host = host, .event = on_event, .data = cli};
    sb_cli_listen(cli, &operation);
    guint count = 0;
    gboolean is_done = host && sb_gc(&operation, &options, &count, &error);
    json_object_set_int_member(sb_cli_result(cli), "removed", dry_run ? 0 : count);
    if (!cli->is_quiet && host)
        fprintf(stderr, "%u thing%s %s removed\n", count, count == 1 ? "" : "s",
                dry_run      ? "would be"
                : count == 1 ? "was"
                             : "were");
    return is_done ? SB_EXIT_OK : sb_cli_fail(error);
}

const SbCommand sb_command_gc = {
    .name = "gc",
    .summary = "remove what nobody wants any more: expired machines, and what killed runs left",
    .details = "Machines whose lifetime is over go, machines, volumes, networks and imports of "
               "killed runs, images that builds made for themselves, and folders of fleets that do "
               "not exist. What has neither a record nor a name of seedbed is never touched.",
    .options = entries,
    .tells_events = TRUE,
    .run = run,
};
