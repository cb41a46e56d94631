/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Thaws a machine: it starts from the memory of a frozen one, and becomes a machine of its own. The
 * domain, its overlay on the frozen layer, and its seed are there already (creation/creation.h).
 *
 *     phase    what happens                                                      next
 *     COPY     the memory is copied, on the libvirt host                         HEAD
 *     HEAD     the copy gets the XML of this machine; its devices must be at     RESTORE
 *              the addresses of those that were frozen
 *     RESTORE  libvirt starts it from the copy                                   DELETE
 *     DELETE   the copy is deleted                                               SELF
 *     SELF     the guest is told who it is, over its virtio port. Its links      CLOCK
 *              are down: it sends nothing
 *     CLOCK    the guest is told the time                                        LINK
 *     LINK     the links come up                                                 NETWORK
 *     NETWORK  the guest asks for its addresses                                  DONE
 *     any      it fails: what was made is in the caller's list of undo steps
 *
 * Room: creation.
 * Threads: any but the main loop's, which must run meanwhile; each with its own connection.
 */
#pragma once

#include "creation/undo.h"
#include "image/warm-image.h"
#include "local/ssh-key.h"
#include "model/machine.h"

#include <gio/gio.h>

#define SB_THAW_ERROR (sb_thaw_error_quark())
GQuark sb_thaw_error_quark(void);

typedef enum {
    SB_THAW_ERROR_REFUSED, /**< this warm image does not become this machine: boot instead */
} SbThawError;

typedef struct {
    virConnect *connection;
    const SbPool *pool;
    gboolean is_privileged; /**< the libvirt host is */
    const SbWarmImage *warm;
    const SbMachine *machine;
    const SbSshKey *host_key;
    GCancellable *cancellable; /**< (nullable) stops between and in the phases */
} SbThaw;

/**
 * Thaws the machine. When this returns, it runs with its own identity, and asks for its address.
 *
 * @param undo  gets what is made
 * @return FALSE with SB_THAW_ERROR_REFUSED, G_IO_ERROR_CANCELLED, or an SbLibvirtError, for example
 * if the pool is full
 */
gboolean sb_thaw_run(const SbThaw *thaw, SbUndo *undo, GError **error) G_GNUC_WARN_UNUSED_RESULT;
