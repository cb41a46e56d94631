/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The stages of a machine until it is ready: for each one its name, how long it may take, the sign
 * that it was reached, and what to try if it was not.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

typedef enum {
    SB_STAGE_NONE,
    SB_STAGE_DEFINED,
    SB_STAGE_STARTED,
    SB_STAGE_FIRMWARE,
    SB_STAGE_KERNEL,
    SB_STAGE_ADDRESS,
    SB_STAGE_SSH_PORT,
    SB_STAGE_SSH_LOGIN,
    SB_STAGE_READY, /**< cloud-init is done */
    SB_STAGE_COUNT,
} SbStage;

typedef struct {
    const char *name; /**< for people: "firmware", "ssh login"… */
    guint deadline_s; /**< from the stage before, on hardware virtualisation and an idle host */
    const char *hint; /**< what to try when it was not reached in time */
} SbStageRule;

/** The rule of STAGE, which is not SB_STAGE_COUNT. (transfer none) */
const SbStageRule *sb_stage_rule(SbStage stage);

/**
 * How long STAGE may take, in ms. An emulated guest gets 20 times as long, from the firmware on:
 * the stages before are libvirt's work. Guests with more vCPUs than the host has CPUs share them.
 *
 * @param vcpus_started  of all machines that boot at the same time
 * @param host_cpus      0 if not known
 */
gint64 sb_stage_deadline_ms(SbStage stage, gboolean is_emulated, guint vcpus_started,
                            guint host_cpus);

/** The meaning of a line of the console. */
typedef struct {
    const char *pattern; /**< a substring of the line */
    SbStage reached;     /**< the stage that was reached, or SB_STAGE_NONE */
    const char *fatal;   /**< (nullable) why the machine will never get further */
    const char *hint;    /**< (nullable) with `fatal`: what to try */
} SbConsoleRule;

/** The first rule that LINE matches, or NULL if none does. (transfer none) */
const SbConsoleRule *sb_console_rule_match(const char *line);
