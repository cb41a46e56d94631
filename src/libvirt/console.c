/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/console.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

enum { KEPT_BYTES = 32 * 1024, LINE_MAX_BYTES = 4096, READ_BYTES = 16 * 1024 };

struct SbConsole {
    virStream *stream;
    SbConsoleLineFunc line;
    gpointer data;
    GString *partial; /**< the line that has not ended yet */
    GString *kept;    /**< the last KEPT_BYTES or more of whole lines */
};

virStream *sb_console_open_stream(virDomain *domain, guint flags, GError **error)
{
    g_autoptr(virStream) stream = virStreamNew(virDomainGetConnect(domain), VIR_STREAM_NONBLOCK);
    if (stream && virDomainOpenConsole(domain, NULL, stream, flags) == 0)
        return g_steal_pointer(&stream);
    /* libvirt has no code of its own for it. */
    gboolean is_taken = strstr(virGetLastErrorMessage(), "Active console session exists") != NULL;
    g_autoptr(GError) cause = NULL;
    sb_libvirt_set_error(&cause, "cannot open the console of '%s'", virDomainGetName(domain));
    return sb_error_set_null(error, cause->domain, cause->code, "%s%s", cause->message,
                             is_taken ? "\nanother process uses it, perhaps an 'up' that waits: "
                                        "'--force' disconnects that process"
                                      : "");
}

static void take_line(SbConsole *console)
{
    g_autofree char *line = sb_text_sanitize(console->partial->str, console->partial->len);
    g_string_truncate(console->partial, 0);
    g_string_append(console->kept, line);
    g_string_append_c(console->kept, '\n');
    if (console->kept->len > 2 * KEPT_BYTES)
        g_string_erase(console->kept, 0, (gssize)(console->kept->len - KEPT_BYTES));
    console->line(line, console->data);
}

/* Firmware moves the cursor instead of ending lines, so a carriage return ends one too. */
static void take_bytes(SbConsole *console, const char *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r' || console->partial->len >= LINE_MAX_BYTES) {
            if (console->partial->len > 0)
                take_line(console);
        }
        if (bytes[i] != '\n' && bytes[i] != '\r')
            g_string_append_c(console->partial, bytes[i]);
    }
}

void sb_console_stop_stream(virStream *stream)
{
    virStreamEventRemoveCallback(stream);
    virStreamAbort(stream);
    virResetLastError();
}

static void on_followed(virStreamPtr stream, int events, void *data)
{
    SbConsole *console = data;
    char buffer[READ_BYTES];
    for (;;) {
        int got = virStreamRecv(stream, buffer, sizeof buffer);
        if (got == -2)
            return;
        if (got <= 0)
            break;
        take_bytes(console, buffer, got);
    }
    virResetLastError();
    sb_console_stop_stream(stream);
}

SbConsole *sb_console_follow(virDomain *domain, SbConsoleLineFunc line, gpointer data,
                             GError **error)
{
    virStream *stream = sb_console_open_stream(domain, 0, error);
    if (!stream)
        return NULL;
    SbConsole *console = g_new0(SbConsole, 1);
    console->stream = stream;
    console->line = line;
    console->data = data;
    console->partial = g_string_new(NULL);
    console->kept = g_string_new(NULL);
    if (virStreamEventAddCallback(
            stream, VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP,
            on_followed, console, NULL) < 0) {
        sb_libvirt_set_error(error, "cannot read the console of '%s'", virDomainGetName(domain));
        g_clear_pointer(&console, sb_console_free);
    }
    return console;
}

char *sb_console_last_lines(const SbConsole *console, guint lines)
{
    g_autofree char *partial = sb_text_sanitize(console->partial->str, console->partial->len);
    g_autofree char *all = g_strconcat(console->kept->str, partial, NULL);
    return sb_text_last_lines(all, lines);
}

void sb_console_free(SbConsole *console)
{
    if (!console)
        return;
    sb_console_stop_stream(console->stream);
    virStreamFree(console->stream);
    g_string_free(console->partial, TRUE);
    g_string_free(console->kept, TRUE);
    g_free(console);
}
