/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-script.h"

#include "base/resources.h"

/* A shell reads a line byte by byte. A guest takes as long for these as for a login. */
enum { NEXT_LINE_MAX_BYTES = 4096 };

static GString *quote(const char *const *arguments)
{
    GString *line = g_string_new(NULL);
    for (; *arguments; arguments++) {
        g_autofree char *quoted = g_shell_quote(*arguments);
        g_string_append_printf(line, " %s", quoted);
    }
    return line;
}

char *sb_guest_script_line(const char *const *arguments)
{
    g_autoptr(GBytes) script = sb_resource("src/guest/guest-command.sh");
    g_autofree char *quoted = g_shell_quote(g_bytes_get_data(script, NULL));
    g_autofree char *rest = g_string_free(quote(arguments), FALSE);
    return g_strconcat("exec sh -c ", quoted, " sh", rest, NULL);
}

char *sb_guest_script_next_line(const char *const *arguments)
{
    GString *line = quote(arguments);
    g_string_replace(line, "\n", "'\"$newline\"'", 0);
    g_string_append_c(line, '\n');
    return g_string_free(line, line->len > NEXT_LINE_MAX_BYTES);
}
