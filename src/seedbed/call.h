/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What every function of the public face does around its work. Not installed.
 *
 * Room: seedbed.
 * Threads: any.
 */
#pragma once

#include "libvirt/operation.h"
#include "seedbed/host.h"

/**
 * Does WORK on HOST in the thread that has the default main loop, with SIGPIPE blocked.
 *
 * WORK is told of the events' taker and of CANCELLABLE by its operation.
 *
 * @return the result of WORK: FALSE with its error, made public
 */
gboolean sb_call_run(SeedbedHost *host, GCancellable *cancellable, SbOperationFunc work,
                     gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The pool of HOST; NULL: the default pool. (transfer none) */
const char *sb_call_pool(const SeedbedHost *host);
