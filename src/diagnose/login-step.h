/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How far a login to a guest comes that does not end.
 *
 * Room: diagnose.
 * Threads: any.
 */
#pragma once

#include <glib.h>

/**
 * Logs in to MACHINE anew, with the ssh_config at CONFIG_PATH, and says at which step ssh stays, in
 * its own words. Blocks for SECONDS at most.
 *
 * @return (transfer full) (nullable) NULL: the login works, or ends with a reason
 */
char *sb_login_step(const char *config_path, const char *machine,
                    guint seconds) G_GNUC_WARN_UNUSED_RESULT;
