/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The networks and pools of a libvirt host, as they are. Nothing is changed.
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/libvirt.h"

/** A network, or a storage pool. */
typedef struct {
    char *name;
    gboolean is_active;
    gboolean has_autostart;
    char *directory;    /**< (nullable) of a pool whose volumes are files in one folder */
    guint64 free_bytes; /**< of a pool that is active */
    char *xml;          /**< (nullable) */
} SbSurveyed;

/** Lists the networks: of SbSurveyed. (transfer full) or NULL with an SbLibvirtError */
GPtrArray *sb_survey_networks(virConnect *connection, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Lists the storage pools: of SbSurveyed. (transfer full) or NULL with an SbLibvirtError */
GPtrArray *sb_survey_pools(virConnect *connection, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether libvirt confines machines with the security MODEL, such as "apparmor". FALSE also if
 * that is not known. */
gboolean sb_survey_has_security(virConnect *connection, const char *model);
