/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/plan-tell.h"

#include "base/array.h"
#include "base/units.h"
#include "machine/claim.h"

/* What the user should know about a machine that exists. (transfer full) (nullable) */
static char *describe_existing(const SbPlannedMachine *planned)
{
    if (!planned->existing)
        return NULL;
    const SbMetadata *metadata = planned->existing->metadata;
    if (planned->claim == SB_CLAIM_LEFT)
        return g_strdup_printf(
            "a '%s' that has ended (process %u) left it: it is removed, and made "
            "again",
            metadata->run, sb_metadata_creator_pid(metadata));
    if (planned->action == SB_ACTION_CREATE)
        return NULL;
    if (planned->is_changed)
        return g_strdup_printf("the fleet file (or a file that it names, or the image) has changed "
                               "since it was made; it stays as it was: 'seedbed down %s' and 'up' "
                               "make it again",
                               planned->name);
    return sb_claim_maker(metadata) == SB_MAKER_RUNS
               ? g_strdup_printf("another 'up' (process %u) is making it, and shares it with this "
                                 "one",
                                 sb_metadata_creator_pid(metadata))
               : NULL;
}

static void tell_existing(const SbPlan *plan, const SbOperation *operation)
{
    SB_EACH(const SbPlannedMachine, planned, plan->machines) {
        g_autofree char *text = describe_existing(planned);
        if (text)
            sb_operation_note(operation, planned->name, text);
    }
}

/* How the machines of a group start, where memory has to do with it. */
static char *describe_start(const SbPlannedMachine *planned)
{
    const SbWarmImage *image = planned->warm->image;
    if (!image)
        return planned->warm->reason
                   ? g_strdup_printf("'%s' boots: %s", planned->group->name, planned->warm->reason)
                   : NULL;
    g_autofree char *saved = sb_duration_format((gint64)image->record->boot_ms);
    return g_strdup_printf("'%s' is thawed from warm image '%s' (boot saved: %s)",
                           planned->group->name, image->name, saved);
}

static void tell_starts(const SbPlan *plan, const SbOperation *operation)
{
    const SbGroup *told = NULL;
    SB_EACH(const SbPlannedMachine, planned, plan->machines) {
        if (planned->action != SB_ACTION_CREATE || planned->group == told)
            continue;
        told = planned->group;
        g_autofree char *text = describe_start(planned);
        SbEvent event = {.kind = planned->warm->image ? SB_EVENT_STEP : SB_EVENT_NOTE,
                         .text = text};
        if (text)
            sb_operation_tell(operation, &event);
    }
}

/* Said before the wait, so that nobody takes it for a hang. */
static void tell_emulation(const SbPlan *plan, const SbOperation *operation)
{
    SB_EACH(const SbPlannedMachine, planned, plan->machines) {
        if (!sb_platform_is_emulated(planned->platform))
            continue;
        g_autofree char *text = g_strdup_printf(
            "%s machines are emulated (no KVM): a boot takes minutes", planned->platform->arch);
        sb_operation_note(operation, NULL, text);
        return;
    }
}

void sb_plan_tell(const SbPlan *plan, const SbOperation *operation)
{
    SB_EACH(const SbPlannedMachine, planned, plan->machines) {
        SbEvent event = {.kind = SB_EVENT_PLANNED,
                         .machine = planned->name,
                         .number = planned->action,
                         .platform = planned->platform};
        sb_operation_tell(operation, &event);
    }
    SbEvent begun = {.kind = SB_EVENT_BEGUN, .total = plan->machines->len};
    sb_operation_tell(operation, &begun);
    tell_emulation(plan, operation);
    tell_existing(plan, operation);
    tell_starts(plan, operation);
    SB_EACH(const char, name, plan->surplus) {
        g_autofree char *text = g_strdup_printf(
            "is not in the fleet file any more; 'seedbed down %s' removes it", name);
        SbEvent surplus = {.kind = SB_EVENT_SURPLUS, .machine = name, .text = text};
        sb_operation_tell(operation, &surplus);
    }
}
