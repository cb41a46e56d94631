/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/take-down.h"

#include "base/array.h"
#include "base/error.h"
#include "base/workers.h"
#include "guest/access.h"
#include "libvirt/network.h"
#include "machine/selection.h"

#include <string.h>

/* How often to look for machines that appeared meanwhile. */
enum { ROUNDS = 10 };

SB_DEFINE_ERROR(sb_take_down_error, SB_ERRORS_NONE)

typedef struct {
    const SbOperation *operation;
    virConnect *connection;
    const char *const *words;
    const char *const *fleets;
    guint *count;
    GError *lost; /**< (nullable) SB_REMOVAL_ERROR_NO_POOL: all the same, the rest goes */
} Down;

static gboolean is_selected(const Down *down, const SbDomain *domain)
{
    for (gsize i = 0; down->words[i]; i++)
        if (sb_selection_has(down->words[i], domain->metadata->fleet, domain->name))
            return TRUE;
    return FALSE;
}

/* ---- what a fleet has beside its machines ---- */

static gboolean remove_networks(const Down *down, const char *fleet, GError **error)
{
    for (SbNetworkKind kind = 0; kind < SB_NETWORK_KINDS; kind++) {
        gboolean is_there;
        if (!sb_network_is_there(down->connection, fleet, kind, &is_there, error))
            return FALSE;
        if (is_there && !sb_network_remove(down->connection, fleet, kind, error))
            return FALSE;
        *down->count += is_there;
    }
    return TRUE;
}

/* Whether machines of FLEET stay. */
static gboolean has_others(const Down *down, const GPtrArray *domains, const char *fleet)
{
    SB_EACH(const SbDomain, domain, domains)
        if (strcmp(domain->metadata->fleet, fleet) == 0 && !is_selected(down, domain))
            return TRUE;
    return FALSE;
}

/* The fleets that go as a whole: of const char *. */
static GPtrArray *whole_fleets(const Down *down, const GPtrArray *domains)
{
    GPtrArray *fleets = g_ptr_array_new();
    for (gsize i = 0; down->fleets[i]; i++)
        if (!has_others(down, domains, down->fleets[i]))
            g_ptr_array_add(fleets, (gpointer)down->fleets[i]);
    return fleets;
}

static gboolean remove_fleets(const Down *down, const GPtrArray *fleets, GError **error)
{
    SB_EACH(const char, fleet, fleets)
        if (!remove_networks(down, fleet, error) ||
            !sb_access_forget(down->operation->host, fleet, error))
            return FALSE;
    return TRUE;
}

typedef struct {
    SbHost *host;
    const GPtrArray *fleets;
} Halting;

/* To end dnsmasq and to take rules out of the firewall lasts as long as to end a machine. So it is
 * done beside that. If it cannot be done, remove_networks() says why. */
static gpointer halt_networks(gpointer data)
{
    const Halting *halting = data;
    g_auto(SbLease) lease = sb_lease_take(halting->host, NULL);
    SB_EACH(const char, fleet, halting->fleets)
        for (SbNetworkKind kind = 0; lease.connection && kind < SB_NETWORK_KINDS; kind++)
            sb_network_halt(lease.connection, fleet, kind);
    return NULL;
}

/* ---- machines ---- */

static gboolean remove_machines(Down *down, const GPtrArray *doomed, GError **error)
{
    g_autoptr(GError) cause = NULL;
    gboolean is_done = sb_removal_run(down->operation, doomed, &cause);
    if (!is_done && !g_error_matches(cause, SB_REMOVAL_ERROR, SB_REMOVAL_ERROR_NO_POOL))
        return sb_error_pass(error, &cause);
    if (!is_done && !down->lost)
        down->lost = g_steal_pointer(&cause);
    *down->count += doomed->len;
    SB_EACH(const SbDomain, domain, doomed)
        if (!sb_access_forget_machine(down->operation->host, domain->metadata->fleet, domain->name,
                                      error))
            return FALSE;
    return TRUE;
}

/* One round. *IS_EMPTY_OUT: there is no machine of DOMAINS to remove. */
static gboolean remove_round(Down *down, const GPtrArray *domains, gboolean *is_empty_out,
                             GError **error)
{
    g_autoptr(GPtrArray) doomed = g_ptr_array_new();
    SB_EACH(SbDomain, domain, domains)
        if (is_selected(down, domain))
            g_ptr_array_add(doomed, domain);
    *is_empty_out = doomed->len == 0;
    g_autoptr(GPtrArray) fleets = whole_fleets(down, domains);
    Halting halting = {down->operation->host, fleets};
    GThread *thread = doomed->len > 0 && fleets->len > 0
                          ? sb_worker_start("networks", halt_networks, &halting, NULL)
                          : NULL;
    gboolean is_done = remove_machines(down, doomed, error);
    if (thread)
        g_thread_join(thread);
    return is_done && remove_fleets(down, fleets, error);
}

/* A list takes a while if the guests have all CPUs, so the first one is not made twice. */
static gboolean remove_all(Down *down, const GPtrArray *known, GError **error)
{
    gboolean is_empty = FALSE;
    if (known && !remove_round(down, known, &is_empty, error))
        return FALSE;
    is_empty = FALSE;
    for (guint round = 0; round < ROUNDS && !is_empty; round++) {
        g_autoptr(GPtrArray) domains = sb_domain_list(down->connection, error);
        if (!domains || !remove_round(down, domains, &is_empty, error))
            return FALSE;
    }
    if (is_empty)
        return TRUE;
    g_autofree char *joined = g_strjoinv("', '", (char **)down->words);
    return sb_error_set(error, SB_TAKE_DOWN_ERROR, SB_TAKE_DOWN_ERROR_BUSY,
                        "machines of '%s' are made as fast as they are removed: end the 'seedbed "
                        "up' that makes them, and try again",
                        joined);
}

gboolean sb_take_down_run(const SbOperation *operation, const char *const *words,
                          const char *const *fleets, const GPtrArray *known, guint *count,
                          GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    if (!lease.connection)
        return FALSE;
    Down down = {.operation = operation,
                 .connection = lease.connection,
                 .words = words,
                 .fleets = fleets,
                 .count = count};
    gboolean is_done = remove_all(&down, known, error);
    g_autoptr(GError) lost = g_steal_pointer(&down.lost);
    if (!is_done || !lost)
        return is_done;
    return sb_error_pass(error, &lost);
}
