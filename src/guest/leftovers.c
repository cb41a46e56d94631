/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/leftovers.h"

#include "base/resources.h"
#include "base/text.h"
#include "guest/ssh-process.h"

#include <string.h>

enum { ANSWER_MAX_BYTES = 16 * 1024, MAX_NAMES = 5, MAX_NAME_BYTES = 60, MAX_PID_DIGITS = 10 };

struct SbLeftovers {
    SbLeftoversFunc func;
    gpointer data;
    SbSshProcess *ssh;
    GString *answer;
};

char *sb_leftovers_names(const char *text, gsize length)
{
    g_autofree char *clean = sb_text_sanitize(text, length);
    g_auto(GStrv) lines = g_strsplit(clean, "\n", -1);
    GString *names = g_string_new(NULL);
    guint count = 0;
    for (char **line = lines; *line; line++) {
        gsize digits = strspn(*line, "0123456789");
        if (digits == 0 || digits > MAX_PID_DIGITS || (*line)[digits] != ' ')
            continue;
        if (++count > MAX_NAMES)
            continue;
        g_autofree char *name = g_utf8_substring(
            *line + digits + 1, 0, MIN(g_utf8_strlen(*line + digits + 1, -1), MAX_NAME_BYTES));
        g_string_append_printf(names, "%s%s (%.*s)", count > 1 ? ", " : "", g_strstrip(name),
                               (int)digits, *line);
    }
    if (count > MAX_NAMES)
        g_string_append_printf(names, " and %u more", count - MAX_NAMES);
    return g_string_free(names, count == 0);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbLeftovers *leftovers = data;
    gsize space = ANSWER_MAX_BYTES - leftovers->answer->len;
    if (!is_stderr)
        g_string_append_len(leftovers->answer, bytes, (gssize)MIN(length, space));
}

static void on_ended(int status, gpointer data)
{
    SbLeftovers *leftovers = data;
    g_autofree char *names = sb_leftovers_names(leftovers->answer->str, leftovers->answer->len);
    leftovers->func(names, leftovers->data);
}

SbLeftovers *sb_leftovers_ask(const SbAccess *access, const char *machine, const char *mark,
                              SbLeftoversFunc func, gpointer data)
{
    static const SbSshProcessCallbacks callbacks = {on_output, on_ended};
    g_autoptr(GBytes) script = sb_resource("src/guest/leftovers.sh");
    g_autofree char *quoted = g_shell_quote(g_bytes_get_data(script, NULL));
    g_autofree char *command = g_strdup_printf("exec sh -c %s sh %s", quoted, mark);
    SbSshProcessRequest request = {
        .config_path = sb_access_config_path(access), .machine = machine, .command = command};
    SbLeftovers *leftovers = g_new0(SbLeftovers, 1);
    leftovers->func = func;
    leftovers->data = data;
    leftovers->answer = g_string_new(NULL);
    leftovers->ssh = sb_ssh_process_start(&request, &callbacks, leftovers, NULL);
    return leftovers;
}

void sb_leftovers_free(SbLeftovers *leftovers)
{
    if (!leftovers)
        return;
    sb_ssh_process_free(leftovers->ssh);
    g_string_free(leftovers->answer, TRUE);
    g_free(leftovers);
}
