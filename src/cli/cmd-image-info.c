/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/image-json.h"
#include "cli/open-pool.h"
#include "cli/options.h"

#include "base/text.h"
#include "base/units.h"

#include <stdio.h>
#include <string.h>

static gboolean is_all;

static const GOptionEntry entries[] = {SB_OPTION_ALL_VERSIONS(is_all), SB_OPTION_FORMAT,
                                       SB_OPTION_POOL, G_OPTION_ENTRY_NULL};

G_GNUC_PRINTF(2, 3)
static void fact(const char *name, const char *format, ...)
{
    SB_TEXT_FORMAT(text, format);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        printf("%-14s %s\n", i ? "" : name, lines[i]);
}

static void print_header(const SbImage *image)
{
    const SbQcow2Header *header = &image->qcow2;
    if (strcmp(image->format, "raw") == 0) {
        fact("format", "raw: the disk, byte by byte");
        return;
    }
    g_autofree char *cluster = sb_size_format(G_GUINT64_CONSTANT(1) << header->cluster_bits);
    fact("format", "qcow2 version %u, clusters of %s, %s, %u snapshots%s", header->version, cluster,
         header->is_zstd ? "zstd" : "zlib", header->snapshots,
         header->incompatible_features & 1 ? ", not closed properly" : "");
}

/* An image has three sizes; each of them is called its size somewhere. */
static void print_sizes(const SbImage *image)
{
    g_autofree char *virtual_size = sb_size_format(image->virtual_bytes);
    g_autofree char *length = sb_size_format(image->file_bytes);
    g_autofree char *on_disk = sb_size_format(image->allocated_bytes);
    fact("virtual size",
         "%s (%" G_GUINT64_FORMAT " bytes): the disk that a machine sees; its own can be "
         "larger, not smaller",
         virtual_size, image->virtual_bytes);
    fact("file", "%s (%" G_GUINT64_FORMAT " bytes): the volume, with the used parts of the disk%s",
         length, image->file_bytes,
         strcmp(image->format, "raw") == 0 ? ", and the rest as holes" : ", often compressed");
    fact("on disk", "%s: what the volume takes of the pool, without holes", on_disk);
}

static void print_users(const SbImageState *state)
{
    g_autofree char *machines = sb_join_names(state->machines, ", ");
    g_autofree char *overlays = sb_join_names(state->overlays, "\n");
    fact("backing chain", "none: it has no backing file and no data file");
    fact("overlays", "%s", overlays ? overlays : "none");
    fact("machines", "%s", machines ? machines : "none");
}

static void print_record(const SbImageState *state)
{
    const SbImageRecord *record = state->record;
    g_autofree char *when = sb_image_imported(state), *age = sb_age_since(when);
    fact("imported", "%s (%s ago)%s%s", when, age, record ? ", by seedbed " : "",
         record ? record->seedbed : "");
    if (!record) {
        fact("from", "not known: it has no record");
        return;
    }
    fact("from", "%s", record->source ? record->source : "not known");
    if (record->catalogue)
        fact("catalogue", "%s", record->catalogue);
    fact("verified", "%s", record->verified ? record->verified : "nothing");
    fact("architecture", "%s", record->arch ? record->arch : "not known");
    if (record->file_sha256)
        fact("file sha256", "%s: of the compressed file that was imported", record->file_sha256);
    if (record->base_image)
        fact("made from", "%s (%s)", record->base_image,
             record->base_digest ? record->base_digest : "version not known");
    for (guint i = 0; i < record->inputs->len; i++) {
        const SbImageInput *input = g_ptr_array_index(record->inputs, i);
        fact(i ? "" : "and from", "%s (%s)", input->name, input->sha256);
    }
}

static void print_facts(const SbImageState *state)
{
    const SbImage *image = state->image;
    fact("image", "%s", image->name);
    fact("version", "%s%s", image->digest, state->is_current ? ", the current one" : "");
    fact("sha256", "%s", state->record ? state->record->sha256 : "not known: it has no record");
    fact("volume", "%s", image->path);
    if (state->problem) {
        fact("problem", "%s", state->problem);
    } else {
        print_header(image);
        print_sizes(image);
    }
    print_users(state);
    print_record(state);
}

static void print_text(const GPtrArray *states)
{
    gboolean is_first = TRUE;
    for (guint i = 0; i < states->len; i++) {
        if (!sb_image_is_shown(g_ptr_array_index(states, i), is_all))
            continue;
        fputs(is_first ? "" : "\n", stdout);
        print_facts(g_ptr_array_index(states, i));
        is_first = FALSE;
    }
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbOpenPool) pool = sb_open_pool_new(cli, cli->pool, &error);
    g_autoptr(GPtrArray) states = pool ? sb_open_pool_states(pool, arguments[0], &error) : NULL;
    if (!states)
        return sb_cli_fail(error);
    sb_image_tell_doubt(states);
    if (cli->format == SB_FORMAT_JSON)
        sb_image_json_print(states, NULL, is_all);
    else
        print_text(states);
    return SB_EXIT_OK;
}

const SbCommand sb_command_image_info = {
    .name = "image info",
    .arguments = "NAME",
    .summary = "show everything that is known about an image",
    .details = "This is its header, its three sizes, what is based on it, which domains use it, "
               "and its source.",
    .options = entries,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
