/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: any text is refused, or it is the metadata of a machine, with values that are safe
 * in known_hosts, ssh_config and tables, and that reads back as it was.
 *
 * Another user of the same libvirtd can write it. See main.c for how to run it.
 */
#include "model/metadata.h"
#include "base/text.h"
#include "fuzz.h"

#include <string.h>

static void check_text(const char *text)
{
    if (!text)
        return;
    g_autofree char *clean = sb_text_sanitize(text, strlen(text));
    g_assert_cmpstr(text, ==, clean);
    g_assert_null(strpbrk(text, "\n\"'`$\\"));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbMetadata) metadata = sb_metadata_parse(text, &error);
    g_assert_true((metadata == NULL) == (error != NULL));
    if (!metadata) {
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    const char *texts[] = {metadata->fleet,   metadata->group,        metadata->image,
                           metadata->pool,    metadata->image_volume, metadata->created,
                           metadata->expires, metadata->spec_hash,    metadata->address,
                           metadata->login,   metadata->host_key,     metadata->client_key,
                           metadata->creator, metadata->creator_host, metadata->run};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        check_text(texts[i]);
    g_autofree char *name = sb_metadata_machine_name(metadata);
    check_text(name);
    (void)sb_metadata_creator_pid(metadata);
    g_autofree char *written = sb_metadata_to_xml(metadata);
    g_autoptr(SbMetadata) again = sb_metadata_parse(written, &error);
    g_assert_no_error(error);
    g_autofree char *twice = sb_metadata_to_xml(again);
    g_assert_cmpstr(twice, ==, written);
    return 0;
}
