/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Finds faults in the files of a seed before the boot. Errors: content that cloud-init would
 * refuse. Warnings: content that is allowed or ignored, and is hardly meant.
 *
 * Each finding has the id of its rule. sb_linter_disable() switches a rule off; so does a comment
 * in a file, for this file only: `# seedbed-lint: disable=RULE,RULE`.
 *
 * Sources: cloudinit/user_data.py, cloudinit/handlers/, cloudinit/config/ and
 * https://cloudinit.readthedocs.io/en/latest/explanation/format.html
 *
 * Room: cloud-init.
 * Threads: a linter belongs to one thread.
 */
#pragma once

#include "cloud-init/lint-text.h"

typedef enum {
    SB_LINT_USER_DATA, /**< or vendor-data */
    SB_LINT_NETWORK_CONFIG,
    SB_LINT_META_DATA,
    SB_LINT_FLEET, /**< sb_lint() does not take it: sb_fleet_load() does */
} SbLintKind;

/** The kind of the file called FILE: its content decides, otherwise its name. */
SbLintKind sb_lint_kind(const char *file, const char *data, gsize length);

/**
 * The kind called NAME: "user-data", "vendor-data", "network-config" or "meta-data".
 *
 * @param kind_out  not written if there is no such kind
 * @return whether there is one
 */
gboolean sb_lint_kind_named(const char *name, SbLintKind *kind_out);

/** Makes a linter that checks with the project's own schema, for any version of cloud-init.
 * (transfer full) */
SbLinter *sb_linter_new(void);

/** Frees LINTER and all that it has. */
void sb_linter_free(SbLinter *linter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbLinter, sb_linter_free)

/** Checks cloud-configs with SCHEMA, such as cloud-init's own. (transfer full) */
void sb_linter_set_schema(SbLinter *linter, SbSchema *schema);

/** Checks for this version of cloud-init; see sb_schema_version(). */
void sb_linter_set_version(SbLinter *linter, guint version);

/** Says whether the machine has no way out of its network, so that it cannot fetch packages. */
void sb_linter_set_offline(SbLinter *linter, gboolean is_offline);

/** Switches RULE off; it is the id of a rule that is not fixed. */
void sb_linter_disable(SbLinter *linter, const char *rule);

/**
 * Checks a file of a seed.
 *
 * Gzip is unpacked; the parts of a MIME multipart and of a cloud-config-archive are checked one by
 * one.
 *
 * @param file  its name, for the findings
 */
void sb_lint(SbLinter *linter, SbLintKind kind, const char *file, const char *data, gsize length,
             SbDiagnostics *diagnostics);
