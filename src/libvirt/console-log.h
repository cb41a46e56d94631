/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The log of a machine's serial console, which virtlogd keeps in several files when it is long.
 *
 * virtlogd begins a new file after some MiB and renames the ones before to NAME.0 (the newest),
 * NAME.1 and so on; when the machine is started again it deletes them all (virtlogd.conf, and
 * virRotatingFileWriterNew() of libvirt).
 *
 * Room: libvirt.
 * Threads: one at a time.
 */
#pragma once

#include "libvirt/storage.h"

/** The number of old files that virtlogd keeps beside the current one: max_backups in
 * virtlogd.conf. */
enum { SB_CONSOLE_LOG_BACKUPS = 3 };

typedef struct SbConsoleLog SbConsoleLog;

/** The log of MACHINE, to be read from its beginning. (transfer full) */
SbConsoleLog *sb_console_log_new(const char *machine);
/** Frees LOG. */
void sb_console_log_free(SbConsoleLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbConsoleLog, sb_console_log_free)

/**
 * Reads the bytes that the machine has written since the last call; the first time, all of them.
 * After a failure, the next call reads them.
 *
 * @param pool  has the log
 * @return (transfer full) the guest's bytes as they are, perhaps none; or NULL, with
 * SB_LIBVIRT_ERROR_NOT_FOUND if the machine was never started or is gone
 */
GBytes *sb_console_log_read(SbConsoleLog *log, const SbPool *pool,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Reads the last MAX_BYTES of the log of MACHINE, or fewer, without a log of the start before.
 *
 * @return (transfer full) or NULL with an SbLibvirtError
 */
GBytes *sb_console_log_tail(const SbPool *pool, const char *machine, gsize max_bytes,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
