/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/up.h"

#include "machine/base-images.h"
#include "machine/warm-images.h"

gboolean sb_up(const SbOperation *operation, const SbFleetFile *fleet, const SbUpOptions *options,
               GError **error)
{
    return sb_base_images_get(operation, fleet, options->pool_name, error) &&
           sb_warm_images_get(operation, fleet, options, error) &&
           sb_bring_up_run(operation, fleet, options, error);
}
