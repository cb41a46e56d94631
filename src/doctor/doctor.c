/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doctor/doctor.h"

#include "base/loop.h"
#include "doctor/host-checks.h"
#include "doctor/local-checks.h"
#include "doctor/trial.h"

static void run_all(SbDoctor *doctor, const SbCheck *checks, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        if ((checks[i].needs_connection && !doctor->connection) ||
            (checks[i].needs_local && !doctor->is_local))
            continue;
        doctor->check = checks[i].name;
        doctor->why = checks[i].why;
        checks[i].run(doctor);
    }
}

/* Beside the main loop, from which the streams of libvirt have their bytes. */
static gboolean run_trial(gpointer data, GError **error)
{
    gsize count;
    const SbCheck *checks = sb_doctor_trial_checks(&count);
    run_all(data, checks, count);
    return TRUE;
}

GPtrArray *sb_doctor(SbHost *host, const GError *why_not, const char *pool, gboolean is_deep)
{
    g_auto(SbLease) lease = sb_lease_take(host, NULL);
    SbDoctor doctor = {.host = host,
                       .why_not = why_not,
                       .connection = lease.connection,
                       .is_local = !host || !sb_host_is_remote(host),
                       .is_privileged = host && sb_host_is_privileged(host),
                       .pool = pool,
                       .found =
                           g_ptr_array_new_with_free_func((GDestroyNotify)sb_found_health_free)};
    gsize count;
    const SbCheck *checks = sb_doctor_host_checks(&count);
    run_all(&doctor, checks, count);
    checks = sb_doctor_local_checks(&count);
    run_all(&doctor, checks, count);
    g_autoptr(GError) error = NULL;
    if (is_deep && !sb_loop_run_beside("trial", run_trial, &doctor, &error))
        g_debug("%s", error->message);
    return doctor.found;
}
