/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/lookup.h"

#include "base/array.h"
#include "base/error.h"
#include "diagnose/examine.h"

#include <string.h>

SB_DEFINE_ERROR(sb_lookup_error, SB_ERRORS_NONE)

enum { MAX_SHOWN = 20 };

static gboolean is_of_fleet(const SbDomain *domain, const char *fleet)
{
    return strcmp(domain->metadata->fleet, fleet) == 0;
}

static gboolean stands_for(const char *word, const SbDomain *domain)
{
    return sb_selection_has(word, domain->metadata->fleet, domain->name);
}

/* The names of DOMAINS or of their fleets, each once. (transfer full) */
static char *known_names(const GPtrArray *domains, gboolean of_fleets)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    SB_EACH(const SbDomain, domain, domains) {
        char *name = of_fleets ? domain->metadata->fleet : domain->name;
        if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, name);
    }
    gboolean are_more = names->len > MAX_SHOWN;
    g_ptr_array_set_size(names, (gint)MIN(names->len, MAX_SHOWN));
    g_ptr_array_add(names, NULL);
    g_autofree char *text = g_strjoinv(", ", (char **)names->pdata);
    return g_strconcat(text, are_more ? "…" : "", NULL);
}

static void set_unknown(GError **error, const char *kind, const char *name,
                        const GPtrArray *domains)
{
    g_autofree char *shown = g_strescape(name, NULL);
    g_autofree char *known = known_names(domains, strcmp(kind, "fleet") == 0);
    if (*known)
        g_set_error(error, SB_LOOKUP_ERROR, SB_LOOKUP_ERROR_UNKNOWN, "no %s '%.80s': there are %s",
                    kind, shown, known);
    else
        g_set_error(error, SB_LOOKUP_ERROR, SB_LOOKUP_ERROR_UNKNOWN,
                    "no %s '%.80s': there are no machines on this libvirt host ('seedbed up' makes "
                    "them; another host: -c URI)",
                    kind, shown);
}

SbDomain *sb_lookup_machine(virConnect *connection, const char *name, GError **error)
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

GPtrArray *sb_lookup_names(virConnect *connection, const char *const *names, GError **error)
{
    g_autoptr(GPtrArray) domains = sb_domain_list(connection, error);
    if (!domains || !sb_selection_check(names, domains, error))
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

GPtrArray *sb_lookup_fleet(virConnect *connection, const char *fleet, GError **error)
{
    g_autoptr(GPtrArray) domains = sb_domain_list(connection, error);
    if (!domains)
        return NULL;
    g_autoptr(GPtrArray) machines = g_ptr_array_new_with_free_func((GDestroyNotify)sb_domain_free);
    for (guint i = domains->len; i > 0; i--)
        if (is_of_fleet(g_ptr_array_index(domains, i - 1), fleet))
            g_ptr_array_insert(machines, 0, g_ptr_array_steal_index(domains, i - 1));
    if (machines->len > 0)
        return g_steal_pointer(&machines);
    set_unknown(error, "fleet", fleet, domains);
    return NULL;
}

/* Takes DIAGNOSIS (nullable). */
static gboolean is_fine(const SbDomain *domain, SbDiagnosis *taken, GError **error)
{
    g_autoptr(SbDiagnosis) diagnosis = taken;
    if (!diagnosis)
        return TRUE;
    g_autofree char *text = sb_diagnosis_text(diagnosis, NULL);
    return sb_error_set(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_ADDRESS,
                        "'%s' cannot be used: %s", domain->name, text);
}

gboolean sb_lookup_check_usable(const SbHost *host, virConnect *connection, const SbDomain *domain,
                                GError **error)
{
    return is_fine(domain, sb_diagnose_domain(host, connection, domain), error);
}

gboolean sb_lookup_check_answers(const SbHost *host, const SbDomain *domain, GError **error)
{
    return is_fine(domain, sb_diagnose_qemu(host, domain), error);
}

SbAccess *sb_lookup_fleet_access(const SbHost *host, virConnect *connection, const char *fleet,
                                 GError **error)
{
    g_autoptr(GPtrArray) domains = sb_lookup_fleet(connection, fleet, error);
    return domains ? sb_access_load(host, connection, fleet, domains, error) : NULL;
}

SbAccess *sb_lookup_access(const SbHost *host, virConnect *connection, const char *machine,
                           GError **error)
{
    g_autoptr(SbDomain) domain = sb_lookup_machine(connection, machine, error);
    if (!domain || !sb_lookup_check_usable(host, connection, domain, error))
        return NULL;
    g_autoptr(SbAccess) access =
        sb_lookup_fleet_access(host, connection, domain->metadata->fleet, error);
    if (!access || sb_access_has(access, machine))
        return g_steal_pointer(&access);
    guint16 port;
    g_autofree char *address = sb_access_find(connection, domain, &port, error);
    if (address)
        g_set_error(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_ADDRESS,
                    "'%s' got its address just now: try again", machine);
    return NULL;
}
