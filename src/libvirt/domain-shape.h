/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What a domain has and keeps, as far as it decides how long its start takes.
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/libvirt.h"

typedef struct {
    guint vcpus;
    gboolean is_emulated; /**< its CPUs are */
    gboolean is_saved;    /**< its next start goes on from a saved memory, without a boot */
} SbDomainShape;

/** Reads the shape of DOMAIN. FALSE with an SbLibvirtError. */
gboolean sb_domain_shape(virDomain *domain, SbDomainShape *shape_out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
