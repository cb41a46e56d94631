/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The words that exist for each kind of argument, for completion. What cannot be asked has none.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"

typedef enum {
    SB_WORDS_NONE,
    SB_WORDS_FILES,
    SB_WORDS_FOLDERS,
    SB_WORDS_FLEETS,
    SB_WORDS_MACHINES,
    SB_WORDS_NAMES, /**< fleets and machines */
    SB_WORDS_PATHS, /**< files, and machines and fleets with a ':' */
    SB_WORDS_IMAGES,
    SB_WORDS_CATALOGUE,
    SB_WORDS_POOLS,
    SB_WORDS_TOPICS,
    SB_WORDS_RULES,
    SB_WORDS_GROUPS,   /**< of a fleet file */
    SB_WORDS_STEPS,    /**< of a fleet file */
    SB_WORDS_SETTINGS, /**< keys of a fleet file with a '=' */
    SB_WORDS_URIS,
    SB_WORDS_NETWORKS,
} SbWordsKind;

/**
 * Adds the words of KIND to WORDS (of char *). Files are ":files", folders ":folders".
 *
 * @param fleet_file  (nullable) NULL: the one that is found, for groups, steps and settings
 */
void sb_candidates_add(GPtrArray *words, SbCli *cli, SbWordsKind kind, const char *fleet_file);
