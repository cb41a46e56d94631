/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The XML that `up` would send to libvirt now: for `seedbed xml` and `up --print-xml`.
 *
 * Room: fleet.
 * Threads: any.
 */
#pragma once

#include "fleet-file/fleet-file.h"
#include "libvirt/host.h"

/** One document. */
typedef struct {
    char *subject; /**< what it is about, such as "domain web-1" or "network-update n dns-host" */
    char *xml;
} SbPreviewDocument;

/**
 * Plans FLEET as `up` does, and changes nothing. Keys are made when machines are made: the XML has
 * other keys, which nobody keeps.
 *
 * @param pool_name     (nullable) NULL: the default pool
 * @param machines_out  how many machines `up` would make
 * @return (transfer full) of SbPreviewDocument, in the order in which `up` sends them; or NULL with
 *         the error that `up` would end with
 */
GPtrArray *sb_preview(SbHost *host, const SbFleetFile *fleet, const char *pool_name,
                      guint *machines_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
