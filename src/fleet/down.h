/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The whole of `seedbed down`: fleets or single machines go, with all that belongs to them.
 *
 * Room: fleet.
 * Threads: call from one; it uses several.
 */
#pragma once

#include "libvirt/operation.h"

/**
 * Removes the fleets and machines that WORDS stand for, as sb_take_down_run() does. A fleet goes
 * with its network and this user's key; a machine leaves both for the others.
 *
 * Then removes the volumes whose domain is gone already, if seedbed made them
 * (machine/leftovers.h), and tells an SB_EVENT_NOTE for them.
 *
 * @param words      NULL-terminated, in the forms of machine/selection.h
 * @param count_out  how many things (machines, networks) were removed; always written
 * @return FALSE with an SbSelectionError or an SbNamesError, and nothing was touched; or with an
 * error of sb_take_down_run() or sb_leftovers_remove()
 */
gboolean sb_down(const SbOperation *operation, const char *const *words, guint *count_out,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
