/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `status`: how the boot and the cloud-init of a machine went, or why that cannot be asked.
 *
 * Room: machine.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "cloud-init/cloud-init-verdict.h"
#include "libvirt/operation.h"
#include "rules/diagnosis.h"

/** What is known about a machine: a verdict, or else a diagnosis. */
typedef struct {
    char *state;                 /**< libvirt's words, such as "paused (on request)" */
    SbCloudInitVerdict *verdict; /**< (nullable) */
    SbDiagnosis *diagnosis;      /**< (nullable) why there is no verdict */
    GPtrArray *ports;            /**< of char *, as sb_domain_ports() gives them */
    GPtrArray *snapshots;        /**< of char *: names, the oldest first */
} SbStatus;

/** Frees STATUS. */
void sb_status_free(SbStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbStatus, sb_status_free)

/**
 * Asks the machine NAME, without waiting for its cloud-init. If it does not answer in about a
 * minute, the cause is looked for.
 *
 * @return (transfer full) or NULL with an SbLookupError, an SbAccessError, an SbLibvirtError or
 * G_IO_ERROR_CANCELLED
 */
SbStatus *sb_status(const SbOperation *operation, const char *name,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
