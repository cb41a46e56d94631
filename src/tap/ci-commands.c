/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/ci-commands.h"

#include <string.h>

/* Whether TEXT, which stands behind "##", continues a command: with "[", or with a word such as
 * "vso[". */
static gboolean is_bracketed(const char *text)
{
    while (g_ascii_isalpha(*text))
        text++;
    return *text == '[';
}

char *sb_ci_commands_defuse(const char *text)
{
    if (!strstr(text, "::") && !strstr(text, "##"))
        return g_strdup(text);
    GString *safe = g_string_new(NULL);
    gboolean at_start = TRUE;
    for (const char *c = text; *c; c++) {
        g_string_append_c(safe, *c);
        if ((at_start && c[0] == ':' && c[1] == ':') ||
            (c[0] == '#' && c[1] == '#' && is_bracketed(c + 2)))
            g_string_append_c(safe, ' ');
        if (*c == '\n')
            at_start = TRUE;
        else if (!g_unichar_isspace(g_utf8_get_char(c)) && ((guchar)*c & 0xc0) != 0x80)
            at_start = FALSE;
    }
    return g_string_free(safe, FALSE);
}
