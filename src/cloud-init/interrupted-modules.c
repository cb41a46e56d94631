/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/interrupted-modules.h"

#include "base/array.h"

#include <string.h>

enum { MAX_MODULES = 50 };

static const char boot_banner[] = " running 'init-local' at ";
static const char instance_folder[] = "/var/lib/cloud/instances/";

/* The lines of one boot. */
typedef struct {
    const char *text;
    gsize length;
} Boot;

/* The start of the line that has PLACE, in TEXT. */
static const char *line_start(const char *text, const char *place)
{
    while (place > text && place[-1] != '\n')
        place--;
    return place;
}

/* The boots in the log, of Boot; what is before the first banner is a part of a boot. (transfer
 * full) */
static GArray *split(const char *text, gsize length)
{
    GArray *boots = g_array_new(FALSE, FALSE, sizeof(Boot));
    const char *end = text + length, *start = text, *from = text, *found;
    while ((found = g_strstr_len(from, end - from, boot_banner))) {
        const char *next = line_start(text, found);
        Boot boot = {start, (gsize)(next - start)};
        if (next > start)
            g_array_append_val(boots, boot);
        start = next;
        from = found + strlen(boot_banner);
    }
    Boot last = {start, (gsize)(end - start)};
    g_array_append_val(boots, last);
    return boots;
}

/* The id of the instance that BOOT was of; NULL if its lines do not say it. (transfer full) */
static char *instance_of(const Boot *boot)
{
    const char *found = g_strrstr_len(boot->text, (gssize)boot->length, instance_folder);
    if (!found)
        return NULL;
    const char *id = found + strlen(instance_folder), *end = boot->text + boot->length;
    gsize length = 0;
    while (id + length < end && !strchr("/'\" \n", id[length]))
        length++;
    return g_strndup(id, length);
}

static void forget(GPtrArray *modules, const char *module)
{
    for (guint i = modules->len; i > 0; i--)
        if (sb_cloud_init_module_is(((SbCloudInitEvent *)modules->pdata[i - 1])->module, module))
            g_ptr_array_remove_index(modules, i - 1);
}

static gboolean contains(const Boot *boot, const char *text)
{
    return g_strstr_len(boot->text, (gssize)boot->length, text) != NULL;
}

/* Whether cloud-init got no end in BOOT, or a signal. Then a module can also "fail" because its
 * command was ended. */
static gboolean is_cut_off(const Boot *boot)
{
    return !contains(boot, " finish: modules-final: ") || contains(boot, " received SIG");
}

/* The modules that started in BOOT and did not end in it. Those that ran are removed from OLDER.
 * (transfer full) */
static GPtrArray *take_boot(const Boot *boot, gboolean is_last, GPtrArray *older)
{
    g_autoptr(SbCloudInitLog) log = sb_cloud_init_log_parse(boot->text, boot->length);
    GPtrArray *open = g_ptr_array_new_with_free_func((GDestroyNotify)sb_cloud_init_event_free);
    gboolean is_told = is_last || !is_cut_off(boot);
    SB_EACH(const SbCloudInitLogEntry, entry, log->entries) {
        if (strstr(entry->text, "Rebooting after upgrade or install per "))
            g_ptr_array_set_size(open, 0);
        g_autoptr(SbCloudInitEvent) event =
            strstr(entry->text, "/config-") ? sb_cloud_init_log_event(entry) : NULL;
        if (!event || (event->is_failure && !is_told))
            continue;
        if (event->is_start) {
            if (open->len < MAX_MODULES)
                g_ptr_array_add(open, g_steal_pointer(&event));
            continue;
        }
        forget(open, event->module);
        /* "SUCCESS: config-x previously ran": it was only skipped. */
        if (!strstr(entry->text, " previously ran"))
            forget(older, event->module);
    }
    return open;
}

GPtrArray *sb_interrupted_modules(const char *text, gsize length)
{
    GPtrArray *interrupted =
        g_ptr_array_new_with_free_func((GDestroyNotify)sb_cloud_init_event_free);
    g_autoptr(GArray) boots = split(text, length);
    g_autofree char *instance = instance_of(&g_array_index(boots, Boot, boots->len - 1));
    for (guint i = 0; i < boots->len; i++) {
        const Boot *boot = &g_array_index(boots, Boot, i);
        g_autofree char *its = instance_of(boot);
        /* An image may have the log of the machine that it was made of. */
        if (its && instance && strcmp(its, instance) != 0)
            continue;
        gboolean is_last = i + 1 == boots->len;
        g_autoptr(GPtrArray) open = take_boot(boot, is_last, interrupted);
        /* What is open in the last boot is still at work. */
        if (!is_last && interrupted->len < MAX_MODULES)
            g_ptr_array_extend_and_steal(interrupted, g_steal_pointer(&open));
    }
    return interrupted;
}
