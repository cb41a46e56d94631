/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/down.h"

#include "libvirt/network.h"
#include "machine/leftovers.h"
#include "machine/selection.h"
#include "machine/take-down.h"

/* A word that is the name of MACHINE. FALSE if it is a fleet's too, or if that cannot be seen. */
static gboolean check_machine(virConnect *connection, const SbDomain *machine, GError **error)
{
    for (SbNetworkKind kind = 0; kind < SB_NETWORK_KINDS; kind++) {
        gboolean is_there;
        if (!sb_network_is_there(connection, machine->name, kind, &is_there, error))
            return FALSE;
        if (is_there) {
            sb_selection_set_ambiguous(error, machine);
            return FALSE;
        }
    }
    return TRUE;
}

/* The fleets that WORDS stand for as a whole; NULL with an error. DOMAINS: all that there are. */
static char **find_fleets(virConnect *connection, const char *const *words,
                          const GPtrArray *domains, GError **error)
{
    if (!sb_selection_check(words, domains, error))
        return NULL;
    g_autoptr(GStrvBuilder) fleets = g_strv_builder_new();
    for (gsize i = 0; words[i]; i++) {
        const SbDomain *machine = sb_selection_find_machine(words[i], domains);
        g_autofree char *fleet = sb_selection_fleet(words[i]);
        if (machine && !check_machine(connection, machine, error))
            return NULL;
        if (fleet && !machine)
            g_strv_builder_add(fleets, fleet);
    }
    return g_strv_builder_end(fleets);
}

gboolean sb_down(const SbOperation *operation, const char *const *words, guint *count_out,
                 GError **error)
{
    *count_out = 0;
    for (gsize i = 0; words[i]; i++)
        if (!sb_selection_check_word(words[i], error))
            return FALSE;
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    g_autoptr(GPtrArray) domains =
        lease.connection ? sb_domain_list(lease.connection, error) : NULL;
    g_auto(GStrv) fleets = domains ? find_fleets(lease.connection, words, domains, error) : NULL;
    return fleets &&
           sb_take_down_run(operation, words, (const char *const *)fleets, domains, count_out,
                            error) &&
           sb_leftovers_remove(operation, lease.connection, words, FALSE, count_out, error);
}
