/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/gc-decision.h"

#include <string.h>

static gboolean is_over(const char *expires, GDateTime *now)
{
    g_autoptr(GDateTime) end = expires ? g_date_time_new_from_iso8601(expires, NULL) : NULL;
    return end && g_date_time_compare(end, now) <= 0;
}

const char *sb_gc_judge_machine(const SbMetadata *metadata, SbMaker maker, gboolean was_started,
                                GDateTime *now)
{
    gboolean is_at_work = maker == SB_MAKER_RUNS || maker == SB_MAKER_SELF;
    if (is_at_work && (metadata->run || !was_started))
        return NULL;
    if (is_over(metadata->expires, now))
        return "it has expired";
    if (maker != SB_MAKER_ENDED)
        return NULL;
    if (metadata->run)
        return "the run that made it has ended";
    return was_started ? NULL : "it was never started, and the process that made it has ended";
}

gboolean sb_gc_is_intermediate(const char *name)
{
    static const struct {
        const char *prefix;
        gsize digits;
    } kinds[] = {{"check-", 8}, {"layer-", 12}};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const char *digits = name + strlen(kinds[i].prefix);
        if (g_str_has_prefix(name, kinds[i].prefix) && strlen(digits) == kinds[i].digits &&
            strspn(digits, "0123456789abcdef") == kinds[i].digits)
            return TRUE;
    }
    return FALSE;
}
