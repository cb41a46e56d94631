/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/mac.h"

#include <glib.h>
#include <string.h>

char *sb_mac_derive(const char *uuid, const char *salt)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize length = sizeof digest;
    /* With the NUL between them, ("ab", "c") and ("a", "bc") differ. */
    g_checksum_update(checksum, (const guchar *)uuid, (gssize)strlen(uuid) + 1);
    g_checksum_update(checksum, (const guchar *)salt, (gssize)strlen(salt));
    g_checksum_get_digest(checksum, digest, &length);
    return g_strdup_printf("52:54:00:%02x:%02x:%02x", digest[0], digest[1], digest[2]);
}
