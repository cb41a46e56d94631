/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Where the devices of a domain are: the memory of a machine fits only to a machine with the same
 * devices at the same addresses.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/**
 * The devices in the XML of a domain, a line each: the element and its address on the bus.
 *
 * @return (transfer full) equal texts for machines that fit; NULL with SB_XML_ERROR_PARSE
 */
char *sb_device_addresses(const char *xml, GError **error) G_GNUC_WARN_UNUSED_RESULT;
