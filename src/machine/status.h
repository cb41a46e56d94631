/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `status`: asks a running machine how its boot and its cloud-init went.
 *
 * Room: machine.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "cloud-init/cloud-init-verdict.h"
#include "guest/access.h"

#include <gio/gio.h>

/**
 * Asks MACHINE, without waiting for its cloud-init.
 *
 * @param access  has the machine
 * @return (transfer full) or NULL with an SbSshError, an SbLoginError or G_IO_ERROR_CANCELLED
 */
SbCloudInitVerdict *sb_status_ask(const SbHost *host, const SbAccess *access, const char *machine,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
