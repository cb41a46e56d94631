/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Waiting for one command in one machine: guest/guest-command.h for callers that have nothing else
 * to do meanwhile.
 *
 * Room: guest.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "guest/guest-command.h"
#include "libvirt/operation.h"

/**
 * Runs REQUEST on MACHINE, and waits for its end. Tells SB_EVENT_LINE for each line of its output.
 *
 * @param operation   a cancel ends the command in the guest
 * @param status_out  the exit status; not written on failure
 * @return FALSE with an SbGuestCommandError, SB_SSH_ERROR_SPAWN or G_IO_ERROR_CANCELLED
 */
gboolean sb_guest_command_wait(const SbOperation *operation, const SbAccess *access,
                               const char *machine, const SbGuestCommandRequest *request,
                               int *status_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
