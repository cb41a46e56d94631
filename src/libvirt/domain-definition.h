/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The definition of a domain, what it means for QEMU, and for how long a start takes.
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

/** What decides how long the start of a domain takes. */
typedef struct {
    guint vcpus;
    gboolean is_emulated; /**< its CPUs are */
    gboolean is_saved;    /**< its next start goes on from a saved memory, without a boot */
} SbDomainShape;

/** Reads the shape of DOMAIN. FALSE with an SbLibvirtError. */
gboolean sb_domain_shape(virDomain *domain, SbDomainShape *shape_out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
