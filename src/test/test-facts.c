/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-facts.h"

#include <stdlib.h>
#include <string.h>

char *sb_test_facts_accelerator(const SbPlatform *platform)
{
    return g_strdup_printf(
        "%s, %s", sb_platform_is_emulated(platform) ? "qemu (emulation)" : platform->virt_type,
        platform->machine);
}

/* libvirt's numbers are 1000000 * major + 1000 * minor + release. */
static void add_version(SbReport *report, const char *name, gulong version)
{
    g_autofree char *text =
        g_strdup_printf("%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
    sb_report_add_property(report, name, text);
}

/* Without QEMU's version: libvirt needs seconds for it, and tells that of the QEMU for the host's
 * own architecture. The machine type contains the version that matters. */
static void add_host(SbReport *report, virConnect *connection)
{
    g_autofree char *host = NULL, *uri = NULL;
    gulong version = sb_libvirt_describe(connection, &host, &uri);
    if (version)
        add_version(report, "libvirt", version);
    if (host)
        sb_report_add_property(report, "host", host);
    if (uri)
        sb_report_add_property(report, "uri", uri);
}

/* The images that the machines were made of; the pool may have newer ones. "NAME.DIGEST". */
static void add_images(SbReport *report, const GPtrArray *domains)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GString) images = g_string_new(NULL);
    for (guint i = 0; i < domains->len; i++) {
        const SbMetadata *metadata = ((const SbDomain *)domains->pdata[i])->metadata;
        if (!g_hash_table_add(seen, metadata->image_volume))
            continue;
        const char *digest = metadata->image_volume;
        gsize prefix = strlen(metadata->image) + 1;
        g_autofree char *hex =
            strlen(digest) > prefix ? g_strndup(digest + prefix, 16) : g_strdup(digest);
        g_string_append_printf(images, "%s%s sha256:%s", images->len ? ", " : "", metadata->image,
                               hex);
    }
    if (images->len > 0)
        sb_report_add_property(report, "images", images->str);
}

void sb_test_facts_add(SbReport *report, virConnect *connection, const SbFleetFile *fleet,
                       const GPtrArray *domains, const char *accelerators,
                       const SbTestSelection *selection)
{
    g_autofree char *digest = g_strdup_printf("sha256:%s", fleet->digest);
    g_autofree char *seed = g_strdup_printf("%u", selection->seed);
    g_autofree char *repeat = g_strdup_printf("%u", selection->repeat);
    g_autofree char *shard = g_strdup_printf("%u/%u", selection->shard, selection->shards);
    sb_report_add_property(report, "fleet", fleet->name);
    sb_report_add_property(report, "fleet_file", fleet->file);
    sb_report_add_property(report, "fleet_file_digest", digest);
    if (domains)
        add_images(report, domains);
    sb_report_add_property(report, "seedbed", PACKAGE_VERSION);
    if (connection)
        add_host(report, connection);
    if (accelerators)
        sb_report_add_property(report, "accelerator", accelerators);
    if (selection->is_shuffled)
        sb_report_add_property(report, "seed", seed);
    if (selection->repeat > 1)
        sb_report_add_property(report, "repeat", repeat);
    if (selection->shards > 0)
        sb_report_add_property(report, "shard", shard);
}
