/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The link of a machine's network card: whether the guest sees a cable in it.
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/libvirt.h"

/**
 * Sets the links of the network cards of DOMAIN, which runs, until it stops.
 *
 * @return FALSE with an SbLibvirtError or SB_XML_ERROR_PARSE
 */
gboolean sb_domain_set_link(virDomain *domain, gboolean is_up,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The XML of a domain with the links of its network cards set. (transfer full) or NULL with
 * SB_XML_ERROR_PARSE */
char *sb_domain_xml_with_link(const char *xml, gboolean is_up,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
