/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/image-json.h"
#include "cli/open-pool.h"
#include "cli/options.h"

#include "base/array.h"
#include "base/units.h"
#include "image/warm-state.h"

#include <stdio.h>

static gboolean is_all;

static const GOptionEntry entries[] = {SB_OPTION_ALL_VERSIONS(is_all), SB_OPTION_FORMAT,
                                       SB_OPTION_TABLE, SB_OPTION_POOL, G_OPTION_ENTRY_NULL};

/* The machines, and what else is an overlay where there are none. (transfer full) (nullable) */
static char *used_by(const SbImageState *state)
{
    enum { SHOWN = 3 };
    const GPtrArray *names = state->machines->len > 0 ? state->machines : state->overlays;
    if (names->len == 0)
        return NULL;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < MIN(names->len, SHOWN); i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "",
                               (const char *)g_ptr_array_index(names, i));
    if (names->len > SHOWN)
        g_string_append_printf(text, " and %u more", names->len - SHOWN);
    return g_string_free(text, FALSE);
}

/* Where it comes from. (transfer full) (nullable) */
static char *source_of(const SbImageRecord *record)
{
    if (!record)
        return NULL;
    return record->base_image && !record->source
               ? g_strdup_printf("built on %s", record->base_image)
               : g_strdup(record->source);
}

static void add_row(SbTable *table, const SbImageState *state)
{
    const SbImage *image = state->image;
    const SbImageRecord *record = state->record;
    g_autofree char *version = g_strconcat(image->digest,
                                           state->is_unfinished ? " (unfinished)"
                                           : state->problem     ? " (damaged)"
                                           : state->is_current  ? ""
                                                                : " (old)",
                                           NULL);
    g_autofree char *virtual_size = sb_size_format(image->virtual_bytes);
    g_autofree char *on_disk = sb_size_format(image->allocated_bytes);
    g_autofree char *users = used_by(state), *when = sb_image_imported(state);
    g_autofree char *age = sb_age_since(when), *source = source_of(record);
    sb_table_add(table, image->name, record ? record->arch : NULL, version,
                 state->problem ? NULL : virtual_size, on_disk, users, age, source);
}

static int print_table(const SbCli *cli, const GPtrArray *states)
{
    g_autoptr(SbTable) table = sb_table_new("IMAGE", "ARCH", "VERSION", "VIRTUAL", "ON DISK",
                                            "USED BY", "AGE", "FROM", NULL);
    for (guint i = 0; i < states->len; i++)
        if (sb_image_is_shown(g_ptr_array_index(states, i), is_all))
            add_row(table, g_ptr_array_index(states, i));
    return sb_cli_print_table(cli, table);
}

static void add_warm_row(SbTable *table, const SbWarmState *state)
{
    const SbWarmImage *warm = state->warm;
    const SbWarmRecord *record = warm->record;
    char *const *facts = record ? record->recipe.facts : NULL;
    g_autofree char *ram =
        facts ? sb_size_format(g_ascii_strtoull(facts[SB_WARM_MEMORY], NULL, 10)) : NULL;
    g_autofree char *memory = sb_size_format(warm->memory_allocated);
    g_autofree char *on_disk = sb_size_format(warm->allocated_bytes);
    g_autofree char *users = sb_join_names(state->machines, ", ");
    g_autofree char *age = record ? sb_age_since(record->frozen) : NULL;
    g_autofree char *name = g_strconcat(warm->name, warm->problem ? " (cannot be used)" : "", NULL);
    sb_table_add(table, name, facts ? facts[SB_WARM_ARCH] : NULL,
                 facts ? facts[SB_WARM_VCPUS] : NULL, ram, memory, on_disk, users, age,
                 record ? record->image : NULL);
}

static int print_warm_table(const SbCli *cli, const GPtrArray *states)
{
    g_autoptr(SbTable) table = sb_table_new("WARM IMAGE", "ARCH", "VCPUS", "MEMORY", "FROZEN",
                                            "ON DISK", "USED BY", "AGE", "FROM", NULL);
    /* --columns is about the other table. */
    if (states->len == 0 || cli->columns)
        return SB_EXIT_OK;
    SB_EACH(const SbWarmState, state, states)
        add_warm_row(table, state);
    printf("\n");
    return sb_cli_print_table(cli, table);
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbOpenPool) pool = sb_open_pool_new(cli, cli->pool, &error);
    g_autoptr(GPtrArray) states = pool ? sb_open_pool_states(pool, NULL, &error) : NULL;
    g_autoptr(GPtrArray) warm =
        states ? sb_warm_states(pool->lease.connection, pool->pool, NULL, &error) : NULL;
    if (!warm)
        return sb_cli_fail(error);
    sb_image_tell_doubt(states);
    if (cli->format != SB_FORMAT_JSON) {
        int status = print_table(cli, states);
        return status == SB_EXIT_OK ? print_warm_table(cli, warm) : status;
    }
    sb_image_json_print(states, warm, is_all);
    return SB_EXIT_OK;
}

const SbCommand sb_command_image_list = {
    .name = "image list",
    .summary = "show the images of the pool, and its warm images",
    .options = entries,
    .run = run,
};
