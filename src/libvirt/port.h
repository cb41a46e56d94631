/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A conversation with a program in a guest over a virtio-serial port: bytes go there, and an answer
 * comes back. For callers that have nothing else to do meanwhile; libvirt/channel.h only reads, and
 * does not block.
 *
 * Room: libvirt.
 * Threads: any but the main loop's, which must run meanwhile: it receives the bytes.
 */
#pragma once

#include "libvirt/libvirt.h"

#include <gio/gio.h>

#define SB_PORT_ERROR (sb_port_error_quark())
GQuark sb_port_error_quark(void);

typedef enum {
    SB_PORT_ERROR_SILENT,   /**< no whole answer came in time */
    SB_PORT_ERROR_TOO_LONG, /**< more bytes came than an answer may have */
} SbPortError;

typedef struct SbPort SbPort;

/** Opens the port NAME of DOMAIN, which runs. Whoever had it open loses it. (transfer full) or NULL
 * with an SbLibvirtError */
SbPort *sb_port_open(virDomain *domain, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Closes the port. */
void sb_port_free(SbPort *port);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbPort, sb_port_free)

/** Whether ANSWER, which has all bytes that came so far, is whole. */
typedef gboolean (*SbPortWholeFunc)(const GString *answer);

/** How long, and how much. */
typedef struct {
    guint timeout_ms;
    gsize max_bytes;           /**< of the answer */
    GCancellable *cancellable; /**< (nullable) ends the conversation */
} SbPortLimits;

/**
 * Sends REQUEST, and receives until the answer is whole. Blocks.
 *
 * @param is_whole  asked after each piece
 * @return (transfer full) the answer, or NULL with an SbPortError, G_IO_ERROR_CANCELLED or an
 * SbLibvirtError
 */
GString *sb_port_ask(SbPort *port, const char *request, SbPortWholeFunc is_whole,
                     const SbPortLimits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;
