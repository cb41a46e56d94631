/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/console.h"

#include "base/text.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { KEPT_BYTES = 32 * 1024, LINE_MAX_BYTES = 4096, READ_BYTES = 16 * 1024, ESCAPE = 0x1d };

struct SbConsole {
    virStream *stream;
    SbConsoleLineFunc line;
    gpointer data;
    GString *partial; /**< the line that has not ended yet */
    GString *kept;    /**< the last KEPT_BYTES or more of whole lines */
};

static virStream *open_console(virDomain *domain, guint flags, GError **error)
{
    g_autoptr(virStream) stream = virStreamNew(virDomainGetConnect(domain), VIR_STREAM_NONBLOCK);
    if (stream && virDomainOpenConsole(domain, NULL, stream, flags) == 0)
        return g_steal_pointer(&stream);
    /* libvirt has no code of its own for it. */
    gboolean is_taken = strstr(virGetLastErrorMessage(), "Active console session exists") != NULL;
    g_autoptr(GError) cause = NULL;
    sb_libvirt_set_error(&cause, "cannot open the console of '%s'", virDomainGetName(domain));
    g_set_error(error, cause->domain, cause->code, "%s%s", cause->message,
                is_taken
                    ? "\nsomebody else uses it, perhaps an 'up' that waits: '--force' takes it away"
                    : "");
    return NULL;
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

static void stop_events(virStream *stream)
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
    stop_events(stream);
}

SbConsole *sb_console_follow(virDomain *domain, SbConsoleLineFunc line, gpointer data,
                             GError **error)
{
    virStream *stream = open_console(domain, 0, error);
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
    stop_events(console->stream);
    virStreamFree(console->stream);
    g_string_free(console->partial, TRUE);
    g_string_free(console->kept, TRUE);
    g_free(console);
}

/* An interactive session. */
typedef struct {
    virStream *stream;
    GMainLoop *loop;
    GString *typed; /**< what the stream has not taken yet */
    guint input;
    gboolean has_failed;
    virError *failure; /**< (nullable) libvirt's, taken at once: further calls would reset it */
    int write_errno;   /**< of standard output */
} Session;

static void end_session(Session *session, gboolean failed)
{
    if (failed && !session->has_failed)
        session->failure = virSaveLastError();
    session->has_failed |= failed;
    g_main_loop_quit(session->loop);
}

static void on_cancelled(GCancellable *cancellable, gpointer data)
{
    end_session(data, FALSE);
}

/* FALSE with errno. */
static gboolean write_all(int fd, const char *bytes, gsize length)
{
    while (length > 0) {
        gssize written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR)
            return FALSE;
        if (written > 0) {
            bytes += written;
            length -= written;
        }
    }
    return TRUE;
}

static void send_typed(Session *session)
{
    if (session->typed->len > 0) {
        int sent = virStreamSend(session->stream, session->typed->str, session->typed->len);
        if (sent == -1) {
            end_session(session, TRUE);
            return;
        }
        if (sent > 0)
            g_string_erase(session->typed, 0, sent);
    }
    int events = VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP;
    if (session->typed->len > 0)
        events |= VIR_STREAM_EVENT_WRITABLE;
    virStreamEventUpdateCallback(session->stream, events);
}

static void on_session(virStreamPtr stream, int events, void *data)
{
    Session *session = data;
    char buffer[READ_BYTES];
    int got = 0;
    if (events & VIR_STREAM_EVENT_READABLE) {
        while ((got = virStreamRecv(stream, buffer, sizeof buffer)) > 0) {
            if (write_all(STDOUT_FILENO, buffer, got))
                continue;
            session->write_errno = errno;
            end_session(session, FALSE);
            return;
        }
        if (got == 0 || got == -1) {
            end_session(session, got == -1);
            return;
        }
    }
    if (events & (VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP))
        end_session(session, FALSE);
    else if (events & VIR_STREAM_EVENT_WRITABLE)
        send_typed(session);
}

static gboolean on_typed(int fd, GIOCondition condition, gpointer data)
{
    Session *session = data;
    char buffer[1024];
    gssize got = read(fd, buffer, sizeof buffer);
    /* At once: sending may change errno. */
    gboolean is_later = got < 0 && (errno == EINTR || errno == EAGAIN);
    const char *escape = got > 0 ? memchr(buffer, ESCAPE, got) : NULL;
    if (escape)
        got = escape - buffer;
    if (got > 0)
        g_string_append_len(session->typed, buffer, got);
    send_typed(session);
    if (escape) {
        end_session(session, FALSE);
        return G_SOURCE_REMOVE;
    }
    if (got > 0 || is_later)
        return G_SOURCE_CONTINUE;
    /* The end of the input is not the end of the session: a script wants to see the answer. */
    session->input = 0;
    return G_SOURCE_REMOVE;
}

static void run_session(Session *session)
{
    struct termios before, raw;
    gboolean is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    if (is_terminal) {
        raw = before;
        cfmakeraw(&raw);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
    }
    session->input = g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_typed, session);
    g_main_loop_run(session->loop);
    if (session->input)
        g_source_remove(session->input);
    if (is_terminal)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
}

gboolean sb_console_attach(virDomain *domain, gboolean force,
                           void (*connected)(virDomain *domain, gpointer data), gpointer data,
                           GCancellable *cancellable, GError **error)
{
    g_autoptr(virStream) stream = open_console(domain, force ? VIR_DOMAIN_CONSOLE_FORCE : 0, error);
    if (!stream)
        return FALSE;
    if (connected)
        connected(domain, data);
    Session session = {
        .stream = stream, .loop = g_main_loop_new(NULL, FALSE), .typed = g_string_new(NULL)};
    if (virStreamEventAddCallback(
            stream, VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP,
            on_session, &session, NULL) == 0) {
        gulong handler =
            g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled), &session, NULL);
        run_session(&session);
        g_cancellable_disconnect(cancellable, handler);
    } else {
        end_session(&session, TRUE);
    }
    stop_events(stream);
    g_main_loop_unref(session.loop);
    g_string_free(session.typed, TRUE);
    /* A reader that goes away has had enough. */
    if (session.write_errno && session.write_errno != EPIPE) {
        g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(session.write_errno),
                    "cannot write to standard output: %s", g_strerror(session.write_errno));
        return FALSE;
    }
    if (!session.has_failed)
        return TRUE;
    sb_libvirt_set_saved_error(error, session.failure, "the console of '%s' broke",
                               virDomainGetName(domain));
    return FALSE;
}
