/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/run.h"

#include "base/error.h"
#include "base/names.h"
#include "fleet/down.h"
#include "guest/guest-command-wait.h"
#include "machine/claim.h"
#include "machine/lookup.h"

/* To a machine that ssh has reached before. */
enum { CONNECT_MS = 5 * 60 * 1000 };

static gboolean run_command(const SbOperation *operation, const char *machine, const char *command,
                            int *status_out, GError **error)
{
    g_autoptr(SbAccess) access = NULL;
    {
        g_auto(SbLease) lease = sb_lease_take(operation->host, error);
        if (lease.connection)
            access = sb_lookup_access(operation->host, lease.connection, machine, error);
    }
    SbGuestCommandRequest request = {.script = command, .connect_ms = CONNECT_MS};
    return access && sb_guest_command_wait(operation, access, machine, &request, status_out, error);
}

static gboolean release(const SbOperation *operation, const char *machine, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    return lease.connection && sb_claim_release(lease.connection, machine, error);
}

/* The machine stays, or goes. Also after Ctrl-C: what this made, this removes. */
static gboolean clean_up(const SbOperation *operation, const SbFleetFile *fleet, gboolean keep,
                         const char *machine, GError **error)
{
    const char *const names[] = {fleet->name, NULL};
    const SbOperation removing = {operation->host, NULL, operation->event, operation->data};
    guint count;
    return keep ? release(operation, machine, error) : sb_down(&removing, names, &count, error);
}

gboolean sb_run(const SbOperation *operation, const SbFleetFile *fleet, const SbRunOptions *options,
                int *status_out, GError **error)
{
    *status_out = 0;
    SbUpOptions up = options->up;
    up.run = options->command ? SB_RUN_COMMAND : SB_RUN_UP;
    if (!sb_up(operation, fleet, &up, error))
        return FALSE;
    if (!options->command)
        return TRUE;
    const SbGroup *group = g_ptr_array_index(fleet->groups, 0);
    g_autofree char *machine = sb_machine_name(fleet->name, group->name, 1);
    g_autoptr(GError) cause = NULL, left = NULL;
    gboolean is_run = run_command(operation, machine, options->command, status_out, &cause);
    if (!clean_up(operation, fleet, options->keep, machine, &left))
        sb_error_append(&cause, "\n%s", left->message);
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    else if (left)
        g_propagate_error(error, g_steal_pointer(&left));
    return is_run && !left;
}
