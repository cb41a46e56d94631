/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/machines.h"

#include "base/error.h"
#include "base/names.h"

#include <string.h>

SB_DEFINE_ERROR(sb_machines_error, SB_ERRORS_NONE)

static void set_unknown(GError **error, const char *what, const char *name,
                        const GPtrArray *domains)
{
    g_autofree char *shown = g_strescape(name, NULL);
    GString *known = g_string_new(NULL);
    for (guint i = 0; i < domains->len && i < 20; i++)
        g_string_append_printf(known, "%s%s", i ? ", " : "",
                               ((SbDomain *)g_ptr_array_index(domains, i))->name);
    if (known->len)
        g_set_error(error, SB_MACHINES_ERROR, SB_MACHINES_ERROR_UNKNOWN,
                    "no %s '%.80s': there are %s%s", what, shown, known->str,
                    domains->len > 20 ? "…" : "");
    else
        g_set_error(error, SB_MACHINES_ERROR, SB_MACHINES_ERROR_UNKNOWN,
                    "no %s '%.80s': there are no machines on this libvirt host ('seedbed up' makes "
                    "them; another host: -c URI)",
                    what, shown);
    g_string_free(known, TRUE);
}

SbDomain *sb_machines_find(virConnect *connection, const char *name, GError **error)
{
    g_autoptr(GError) cause = NULL;
    SbDomain *domain = sb_domain_find(connection, name, &cause);
    if (domain)
        return domain;
    g_autoptr(GPtrArray) domains = NULL;
    if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        domains = sb_domain_list(connection, NULL);
    if (domains)
        set_unknown(error, "machine", name, domains);
    else
        g_propagate_error(error, g_steal_pointer(&cause));
    return NULL;
}

gboolean sb_machines_check_awake(const SbDomain *domain, GError **error)
{
    if (domain->state == VIR_DOMAIN_PAUSED)
        g_set_error(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_ADDRESS,
                    "'%s' is paused: 'virsh domstate --reason %s' says why, 'virsh resume %s' lets "
                    "it go on",
                    domain->name, domain->name, domain->name);
    else if (domain->state == VIR_DOMAIN_PMSUSPENDED)
        g_set_error(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_ADDRESS,
                    "'%s' sleeps: 'virsh dompmwakeup %s' wakes it", domain->name, domain->name);
    else
        return TRUE;
    return FALSE;
}

static gboolean stands_for(const char *name, const SbDomain *domain)
{
    return strcmp(name, domain->name) == 0 || strcmp(name, domain->metadata->fleet) == 0;
}

GPtrArray *sb_machines_select(virConnect *connection, const char *const *names, GError **error)
{
    g_autoptr(GPtrArray) domains = sb_domain_list(connection, error);
    if (!domains)
        return NULL;
    for (gsize i = 0; names[i]; i++) {
        gboolean is_known = FALSE;
        for (guint j = 0; j < domains->len; j++)
            is_known |= stands_for(names[i], g_ptr_array_index(domains, j));
        if (!is_known) {
            set_unknown(error, "fleet or machine", names[i], domains);
            return NULL;
        }
    }
    for (guint j = domains->len; j > 0; j--) {
        gboolean is_selected = FALSE;
        for (gsize i = 0; names[i]; i++)
            is_selected |= stands_for(names[i], g_ptr_array_index(domains, j - 1));
        if (!is_selected)
            g_ptr_array_remove_index(domains, j - 1);
    }
    return g_steal_pointer(&domains);
}

GPtrArray *sb_machines_of_fleet(virConnect *connection, const char *fleet, GError **error)
{
    g_autoptr(GPtrArray) domains = sb_domain_list(connection, error);
    if (!domains)
        return NULL;
    GPtrArray *machines = g_ptr_array_new_with_free_func((GDestroyNotify)sb_domain_free);
    for (guint i = domains->len; i > 0; i--) {
        SbDomain *domain = g_ptr_array_index(domains, i - 1);
        if (strcmp(domain->metadata->fleet, fleet) == 0)
            g_ptr_array_insert(machines, 0, g_ptr_array_steal_index(domains, i - 1));
    }
    if (machines->len > 0)
        return machines;
    set_unknown(error, "fleet", fleet, domains);
    g_ptr_array_unref(machines);
    return NULL;
}
