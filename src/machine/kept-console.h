/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The console of a machine that failed, saved before the machine is removed with its log.
 *
 * Room: machine.
 * Threads: any.
 */
#pragma once

#include "libvirt/host.h"
#include "libvirt/storage.h"

/**
 * Saves the console of MACHINE in DIRECTORY.
 *
 * @param pool  where its log is
 * @return (transfer full) the path of the file; NULL with an SbLibvirtError or an SbStateDirError
 */
char *sb_kept_console_save(SbHost *host, const SbPool *pool, const char *directory,
                           const char *machine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
