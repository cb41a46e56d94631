/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/candidates.h"

#include "base/array.h"
#include "cli/open-pool.h"
#include "cloud-init/lint-rules.h"
#include "diagnose/topics.h"
#include "fleet-file/fleet-file.h"
#include "fleet/find-file.h"
#include "image/catalogue-files.h"
#include "libvirt/domain.h"
#include "local/input-file.h"

#include <string.h>

static void add(GPtrArray *words, const char *word)
{
    if (!g_ptr_array_find_with_equal_func(words, word, g_str_equal, NULL))
        g_ptr_array_add(words, g_strdup(word));
}

static void add_all(GPtrArray *words, const char *const *all)
{
    for (; *all; all++)
        add(words, *all);
}

/* END follows each name. */
static void add_domains(GPtrArray *words, SbCli *cli, SbWordsKind kind, const char *end)
{
    g_auto(SbLease) lease = sb_lease_take(sb_cli_host(cli, NULL), NULL);
    g_autoptr(GPtrArray) domains = lease.connection ? sb_domain_list(lease.connection, NULL) : NULL;
    SB_EACH(const SbDomain, domain, domains) {
        g_autofree char *fleet = g_strconcat(domain->metadata->fleet, end, NULL);
        g_autofree char *machine = g_strconcat(domain->name, end, NULL);
        if (kind != SB_WORDS_MACHINES)
            add(words, fleet);
        if (kind != SB_WORDS_FLEETS)
            add(words, machine);
    }
}

static void add_images(GPtrArray *words, SbCli *cli)
{
    g_autoptr(SbOpenPool) open = sb_open_pool_new(cli, cli->pool, NULL);
    g_autoptr(GPtrArray) images = open && open->pool ? sb_image_list(open->pool, NULL) : NULL;
    for (guint i = 0; images && i < images->len; i++)
        add(words, ((const SbImage *)g_ptr_array_index(images, i))->name);
}

static void add_pools(GPtrArray *words, SbCli *cli)
{
    g_auto(SbLease) lease = sb_lease_take(sb_cli_host(cli, NULL), NULL);
    g_autoptr(GPtrArray) pools = lease.connection ? sb_pool_open_all(lease.connection, NULL) : NULL;
    for (guint i = 0; pools && i < pools->len; i++)
        add(words, ((const SbPool *)g_ptr_array_index(pools, i))->name);
}

static void add_catalogue(GPtrArray *words)
{
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_files_load(SB_CATALOGUE_OF_HOST, NULL);
    const GPtrArray *images = catalogue ? sb_catalogue_images(catalogue) : NULL;
    for (guint i = 0; images && i < images->len; i++)
        add(words, ((const SbCatalogueImage *)g_ptr_array_index(images, i))->name);
}

static void add_topics(GPtrArray *words)
{
    g_autofree char *list = sb_topics_list();
    g_auto(GStrv) lines = g_strsplit(list, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *colon = strchr(*line, ':');
        if (colon) {
            *colon = '\0';
            add(words, *line);
        }
    }
}

/* One setting is one value: so the keys of lists are left out. */
static void add_settings(GPtrArray *words, const SbFleetFile *file)
{
    static const char place[] = "machines.GROUP.";
    g_autofree const char **keys = sb_fleet_file_keys();
    for (const char **key = keys; *key; key++) {
        gboolean is_of_group = g_str_has_prefix(*key, place);
        for (guint i = 0; is_of_group && file && i < file->groups->len; i++) {
            const SbGroup *group = g_ptr_array_index(file->groups, i);
            g_autofree char *word =
                g_strdup_printf("machines.%s.%s=", group->name, *key + strlen(place));
            add(words, word);
        }
        if (is_of_group || g_str_has_prefix(*key, "test") || g_str_has_prefix(*key, "build") ||
            strcmp(*key, "machines") == 0 || strcmp(*key, "defaults") == 0)
            continue;
        g_autofree char *word = g_strconcat(*key, "=", NULL);
        add(words, word);
    }
}

static void add_of_file(GPtrArray *words, SbWordsKind kind, const char *path)
{
    g_autofree char *found = path ? NULL : sb_fleet_find_file(NULL);
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(GBytes) text =
        (!path && !found) || g_strcmp0(path, "-") == 0
            ? NULL
            : sb_input_file_read(path ? path : found, SB_FLEET_FILE_MAX_BYTES, NULL);
    g_autoptr(SbFleetFile) file = text ? sb_fleet_file_parse("", g_bytes_get_data(text, NULL),
                                                             g_bytes_get_size(text), diagnostics)
                                       : NULL;
    for (guint i = 0; file && kind == SB_WORDS_GROUPS && i < file->groups->len; i++)
        add(words, ((const SbGroup *)g_ptr_array_index(file->groups, i))->name);
    for (guint i = 0; file && kind == SB_WORDS_STEPS && i < file->steps->len; i++)
        add(words, ((const SbTestStep *)g_ptr_array_index(file->steps, i))->name);
    if (kind == SB_WORDS_SETTINGS)
        add_settings(words, file);
}

void sb_candidates_add(GPtrArray *words, SbCli *cli, SbWordsKind kind, const char *fleet_file)
{
    static const char *const files[] = {":files", NULL}, *const folders[] = {":folders", NULL};
    static const char *const uris[] = {"qemu:///system", "qemu:///session", NULL};
    static const char *const networks[] = {"nat", "isolated", "user", "existing:", "bridge:", NULL};
    if (kind == SB_WORDS_FILES || kind == SB_WORDS_PATHS)
        add_all(words, files);
    if (kind == SB_WORDS_FOLDERS)
        add_all(words, folders);
    if (kind == SB_WORDS_URIS)
        add_all(words, uris);
    if (kind == SB_WORDS_NETWORKS)
        add_all(words, networks);
    if (kind == SB_WORDS_FLEETS || kind == SB_WORDS_MACHINES || kind == SB_WORDS_NAMES)
        add_domains(words, cli, kind, "");
    if (kind == SB_WORDS_PATHS)
        add_domains(words, cli, SB_WORDS_NAMES, ":");
    if (kind == SB_WORDS_IMAGES)
        add_images(words, cli);
    if (kind == SB_WORDS_POOLS)
        add_pools(words, cli);
    if (kind == SB_WORDS_CATALOGUE)
        add_catalogue(words);
    if (kind == SB_WORDS_TOPICS)
        add_topics(words);
    for (const SbLintRule *rule = sb_lint_rules; kind == SB_WORDS_RULES && rule->id; rule++)
        add(words, rule->id);
    if (kind == SB_WORDS_GROUPS || kind == SB_WORDS_STEPS || kind == SB_WORDS_SETTINGS)
        add_of_file(words, kind, fleet_file);
}
