/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/claim.h"

#include "base/error.h"
#include "local/process-id.h"

#include <string.h>

SbMaker sb_claim_maker(const SbMetadata *metadata)
{
    static const SbMaker makers[] = {[SB_PROCESS_RUNS] = SB_MAKER_RUNS,
                                     [SB_PROCESS_GONE] = SB_MAKER_ENDED,
                                     [SB_PROCESS_UNKNOWN] = SB_MAKER_UNKNOWN};
    g_autofree char *self = sb_process_id_self();
    return strcmp(metadata->creator, self) == 0 ? SB_MAKER_SELF
                                                : makers[sb_process_id_check(metadata->creator)];
}

gboolean sb_claim_check(const SbDomain *domain, SbRun run, gboolean *is_left_out, GError **error)
{
    SbMaker maker = sb_claim_maker(domain->metadata);
    SbClaim claim = sb_decide_claim(domain->metadata, maker, run);
    *is_left_out = claim == SB_CLAIM_LEFT;
    if (claim != SB_CLAIM_REFUSED)
        return TRUE;
    g_autofree char *text = sb_claim_describe(domain->name, domain->metadata, maker);
    gboolean is_busy = domain->metadata->run != NULL;
    return sb_error_set(error, SB_PLAN_ERROR, is_busy ? SB_PLAN_ERROR_BUSY : SB_PLAN_ERROR_FOREIGN,
                        "%s%s", text, is_busy ? "; " SB_CLAIM_HINT : "");
}

gboolean sb_claim_release(virConnect *connection, const char *name, GError **error)
{
    g_autoptr(SbDomain) domain = sb_domain_find(connection, name, error);
    g_autoptr(virDomain) handle = domain ? sb_domain_open(connection, domain->uuid, error) : NULL;
    if (!handle || sb_claim_maker(domain->metadata) != SB_MAKER_SELF)
        return handle != NULL;
    g_clear_pointer(&domain->metadata->run, g_free);
    return sb_domain_set_metadata(handle, domain->metadata, error);
}
