/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/seed-problem.h"

#include "base/text.h"
#include "cloud-init/user-data.h"
#include "local/seed-iso.h"

#include <string.h>

enum { SHOWN_BYTES = 40 };

static const char *text_of(GBytes *bytes, gsize *length_out)
{
    const char *text = bytes ? g_bytes_get_data(bytes, length_out) : NULL;
    if (!text)
        *length_out = 0;
    return text ? text : "";
}

static char *user_data_problem(GBytes *bytes)
{
    gsize length;
    const char *text = text_of(bytes, &length);
    if (length == 0)
        return g_strdup("its user-data is missing or empty");
    if (sb_user_data_format(text, length) != SB_USER_DATA_UNKNOWN)
        return NULL;
    g_autofree char *start = g_strndup(text, MIN(length, SHOWN_BYTES));
    start[strcspn(start, "\r\n")] = '\0';
    g_autofree char *shown = sb_text_one_line(start);
    return g_strdup_printf("its user-data begins with '%s', and cloud-init ignores what does not "
                           "begin with '#cloud-config', '#!' or the like",
                           shown);
}

static char *meta_data_problem(GBytes *bytes)
{
    gsize length;
    const char *text = text_of(bytes, &length);
    return g_strstr_len(text, (gssize)length, "instance-id")
               ? NULL
               : g_strdup("its meta-data is missing, or has no 'instance-id'");
}

char *sb_seed_problem(GBytes *image)
{
    g_autoptr(GError) error = NULL;
    g_auto(SbSeed) seed = {.user_data = NULL};
    if (!sb_seed_iso_read(image, &seed, NULL, &error))
        return g_strdup(error->message);
    char *problem = meta_data_problem(seed.meta_data);
    return problem ? problem : user_data_problem(seed.user_data);
}
