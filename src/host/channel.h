/**
 * @file
 * A virtio-serial port of a guest, read from the host over libvirt's streams: what the guest writes
 * to /dev/virtio-ports/NAME. It needs no network of the guest, and outlives its reboot.
 *
 * What is written while nobody reads is lost. Layer: host. Threads: the main loop's.
 */
#pragma once

#include "host/libvirt.h"

typedef struct SbChannel SbChannel;

typedef void (*SbChannelFunc)(const char *bytes, gsize length, gpointer data);

/** Reads the port NAME of DOMAIN from now on. (transfer full) or NULL */
SbChannel *sb_channel_open(virDomain *domain, const char *name, SbChannelFunc func, gpointer data,
                           GError **error);
void sb_channel_free(SbChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbChannel, sb_channel_free)
