/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A machine that only shows whether machines start here: it is transient, its console is read, and
 * it ends with the connection at the latest.
 *
 * Room: libvirt.
 * Threads: any, with its own connection, while another thread runs the default main loop.
 */
#pragma once

#include "libvirt/libvirt.h"

#include <libxml/tree.h>

/**
 * Starts the domain XML, reads its console until that has UNTIL, or at most SECONDS, and removes
 * it.
 *
 * @param console_out  (transfer full) what it printed, sanitised
 * @return FALSE with an SbLibvirtError: it did not start, ended by itself, or could not be removed
 */
gboolean sb_trial_boot(virConnect *connection, xmlDoc *xml, const char *until, guint seconds,
                       char **console_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
