/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: whatever stands around a private key, sb_redact() removes the key, and what is left
 * is UTF-8. See main.c for how to run it.
 */
#include "diagnose/redact.h"
#include "fuzz.h"

#include <string.h>

#define BODY "b3BlbnNzaC1rZXktdjE"
#define KEY "\n-----BEGIN OPENSSH PRIVATE KEY-----\n" BODY "\n-----END OPENSSH PRIVATE KEY-----\n"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GString) text = g_string_new_len((const char *)data, (gssize)(size / 2));
    g_string_append(text, KEY);
    g_string_append_len(text, (const char *)data + size / 2, (gssize)(size - size / 2));
    if (g_strstr_len((const char *)data, (gssize)size, BODY))
        return 0; /* the secret of the test stands elsewhere too */
    guint count;
    g_autofree char *clean = sb_redact(text->str, &count);
    g_assert_true(g_utf8_validate(clean, -1, NULL));
    /* With a NUL before it, the key is not part of the text. */
    g_assert_true(count > 0 || memchr(data, '\0', size / 2) != NULL);
    g_assert_null(strstr(clean, BODY));
    return 0;
}
