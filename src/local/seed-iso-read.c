/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"
#include "local/seed-iso.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

/* ECMA-119 8.4.7: the volume identifier in the primary volume descriptor. */
enum { SECTOR_BYTES = 2048, LABEL = 16 * SECTOR_BYTES + 40, LABEL_BYTES = 32 };
/* 8.4.22: the application identifier. */
enum { APPLICATION = 16 * SECTOR_BYTES + 574, APPLICATION_BYTES = 128 };
G_STATIC_ASSERT(APPLICATION + APPLICATION_BYTES <= SB_SEED_ISO_START_BYTES);

/* More files than a seed has: vendors put some of their own beside. */
#define ENTRIES_MAX 200

typedef struct archive ReadArchive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReadArchive, archive_read_free)

void sb_seed_clear(SbSeed *seed)
{
    g_clear_pointer(&seed->user_data, g_bytes_unref);
    g_clear_pointer(&seed->meta_data, g_bytes_unref);
    g_clear_pointer(&seed->network_config, g_bytes_unref);
    g_clear_pointer(&seed->vendor_data, g_bytes_unref);
}

static gboolean fail(GError **error, const char *reason, const char *detail)
{
    return sb_error_set(error, SB_SEED_ISO_ERROR, SB_SEED_ISO_ERROR_READ,
                        "this is not a seed: %s%s%s", reason, detail ? ": " : "",
                        detail ? detail : "");
}

/* cloud-init looks for the label in both cases. */
static gboolean has_label(const guint8 *data, gsize length)
{
    if (length < LABEL + LABEL_BYTES)
        return FALSE;
    g_autofree char *label = g_strchomp(g_strndup((const char *)data + LABEL, LABEL_BYTES));
    return strcmp(label, "cidata") == 0 || strcmp(label, "CIDATA") == 0;
}

char *sb_seed_iso_machine(GBytes *start)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(start, &length);
    if (!has_label(data, length) || length < APPLICATION + APPLICATION_BYTES)
        return NULL;
    g_autofree char *text = g_strndup((const char *)data + APPLICATION, APPLICATION_BYTES);
    g_autofree char *record = g_ascii_strdown(g_strchomp(text), -1);
    return g_str_has_prefix(record, SB_SEED_ISO_MACHINE_MARK)
               ? g_strdup(record + strlen(SB_SEED_ISO_MACHINE_MARK))
               : NULL;
}

static GBytes **slot_for(SbSeed *seed, const char *name)
{
    const struct {
        const char *name;
        GBytes **slot;
    } slots[] = {
        {"user-data", &seed->user_data},
        {"meta-data", &seed->meta_data},
        {"network-config", &seed->network_config},
        {"vendor-data", &seed->vendor_data},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(slots); i++)
        if (g_strcmp0(name, slots[i].name) == 0)
            return slots[i].slot;
    return NULL;
}

/* The content of the entry that ARCHIVE is at; NULL if it cannot be read. */
static GBytes *read_content(ReadArchive *archive, struct archive_entry *entry)
{
    la_int64_t size = archive_entry_size(entry);
    if (size < 0 || size > SB_SEED_ISO_MAX_BYTES)
        return NULL;
    g_autofree guint8 *content = g_malloc((gsize)size + 1);
    la_int64_t done = 0;
    while (done < size) {
        la_ssize_t got = archive_read_data(archive, content + done, (gsize)(size - done));
        if (got <= 0)
            return NULL;
        done += got;
    }
    return g_bytes_new_take(g_steal_pointer(&content), (gsize)size);
}

static gboolean read_entries(ReadArchive *archive, SbSeed *seed, guint *others, GError **error)
{
    struct archive_entry *entry;
    int status;
    for (guint i = 0; (status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK; i++) {
        if (i >= ENTRIES_MAX)
            return fail(error, "it has too many files", NULL);
        if (archive_entry_filetype(entry) != AE_IFREG)
            continue;
        GBytes **slot = slot_for(seed, archive_entry_pathname(entry));
        if (!slot || *slot) {
            (*others)++;
            continue;
        }
        *slot = read_content(archive, entry);
        if (!*slot)
            return fail(error, "a file in it cannot be read", archive_error_string(archive));
    }
    return status == ARCHIVE_EOF ||
           fail(error, "its directory cannot be read", archive_error_string(archive));
}

gboolean sb_seed_iso_read(GBytes *image, SbSeed *seed_out, guint *others_out, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(image, &length);
    if (length > SB_SEED_ISO_MAX_BYTES)
        return fail(error, "it is larger than any seed", NULL);
    if (!has_label(data, length))
        return fail(error, "an ISO 9660 image with the label 'cidata' is one", NULL);
    g_autoptr(ReadArchive) archive = archive_read_new();
    archive_read_support_format_iso9660(archive);
    if (archive_read_open_memory(archive, data, length) != ARCHIVE_OK)
        return fail(error, "it is not an ISO 9660 image", archive_error_string(archive));
    g_auto(SbSeed) seed = {0};
    guint others = 0;
    if (!read_entries(archive, &seed, &others, error))
        return FALSE;
    if (!seed.user_data && !seed.meta_data)
        return fail(error, "it has neither user-data nor meta-data", NULL);
    *seed_out = seed;
    memset(&seed, 0, sizeof seed);
    if (others_out)
        *others_out = others;
    return TRUE;
}
