/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Powers machines off: the power button is pressed until the guest has noticed it.
 *
 * Room: machine.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "libvirt/domain.h"
#include "libvirt/operation.h"

/**
 * Asks the guests of DOMAINS to power off, and waits until they have. Tells SB_EVENT_STEP for each
 * machine that is off, however it ended: see sb_domain_has_shut_down().
 *
 * @param domains   of SbDomain; must live as long as the result
 * @param limit_ms  how long to wait
 * @return (transfer container) of SbDomain: those that run on; a machine that was paused, because
 * its disk failed, is not one of them; or NULL with
 * G_IO_ERROR_CANCELLED or an SbLibvirtError
 */
GPtrArray *sb_power_off(const SbOperation *operation, const GPtrArray *domains, gint64 limit_ms,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
