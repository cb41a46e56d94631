/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/removal.h"

#include "base/array.h"
#include "base/error.h"
#include "base/workers.h"
#include "libvirt/storage.h"
#include "model/volume-names.h"

#include <string.h>

/* Enough for destroy's 0.2 s of waiting each. A connection takes six calls, and they are slow while
 * busy guests have the CPUs: few halt the guests. Over ssh a connection takes a whole login. */
enum { THREADS = 20, THREADS_HALT = 4, THREADS_REMOTE = 4 };

/* A folder with volumes of the machines. */
typedef struct {
    char *folder;
    char *likely;  /**< the name that its pool probably has */
    char *pool;    /**< (nullable) the name of its pool; NULL: there is none any more */
    GError *error; /**< (nullable) why its volumes cannot all be seen */
    char *machine; /**< one whose volumes are in it */
} Place;

/* A reason, and the machines that it is about. */
typedef struct {
    char *message;
    GString *machines;
} Failure;

typedef struct {
    const SbOperation *operation;
    GHashTable *places;  /**< of Place, by folder; not changed while threads run */
    GMutex lock;         /**< of what is below */
    GPtrArray *failures; /**< of Failure */
    GHashTable *failed;  /**< of SbDomain */
    gboolean (*step)(virConnect *connection, const SbDomain *domain, const Place *place,
                     GError **error);
    gboolean is_last_step;
} Removal;

SB_DEFINE_ERROR(sb_removal_error, SB_ERRORS_NONE)

static void place_free(gpointer data)
{
    Place *place = data;
    g_free(place->folder);
    g_free(place->likely);
    g_free(place->pool);
    g_free(place->machine);
    g_clear_error(&place->error);
    g_free(place);
}

static void failure_free(gpointer data)
{
    Failure *failure = data;
    g_free(failure->message);
    g_string_free(failure->machines, TRUE);
    g_free(failure);
}

/* ---- one machine ---- */

/* Deletes all volumes of the machine that libvirt knows. Another process may remove the machine and
 * make it again at any moment. So check before each volume that the name still belongs to this
 * machine. */
static gboolean delete_volumes(virConnect *connection, const SbDomain *domain, const Place *place,
                               GError **error)
{
    if (!place || !place->pool)
        return TRUE;
    g_autoptr(SbPool) pool = sb_pool_open(connection, place->pool, NULL, error);
    g_autoptr(GPtrArray) volumes = pool ? sb_pool_list_names(pool, error) : NULL;
    if (!volumes)
        return FALSE;
    SB_EACH(const char, volume, volumes) {
        g_autofree char *machine = sb_machine_of_volume(volume);
        gboolean is_replaced;
        if (g_strcmp0(machine, domain->name) != 0)
            continue;
        if (!sb_domain_check_name(connection, domain->name, domain->uuid, &is_replaced, error))
            return FALSE;
        if (is_replaced)
            return TRUE;
        if (!sb_volume_delete(pool, volume, error))
            return FALSE;
    }
    return TRUE;
}

/* Guests that are busy take the CPUs that libvirt and QEMU need to end them all. Whether it can be
 * done does not matter: the next step ends them. */
static gboolean halt(virConnect *connection, const SbDomain *domain, const Place *place,
                     GError **error)
{
    g_autoptr(virDomain) handle =
        domain->state == VIR_DOMAIN_RUNNING ? sb_domain_open(connection, domain->uuid, NULL) : NULL;
    if (handle)
        sb_domain_halt(handle);
    return TRUE;
}

static gboolean stop_and_empty(virConnect *connection, const SbDomain *domain, const Place *place,
                               GError **error)
{
    g_autoptr(virDomain) handle = NULL;
    if (!sb_domain_open_if_there(connection, domain->uuid, &handle, error))
        return FALSE;
    if (handle && !sb_domain_stop(handle, error))
        return FALSE;
    return delete_volumes(connection, domain, place, error);
}

static gboolean delete_logs_and_undefine(virConnect *connection, const SbDomain *domain,
                                         const Place *place, GError **error)
{
    if (place && place->error) {
        g_propagate_error(error, g_error_copy(place->error));
        return FALSE;
    }
    if (!delete_volumes(connection, domain, place, error))
        return FALSE;
    g_autoptr(virDomain) handle = NULL;
    return sb_domain_open_if_there(connection, domain->uuid, &handle, error) &&
           (!handle || sb_domain_undefine(handle, error));
}

/* ---- all of them, side by side ---- */

static void add_failure(Removal *removal, const char *machine, const GError *error)
{
    Failure *failure = NULL;
    SB_EACH(Failure, known, removal->failures)
        if (strcmp(known->message, error->message) == 0)
            failure = known;
    if (!failure) {
        failure = g_new0(Failure, 1);
        failure->message = g_strdup(error->message);
        failure->machines = g_string_new(NULL);
        g_ptr_array_add(removal->failures, failure);
    }
    g_string_append_printf(failure->machines, "%s'%s'", failure->machines->len ? ", " : "",
                           machine);
}

static void take_result(Removal *removal, SbDomain *domain, const GError *error)
{
    g_mutex_lock(&removal->lock);
    if (error) {
        g_hash_table_add(removal->failed, domain);
        add_failure(removal, domain->name, error);
    } else if (removal->is_last_step) {
        const SbEvent event = {.kind = SB_EVENT_REMOVED, .machine = domain->name};
        sb_operation_tell(removal->operation, &event);
    }
    g_mutex_unlock(&removal->lock);
}

static void run_step(gpointer item, gpointer data)
{
    SbDomain *domain = item;
    Removal *removal = data;
    const Place *place =
        domain->folder ? g_hash_table_lookup(removal->places, domain->folder) : NULL;
    g_autoptr(GError) error = NULL;
    g_auto(SbLease) lease = sb_lease_take(removal->operation->host, &error);
    gboolean is_done = lease.connection && removal->step(lease.connection, domain, place, &error);
    take_result(removal, domain, is_done ? NULL : error);
}

static gboolean run_on_all(Removal *removal, const GPtrArray *domains, guint threads,
                           GError **error)
{
    guint most = sb_host_ssh_proxy(removal->operation->host) ? THREADS_REMOTE : threads;
    SbWorkers *workers = sb_workers_new(run_step, removal, MIN(most, domains->len), error);
    if (!workers)
        return FALSE;
    for (guint i = 0; i < domains->len; i++) {
        gpointer domain = g_ptr_array_index(domains, i);
        if (!g_hash_table_contains(removal->failed, domain))
            sb_workers_push(workers, domain);
    }
    sb_workers_free(workers);
    return TRUE;
}

/* ---- the pools ---- */

/* Finds the pool of PLACE. FALSE with an error if it cannot be seen whether there is one. */
static gboolean find_pool(Place *place, virConnect *connection, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbPool) pool = sb_pool_open_folder(connection, place->folder, place->likely, &cause);
    place->pool = g_strdup(pool ? pool->name : NULL);
    if (pool || g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        return TRUE;
    return sb_error_pass(error, &cause);
}

static gboolean find_places(Removal *removal, const GPtrArray *domains, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(removal->operation->host, error);
    if (!lease.connection)
        return FALSE;
    SB_EACH(const SbDomain, domain, domains) {
        if (!domain->folder || g_hash_table_contains(removal->places, domain->folder))
            continue;
        Place *place = g_new0(Place, 1);
        place->folder = g_strdup(domain->folder);
        place->likely = g_strdup(domain->metadata->pool);
        place->machine = g_strdup(domain->name);
        g_hash_table_insert(removal->places, place->folder, place);
        if (!find_pool(place, lease.connection, error))
            return FALSE;
    }
    return TRUE;
}

/* libvirt does not know the console logs before it looks: once for each pool, not for each machine.
 */
static void refresh_pools(Removal *removal)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, removal->places);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Place *place = value;
        g_auto(SbLease) lease = sb_lease_take(removal->operation->host, &place->error);
        g_autoptr(SbPool) pool =
            lease.connection && place->pool
                ? sb_pool_open(lease.connection, place->pool, NULL, &place->error)
                : NULL;
        if (pool && !sb_pool_refresh(pool, &place->error))
            g_prefix_error(&place->error, "its console log is not removed: ");
    }
}

/* ---- the end ---- */

static gboolean check_failures(const Removal *removal, GError **error)
{
    if (removal->failures->len == 0)
        return TRUE;
    g_autoptr(GString) text = g_string_new(NULL);
    SB_EACH(const Failure, failure, removal->failures)
        g_string_append_printf(text, "%s%s could not be removed: %s", text->len ? "\n" : "",
                               failure->machines->str, failure->message);
    return sb_error_set(error, SB_REMOVAL_ERROR, SB_REMOVAL_ERROR_MACHINES, "%s", text->str);
}

/* Without the pool, libvirt has no way to a file in it. */
static gboolean check_places(const Removal *removal, GError **error)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, removal->places);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Place *place = value;
        if (place->pool)
            continue;
        return sb_error_set(
            error, SB_REMOVAL_ERROR, SB_REMOVAL_ERROR_NO_POOL,
            "the machines are removed, but not their volumes (such as '%s.qcow2'): no storage pool "
            "has the folder '%s' any more; when one has, 'seedbed down' removes them",
            place->machine, place->folder);
    }
    return TRUE;
}

static gboolean run_steps(Removal *removal, const GPtrArray *domains, GError **error)
{
    if (!run_on_all(removal, domains, THREADS_HALT, error))
        return FALSE;
    removal->step = stop_and_empty;
    if (!run_on_all(removal, domains, THREADS, error))
        return FALSE;
    refresh_pools(removal);
    removal->step = delete_logs_and_undefine;
    removal->is_last_step = TRUE;
    return run_on_all(removal, domains, THREADS, error);
}

gboolean sb_removal_run(const SbOperation *operation, const GPtrArray *domains, GError **error)
{
    if (domains->len == 0)
        return TRUE;
    Removal removal = {.operation = operation, .step = halt};
    removal.places = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, place_free);
    removal.failures = g_ptr_array_new_with_free_func(failure_free);
    removal.failed = g_hash_table_new(NULL, NULL);
    g_mutex_init(&removal.lock);
    gboolean is_done = find_places(&removal, domains, error) &&
                       run_steps(&removal, domains, error) && check_failures(&removal, error) &&
                       check_places(&removal, error);
    g_hash_table_unref(removal.places);
    g_ptr_array_unref(removal.failures);
    g_hash_table_unref(removal.failed);
    g_mutex_clear(&removal.lock);
    return is_done;
}
