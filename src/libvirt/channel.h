/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A virtio-serial port of a guest, read from the host over libvirt's streams: the bytes that the
 * guest writes to /dev/virtio-ports/NAME. It needs no network in the guest, and outlives a reboot.
 *
 * While nobody reads, Linux lets the guest's writer wait. Bytes that are on their way when the
 * reader goes are lost.
 *
 * Room: libvirt.
 * Threads: the main loop's.
 */
#pragma once

#include "libvirt/libvirt.h"

typedef struct SbChannel SbChannel;

/** LENGTH bytes came; 0: no more will come. */
typedef void (*SbChannelFunc)(const char *bytes, gsize length, gpointer data);

/** Reads the port NAME of DOMAIN from now on. FUNC is not told when the connection to libvirtd
 * breaks, because a stream does not hear of that. (transfer full) or NULL with an SbLibvirtError */
SbChannel *sb_channel_open(virDomain *domain, const char *name, SbChannelFunc func, gpointer data,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** Stops reading. */
void sb_channel_free(SbChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbChannel, sb_channel_free)
