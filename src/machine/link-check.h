/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Whether a machine that exists can still be reached over its fleet's network: somebody may have
 * stopped or removed that meanwhile, and libvirt connects a machine only when it starts.
 *
 * Room: machine.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/domain.h"

#define SB_LINK_CHECK_ERROR (sb_link_check_error_quark())
GQuark sb_link_check_error_quark(void);

typedef enum {
    SB_LINK_CHECK_ERROR_REPLACED, /**< the network is gone, or another one has its name */
    SB_LINK_CHECK_ERROR_CUT,      /**< the machine runs, but is not connected to it */
} SbLinkCheckError;

/**
 * Checks the connection of DOMAIN to those of its fleet's own networks that it is in. The message
 * says what to do.
 *
 * @return TRUE if it is connected or is in none; FALSE with an SbLinkCheckError or an
 * SbLibvirtError
 */
gboolean sb_link_check(virConnect *connection, const SbDomain *domain,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
