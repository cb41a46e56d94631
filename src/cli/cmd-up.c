#include "cli/command.h"
#include "cli/fetching.h"
#include "cli/load.h"
#include "cli/progress.h"
#include "cli/xml-preview.h"

#include "base/units.h"
#include "fleet/up.h"
#include "fleet/volume-names.h"

#include <stdio.h>

static char *pool_name, *timeout;
static gboolean keep, no_wait, print_xml, strict;

const GOptionEntry sb_options_up[] = {
    {"pool", 'p', 0, G_OPTION_ARG_STRING, &pool_name,
     "the storage pool with the images (default: " SB_DEFAULT_POOL ")", "POOL"},
    {"timeout", 't', 0, G_OPTION_ARG_STRING, &timeout,
     "how long each machine may take in all, such as '10 min'", "DURATION"},
    {"keep", 'k', 0, G_OPTION_ARG_NONE, &keep, "leave a machine that failed as it is", NULL},
    {"strict", 's', 0, G_OPTION_ARG_NONE, &strict,
     "fail also if cloud-init is done, but degraded (it warned)", NULL},
    {"no-wait", 0, 0, G_OPTION_ARG_NONE, &no_wait, "return when the machines are started", NULL},
    {"print-xml", 0, 0, G_OPTION_ARG_NONE, &print_xml,
     "print all XML that libvirt would get, and change nothing", NULL},
    G_OPTION_ENTRY_NULL};

typedef struct {
    const SbCli *cli;
    SbProgress *progress;
    GPtrArray *names;
    guint made, started;
} View;

static void on_planned(const SbPlan *plan, gpointer data)
{
    View *view = data;
    for (guint i = 0; i < plan->machines->len; i++) {
        const SbPlannedMachine *planned = g_ptr_array_index(plan->machines, i);
        g_ptr_array_add(view->names, g_strdup(planned->name));
        view->made += planned->action == SB_ACTION_CREATE;
        view->started += planned->action == SB_ACTION_START;
    }
    view->progress = sb_progress_new(view->names, view->cli->is_quiet);
    for (guint i = 0; i < plan->machines->len; i++) {
        const SbPlannedMachine *planned = g_ptr_array_index(plan->machines, i);
        if (planned->is_changed && planned->action != SB_ACTION_CREATE)
            sb_progress_say(
                view->progress,
                "%s: the fleet file (or a file that it names, or the image) has changed "
                "since it was made; it stays as it was: 'seedbed down %s' and 'up' make "
                "it anew",
                planned->name, planned->name);
    }
    for (guint i = 0; i < plan->surplus->len; i++) {
        const char *name = g_ptr_array_index(plan->surplus, i);
        sb_progress_say(view->progress,
                        "%s: is not in the fleet file any more; 'seedbed down %s' removes it", name,
                        name);
    }
}

static void on_stage(const char *machine, SbStage stage, gint64 elapsed_ms, gpointer data)
{
    sb_progress_stage(((View *)data)->progress, machine, stage, elapsed_ms);
}

static void on_note(const char *machine, const char *text, gpointer data)
{
    sb_progress_say(((View *)data)->progress, "%s: %s", machine, text);
}

static void on_finished(const char *machine, const GError *failure, gpointer data)
{
    View *view = data;
    sb_progress_end(view->progress, machine, failure ? SB_PROGRESS_FAILED : SB_PROGRESS_READY);
    if (failure)
        sb_progress_say(view->progress, "seedbed: %s", failure->message);
}

static void on_undoing(const char *machine, gpointer data)
{
    sb_progress_end(((View *)data)->progress, machine, SB_PROGRESS_UNDOING);
}

static void summarize(const View *view, const SbFleet *fleet)
{
    if (view->cli->is_quiet)
        return;
    const char *what = no_wait ? "started" : "ready";
    if (view->made + view->started == 0)
        fprintf(stderr, "fleet '%s': nothing to do, %u machines are %s\n", fleet->file->name,
                view->names->len, what);
    else
        fprintf(stderr, "fleet '%s': %u machines are %s (%u made, %u started again)\n",
                fleet->file->name, view->names->len, what, view->made, view->started);
}

static int bring_up(SbCli *cli, const SbFleet *fleet, const SbUpOptions *options)
{
    static const SbUpCallbacks callbacks = {on_planned, on_stage, on_note, on_finished, on_undoing};
    g_autoptr(GError) error = NULL;
    GCancellable *cancellable = sb_cli_catch_signals();
    SbHost *host = sb_cli_host(cli, &error);
    if (!host)
        return sb_cli_fail(error);
    View view = {.cli = cli, .names = g_ptr_array_new_with_free_func(g_free)};
    gboolean is_up = sb_up(host, fleet, options, &callbacks, &view, cancellable, &error);
    g_clear_pointer(&view.progress, sb_progress_free);
    int status = SB_EXIT_OK;
    if (is_up)
        summarize(&view, fleet);
    else
        status = sb_cli_fail(error);
    g_ptr_array_unref(view.names);
    return status;
}

int sb_cmd_up(SbCli *cli, int argc, char **argv)
{
    char **arguments = sb_cli_arguments(cli, argc, argv, 1, 1);
    if (!arguments)
        return SB_EXIT_USAGE;
    SbUpOptions options = {.pool_name = pool_name ? pool_name : SB_DEFAULT_POOL,
                           .keep = keep,
                           .is_strict = strict,
                           .no_wait = no_wait};
    g_autoptr(GError) error = NULL;
    if (timeout && !sb_duration_parse(timeout, &options.timeout_ms, &error))
        return sb_cli_usage(cli, "--timeout: %s", error->message);
    g_autoptr(SbFleet) fleet = sb_cli_load_fleet(cli, arguments[0]);
    if (!fleet)
        return SB_EXIT_USAGE;
    if (print_xml)
        return sb_xml_preview(cli, fleet, options.pool_name);
    int status = sb_cli_fetch_images(cli, fleet, pool_name);
    return status == SB_EXIT_OK ? bring_up(cli, fleet, &options) : status;
}
