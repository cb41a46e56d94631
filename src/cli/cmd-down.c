/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/load.h"
#include "cli/options.h"

#include "fleet/down.h"
#include "machine/selection.h"

#include <stdio.h>

static void on_event(const SbEvent *event, gpointer data)
{
    const SbCli *cli = data;
    sb_cli_show_note(event, data);
    if (event->kind == SB_EVENT_REMOVED && !cli->is_quiet)
        fprintf(stderr, "%s: removed\n", event->machine);
}

static char **fleets;

static const GOptionEntry entries[] = {SB_OPTION_FORMAT,
                                       {"fleet", 0, 0, G_OPTION_ARG_STRING_ARRAY, &fleets,
                                        "the fleet NAME, as NAME/; can be given several times",
                                        "NAME"},
                                       G_OPTION_ENTRY_NULL};

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) names = *arguments || !fleets ? sb_cli_names(cli, arguments) : NULL;
    if (!names && !fleets)
        return SB_EXIT_USAGE;
    for (char **name = names; name && *name; name++)
        g_ptr_array_add(words, g_strdup(*name));
    for (char **fleet = fleets; fleet && *fleet; fleet++)
        g_ptr_array_add(words, sb_selection_of_fleet(*fleet));
    g_ptr_array_add(words, NULL);
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    guint count = 0;
    SbOperation operation = {.host = host, .event = on_event, .data = cli};
    sb_cli_listen(cli, &operation);
    if (!host || !sb_down(&operation, (const char *const *)words->pdata, &count, &error))
        return sb_cli_fail(error);
    json_object_set_int_member(sb_cli_result(cli), "removed", count);
    if (count == 0 && !cli->is_quiet)
        fprintf(stderr, "nothing to do: no machine, fleet or network has that name\n");
    return SB_EXIT_OK;
}

const SbCommand sb_command_down = {
    .name = "down",
    .arguments = "[NAME…]",
    .summary = "remove fleets or machines, with everything that belongs to them",
    .details = "NAME is a fleet or a machine. If both have it, write FLEET/ for the fleet, or "
               "FLEET/GROUP-N for the machine. The fleet file is not needed; without NAME, "
               "the fleet of the folder's fleet file is meant.",
    .options = entries,
    .tells_events = TRUE,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
