/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Which run a machine belongs to, as the metadata of its domain and the processes of this host say.
 *
 * The decisions are in model/machine-decision.h.
 *
 * Room: machine.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/domain.h"
#include "model/machine-decision.h"

/** The process that made the machine of METADATA. */
SbMaker sb_claim_maker(const SbMetadata *metadata);

/**
 * Checks that RUN may use DOMAIN.
 *
 * @param is_left_out  whether a run that has ended left it, so that RUN has to remove it first
 * @return FALSE with SB_PLAN_ERROR_BUSY, or with SB_PLAN_ERROR_FOREIGN if RUN needs another machine
 */
gboolean sb_claim_check(const SbDomain *domain, SbRun run, gboolean *is_left_out,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Gives the machine NAME to everybody: from now on it does not belong to a run. A machine that this
 * process did not make stays as it is.
 *
 * @return FALSE with an error of sb_domain_find() or an SbLibvirtError
 */
gboolean sb_claim_release(virConnect *connection, const char *name,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
