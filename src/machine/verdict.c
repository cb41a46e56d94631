/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/verdict.h"

#include "diagnose/evidence.h"
#include "local/state-dir.h"

/* The logs go with the machine, but the lines of them that are shown may not be enough. */
static char *save_logs(const SbCloudInitVerdict *verdict, const char *machine,
                       const char *directory)
{
    g_autofree char *log = g_strconcat(machine, SB_CLOUD_INIT_LOG_SUFFIX, NULL);
    g_autofree char *output = g_strconcat(machine, SB_CLOUD_INIT_OUTPUT_SUFFIX, NULL);
    if (!*verdict->log || !sb_evidence_write(directory, log, verdict->log, NULL) ||
        !sb_evidence_write(directory, output, verdict->output, NULL))
        return g_strdup("");
    return g_strdup_printf("\nits complete logs: %s/%s and %s", directory, log, output);
}

static char *describe_failure(const SbCloudInitVerdict *verdict, const char *machine,
                              const char *directory)
{
    g_autofree char *failures = sb_cloud_init_failures_text(verdict);
    g_autofree char *warnings = sb_cloud_init_warnings_text(verdict);
    g_autofree char *logs = save_logs(verdict, machine, directory);
    return g_strdup_printf("cloud-init failed:%s%s%s%s", failures,
                           *warnings ? "\nit also warned:" : "", warnings, logs);
}

/* What is worth saying about a cloud-init that did not fail; NULL if nothing is. */
static char *describe(const SbCloudInitVerdict *verdict)
{
    if (verdict->is_absent)
        return g_strdup("has no cloud-init: it is not known whether it is configured");
    if (verdict->state == SB_CLOUD_INIT_DISABLED)
        return g_strdup("cloud-init is disabled there: nothing is configured at its next boot");
    if (verdict->state == SB_CLOUD_INIT_DEGRADED) {
        g_autofree char *warnings = sb_cloud_init_warnings_text(verdict);
        return g_strdup_printf("cloud-init is done, but degraded:%s", warnings);
    }
    return verdict->state == SB_CLOUD_INIT_DONE
               ? NULL
               : g_strdup_printf("cloud-init says that it is %s",
                                 sb_cloud_init_state_name(verdict->state));
}

char *sb_verdict_judge(const SbCloudInitVerdict *verdict, SbDemands demands, const char *machine,
                       const char *directory, const char **hint_out)
{
    *hint_out = NULL;
    if (!verdict->is_absent && verdict->state == SB_CLOUD_INIT_ERROR) {
        *hint_out = "with --keep: 'seedbed status' shows it again, with when each module ran, and "
                    "'seedbed ssh' lets you look at the machine";
        return describe_failure(verdict, machine, directory);
    }
    char *text = describe(verdict);
    gboolean is_degraded = !verdict->is_absent && verdict->state == SB_CLOUD_INIT_DEGRADED;
    if (is_degraded && demands & SB_DEMAND_NO_WARNINGS)
        *hint_out = "without --strict, this is a warning";
    else if (text && !is_degraded && demands & SB_DEMAND_CLOUD_INIT)
        *hint_out = "an image needs a cloud-init that runs at each first boot: does the user-data "
                    "remove or disable it?";
    return text;
}
