/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One text that is being linted, for the files lint*.c, which share the work by format.
 *
 * Room: cloud-init; for these files only.
 * Threads: as the linter.
 */
#pragma once

#include "cloud-init/lint.h"

/* Rules that are not those of the schema or of YAML. */
#define SB_RULE_HEADER "header"
#define SB_RULE_ENCODING "encoding"
#define SB_RULE_GZIP "gzip"
#define SB_RULE_PARTS "parts"
#define SB_RULE_SCRIPT "script"
#define SB_RULE_INCLUDE "include"
#define SB_RULE_PART_HANDLER "part-handler"
#define SB_RULE_SUDO_PASSWORD "sudo-password"
#define SB_RULE_POWEROFF "poweroff-in-runcmd"
#define SB_RULE_PWAUTH "pwauth-known-password"
#define SB_RULE_PLAIN_PASSWORD "plain-password"
#define SB_RULE_RUNCMD_MAP "runcmd-map"
#define SB_RULE_OCTAL "octal-permissions"
#define SB_RULE_OFFLINE "package-offline"
#define SB_RULE_INSTANCE_ID "instance-id"

/** Parts within parts, and parts of one text: more than anybody has. */
#define SB_LINT_MAX_DEPTH 4
#define SB_LINT_MAX_PARTS 100

struct SbLinter {
    SbSchema *schema;     /**< for cloud-configs; NULL: the project's own */
    SbSchema *own_schema; /**< NULL: not loaded yet */
    guint version;
    gboolean is_offline;
    GHashTable *disabled;     /**< set of rules */
    GHashTable *instance_ids; /**< file of each instance-id that was seen */
};

/** A text: a file, or a part of one. */
typedef struct {
    SbLinter *linter;
    const char *file;
    const char *data;
    gsize length;
    guint depth;                /**< 0 for a file */
    SbDiagnostics *diagnostics; /**< of this text alone */
} SbLintText;

/** Adds a finding of RULE, with its severity, at MARK of TEXT. PATH may be NULL. */
void sb_lint_add(const SbLintText *text, const char *rule, SbMark mark, const char *path,
                 const char *format, ...) G_GNUC_PRINTF(5, 6);

/** Where a part is in the text that it is part of. */
typedef struct {
    char *name; /**< such as "part 2 ('a.yaml')" */
    SbMark mark;
    /** The part is as it is in the text, its first line being that of `mark`, and its columns
     * further to the right; otherwise its places are named in the message. */
    gboolean is_verbatim;
    guint column_offset;
} SbLintPlace;

/** Checks DATA, which is at PLACE in TEXT, as FORMAT (UNKNOWN: by its first line). */
void sb_lint_part(const SbLintText *text, const SbLintPlace *place, SbUserDataFormat format,
                  const char *data, gsize length);

/** Checks TEXT as FORMAT. */
void sb_lint_format(const SbLintText *text, SbUserDataFormat format);

/** Checks TEXT as a cloud-config. */
void sb_lint_cloud_config(const SbLintText *text);
void sb_lint_network_config(const SbLintText *text);
void sb_lint_meta_data(const SbLintText *text);
void sb_lint_archive(const SbLintText *text);
void sb_lint_mime(const SbLintText *text);
void sb_lint_script(const SbLintText *text);
void sb_lint_include(const SbLintText *text);
void sb_lint_part_handler(const SbLintText *text);
void sb_lint_json_patch(const SbLintText *text);
void sb_lint_template(const SbLintText *text);

/** What a schema has no word for: see the rules. */
void sb_lint_traps(const SbLintText *text, const SbDatum *root);

/** The project's own schema. (transfer none) */
const SbSchema *sb_lint_own_schema(SbLinter *linter);
