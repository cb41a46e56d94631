/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/console-session.h"

#include "base/loop.h"
#include "libvirt/console.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* libvirt (9.0) tells a session of its forced end only while no output is on its way to it;
 * otherwise it just reads nothing more of it. With five messages unread it also answers no
 * keep-alive, and that is an error. So messages of no bytes are sent. */
enum { READ_BYTES = 16 * 1024, ESCAPE = 0x1d, PROBE_SECONDS = 1 };

/* Of output that was not taken yet */
enum { KEPT_BYTES = 1024 * 1024 };

typedef enum { RUNS, ENDED, BROKEN, UNWRITABLE } State;

typedef struct {
    virStream *stream;
    SbLoop *loop;
    GString *typed;  /* what the stream has not taken yet */
    GString *unread; /* what standard output has not taken yet */
    guint64 lost;    /* bytes that came after `unread` was full */
    int output;
    gboolean is_socket; /* the output */
    guint input, room;  /* sources; `room` while there is something unread */
    State state;
    virError *failure; /* (nullable) of BROKEN; (transfer full) */
    int write_errno;   /* of UNWRITABLE */
} Session;

static void end_if_written(Session *session)
{
    if (session->state != RUNS && session->unread->len == 0)
        sb_loop_end(session->loop);
}

static void end_session(Session *session, State state)
{
    if (session->state != RUNS)
        return;
    session->state = state;
    /* Save it immediately: the next call resets it. */
    session->failure = state == BROKEN ? virSaveLastError() : NULL;
    sb_console_stop_stream(session->stream);
    end_if_written(session);
}

/* The user does not want the rest. */
static void end_immediately(Session *session)
{
    g_string_truncate(session->unread, 0);
    end_session(session, ENDED);
    end_if_written(session);
}

static void on_cancelled(gpointer data)
{
    end_immediately(data);
}

/* ---- output ---- */

/* Other processes have standard output too, and it must go on to block them: so a pipe or terminal
 * is opened once more. If that is not allowed, a reader that takes nothing holds up the session. */
static void open_output(Session *session)
{
    struct stat info;
    gboolean is_known = fstat(STDOUT_FILENO, &info) == 0;
    session->is_socket = is_known && S_ISSOCK(info.st_mode);
    session->output = is_known && (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode))
                          ? open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
                          : -1;
    if (session->output < 0)
        session->output = dup(STDOUT_FILENO);
}

/* FALSE with errno. */
static gboolean write_unread(Session *session)
{
    GString *unread = session->unread;
    while (unread->len > 0) {
        gssize written = session->is_socket ? send(session->output, unread->str, unread->len,
                                                   MSG_DONTWAIT | MSG_NOSIGNAL)
                                            : write(session->output, unread->str, unread->len);
        if (written < 0 && errno != EINTR)
            return errno == EAGAIN;
        if (written > 0)
            g_string_erase(unread, 0, written);
        if (unread->len == 0 && session->lost > 0) {
            g_string_append_printf(unread, "\r\n[%" G_GUINT64_FORMAT " bytes were left out]\r\n",
                                   session->lost);
            session->lost = 0;
        }
    }
    return TRUE;
}

static void end_unwritable(Session *session)
{
    session->write_errno = errno;
    g_string_truncate(session->unread, 0);
    end_session(session, UNWRITABLE);
    if (session->state == ENDED)
        session->state = UNWRITABLE;
    end_if_written(session);
}

static gboolean on_room(int fd, GIOCondition condition, gpointer data)
{
    Session *session = data;
    if (!write_unread(session))
        end_unwritable(session);
    end_if_written(session);
    if (session->unread->len > 0)
        return G_SOURCE_CONTINUE;
    session->room = 0;
    return G_SOURCE_REMOVE;
}

/* FALSE if it cannot be written. */
static gboolean put(Session *session, const char *bytes, gsize length)
{
    if (session->lost > 0 || session->unread->len + length > KEPT_BYTES)
        session->lost += length;
    else
        g_string_append_len(session->unread, bytes, (gssize)length);
    if (session->room != 0)
        return TRUE;
    if (!write_unread(session))
        return FALSE;
    if (session->unread->len > 0)
        session->room = g_unix_fd_add(session->output, G_IO_OUT, on_room, session);
    return TRUE;
}

/* ---- input ---- */

static void send_typed(Session *session)
{
    if (session->typed->len > 0) {
        int sent = virStreamSend(session->stream, session->typed->str, session->typed->len);
        if (sent == -1) {
            end_session(session, BROKEN);
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
            if (put(session, buffer, (gsize)got))
                continue;
            end_unwritable(session);
            return;
        }
        if (got == 0 || got == -1) {
            end_session(session, got == -1 ? BROKEN : ENDED);
            return;
        }
    }
    if (events & (VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP))
        end_session(session, ENDED);
    else if (events & VIR_STREAM_EVENT_WRITABLE)
        send_typed(session);
}

static gboolean on_typed(int fd, GIOCondition condition, gpointer data)
{
    Session *session = data;
    char buffer[1024];
    gssize got = read(fd, buffer, sizeof buffer);
    /* Look immediately: sending may change errno. */
    gboolean is_later = got < 0 && (errno == EINTR || errno == EAGAIN);
    const char *escape = got > 0 ? memchr(buffer, ESCAPE, got) : NULL;
    if (escape)
        got = escape - buffer;
    if (got > 0)
        g_string_append_len(session->typed, buffer, got);
    if (session->state == RUNS)
        send_typed(session);
    if (escape)
        end_immediately(session);
    if (escape || got > 0 || is_later)
        return G_SOURCE_CONTINUE;
    session->input = 0;
    return G_SOURCE_REMOVE;
}

static gboolean probe(gpointer data)
{
    Session *session = data;
    if (session->state == RUNS && virStreamSend(session->stream, "", 0) == -1)
        end_session(session, BROKEN);
    return G_SOURCE_CONTINUE;
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
    open_output(session);
    session->input = g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_typed, session);
    guint probes = g_timeout_add_seconds(PROBE_SECONDS, probe, session);
    sb_loop_wait(session->loop);
    g_source_remove(probes);
    g_clear_handle_id(&session->input, g_source_remove);
    g_clear_handle_id(&session->room, g_source_remove);
    close(session->output);
    if (is_terminal)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
}

gboolean sb_console_attach(virDomain *domain, gboolean force,
                           void (*connected)(const char *name, gpointer data), gpointer data,
                           GCancellable *cancellable, GError **error)
{
    g_autoptr(virStream) stream =
        sb_console_open_stream(domain, force ? VIR_DOMAIN_CONSOLE_FORCE : 0, error);
    if (!stream)
        return FALSE;
    if (connected)
        connected(virDomainGetName(domain), data);
    g_autoptr(GString) typed = g_string_new(NULL), unread = g_string_new(NULL);
    Session session = {.stream = stream, .typed = typed, .unread = unread};
    g_autoptr(SbLoop) loop = sb_loop_new(cancellable, on_cancelled, &session);
    session.loop = loop;
    if (virStreamEventAddCallback(
            stream, VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP,
            on_session, &session, NULL) == 0)
        run_session(&session);
    else
        end_session(&session, BROKEN);
    /* A reader of standard output that goes away has had enough. */
    if (session.state == UNWRITABLE && session.write_errno != EPIPE) {
        g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(session.write_errno),
                    "cannot write to standard output: %s", g_strerror(session.write_errno));
        return FALSE;
    }
    if (session.state != BROKEN)
        return TRUE;
    g_autoptr(GError) cause = NULL;
    sb_libvirt_set_saved_error(&cause, session.failure, "the console of '%s' broke",
                               virDomainGetName(domain));
    g_set_error(error, cause->domain, cause->code,
                "%s\nif another process has taken it, '--force' takes it back", cause->message);
    return FALSE;
}
