/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The modules of cloud-init that a reboot interrupted.
 *
 * cloud-init marks a module as run before it runs it (helpers.py, FileSemaphores). If the guest
 * reboots in the middle of runcmd, the rest of runcmd never runs, and the next boot says "done".
 * Only the log of the earlier boot shows it: a module that starts and does not finish, or that
 * "fails" because cloud-init got a signal (signal_handler.py).
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "cloud-init/cloud-init-log.h"

/**
 * The modules that started in an earlier boot of this instance, did not end in it, and have not run
 * again. A reboot that cloud-init itself makes after an upgrade of packages does not count.
 *
 * @param text  /var/log/cloud-init.log, or its end
 * @return (transfer full) of SbCloudInitEvent: their starts
 */
GPtrArray *sb_interrupted_modules(const char *text, gsize length);
