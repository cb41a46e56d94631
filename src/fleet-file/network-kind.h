/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The kinds of network that a machine can be in.
 *
 * Room: fleet-file.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

typedef enum {
    SB_NETWORK_DEFAULT,  /**< not given: nat, or user on a connection without privileges */
    SB_NETWORK_NAT,      /**< the fleet's own NAT network */
    SB_NETWORK_ISOLATED, /**< the same without a way out */
    SB_NETWORK_USER,     /**< QEMU's user networking; it does not need privileges */
    SB_NETWORK_EXISTING, /**< a libvirt network that the user has made */
    SB_NETWORK_BRIDGE,   /**< a bridge of the host */
} SbNetworkKind;

/** The number of kinds. */
#define SB_NETWORK_KINDS (SB_NETWORK_BRIDGE + 1)

/** The word for KIND in a fleet file: "nat", "existing"…; "default" for SB_NETWORK_DEFAULT. */
const char *sb_network_kind_name(SbNetworkKind kind);

/**
 * Finds the kind whose word is NAME.
 *
 * @param kind_out  not written if there is no such kind
 * @return FALSE if there is no such kind
 */
gboolean sb_network_kind_from_name(const char *name,
                                   SbNetworkKind *kind_out) G_GNUC_WARN_UNUSED_RESULT;

/** Whether a network of KIND is the fleet's own: seedbed makes and removes it. */
gboolean sb_network_kind_is_own(SbNetworkKind kind);
