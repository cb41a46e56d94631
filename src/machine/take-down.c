/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/take-down.h"

#include "base/array.h"
#include "base/error.h"
#include "base/names.h"
#include "guest/access.h"
#include "libvirt/network.h"
#include "libvirt/storage.h"

#include <string.h>

/* How often to look for machines that appeared meanwhile. */
enum { ROUNDS = 10 };

SB_DEFINE_ERROR(sb_down_error, SB_ERRORS_NONE)

static gboolean is_named(const char *const *names, const SbDomain *domain)
{
    return g_strv_contains(names, domain->metadata->fleet) || g_strv_contains(names, domain->name);
}

static gboolean fleet_has_machines(const GPtrArray *domains, const char *fleet,
                                   const char *const *except)
{
    SB_EACH(const SbDomain, domain, domains)
        if (strcmp(domain->metadata->fleet, fleet) == 0 && !is_named(except, domain))
            return TRUE;
    return FALSE;
}

/* A network of somebody else, which only has the name, stays. */
static gboolean remove_networks(virConnect *connection, const char *fleet, guint *count,
                                GError **error)
{
    for (SbNetworkKind kind = 0; kind < SB_NETWORK_KINDS; kind++) {
        g_autoptr(GError) cause = NULL;
        g_autoptr(SbFleetNetwork) network =
            sb_network_kind_is_own(kind) ? sb_network_find(connection, fleet, kind, &cause) : NULL;
        if (cause && !g_error_matches(cause, SB_NETWORK_ERROR, SB_NETWORK_ERROR_FOREIGN)) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return FALSE;
        }
        if (!network)
            continue;
        if (!sb_network_remove(connection, fleet, kind, error))
            return FALSE;
        *count += 1;
    }
    return TRUE;
}

static gboolean remove_machines(SbHost *host, const GPtrArray *doomed, SbRemovedFunc removed,
                                gpointer data, guint *count, GError **error)
{
    if (!sb_removal_run(host, doomed, removed, data, error))
        return FALSE;
    *count += doomed->len;
    SB_EACH(const SbDomain, domain, doomed)
        sb_access_forget_machine(host, domain->metadata->fleet, domain->name);
    return TRUE;
}

/* What a fleet has beside its machines. */
static gboolean remove_fleets(SbHost *host, virConnect *connection, const GPtrArray *domains,
                              const char *const *names, guint *count, GError **error)
{
    for (gsize i = 0; names[i]; i++) {
        if (fleet_has_machines(domains, names[i], names))
            continue;
        if (!remove_networks(connection, names[i], count, error) ||
            !sb_access_forget(host, names[i], error))
            return FALSE;
    }
    return TRUE;
}

/* Adds the pools of DOOMED that are not there any more to LOST: the first machine of each. */
static void note_lost_pools(virConnect *connection, const GPtrArray *doomed, GHashTable *lost)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    SB_EACH(const SbDomain, domain, doomed) {
        const char *name = domain->metadata->pool;
        g_autoptr(GError) cause = NULL;
        if (!g_hash_table_add(seen, (gpointer)name))
            continue;
        SbPool *pool = sb_pool_open(connection, name, NULL, &cause);
        g_clear_pointer(&pool, sb_pool_free);
        if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
            g_hash_table_insert(lost, g_strdup(name), g_strdup(domain->name));
    }
}

/* Without the pool, libvirt has no way to a file in it. */
static gboolean check_lost_pools(GHashTable *lost, GError **error)
{
    GHashTableIter iter;
    gpointer pool, machine;
    g_hash_table_iter_init(&iter, lost);
    if (!g_hash_table_iter_next(&iter, &pool, &machine))
        return TRUE;
    g_set_error(error, SB_DOWN_ERROR, SB_DOWN_ERROR_NO_POOL,
                "the machines are removed, but not their volumes (such as '%s.qcow2'): there is no "
                "storage pool '%s' any more, and what is in its folder stays",
                (const char *)machine, (const char *)pool);
    return FALSE;
}

static gboolean remove_named(SbHost *host, virConnect *connection, const char *const *names,
                             SbRemovedFunc removed, gpointer data, guint *count, GError **error)
{
    g_autoptr(GHashTable) lost = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint round = 0; round < ROUNDS; round++) {
        g_autoptr(GPtrArray) domains = sb_domain_list(connection, error);
        if (!domains)
            return FALSE;
        g_autoptr(GPtrArray) doomed = g_ptr_array_new();
        for (guint i = 0; i < domains->len; i++)
            if (is_named(names, g_ptr_array_index(domains, i)))
                g_ptr_array_add(doomed, g_ptr_array_index(domains, i));
        if (round > 0 && doomed->len == 0)
            return check_lost_pools(lost, error);
        note_lost_pools(connection, doomed, lost);
        if (!remove_machines(host, doomed, removed, data, count, error) ||
            !remove_fleets(host, connection, domains, names, count, error))
            return FALSE;
    }
    g_autofree char *joined = g_strjoinv("', '", (char **)names);
    g_set_error(error, SB_DOWN_ERROR, SB_DOWN_ERROR_BUSY,
                "machines of '%s' are made as fast as they are removed: end the 'seedbed up' that "
                "makes them, and try again",
                joined);
    return FALSE;
}

static gboolean check_names(const char *const *names, GError **error)
{
    for (gsize i = 0; names[i]; i++)
        if (!sb_machine_name_is_valid(names[i]))
            return sb_name_check("fleet or machine", names[i], error);
    return TRUE;
}

gboolean sb_down(SbHost *host, const char *const *names, SbRemovedFunc removed, gpointer data,
                 guint *count_out, GError **error)
{
    *count_out = 0;
    if (!check_names(names, error))
        return FALSE;
    g_auto(SbLease) lease = sb_lease_take(host, error);
    virConnect *connection = lease.connection;
    gboolean done =
        connection && remove_named(host, connection, names, removed, data, count_out, error);
    return done;
}
