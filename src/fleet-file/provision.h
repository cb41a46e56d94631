/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The key `provision`: what is copied and run in a machine once, after its cloud-init and before it
 * is ready.
 *
 * The guest keeps a record of the steps that are done, beside cloud-init's data of this instance:
 * so a golden image does not have it, and a machine that starts from memory has it already.
 *
 * Room: fleet-file.
 * Threads: steps are only read after the fleet file was loaded, from any thread.
 */
#pragma once

#include "fleet-file/file-copy.h"

typedef struct {
    SbMark mark;
    char *name;       /**< (nullable) */
    SbFileCopy *copy; /**< (nullable) either this or `run` */
    char *digest;     /**< (nullable) of the files of `copy`; NULL until they were read */
    char *run;        /**< (nullable) a shell command */
    char *user;       /**< (nullable) an account; NULL: that of the login */
    gint64 timeout_ms;
} SbProvisionStep;

/** The most steps of a machine. */
#define SB_PROVISION_MAX_STEPS 50

/** Of a GPtrArray * (nullable) of SbProvisionStep, which copies share: `read` takes a list. */
extern const SbFieldType sb_provision_type;

/** The digest of STEPS (nullable): of what they do, and with which files. (transfer full) */
char *sb_provision_digest(const GPtrArray *steps);

/** What messages call step INDEX, such as "provision step 2 of 3 (apt-get install gcc)". (transfer
 * full) */
char *sb_provision_label(const GPtrArray *steps, guint index);

typedef enum {
    SB_PROVISION_GO_ON, /**< some steps are still to be run */
    SB_PROVISION_DONE,  /**< nothing is to be done */
    SB_PROVISION_OTHER, /**< other steps were begun and not finished */
} SbProvisionDecision;

/**
 * Decides what is to be done in a machine.
 *
 * @param record      what the guest has kept: "DIGEST DONE TOTAL", or "" for nothing
 * @param is_changed  the machine was made from another specification
 * @param next_out    with SB_PROVISION_GO_ON: the index of the first step to run
 */
SbProvisionDecision sb_provision_decide(const GPtrArray *steps, const char *record,
                                        gboolean is_changed, guint *next_out);
