/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A virtio-serial port of a guest, read from the host over libvirt's streams: what the guest writes
 * to /dev/virtio-ports/NAME. It needs no network of the guest, and outlives its reboot.
 *
 * Linux lets a guest wait that writes while nobody reads; what is on its way when the reader goes
 * is lost.
 *
 * Room: libvirt.
 * Threads: the main loop's.
 */
#pragma once

#include "libvirt/libvirt.h"

typedef struct SbChannel SbChannel;

/** LENGTH bytes came; or 0: nothing more will. */
typedef void (*SbChannelFunc)(const char *bytes, gsize length, gpointer data);

/** Reads the port NAME of DOMAIN from now on. FUNC is not told when the connection to libvirtd
 * breaks, of which a stream does not hear. (transfer full) or NULL */
SbChannel *sb_channel_open(virDomain *domain, const char *name, SbChannelFunc func, gpointer data,
                           GError **error);
void sb_channel_free(SbChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbChannel, sb_channel_free)
