/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Why no connection to a libvirtd was made, and what the user can do.
 *
 * Room: libvirt.
 * Threads: every function is pure.
 */
#pragma once

#include "libvirt/libvirt.h"

/** The error of seedbed for CODE, one of libvirt's VIR_ERR_*, and MESSAGE of a connection to URI.
 */
SbLibvirtError sb_connection_error_code(const char *uri, int code, const char *message);

/** What the user can do about CODE of a connection to URI that failed with MESSAGE. (transfer full)
 */
char *sb_connection_error_hint(const char *uri, SbLibvirtError code, const char *message);
