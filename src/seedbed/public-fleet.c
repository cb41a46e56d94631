/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"
#include "seedbed/fleet.h"

#include "base/array.h"
#include "fleet/load.h"
#include "fleet/preview.h"
#include "fleet/up.h"
#include "seedbed/call.h"
#include "seedbed/error.h"
#include "seedbed/public-fleet.h"

struct SeedbedFleet {
    SbFleetFile *file;
    char *warnings;
    char *artifacts; /**< (nullable) */
};

/* ---- the file ---- */

/* FILE: (nullable) (transfer full) */
static SeedbedFleet *make(SbFleetFile *file, const SbDiagnostics *diagnostics, GError **error)
{
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    if (!file)
        return sb_error_set_null(error, SEEDBED_ERROR, SEEDBED_ERROR_INPUT, "%s", findings);
    SeedbedFleet *fleet = g_new0(SeedbedFleet, 1);
    fleet->file = file;
    fleet->warnings = g_steal_pointer(&findings);
    return fleet;
}

SeedbedFleet *seedbed_fleet_load(const char *path, const char *const *settings, GError **error)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    const SbFleetSettings values = {.values = settings};
    return make(sb_fleet_load(path, &values, diagnostics), diagnostics, error);
}

SeedbedFleet *seedbed_fleet_load_text(const char *text, const char *path,
                                      const char *const *settings, GError **error)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    const SbFleetSettings values = {.values = settings};
    return make(sb_fleet_load_text(path, text, &values, diagnostics), diagnostics, error);
}

void seedbed_fleet_free(SeedbedFleet *fleet)
{
    sb_fleet_file_free(fleet->file);
    g_free(fleet->warnings);
    g_free(fleet->artifacts);
    g_free(fleet);
}

const char *seedbed_fleet_get_name(const SeedbedFleet *fleet)
{
    return fleet->file->name;
}

guint seedbed_fleet_get_machine_count(const SeedbedFleet *fleet)
{
    return sb_fleet_file_machine_count(fleet->file);
}

const char *seedbed_fleet_get_warnings(const SeedbedFleet *fleet)
{
    return fleet->warnings;
}

const SbFleetFile *sb_public_fleet_file(const SeedbedFleet *fleet)
{
    return fleet->file;
}

void seedbed_fleet_set_artifacts(SeedbedFleet *fleet, const char *folder)
{
    g_free(fleet->artifacts);
    fleet->artifacts = g_strdup(folder);
}

const char *sb_public_fleet_artifacts(const SeedbedFleet *fleet)
{
    return fleet->artifacts;
}

/* ---- on a host ---- */

typedef struct {
    const SbFleetFile *file;
    const char *pool;
    guint flags;
    guint missing;
} Work;

static gboolean check(const SbOperation *operation, gpointer data, GError **error)
{
    Work *work = data;
    g_autoptr(GPtrArray) documents =
        sb_preview(operation->host, work->file, work->pool, &work->missing, error);
    return documents != NULL;
}

gboolean seedbed_fleet_check(SeedbedHost *host, const SeedbedFleet *fleet, guint *missing_out,
                             GError **error)
{
    Work work = {.file = fleet->file, .pool = sb_call_pool(host)};
    if (!sb_call_run(host, NULL, check, &work, error))
        return FALSE;
    if (missing_out)
        *missing_out = work.missing;
    return TRUE;
}

static gboolean up(const SbOperation *operation, gpointer data, GError **error)
{
    const Work *work = data;
    g_autoptr(SbFleetFile) file = sb_fleet_file_copy_machines(work->file);
    const SbUpOptions options = {
        .pool_name = work->pool,
        .keep = (work->flags & SEEDBED_UP_KEEP_FAILED) != 0,
        .demands = work->flags & SEEDBED_UP_STRICT ? SB_DEMAND_NO_WARNINGS : 0,
        .no_wait = (work->flags & SEEDBED_UP_NO_WAIT) != 0,
        .wait_for_run = (work->flags & SEEDBED_UP_WAIT_FOR_RUN) != 0,
    };
    SB_EACH(SbGroup, group, file->groups) {
        group->spec.is_warm |= (work->flags & SEEDBED_UP_WARM) != 0;
        group->spec.is_cold |= (work->flags & SEEDBED_UP_COLD) != 0;
    }
    return sb_up(operation, file, &options, error);
}

gboolean seedbed_up(SeedbedHost *host, const SeedbedFleet *fleet, guint flags,
                    GCancellable *cancellable, GError **error)
{
    Work work = {.file = fleet->file, .pool = sb_call_pool(host), .flags = flags};
    if ((flags & SEEDBED_UP_WARM) && (flags & SEEDBED_UP_COLD))
        return sb_error_set(
            error, SEEDBED_ERROR, SEEDBED_ERROR_INPUT,
            "a fleet is either warm or cold: give one of SEEDBED_UP_WARM and SEEDBED_UP_COLD");
    return sb_call_run(host, cancellable, up, &work, error);
}
