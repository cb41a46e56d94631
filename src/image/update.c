/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/update.h"

#include "image/fetch.h"

gboolean sb_image_update_look(const SbOperation *operation, const SbCatalogueImage *image,
                              const SbImageRecord *record, gboolean *is_newer_out, GError **error)
{
    const SbFetchRequest request = sb_fetch_request(image);
    SbDigest digest;
    if (!sb_fetch_digest(operation, &request, &digest, error))
        return FALSE;
    g_autofree char *now = sb_digest_name(&digest);
    *is_newer_out = g_strcmp0(record->fetched, now) != 0;
    return TRUE;
}
