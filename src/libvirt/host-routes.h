/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The routes of this machine, for a libvirtd that runs on it: a new network must keep clear of
 * them.
 *
 * Room: libvirt.
 * Threads: any.
 */
#pragma once

#include <gio/gio.h>

/**
 * Appends the IPv4 ranges of all routes of this machine to USED (of SbSubnet), as
 * model/route-messages.h chooses them.
 *
 * @param except  (nullable) a network interface, whose routes do not count
 * @return FALSE with a GIOError: the kernel does not tell them
 */
gboolean sb_host_routes_add(GArray *used, const char *except,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
