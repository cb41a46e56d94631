/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A text that is being linted, and its parts.
 *
 * Only the files lint*.c use it. lint.c lists the checks by format; a check of a format that has
 * parts calls sb_lint_part(), which finds the check of the part in that list.
 *
 * Room: cloud-init.
 * Threads: as the linter.
 */
#pragma once

#include "cloud-init/lint-rules.h"
#include "cloud-init/schema.h"
#include "cloud-init/user-data.h"

/** The limits of parts within parts, and of the parts of one text: above any real file. */
#define SB_LINT_MAX_DEPTH 4
#define SB_LINT_MAX_PARTS 100

typedef struct SbLintText SbLintText;
typedef void SbLintCheck(const SbLintText *text);

typedef struct {
    SbLintCheck *const *checks; /**< by SbUserDataFormat; NULL: nothing is checked */
    SbSchema *schema;           /**< for cloud-configs; NULL: the project's own schema */
    SbSchema *own_schema;       /**< NULL: not loaded yet */
    guint version;
    gboolean is_offline;
    GHashTable *disabled;     /**< set of rules */
    GHashTable *instance_ids; /**< file of each instance-id that was seen */
} SbLinter;

/** A text: a file, or a part of a file. */
struct SbLintText {
    SbLinter *linter;
    const char *file;
    const char *data;
    gsize length;
    guint depth;                /**< 0 for a file */
    SbDiagnostics *diagnostics; /**< of this text alone */
};

/** Adds a finding of RULE, with its severity, at MARK of TEXT. PATH may be NULL. */
void sb_lint_add(const SbLintText *text, const char *rule, SbMark mark, const char *path,
                 const char *format, ...) G_GNUC_PRINTF(5, 6);

/** The place of a part in the text around it. */
typedef struct {
    char *name; /**< such as "part 2 ('a.yaml')" */
    SbMark mark;
    /** The part is in the text unchanged: its first line is that of `mark`, and its columns are
     * further to the right. Otherwise the message names the places in the part. */
    gboolean is_verbatim;
    guint column_offset;
} SbLintPlace;

/** Runs CHECK (NULL: none) on TEXT, whose diagnostics are not set, and adds the findings to OUTER.
 * PLACE is NULL for a file. */
void sb_lint_text(SbLintText *text, SbLintCheck *check, const SbLintPlace *place,
                  SbDiagnostics *outer);

/** Checks DATA, which is at PLACE in TEXT, as FORMAT (UNKNOWN: by its first line). */
void sb_lint_part(const SbLintText *text, const SbLintPlace *place, SbUserDataFormat format,
                  const char *data, gsize length);

/** Checks TEXT by its first line. */
void sb_lint_user_data(const SbLintText *text);
