/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/ssh-port.h"

#include <string.h>

/* A SYN that got no answer is sent again by the kernel after 1 and 3 s; then a new look is as good.
 */
enum { CONNECT_TIMEOUT_S = 5, GREETING_TIMEOUT_S = 120 };

/* RFC 4253, section 4.2. */
#define GREETING "SSH-"
enum { GREETING_BYTES = sizeof GREETING - 1, SAID_BYTES = 80 };

/* One look. It waits for its socket (GSocketClient would do the same, but leaks what it keeps for a
 * connection that is refused: GLib 2.74). */
typedef struct {
    SbSshPortFunc func;
    gpointer data;
    GCancellable *cancellable;
    GSocket *socket;
    gboolean is_connected;
    char greeting[SAID_BYTES + 1];
    gsize got;
} Look;

static gboolean on_socket(GSocket *socket, GIOCondition condition, gpointer data);

static void look_free(Look *look)
{
    g_clear_object(&look->socket);
    g_object_unref(look->cancellable);
    g_free(look);
}

static void finish(Look *look, SbSshPortState state)
{
    if (!g_cancellable_is_cancelled(look->cancellable))
        look->func(state, state == SB_SSH_PORT_CLOSED && look->got > 0 ? look->greeting : NULL,
                   look->data);
    look_free(look);
}

/* The source ends by itself when the time is up or the look is cancelled. */
static void wait_for(Look *look, GIOCondition condition, guint timeout_s)
{
    g_socket_set_timeout(look->socket, timeout_s);
    g_autoptr(GSource) source = g_socket_create_source(look->socket, condition, look->cancellable);
    g_source_set_callback(source, G_SOURCE_FUNC(on_socket), look, NULL);
    g_source_attach(source, NULL);
}

static void take_greeting(Look *look)
{
    g_autoptr(GError) error = NULL;
    gssize got = g_socket_receive(look->socket, look->greeting + look->got, SAID_BYTES - look->got,
                                  NULL, &error);
    if (got > 0)
        look->got += got;
    if (look->got >= GREETING_BYTES)
        finish(look,
               g_str_has_prefix(look->greeting, GREETING) ? SB_SSH_PORT_READY : SB_SSH_PORT_CLOSED);
    else if (got > 0 || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        wait_for(look, G_IO_IN, GREETING_TIMEOUT_S);
    else
        finish(look, SB_SSH_PORT_CLOSED);
}

static void take_connection(Look *look, GError *error)
{
    if (error) {
        finish(look, g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
                         ? SB_SSH_PORT_REFUSED
                         : SB_SSH_PORT_SILENT);
        return;
    }
    look->is_connected = TRUE;
    wait_for(look, G_IO_IN, GREETING_TIMEOUT_S);
}

static gboolean on_socket(GSocket *socket, GIOCondition condition, gpointer data)
{
    Look *look = data;
    if (g_cancellable_is_cancelled(look->cancellable)) {
        look_free(look);
    } else if (look->is_connected) {
        take_greeting(look);
    } else {
        /* Also that the time is up is a result: G_IO_ERROR_TIMED_OUT. */
        g_autoptr(GError) error = NULL;
        g_socket_check_connect_result(socket, &error);
        take_connection(look, error);
    }
    return G_SOURCE_REMOVE;
}

static gboolean report_later(gpointer data)
{
    finish(data, SB_SSH_PORT_SILENT);
    return G_SOURCE_REMOVE;
}

void sb_ssh_port_look(const char *address, guint16 port, GCancellable *cancellable,
                      SbSshPortFunc func, gpointer data)
{
    Look *look = g_new0(Look, 1);
    look->func = func;
    look->data = data;
    look->cancellable = g_object_ref(cancellable);
    g_autoptr(GSocketAddress) to = g_inet_socket_address_new_from_string(address, port);
    g_autoptr(GError) error = NULL;
    if (to)
        look->socket = g_socket_new(g_socket_address_get_family(to), G_SOCKET_TYPE_STREAM,
                                    G_SOCKET_PROTOCOL_TCP, &error);
    if (look->socket)
        g_socket_set_blocking(look->socket, FALSE);
    if (look->socket && (g_socket_connect(look->socket, to, NULL, &error) ||
                         g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PENDING)))
        wait_for(look, G_IO_OUT, CONNECT_TIMEOUT_S);
    else
        g_idle_add(report_later, look);
}

SbSshPortState sb_ssh_port_of_words(const char *words)
{
    static const struct {
        const char *words;
        SbSshPortState state;
    } known[] = {
        {"kex_exchange_identification", SB_SSH_PORT_CLOSED},
        {"banner exchange", SB_SSH_PORT_CLOSED},
        {"Connection refused", SB_SSH_PORT_REFUSED},
        {"No route to host", SB_SSH_PORT_SILENT},
        {"Network is unreachable", SB_SSH_PORT_SILENT},
        {"connect to host", SB_SSH_PORT_SILENT},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (strstr(words, known[i].words))
            return known[i].state;
    return SB_SSH_PORT_READY;
}
