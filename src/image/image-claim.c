/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-claim.h"

#include <string.h>

/* After it come the process and a newline. */
#define BEGIN "seedbed is writing this image: "

GBytes *sb_image_claim_new(const char *process_id)
{
    char *text = g_strdup_printf(BEGIN "%.300s\n", process_id);
    return g_bytes_new_take(text, strlen(text));
}

char *sb_image_claim_read(GBytes *start)
{
    gsize length;
    const char *data = g_bytes_get_data(start, &length);
    g_autofree char *text = g_strndup(data ? data : "", length);
    char *end = strchr(text, '\n');
    if (!end || !g_str_has_prefix(text, BEGIN))
        return NULL;
    *end = '\0';
    return g_strdup(text + strlen(BEGIN));
}

gboolean sb_image_claim_is_at(const guint8 *head, gsize length)
{
    return length >= strlen(BEGIN) && memcmp(head, BEGIN, strlen(BEGIN)) == 0;
}
