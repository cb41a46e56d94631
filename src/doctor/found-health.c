/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doctor/found-health.h"

void sb_found_health_free(SbFoundHealth *found)
{
    g_free(found->found);
    g_free(found->mend);
    g_free(found);
}
