/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"

#include "base/array.h"
#include "base/json-members.h"
#include "doctor/doctor.h"
#include "model/volume-names.h"

#include <stdio.h>

static gboolean is_deep;

static const GOptionEntry entries[] = {
    {"deep", 0, 0, G_OPTION_ARG_NONE, &is_deep,
     "also make a network, start machines without disks, and remove them", NULL},
    SB_OPTION_FORMAT,
    SB_OPTION_POOL,
    G_OPTION_ENTRY_NULL};

static const char *const words[] = {
    [SB_HEALTH_FINE] = "ok", [SB_HEALTH_WARNING] = "warning", [SB_HEALTH_BROKEN] = "broken"};

static void print_json(const GPtrArray *found)
{
    JsonBuilder *builder = sb_json_document("doctor");
    json_builder_set_member_name(builder, "checks");
    json_builder_begin_array(builder);
    SB_EACH(const SbFoundHealth, one, found) {
        json_builder_begin_object(builder);
        sb_json_add_text(builder, "check", one->check);
        sb_json_add_text(builder, "health", words[one->health]);
        sb_json_add_text(builder, "found", one->found);
        sb_json_add_text(builder, "why", one->why);
        sb_json_add_text(builder, "mend", one->mend);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    sb_json_print(builder);
}

static void print_text(const SbCli *cli, const GPtrArray *found)
{
    SB_EACH(const SbFoundHealth, one, found) {
        if (one->health != SB_HEALTH_FINE)
            sb_output_say(stdout, 4, "%s: %s: %s\n  why: %s\n  mend: %s", words[one->health],
                          one->check, one->found, one->why, one->mend ? one->mend : "-");
        else if (!cli->is_quiet)
            sb_output_say(stdout, 4, "ok: %s: %s", one->check, one->found);
    }
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_autoptr(GPtrArray) found =
        sb_doctor(host, error, cli->pool ? cli->pool : SB_DEFAULT_POOL, is_deep);
    SbHealth worst = SB_HEALTH_FINE;
    SB_EACH(const SbFoundHealth, one, found)
        worst = MAX(worst, one->health);
    if (cli->format == SB_FORMAT_JSON)
        print_json(found);
    else
        print_text(cli, found);
    return worst == SB_HEALTH_BROKEN    ? SB_EXIT_INFRASTRUCTURE
           : worst == SB_HEALTH_WARNING ? SB_EXIT_TESTS_FAILED
                                        : SB_EXIT_OK;
}

const SbCommand sb_command_doctor = {
    .name = "doctor",
    .summary = "look for what keeps machines from working on this host",
    .details = "Each check says what it found, why that matters, and how to mend it. Nothing is "
               "changed, but for what --deep makes and removes again. The exit status is 1 for "
               "warnings, and 3 if machines cannot work.",
    .options = entries,
    .run = run,
};
