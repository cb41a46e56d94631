/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/network-kind.h"

#include <string.h>

static const char *const names[] = {
    [SB_NETWORK_DEFAULT] = "default",   [SB_NETWORK_NAT] = "nat",
    [SB_NETWORK_ISOLATED] = "isolated", [SB_NETWORK_USER] = "user",
    [SB_NETWORK_EXISTING] = "existing", [SB_NETWORK_BRIDGE] = "bridge",
};

const char *sb_network_kind_name(SbNetworkKind kind)
{
    return names[kind];
}

gboolean sb_network_kind_from_name(const char *name, SbNetworkKind *kind_out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i], name) == 0) {
            *kind_out = (SbNetworkKind)i;
            return TRUE;
        }
    return FALSE;
}

gboolean sb_network_kind_is_own(SbNetworkKind kind)
{
    return kind == SB_NETWORK_NAT || kind == SB_NETWORK_ISOLATED;
}
