/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/channel.h"

enum { READ_BYTES = 64 * 1024 };

struct SbChannel {
    virStream *stream;
    SbChannelFunc func;
    gpointer data;
};

static void stop_events(virStream *stream)
{
    virStreamEventRemoveCallback(stream);
    virStreamAbort(stream);
    virResetLastError();
}

static void end(SbChannel *channel)
{
    stop_events(channel->stream);
    channel->func("", 0, channel->data);
}

static void on_events(virStreamPtr stream, int events, void *data)
{
    SbChannel *channel = data;
    g_autofree char *buffer = g_malloc(READ_BYTES);
    int got = virStreamRecv(stream, buffer, READ_BYTES);
    if (got > 0)
        channel->func(buffer, (gsize)got, channel->data);
    else if (got != -2)
        end(channel);
    virResetLastError();
}

SbChannel *sb_channel_open(virDomain *domain, const char *name, SbChannelFunc func, gpointer data,
                           GError **error)
{
    g_autoptr(virStream) stream = virStreamNew(virDomainGetConnect(domain), VIR_STREAM_NONBLOCK);
    if (!stream || virDomainOpenChannel(domain, name, stream, 0) < 0)
        return sb_libvirt_set_error_null(error, "cannot open the channel '%s' of '%s'", name,
                                         virDomainGetName(domain));
    SbChannel *channel = g_new0(SbChannel, 1);
    channel->stream = g_steal_pointer(&stream);
    channel->func = func;
    channel->data = data;
    if (virStreamEventAddCallback(channel->stream,
                                  VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR |
                                      VIR_STREAM_EVENT_HANGUP,
                                  on_events, channel, NULL) == 0)
        return channel;
    sb_libvirt_set_error(error, "cannot read the channel '%s' of '%s'", name,
                         virDomainGetName(domain));
    sb_channel_free(channel);
    return NULL;
}

void sb_channel_free(SbChannel *channel)
{
    if (!channel)
        return;
    stop_events(channel->stream);
    virStreamFree(channel->stream);
    g_free(channel);
}
