/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The errors of all functions: one domain, and a code for what a program can do about them.
 *
 * Room: seedbed.
 * Threads: any.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * @addtogroup seedbed
 * @{
 */

/** The domain of the errors. */
#define SEEDBED_ERROR (seedbed_error_quark())

/** The quark of #SEEDBED_ERROR. */
GQuark seedbed_error_quark(void);

/** The codes of #SEEDBED_ERROR. The message says for people what failed, why, and what to try. */
typedef enum {
    SEEDBED_ERROR_FAILED = 0,       /**< libvirt, a boot, ssh, a disk or another part failed */
    SEEDBED_ERROR_INPUT = 1,        /**< what the caller gave is bad, and nothing was touched */
    SEEDBED_ERROR_UNKNOWN = 2,      /**< no fleet, machine or snapshot has that name */
    SEEDBED_ERROR_UNREACHABLE = 3,  /**< no libvirtd answers */
    SEEDBED_ERROR_DENIED = 4,       /**< this user may not use the libvirtd */
    SEEDBED_ERROR_DISCONNECTED = 5, /**< the connection to the libvirtd broke */
    SEEDBED_ERROR_BUSY = 6,         /**< a machine belongs to another run that is at work */
    SEEDBED_ERROR_MACHINES = 7,     /**< some machines failed; an event told of each */
    SEEDBED_ERROR_CANCELLED = 8,    /**< the GCancellable was cancelled */
    SEEDBED_ERROR_EVENT_LOOP = 9,   /**< libvirt has an event loop that GLib does not run */
} SeedbedError;

/** @} */

G_END_DECLS
