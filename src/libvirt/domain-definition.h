/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The definition of a domain, and what it means for QEMU.
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/libvirt.h"

/** The XML that the next start of the domain with UUID uses, without secrets. (transfer full) or
 * NULL with an SbLibvirtError */
char *sb_domain_definition(virConnect *connection, const char *uuid,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The command line with which libvirt would start QEMU for the domain XML, in the syntax of a
 * shell. (transfer full) or NULL with an SbLibvirtError */
char *sb_domain_xml_to_qemu(virConnect *connection, const char *xml,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
