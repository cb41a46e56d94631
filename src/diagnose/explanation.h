/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What the parts of one machine are for: from the keys of the fleet file over the elements of its
 * domain XML to the arguments of QEMU. The sentences are in explanations.ini.
 *
 * Room: diagnose.
 * Threads: any.
 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/**
 * Explains DOMAIN. At the end are the elements and arguments that explanations.ini does not have,
 * such as those that another version of libvirt adds.
 *
 * @param native  (nullable) QEMU's command line as libvirt translates DOMAIN
 * @return (transfer full) paragraphs
 */
char *sb_explanation(xmlDoc *domain, const char *native);
