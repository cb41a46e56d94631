/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/warm-images.h"

#include "base/array.h"
#include "creation/freeze.h"
#include "creation/run-wait.h"
#include "machine/take-down.h"
#include "wait/settled.h"

#include <string.h>

/* One warm image that is made. */
typedef struct {
    const SbOperation *operation;
    const SbFleetFile *fleet;
    const SbBringUpOptions *options;
    const SbPlannedMachine *planned; /**< a machine that will be thawed from it */
    const SbPool *pool;
    const char *key;
    SbFleetFile *template_fleet;
    char *template_name;
} Making;

static void making_clear(Making *making)
{
    g_clear_pointer(&making->template_fleet, sb_fleet_file_free);
    g_clear_pointer(&making->template_name, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Making, making_clear)

static void note(const Making *making, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void note(const Making *making, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sb_operation_note(making->operation, NULL, text);
}

/* The template is not one of the machines that the caller counts. */
static void tell_template(const SbEvent *event, gpointer data)
{
    if (event->kind != SB_EVENT_MADE)
        sb_operation_tell(data, event);
}

static void make_template(Making *making)
{
    g_autofree char *name = g_strdup_printf("warm-%s", making->key);
    making->template_fleet =
        sb_fleet_file_of_one(making->fleet, name, making->planned->group, SB_WARM_TEMPLATE_GROUP,
                             making->planned->image->name);
    making->template_name = sb_warm_template_name(making->key);
    SbGroup *group = g_ptr_array_index(making->template_fleet->groups, 0);
    group->spec.is_warm = FALSE;
    group->spec.is_cold = TRUE;
}

/* ---- boot and freeze ---- */

static gboolean take_down(const Making *making, GError **error)
{
    const char *names[] = {making->template_fleet->name, NULL};
    guint count = 0;
    const SbOperation removing = {.host = making->operation->host};
    return sb_take_down_run(&removing, names, names, NULL, &count, error);
}

static gboolean freeze_template(const Making *making, SbWarmRecord *record, GError **error)
{
    SbHost *host = making->operation->host;
    const SbPlannedMachine *planned = making->planned;
    g_auto(SbLease) lease = sb_lease_take(host, error);
    virConnect *connection = lease.connection;
    g_autoptr(SbDomain) domain =
        connection ? sb_domain_find(connection, making->template_name, error) : NULL;
    if (!domain)
        return FALSE;
    g_autoptr(GPtrArray) domains = g_ptr_array_new();
    g_ptr_array_add(domains, domain);
    g_autoptr(SbAccess) access =
        sb_access_load(host, connection, making->template_fleet->name, domains, error);
    const SbFreezeRequest request = {.domain = domain,
                                     .access = access,
                                     .arch = planned->spec.arch,
                                     .image_path = planned->image->path,
                                     .image_format = planned->image->format,
                                     .record = record};
    if (!access)
        return FALSE;
    record->boot_id = sb_settled_read(sb_access_directory(access), domain);
    return sb_freeze_run(making->operation, &request, error);
}

/* Writes down why the guest cannot be frozen, so that it is not booted in vain again. */
static gboolean record_problem(const Making *making, SbWarmRecord *record, const GError *cause,
                               GError **error)
{
    note(making, "%s: machines of group '%s' boot", cause->message, making->planned->group->name);
    record->problem = g_strdup(cause->message);
    g_auto(SbLease) lease = sb_lease_take(making->operation->host, error);
    g_autoptr(SbPool) pool =
        lease.connection ? sb_pool_reopen(making->pool, lease.connection, error) : NULL;
    return pool && sb_warm_image_publish(pool, record,
                                         sb_host_is_privileged(making->operation->host), error);
}

/* *HAS_WAITED_OUT: another process had the template; it is gone now. */
static gboolean boot(const Making *making, gboolean *has_waited_out, GError **error)
{
    SbBringUpOptions options = *making->options;
    options.keep = options.no_wait = FALSE;
    options.run = SB_RUN_BUILD;
    options.wait_for_run = TRUE;
    SbOperation operation = *making->operation;
    operation.event = tell_template;
    operation.data = (gpointer)making->operation;
    g_autoptr(GError) cause = NULL;
    if (sb_bring_up_run(&operation, making->template_fleet, &options, NULL, &cause))
        return TRUE;
    *has_waited_out =
        sb_run_wait_after(making->operation, making->template_fleet, &options, &cause);
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

static gboolean make(Making *making, const SbWarmRecipe *recipe, gboolean *has_waited_out,
                     GError **error)
{
    make_template(making);
    note(making, "group '%s' has no warm image yet: one machine boots and becomes 'warm-%s'",
         making->planned->group->name, making->key);
    gint64 begun_us = g_get_monotonic_time();
    if (!boot(making, has_waited_out, error))
        return *has_waited_out;
    g_autoptr(SbWarmRecord) record = sb_warm_record_new(recipe, making->planned->image->volume);
    record->boot_ms = (guint64)(g_get_monotonic_time() - begun_us) / 1000;
    note(making, "freezing '%s'", making->template_name);
    g_autoptr(GError) cause = NULL;
    gboolean is_frozen = freeze_template(making, record, &cause);
    gboolean is_down = take_down(making, cause ? NULL : &cause);
    if (g_error_matches(cause, SB_FREEZE_ERROR, SB_FREEZE_ERROR_GUEST))
        return record_problem(making, record, cause, error);
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    return is_frozen && is_down;
}

/* ---- which ---- */

static gboolean wants_any(const SbFleetFile *fleet)
{
    SB_EACH(const SbGroup, group, fleet->groups)
        if (group->spec.is_warm && !group->spec.is_cold)
            return TRUE;
    return FALSE;
}

/* Blocks for a moment only: the plan asks libvirt. */
static SbPlan *make_plan(const SbOperation *operation, const SbFleetFile *fleet,
                         const SbBringUpOptions *options, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    return lease.connection ? sb_plan_new(operation->host, lease.connection, options->pool_name,
                                          fleet, options->run, error)
                            : NULL;
}

/* Makes those that PLAN misses. *IS_OLD_OUT: a machine was booted, or waited for: the plan is old.
 * *HAS_WAITED_OUT: look again, because another process made some. */
static gboolean make_missing(const SbOperation *operation, const SbPlan *plan,
                             const SbBringUpOptions *options, gboolean *is_old_out,
                             gboolean *has_waited_out, GError **error)
{
    g_autoptr(GHashTable) made = g_hash_table_new(g_str_hash, g_str_equal);
    SB_EACH(const SbPlannedMachine, planned, plan->machines) {
        const SbWarmChoice *choice = planned->warm;
        if (!planned->group->spec.is_warm || planned->action != SB_ACTION_CREATE ||
            !choice->can_freeze || !g_hash_table_add(made, choice->key))
            continue;
        *is_old_out = TRUE;
        g_auto(Making) making = {.operation = operation,
                                 .fleet = plan->fleet,
                                 .options = options,
                                 .planned = planned,
                                 .pool = plan->pool,
                                 .key = choice->key};
        if (!make(&making, &choice->recipe, has_waited_out, error))
            return FALSE;
    }
    return TRUE;
}

gboolean sb_warm_images_get(const SbOperation *operation, const SbFleetFile *fleet,
                            const SbBringUpOptions *options, SbPlan **plan_out, GError **error)
{
    gboolean has_waited = wants_any(fleet);
    while (has_waited) {
        gboolean is_old = FALSE;
        g_autoptr(SbPlan) plan = make_plan(operation, fleet, options, error);
        has_waited = FALSE;
        if (!plan || !make_missing(operation, plan, options, &is_old, &has_waited, error))
            return FALSE;
        if (plan_out && !is_old)
            *plan_out = g_steal_pointer(&plan);
    }
    return TRUE;
}
