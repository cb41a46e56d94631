/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Runs the steps of `provision` in one machine: those that its record does not have.
 *
 * Room: wait.
 * Threads: the main loop's.
 */
#pragma once

#include "fleet-file/provision.h"
#include "guest/access.h"
#include "libvirt/operation.h"

#define SB_PROVISIONING_ERROR (sb_provisioning_error_quark())
GQuark sb_provisioning_error_quark(void);

typedef enum {
    SB_PROVISIONING_ERROR_STEP,  /**< a step failed */
    SB_PROVISIONING_ERROR_OTHER, /**< other steps were begun in the machine, and not finished */
} SbProvisioningError;

/** What is to be done in a machine; all of it lives as long as the provisioning. */
typedef struct {
    const GPtrArray *steps; /**< (nullable) of SbProvisionStep */
    const char *fleet_file; /**< the path that the files of copies are relative to; NULL: nobody
                                 knows which steps the machine has */
    gboolean is_changed;    /**< the machine was made from another specification */
} SbProvisionInput;

/** Takes the end; FAILURE (nullable) is an SbProvisioningError, or why the guest was not reached.
 */
typedef void (*SbProvisionedFunc)(const GError *failure, gpointer data);

typedef struct SbProvisioning SbProvisioning;

/**
 * Starts to provision the machine DOMAIN. Tells SB_EVENT_STEP for each step.
 *
 * @param operation, access, domain  must live longer
 * @param done  called once, from the main loop; it may free the provisioning
 * @return (transfer full)
 */
SbProvisioning *sb_provisioning_start(const SbOperation *operation, const SbAccess *access,
                                      const SbDomain *domain, const SbProvisionInput *input,
                                      SbProvisionedFunc done, gpointer data);

/** Ends the provisioning, also in the middle and from a callback; no callback comes any more.
 * (nullable) */
void sb_provisioning_free(SbProvisioning *provisioning);
