/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/plan-tell.h"

#include "base/array.h"
#include "base/units.h"

static void tell_changed(const SbPlan *plan, const SbOperation *operation)
{
    SB_EACH(const SbPlannedMachine, planned, plan->machines) {
        if (!planned->is_changed || planned->action == SB_ACTION_CREATE)
            continue;
        g_autofree char *text =
            g_strdup_printf("the fleet file (or a file that it names, or the image) has changed "
                            "since it was made; it stays as it was: 'seedbed down %s' and 'up' "
                            "make it again",
                            planned->name);
        SbEvent changed = {.kind = SB_EVENT_NOTE, .machine = planned->name, .text = text};
        sb_operation_tell(operation, &changed);
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
        SbEvent event = {.kind = SB_EVENT_NOTE, .text = text};
        if (text)
            sb_operation_tell(operation, &event);
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
    tell_changed(plan, operation);
    tell_starts(plan, operation);
    SB_EACH(const char, name, plan->surplus) {
        g_autofree char *text = g_strdup_printf(
            "is not in the fleet file any more; 'seedbed down %s' removes it", name);
        SbEvent surplus = {.kind = SB_EVENT_SURPLUS, .machine = name, .text = text};
        sb_operation_tell(operation, &surplus);
    }
}
