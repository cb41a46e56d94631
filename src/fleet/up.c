/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/up.h"

#include "base/error.h"
#include "creation/base-images.h"
#include "creation/run-wait.h"
#include "creation/warm-images.h"

gboolean sb_up(const SbOperation *operation, const SbFleetFile *fleet, const SbUpOptions *options,
               GError **error)
{
    if (!sb_base_images_get(operation, fleet, options->pool_name, error))
        return FALSE;
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbPlan) plan = NULL;
    while (!sb_warm_images_get(operation, fleet, options, &plan, &cause) ||
           !sb_bring_up_run(operation, fleet, options, g_steal_pointer(&plan), &cause))
        if (!sb_run_wait_after(operation, fleet, options, &cause))
            return sb_error_pass(error, &cause);
    return TRUE;
}
