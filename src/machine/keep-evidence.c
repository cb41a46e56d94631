/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/keep-evidence.h"

#include "base/array.h"
#include "diagnose/evidence.h"
#include "guest/access.h"
#include "machine/lookup.h"

/* One call of sb_keep_evidence(). */
typedef struct {
    const char *const *names;
    const char *message;
    char *folder;
} Keeping;

static gboolean collect(const SbOperation *operation, const Keeping *keeping,
                        const SbDomain *domain, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    if (!lease.connection)
        return FALSE;
    /* A machine that cannot be logged in to has evidence, too. */
    g_autoptr(SbAccess) access =
        sb_lookup_fleet_access(operation->host, lease.connection, domain->metadata->fleet, NULL);
    gboolean has_login = access && sb_access_has(access, domain->name);
    const SbEvidenceRequest request = {.host = operation->host,
                                       .domain = domain,
                                       .message = keeping->message,
                                       .ssh_config =
                                           has_login ? sb_access_config_path(access) : NULL,
                                       .answers = has_login};
    return sb_evidence_collect(&request, keeping->folder, error);
}

static gboolean collect_all(const SbOperation *operation, gpointer data, GError **error)
{
    Keeping *keeping = data;
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    g_autoptr(GPtrArray) domains =
        lease.connection ? sb_lookup_names(lease.connection, keeping->names, error) : NULL;
    if (!domains)
        return FALSE;
    keeping->folder = sb_evidence_folder(operation->host, keeping->names[0]);
    SB_EACH(const SbDomain, domain, domains) {
        const SbEvent event = {
            .kind = SB_EVENT_STEP, .machine = domain->name, .text = "collecting evidence"};
        sb_operation_tell(operation, &event);
        if (!collect(operation, keeping, domain, error))
            return FALSE;
    }
    return TRUE;
}

char *sb_keep_evidence(const SbOperation *operation, const char *const *names, const char *message,
                       GError **error)
{
    Keeping keeping = {.names = names, .message = message};
    if (sb_operation_run_beside(operation, "evidence", collect_all, &keeping, error))
        return keeping.folder;
    g_free(keeping.folder);
    return NULL;
}
