/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/seed-meta.h"

#include "base/datum.h"
#include "base/text.h"

#include <string.h>

enum { MAX_HOSTNAME = 253 };

GBytes *sb_seed_meta_make(const SbSeedMeta *content)
{
    GBytes *const parts[] = {content->user_data, content->network_config, content->vendor_data};
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        gsize length = 0;
        const guchar *data = parts[i] ? g_bytes_get_data(parts[i], &length) : NULL;
        g_autofree char *head = g_strdup_printf("%zu:%zu:", i, length);
        g_checksum_update(sum, (const guchar *)head, -1);
        if (data)
            g_checksum_update(sum, data, (gssize)length);
    }
    g_checksum_update(sum, (const guchar *)(content->hostname ? content->hostname : ""), -1);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "instance-id: \"seed-%.16s\"\n", g_checksum_get_string(sum));
    if (content->hostname)
        g_string_append_printf(text, "local-hostname: \"%s\"\n", content->hostname);
    return g_string_free_to_bytes(text);
}

char *sb_seed_meta_text(GBytes *meta_data, const char *key)
{
    g_autoptr(SbDiagnostics) ignored = sb_diagnostics_new();
    gsize length;
    const char *text = meta_data ? g_bytes_get_data(meta_data, &length) : NULL;
    g_autoptr(SbDocument) document =
        text ? sb_document_load("meta-data", text, length, ignored) : NULL;
    const SbDatum *value = document ? sb_datum_get(sb_document_root(document), key) : NULL;
    return value && value->text ? sb_text_one_line(value->text) : NULL;
}

gboolean sb_seed_meta_is_hostname(const char *name)
{
    gsize length = strlen(name);
    return length > 0 && length <= MAX_HOSTNAME && name[0] != '-' && name[0] != '.' &&
           strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-") == length;
}
