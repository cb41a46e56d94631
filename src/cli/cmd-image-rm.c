/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/open-pool.h"
#include "cli/options.h"
#include "cli/transfer.h"

#include "image/warm-state.h"

#include <stdio.h>

static gboolean is_old;
static guint removed; /* versions, and warm images */

static const GOptionEntry entries[] = {
    {"old", 0, 0, G_OPTION_ARG_NONE, &is_old,
     "only versions that are neither current nor in use, and remains of killed imports", NULL},
    SB_OPTION_FORMAT,
    SB_OPTION_POOL,
    G_OPTION_ENTRY_NULL};

static gboolean remove_warm(const SbCli *cli, const SbOpenPool *pool, const char *key,
                            GError **error)
{
    if (!sb_warm_state_remove(pool->lease.connection, pool->pool, key, error))
        return FALSE;
    removed++;
    if (!cli->is_quiet)
        fprintf(stderr, "warm image 'warm-%s' removed\n", key);
    return TRUE;
}

/* Warm images go with the image that they are upon. */
static gboolean remove_all_of(const SbOpenPool *pool, const char *name, guint *versions,
                              GError **error)
{
    virConnect *connection = pool->lease.connection;
    return sb_warm_state_remove_all(connection, pool->pool, name, error) &&
           sb_image_remove_unused(connection, pool->pool, name, versions, error);
}

/* NAME is NULL for the old versions of all images. */
static gboolean remove_image(SbCli *cli, const SbOpenPool *pool, const char *name, GError **error)
{
    guint versions = 0;
    g_autofree char *key = name ? sb_warm_image_key(name) : NULL;
    if (key)
        return remove_warm(cli, pool, key, error);
    SbTransfer transfer = sb_transfer_begin(cli->is_quiet);
    SbOperation operation = {.event = sb_transfer_on_event, .data = &transfer};
    sb_cli_listen(cli, &operation);
    gboolean done = !is_old
                        ? remove_all_of(pool, name, &versions, error)
                        : sb_warm_state_sweep(pool->lease.connection, pool->pool, TRUE, error) &&
                              sb_image_remove_old(&operation, pool->lease.connection, pool->pool,
                                                  name, &versions, error);
    removed += versions;
    if (!done || cli->is_quiet)
        return done;
    if (!is_old && versions == 0)
        fprintf(stderr, "image '%s': only a record was left, and is removed\n", name);
    else if (!is_old)
        fprintf(stderr, "image '%s' removed (%u version%s)\n", name, versions,
                versions == 1 ? "" : "s");
    else if (name)
        fprintf(stderr, "image '%s': %u old versions removed\n", name, versions);
    else
        fprintf(stderr, "%u old versions removed\n", versions);
    return TRUE;
}

/* Before the first of several goes: whether each of NAMES is there, and may go. */
static gboolean check_all(const SbOpenPool *pool, char **names, GError **error)
{
    for (; *names; names++) {
        g_autofree char *key = sb_warm_image_key(*names);
        if (key)
            continue;
        g_autoptr(GPtrArray) states = sb_open_pool_states(pool, *names, error);
        if (!states)
            return FALSE;
        for (guint i = 0; !is_old && i < states->len; i++)
            if (!sb_image_state_check_unused(g_ptr_array_index(states, i), error))
                return FALSE;
    }
    return TRUE;
}

static int run(SbCli *cli, char **names)
{
    if (!*names && !is_old)
        return sb_cli_usage(cli, "image rm needs a name: 'seedbed image list' shows the images");
    g_autoptr(GError) error = NULL;
    g_autoptr(SbOpenPool) pool = sb_open_pool_new(cli, cli->pool, &error);
    gboolean is_one = !*names || !names[1];
    gboolean done = pool && (is_one || check_all(pool, names, &error)) &&
                    (*names || remove_image(cli, pool, NULL, &error));
    for (; done && *names; names++)
        done = remove_image(cli, pool, *names, &error);
    json_object_set_int_member(sb_cli_result(cli), "removed", removed);
    return done ? SB_EXIT_OK : sb_cli_fail(error);
}

const SbCommand sb_command_image_rm = {
    .name = "image rm",
    .arguments = "[NAME…]",
    .summary = "remove images that no machine uses",
    .details = "With --old, only versions that are not current are removed: without NAME, those of "
               "all images.",
    .options = entries,
    .tells_events = TRUE,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
