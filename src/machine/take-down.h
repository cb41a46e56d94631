/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `down`: removes everything of a fleet, or of single machines. Only libvirt is asked what exists.
 *
 * Room: machine.
 * Threads: call from one; it uses several.
 */
#pragma once

#include "machine/removal.h"

#define SB_DOWN_ERROR (sb_down_error_quark())
GQuark sb_down_error_quark(void);

typedef enum {
    SB_DOWN_ERROR_BUSY,    /**< another process makes machines as fast as they are removed */
    SB_DOWN_ERROR_NO_POOL, /**< all is removed except the files of a pool that does not exist any
                              more */
} SbDownError;

/**
 * Removes the fleets and machines called NAMES.
 *
 * Machines that appear meanwhile are removed too: an `up` may be at work, or libvirt may still
 * carry out the requests of a killed process.
 *
 * A name that nothing has is not an error: it may have been removed already. A fleet goes with its
 * network and this user's key; a machine leaves both for the others.
 *
 * @param names        NULL-terminated
 * @param removed      (nullable) called for each machine that is gone, from any thread
 * @param count_out    how many things (machines, networks) were removed; always written
 * @return FALSE with an SbDownError, or another error that left something behind
 */
gboolean sb_down(SbHost *host, const char *const *names, SbRemovedFunc removed, gpointer data,
                 guint *count_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
