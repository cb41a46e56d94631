/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Removes all machines of fleets, or single machines, until there are none, and what a fleet has
 * beside its machines. Only libvirt is asked what exists.
 *
 * Room: machine.
 * Threads: call from one; it uses several.
 */
#pragma once

#include "machine/removal.h"

#define SB_TAKE_DOWN_ERROR (sb_take_down_error_quark())
GQuark sb_take_down_error_quark(void);

typedef enum {
    SB_TAKE_DOWN_ERROR_BUSY, /**< another process makes machines as fast as they are removed */
} SbTakeDownError;

/**
 * Removes the machines that WORDS stand for, and the networks and this user's keys of FLEETS that
 * have no other machines.
 *
 * Machines that appear meanwhile are removed too: an `up` may be at work, or libvirt may still
 * carry out the requests of a killed process. A name that nothing has is not an error.
 *
 * Tells an SB_EVENT_REMOVED for each machine that is gone, from any thread.
 *
 * @param words   NULL-terminated, in the forms of machine/selection.h
 * @param fleets  NULL-terminated
 * @param known   (nullable) the machines that sb_domain_list() has just listed
 * @param count   the number of things (machines, networks) that were removed is added to it
 * @return FALSE with an SbTakeDownError, an SbRemovalError, or another error that left something
 * behind
 */
gboolean sb_take_down_run(const SbOperation *operation, const char *const *words,
                          const char *const *fleets, const GPtrArray *known, guint *count,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
