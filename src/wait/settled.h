/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The record that a machine was ready: in which boot of the guest cloud-init was done, with nothing
 * to tell the user. As long as the guest is in that boot, cloud-init need not be asked again.
 *
 * It is a file in the fleet's folder. A machine that is made again has another UUID, and so no
 * record.
 *
 * Room: wait.
 * Threads: any.
 */
#pragma once

#include "libvirt/domain.h"

/** The id of the settled boot of DOMAIN, a UUID; NULL if there is no record. (transfer full) */
char *sb_settled_read(const char *directory, const SbDomain *domain);

/** Records BOOT_ID (nullable); "" is not a boot. If that fails, the next wait only takes longer. */
void sb_settled_write(const char *directory, const SbDomain *domain, const char *boot_id);
