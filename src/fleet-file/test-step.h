/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The steps of the fleet file's list `test:`, checked, with every default filled in.
 *
 * The keys are documented in seedbed-fleet(5); the table in test-step.c is their source, and a test
 * compares the two.
 *
 * Room: fleet-file.
 * Threads: steps are only read after they are made, from any thread.
 */
#pragma once

#include "fleet-file/file-copy.h"

typedef enum {
    SB_PHASE_SETUP, /**< before all tests; if one fails, no test is run */
    SB_PHASE_TEST,
    SB_PHASE_CLEANUP, /**< after all tests, however they went */
} SbTestPhase;

typedef enum {
    SB_RESULTS_TAP,  /**< standard output is TAP */
    SB_RESULTS_EXIT, /**< the exit status is the result */
} SbTestResults;

typedef struct {
    char *name;
    SbMark mark;
    SbTestPhase phase;
    char *on;          /**< (nullable) a group; NULL: every machine */
    GPtrArray *copies; /**< of SbFileCopy */
    char *run;         /**< a shell command */
    SbTestResults results;
    gint64 timeout_ms;
    GPtrArray *artifacts; /**< of char *: globs */
    GPtrArray *needs;     /**< of char *: names of earlier steps */
    char **env;           /**< (nullable) "NAME=VALUE", NULL-terminated */
    char *user;           /**< (nullable) an account; NULL: the one that ssh logs in to */
    char *workdir;        /**< (nullable) relative to that account's home */
    gboolean channel;     /**< results come through the virtio-serial port */
    gboolean fresh;       /**< each item runs in a machine of its own, of the group `on` */
    gboolean spread;      /**< each item of the list runs on one machine, not on all */
    GPtrArray *matrix;    /**< of char *: the list; empty: none */
    char *files;          /**< (nullable) a glob: the list is the copied files that match */
} SbTestStep;

/* Limits, also shown by the messages. */
#define SB_TEST_MAX_STEPS 200
#define SB_TEST_MAX_ITEMS 1000

/** Releases STEP and what it holds. */
void sb_test_step_free(SbTestStep *step);

/**
 * Reads the list LIST of steps. Every error is added to the findings of the reader.
 *
 * @param key     the name of the list in messages
 * @param groups  the names of all groups, NULL-terminated
 * @param steps   gets the steps (SbTestStep)
 */
void sb_test_steps_read(const SbValueReader *reader, const char *key, const SbYamlNode *list,
                        const char *const *groups, GPtrArray *steps);

/** Every key of a step, such as "name" and "copy.from". (transfer container) NULL-terminated; free
 * with g_free() */
const char **sb_test_step_keys(void);
