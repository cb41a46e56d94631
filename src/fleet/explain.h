/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `explain` of real machines: what each part of them is for.
 *
 * Room: fleet.
 * Threads: any.
 */
#pragma once

#include "fleet-file/fleet-file.h"
#include "libvirt/host.h"

/**
 * Explains the machine NAME as it is defined.
 *
 * @param with_qemu  also the arguments of QEMU, as libvirt translates the XML
 * @return (transfer full) or NULL with an SbLookupError or an SbLibvirtError
 */
char *sb_explain_machine(SbHost *host, const char *name, gboolean with_qemu,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Explains the first machine that `up` would make of each group of FLEET; a group whose machines
 * all exist is left out.
 *
 * @param pool_name  (nullable) NULL: the default pool
 * @param with_qemu  as for sb_explain_machine()
 * @return (transfer full) "" if all machines exist; or NULL with the error that `up` would end with
 */
char *sb_explain_fleet(SbHost *host, const SbFleetFile *fleet, const char *pool_name,
                       gboolean with_qemu, GError **error) G_GNUC_WARN_UNUSED_RESULT;
