/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/login-step.h"

#include "base/text.h"
#include "local/ssh.h"

#include <string.h>

enum { MAX_BYTES = 64 * 1024 };

static const char debug[] = "debug1: ";

char *sb_login_step(const char *config_path, const char *machine, guint seconds)
{
    static const char *const options[] = {"-v", "-oControlPath=none", NULL};
    g_autoptr(GSubprocess) ssh =
        sb_ssh_spawn(config_path, machine, options, "true",
                     G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL);
    g_autoptr(GBytes) output = NULL, words = NULL;
    if (!ssh || sb_ssh_take_answer(ssh, MAX_BYTES, seconds, &output, &words) || !words)
        return NULL;
    gsize length;
    const char *bytes = g_bytes_get_data(words, &length);
    g_autofree char *clean = sb_text_sanitize(bytes ? bytes : "", length);
    g_autofree char *last = sb_text_last_lines(clean, 1);
    /* The last line of an ssh that has ended says why, without this prefix. */
    return g_str_has_prefix(last, debug) ? g_strchomp(g_strdup(last + strlen(debug))) : NULL;
}
