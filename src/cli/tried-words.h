/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Words that people try first, because another program has them.
 *
 * Room: cli.
 * Threads: every function is pure.
 */
#pragma once

/** The words after "seedbed" that mean here what WORDS (one or two) mean elsewhere; NULL if they
 * are not known. */
const char *sb_tried_words_meaning(const char *words);
