#include "host/ssh-port.h"

#include <string.h>

/* A SYN that got no answer is sent again by the kernel after 1 and 3 s; then a new look is as good.
 */
enum { CONNECT_TIMEOUT_S = 5, GREETING_TIMEOUT_S = 120 };

typedef struct {
    SbSshPortFunc func;
    gpointer data;
    GCancellable *cancellable;
    GSocketConnection *connection;
    char greeting[4];
} Look;

static void finish(Look *look, SbSshPortState state)
{
    g_clear_object(&look->connection);
    if (!g_cancellable_is_cancelled(look->cancellable))
        look->func(state, look->data);
    g_object_unref(look->cancellable);
    g_free(look);
}

static void on_greeting(GObject *source, GAsyncResult *result, gpointer data)
{
    Look *look = data;
    gsize got = 0;
    gboolean complete =
        g_input_stream_read_all_finish(G_INPUT_STREAM(source), result, &got, NULL) &&
        got == sizeof look->greeting && memcmp(look->greeting, "SSH-", 4) == 0;
    finish(look, complete ? SB_SSH_PORT_READY : SB_SSH_PORT_CLOSED);
}

static void on_connected(GObject *source, GAsyncResult *result, gpointer data)
{
    Look *look = data;
    g_autoptr(GError) error = NULL;
    look->connection = g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &error);
    if (!look->connection) {
        finish(look, g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
                         ? SB_SSH_PORT_REFUSED
                         : SB_SSH_PORT_SILENT);
        return;
    }
    g_socket_set_timeout(g_socket_connection_get_socket(look->connection), GREETING_TIMEOUT_S);
    g_input_stream_read_all_async(g_io_stream_get_input_stream(G_IO_STREAM(look->connection)),
                                  look->greeting, sizeof look->greeting, G_PRIORITY_DEFAULT,
                                  look->cancellable, on_greeting, look);
}

void sb_ssh_port_look(const char *address, guint16 port, GCancellable *cancellable,
                      SbSshPortFunc func, gpointer data)
{
    Look *look = g_new0(Look, 1);
    look->func = func;
    look->data = data;
    look->cancellable = g_object_ref(cancellable);
    g_autoptr(GSocketAddress) socket_address = g_inet_socket_address_new_from_string(address, port);
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_timeout(client, CONNECT_TIMEOUT_S);
    g_socket_client_connect_async(client, G_SOCKET_CONNECTABLE(socket_address), cancellable,
                                  on_connected, look);
}
