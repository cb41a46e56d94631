/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/removal.h"

#include "libvirt/console-log.h"
#include "libvirt/storage.h"
#include "model/volume-names.h"

#include <string.h>

/* Enough for destroy's 0.2 s of waiting each; a connection costs about a millisecond, but over ssh
 * a whole login, so a remote host gets fewer. */
enum { THREADS = 20, THREADS_REMOTE = 4 };

typedef struct {
    SbHost *host;
    SbRemovedFunc removed;
    gpointer data;
    GMutex lock;
    GError *first_error; /**< under `lock` */
    gboolean (*step)(virConnect *connection, const SbDomain *domain, GError **error);
    gboolean is_last_step;
    GHashTable *failed; /**< of SbDomain; under `lock` */
} Removal;

/* Deletes the volumes called NAMES (transfer full) that exist. Another process may remove the
 * machine and make it again at any moment. So check before each volume that the name still belongs
 * to this machine.
 */
static gboolean delete_volumes(virConnect *connection, const SbDomain *domain, char **names,
                               GError **error)
{
    g_auto(GStrv) owned = names;
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbPool) pool = sb_pool_open(connection, domain->metadata->pool, NULL, &cause);
    if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        return TRUE;
    if (!pool) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    for (gsize i = 0; owned[i]; i++) {
        gboolean is_replaced;
        if (!sb_domain_check_name(connection, domain->name, domain->uuid, &is_replaced, error))
            return FALSE;
        if (is_replaced)
            return TRUE;
        if (!sb_volume_delete(pool, owned[i], error))
            return FALSE;
    }
    return TRUE;
}

static char **disk_names(const char *machine)
{
    enum { DISKS = 4 };
    char **names = g_new0(char *, DISKS + 1);
    names[0] = sb_overlay_name(machine);
    names[1] = sb_seed_name(machine);
    names[2] = sb_flat_name(machine);
    names[3] = sb_memory_name(machine);
    return names;
}

static char **log_names(const char *machine)
{
    char **names = g_new0(char *, 1 + SB_CONSOLE_LOG_BACKUPS + 1);
    names[0] = sb_console_log_name(machine);
    for (guint i = 0; i < SB_CONSOLE_LOG_BACKUPS; i++)
        names[1 + i] = sb_console_log_backup_name(machine, i);
    return names;
}

static gboolean stop_and_empty(virConnect *connection, const SbDomain *domain, GError **error)
{
    g_autoptr(virDomain) handle = NULL;
    if (!sb_domain_open_if_there(connection, domain->uuid, &handle, error))
        return FALSE;
    if (handle && !sb_domain_stop(handle, error))
        return FALSE;
    return delete_volumes(connection, domain, disk_names(domain->name), error);
}

static gboolean delete_logs_and_undefine(virConnect *connection, const SbDomain *domain,
                                         GError **error)
{
    if (!delete_volumes(connection, domain, log_names(domain->name), error))
        return FALSE;
    g_autoptr(virDomain) handle = NULL;
    return sb_domain_open_if_there(connection, domain->uuid, &handle, error) &&
           (!handle || sb_domain_undefine(handle, error));
}

static void take_result(Removal *removal, SbDomain *domain, GError *error)
{
    g_mutex_lock(&removal->lock);
    if (error) {
        g_hash_table_add(removal->failed, domain);
        if (!removal->first_error)
            removal->first_error = g_error_copy(error);
    }
    if (removal->removed && (error || removal->is_last_step))
        removal->removed(domain->name, error, removal->data);
    g_mutex_unlock(&removal->lock);
}

static void run_step(gpointer item, gpointer data)
{
    SbDomain *domain = item;
    Removal *removal = data;
    g_autoptr(GError) error = NULL;
    g_auto(SbLease) lease = sb_lease_take(removal->host, &error);
    virConnect *connection = lease.connection;
    if (connection)
        removal->step(connection, domain, &error);
    take_result(removal, domain, error);
}

static void run_on_all(Removal *removal, const GPtrArray *domains)
{
    guint threads = sb_host_ssh_proxy(removal->host) ? THREADS_REMOTE : THREADS;
    GThreadPool *pool =
        g_thread_pool_new(run_step, removal, (int)MIN(threads, MAX(domains->len, 1)), FALSE, NULL);
    for (guint i = 0; i < domains->len; i++) {
        gpointer domain = g_ptr_array_index(domains, i);
        if (!g_hash_table_contains(removal->failed, domain))
            g_thread_pool_push(pool, domain, NULL);
    }
    g_thread_pool_free(pool, FALSE, TRUE);
}

/* libvirt does not know the console logs before it looks: once for each pool, not for each machine.
 */
static void refresh_pools(SbHost *host, const GPtrArray *domains)
{
    g_auto(SbLease) lease = sb_lease_take(host, NULL);
    virConnect *connection = lease.connection;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; connection && i < domains->len; i++) {
        const SbDomain *domain = g_ptr_array_index(domains, i);
        if (!g_hash_table_add(seen, domain->metadata->pool))
            continue;
        g_autoptr(SbPool) pool = sb_pool_open(connection, domain->metadata->pool, NULL, NULL);
        if (pool)
            sb_pool_refresh(pool, NULL);
    }
}

gboolean sb_removal_run(SbHost *host, const GPtrArray *domains, SbRemovedFunc removed,
                        gpointer data, GError **error)
{
    if (domains->len == 0)
        return TRUE;
    Removal removal = {.host = host, .removed = removed, .data = data, .step = stop_and_empty};
    removal.failed = g_hash_table_new(NULL, NULL);
    g_mutex_init(&removal.lock);
    run_on_all(&removal, domains);
    refresh_pools(host, domains);
    removal.step = delete_logs_and_undefine;
    removal.is_last_step = TRUE;
    run_on_all(&removal, domains);
    g_hash_table_unref(removal.failed);
    g_mutex_clear(&removal.lock);
    if (!removal.first_error)
        return TRUE;
    g_propagate_error(error, removal.first_error);
    return FALSE;
}
