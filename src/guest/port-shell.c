/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/port-shell.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

enum { MAX_BYTES = 64 * 1024, WORDS_BYTES = 1000 };

#define MARK "\n@@exit "

SB_DEFINE_ERROR(sb_port_shell_error, SB_ERRORS_NONE)

char *sb_port_shell_request(const char *script)
{
    return g_strconcat(script, "@@run\n", NULL);
}

/* The end of the script's output in ANSWER; NULL: there is no exit status yet. */
static const char *find_mark(const GString *answer)
{
    if (answer->len == 0 || answer->str[answer->len - 1] != '\n')
        return NULL;
    return g_strrstr_len(answer->str, (gssize)answer->len, MARK);
}

gboolean sb_port_shell_judge(const GString *answer, gboolean *is_whole_out, GError **error)
{
    const char *mark = find_mark(answer);
    *is_whole_out = mark != NULL;
    if (!mark || strcmp(mark + strlen(MARK), "0\n") == 0)
        return TRUE;
    gsize length = (gsize)(mark - answer->str);
    gsize shown = MIN(length, (gsize)WORDS_BYTES);
    g_autofree char *words = sb_text_sanitize(mark - shown, shown);
    return sb_error_set(error, SB_PORT_SHELL_ERROR, SB_PORT_SHELL_ERROR_FAILED, "%s",
                        shown > 0 ? g_strstrip(words) : "a script failed, without a word");
}

static gboolean is_whole(const GString *answer)
{
    return find_mark(answer) != NULL;
}

gboolean sb_port_shell_run(SbPort *port, const char *script, guint timeout_ms,
                           GCancellable *cancellable, GError **error)
{
    const SbPortLimits limits = {timeout_ms, MAX_BYTES, cancellable};
    g_autofree char *request = sb_port_shell_request(script);
    g_autoptr(GString) answer = sb_port_ask(port, request, is_whole, &limits, error);
    gboolean is_answered;
    return answer && sb_port_shell_judge(answer, &is_answered, error);
}
