/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/port.h"

#include "base/error.h"
#include "base/retry.h"

#include <string.h>

/* A stream has an event only in the main loop, so another thread looks. */
enum { LOOK_MS = 5, READ_BYTES = 16 * 1024 };

SB_DEFINE_ERROR(sb_port_error, SB_ERRORS_NONE)

struct SbPort {
    virStream *stream;
    char *what; /**< for messages */
};

SbPort *sb_port_open(virDomain *domain, const char *name, GError **error)
{
    g_autoptr(virStream) stream = virStreamNew(virDomainGetConnect(domain), VIR_STREAM_NONBLOCK);
    if (!stream || virDomainOpenChannel(domain, name, stream, VIR_DOMAIN_CHANNEL_FORCE) < 0)
        return sb_libvirt_set_error_null(error, "cannot open the port '%s' of '%s'", name,
                                         virDomainGetName(domain));
    SbPort *port = g_new0(SbPort, 1);
    port->stream = g_steal_pointer(&stream);
    port->what = g_strdup_printf("the port '%s' of '%s'", name, virDomainGetName(domain));
    return port;
}

void sb_port_free(SbPort *port)
{
    virStreamAbort(port->stream);
    virResetLastError();
    virStreamFree(port->stream);
    g_free(port->what);
    g_free(port);
}

static gboolean fail(const SbPort *port, GError **error)
{
    return sb_libvirt_set_error(error, "%s has ended", port->what);
}

static gboolean wait_a_moment(const SbPort *port, SbRetry *retry, GError **error)
{
    if (sb_retry_again(retry))
        return TRUE;
    if (!g_cancellable_set_error_if_cancelled(retry->cancellable, error))
        g_set_error(error, SB_PORT_ERROR, SB_PORT_ERROR_SILENT, "%s has not answered in %u s",
                    port->what, retry->tries * retry->pause_ms / 1000);
    return FALSE;
}

static gboolean send_all(SbPort *port, const char *bytes, SbRetry *retry, GError **error)
{
    gsize left = strlen(bytes);
    while (left > 0) {
        int sent = virStreamSend(port->stream, bytes, MIN(left, READ_BYTES));
        if (sent == -2 ? !wait_a_moment(port, retry, error) : sent < 0 && !fail(port, error))
            return FALSE;
        bytes += MAX(sent, 0);
        left -= (gsize)MAX(sent, 0);
    }
    return TRUE;
}

static gboolean receive(SbPort *port, GString *answer, SbRetry *retry, GError **error)
{
    g_autofree char *buffer = g_malloc(READ_BYTES);
    int got = virStreamRecv(port->stream, buffer, READ_BYTES);
    if (got == -2)
        return wait_a_moment(port, retry, error);
    if (got <= 0)
        return fail(port, error);
    g_string_append_len(answer, buffer, got);
    return TRUE;
}

GString *sb_port_ask(SbPort *port, const char *request, SbPortWholeFunc is_whole,
                     const SbPortLimits *limits, GError **error)
{
    SbRetry retry = {.tries = limits->timeout_ms / LOOK_MS,
                     .pause_ms = LOOK_MS,
                     .cancellable = limits->cancellable};
    g_autoptr(GString) answer = g_string_new(NULL);
    if (!send_all(port, request, &retry, error))
        return NULL;
    while (!is_whole(answer)) {
        if (answer->len > limits->max_bytes)
            return sb_error_set_null(error, SB_PORT_ERROR, SB_PORT_ERROR_TOO_LONG,
                                     "%s answers with more than %zu bytes", port->what,
                                     limits->max_bytes);
        if (!receive(port, answer, &retry, error))
            return NULL;
    }
    return g_steal_pointer(&answer);
}
