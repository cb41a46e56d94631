/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/leftovers.h"

#include "base/array.h"
#include "libvirt/domain.h"
#include "libvirt/volume-stream.h"
#include "local/seed-iso.h"
#include "machine/selection.h"
#include "model/volume-names.h"

#include <string.h>

typedef struct {
    const SbOperation *operation;
    virConnect *connection;
    const char *const *words; /**< (nullable) NULL: all */
    gboolean is_dry_run;
    const SbPool *pool;
    GPtrArray *volumes; /**< of char *: all of the pool */
} Search;

/* ---- which machines ---- */

/* Whether a machine called NAME can be one of a word's. A fleet's machines are called
 * FLEET-GROUP-N, but so may be those of another fleet: FLEET is the one that made it, or NULL if
 * that is not known.
 */
static gboolean is_meant(const Search *search, const char *name, const char *fleet)
{
    for (gsize i = 0; search->words && search->words[i]; i++) {
        const char *word = search->words[i];
        if (fleet ? sb_selection_has(word, fleet, name) : sb_selection_may_have(word, name))
            return TRUE;
    }
    return !search->words;
}

/* Adds the names of machines that may be meant and have volumes in the pool. */
static GPtrArray *find_machines(const Search *search)
{
    GPtrArray *machines = g_ptr_array_new_with_free_func(g_free);
    SB_EACH(const char, volume, search->volumes) {
        g_autofree char *machine = sb_machine_of_volume(volume);
        if (machine && is_meant(search, machine, NULL) &&
            !g_ptr_array_find_with_equal_func(machines, machine, g_str_equal, NULL))
            g_ptr_array_add(machines, g_steal_pointer(&machine));
    }
    return machines;
}

/* ---- whether seedbed made them ---- */

/* *FLEET_OUT: the fleet of MACHINE, if its seed says it. (transfer full) (nullable) */
static gboolean read_seed(const Search *search, const char *machine, char **fleet_out,
                          GError **error)
{
    g_autofree char *name = sb_seed_name(machine);
    g_autoptr(GBytes) start = NULL;
    *fleet_out = NULL;
    if (!sb_volume_read_if_there(search->pool, name, SB_SEED_ISO_START_BYTES, &start, error))
        return FALSE;
    if (!start)
        return TRUE;
    g_autofree char *word = sb_seed_iso_machine(start);
    g_autofree char *recorded = word ? sb_selection_machine(word) : NULL;
    if (word && g_strcmp0(recorded, machine) == 0)
        *fleet_out = g_strndup(word, strcspn(word, "/"));
    return TRUE;
}

/* ---- removal ---- */

/* A domain is made before its volumes. So one that is not there now is not being made. */
static gboolean delete_volume(const Search *search, const char *machine, const char *volume,
                              gboolean *has_domain_out, GError **error)
{
    if (!sb_domain_check_name(search->connection, machine, NULL, has_domain_out, error))
        return FALSE;
    return *has_domain_out || sb_volume_delete(search->pool, volume, error);
}

/* The seed goes last: it shows that the others can go. */
static gboolean delete_all(const Search *search, const char *machine, gboolean *has_domain_out,
                           GError **error)
{
    g_autofree char *seed = sb_seed_name(machine);
    *has_domain_out = FALSE;
    SB_EACH(const char, volume, search->volumes) {
        g_autofree char *of = sb_machine_of_volume(volume);
        if (!*has_domain_out && g_strcmp0(of, machine) == 0 && strcmp(volume, seed) != 0 &&
            !delete_volume(search, machine, volume, has_domain_out, error))
            return FALSE;
    }
    return *has_domain_out || delete_volume(search, machine, seed, has_domain_out, error);
}

static gboolean remove_machine(const Search *search, const char *machine, guint *count,
                               GError **error)
{
    gboolean has_domain;
    g_autofree char *fleet = NULL;
    if (!sb_domain_check_name(search->connection, machine, NULL, &has_domain, error))
        return FALSE;
    if (has_domain)
        return TRUE;
    if (!read_seed(search, machine, &fleet, error))
        return FALSE;
    /* Who did not ask for a name need not hear of what only looks like a machine's. */
    if (!fleet && search->words) {
        g_autofree char *text = g_strdup_printf(
            "the pool '%s' has volumes that are called as its own, but no seed shows that seedbed "
            "made them: they stay ('virsh vol-list %s' shows them)",
            search->pool->name, search->pool->name);
        sb_operation_note(search->operation, machine, text);
    }
    if (!fleet || !is_meant(search, machine, fleet))
        return TRUE;
    if (search->is_dry_run) {
        *count += 1;
        sb_operation_note(search->operation, machine,
                          "its volumes would be removed; its domain is gone");
        return TRUE;
    }
    if (!delete_all(search, machine, &has_domain, error))
        return FALSE;
    if (has_domain)
        return TRUE;
    *count += 1;
    sb_operation_note(search->operation, machine,
                      "its volumes are removed; its domain was gone already");
    return TRUE;
}

static gboolean search_pool(Search *search, guint *count, GError **error)
{
    search->volumes = sb_pool_list_names(search->pool, error);
    if (!search->volumes)
        return FALSE;
    g_autoptr(GPtrArray) machines = find_machines(search);
    gboolean is_done = TRUE;
    if (machines->len > 0) {
        /* libvirt does not know the console logs before it looks. */
        g_clear_pointer(&search->volumes, g_ptr_array_unref);
        is_done = sb_pool_refresh(search->pool, error);
        search->volumes = is_done ? sb_pool_list_names(search->pool, error) : NULL;
        is_done = search->volumes != NULL;
    }
    SB_EACH(const char, machine, machines)
        is_done = is_done && remove_machine(search, machine, count, error);
    g_clear_pointer(&search->volumes, g_ptr_array_unref);
    return is_done;
}

gboolean sb_leftovers_remove(const SbOperation *operation, virConnect *connection,
                             const char *const *words, gboolean is_dry_run, guint *count,
                             GError **error)
{
    g_autoptr(GPtrArray) pools = sb_pool_open_all(connection, error);
    if (!pools)
        return FALSE;
    SB_EACH(const SbPool, pool, pools) {
        Search search = {.operation = operation,
                         .connection = connection,
                         .words = words,
                         .is_dry_run = is_dry_run,
                         .pool = pool};
        if (!search_pool(&search, count, error))
            return FALSE;
    }
    return TRUE;
}
