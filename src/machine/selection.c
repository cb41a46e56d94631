/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/selection.h"

#include "base/array.h"
#include "base/error.h"
#include "base/names.h"

#include <string.h>

SB_DEFINE_ERROR(sb_selection_error, SB_ERRORS_ALL)

char *sb_selection_fleet(const char *word)
{
    const char *slash = strchr(word, '/');
    if (!slash)
        return g_strdup(word);
    return slash[1] == '\0' ? g_strndup(word, (gsize)(slash - word)) : NULL;
}

char *sb_selection_machine(const char *word)
{
    const char *slash = strchr(word, '/');
    if (!slash)
        return g_strdup(word);
    return slash[1] == '\0' ? NULL
                            : g_strdup_printf("%.*s-%s", (int)(slash - word), word, slash + 1);
}

char *sb_selection_of_fleet(const char *fleet)
{
    return g_strconcat(fleet, "/", NULL);
}

gboolean sb_selection_has(const char *word, const char *fleet, const char *machine)
{
    g_autofree char *as_fleet = sb_selection_fleet(word);
    g_autofree char *as_machine = sb_selection_machine(word);
    const char *slash = strchr(word, '/');
    if (as_fleet && strcmp(as_fleet, fleet) == 0)
        return TRUE;
    /* With a slash, the fleet must be right too. */
    return as_machine && strcmp(as_machine, machine) == 0 &&
           (!slash || (strlen(fleet) == (gsize)(slash - word) &&
                       strncmp(fleet, word, (gsize)(slash - word)) == 0));
}

gboolean sb_selection_may_have(const char *word, const char *machine)
{
    g_autofree char *as_machine = sb_selection_machine(word);
    g_autofree char *as_fleet = sb_selection_fleet(word);
    g_autofree char *prefix = as_fleet ? g_strconcat(as_fleet, "-", NULL) : NULL;
    return g_strcmp0(as_machine, machine) == 0 || (prefix && g_str_has_prefix(machine, prefix));
}

gboolean sb_selection_check_word(const char *word, GError **error)
{
    const char *slash = strchr(word, '/');
    if (slash && strchr(slash + 1, '/')) {
        g_autofree char *shown = g_strescape(word, NULL);
        return sb_error_set(
            error, SB_SELECTION_ERROR, SB_SELECTION_ERROR_WORD,
            "'%.80s' is not a fleet or a machine: write NAME, FLEET/ or FLEET/GROUP-N", shown);
    }
    g_autofree char *machine = sb_selection_machine(word);
    g_autofree char *fleet = machine ? NULL : sb_selection_fleet(word);
    const char *name = machine ? machine : fleet;
    return sb_machine_name_is_valid(name) || sb_name_check("fleet or machine", name, error);
}

const SbDomain *sb_selection_find_machine(const char *word, const GPtrArray *domains)
{
    SB_EACH(const SbDomain, domain, domains)
        if (strcmp(domain->name, word) == 0)
            return domain;
    return NULL;
}

void sb_selection_set_ambiguous(GError **error, const SbDomain *machine)
{
    const SbMetadata *metadata = machine->metadata;
    g_set_error(error, SB_SELECTION_ERROR, SB_SELECTION_ERROR_AMBIGUOUS,
                "'%s' is a machine of the fleet '%s', and there is a fleet '%s' too: write "
                "'%s/%s-%u' for the machine, or '%s/' for the fleet",
                machine->name, metadata->fleet, machine->name, metadata->fleet, metadata->group,
                metadata->index, machine->name);
}

gboolean sb_selection_check(const char *const *words, const GPtrArray *domains, GError **error)
{
    for (gsize i = 0; words[i]; i++) {
        const SbDomain *machine = sb_selection_find_machine(words[i], domains);
        SB_EACH(const SbDomain, domain, domains)
            if (machine && strcmp(domain->metadata->fleet, words[i]) == 0) {
                sb_selection_set_ambiguous(error, machine);
                return FALSE;
            }
    }
    return TRUE;
}
