/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What is wrong with the files of a seed, said before the boot: what cloud-init would refuse or
 * ignore (errors), and what it would do although it is hardly meant (warnings).
 *
 * Each finding has the id of its rule. A rule is switched off by sb_linter_disable(), or for one
 * file by a comment in it, `# seedbed-lint: disable=RULE,RULE`.
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
    SB_LINT_FLEET, /**< which sb_lint() does not take: sb_fleet_load() does */
} SbLintKind;

/** The kind of the file called FILE, from what is in it or, failing that, its name. */
SbLintKind sb_lint_kind(const char *file, const char *data, gsize length);

/** Checks with the project's own schema, for any version of cloud-init. (transfer full) */
SbLinter *sb_linter_new(void);

/** Frees LINTER and all that it has. */
void sb_linter_free(SbLinter *linter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbLinter, sb_linter_free)

/** Uses SCHEMA for cloud-configs, such as cloud-init's own. (transfer full) */
void sb_linter_set_schema(SbLinter *linter, SbSchema *schema);

/** Checks for this cloud-init; see sb_schema_version(). */
void sb_linter_set_version(SbLinter *linter, guint version);

/** Whether the machine will have no way out of its network, so that packages cannot be fetched. */
void sb_linter_set_offline(SbLinter *linter, gboolean is_offline);

/** From now on there are no findings of RULE, which is the id of a rule that is not fixed. */
void sb_linter_disable(SbLinter *linter, const char *rule);

/**
 * Checks a file of a seed. Gzip is unpacked; the parts of a MIME multipart and of a
 * cloud-config-archive are checked one by one.
 *
 * @param file  its name, for the findings
 */
void sb_lint(SbLinter *linter, SbLintKind kind, const char *file, const char *data, gsize length,
             SbDiagnostics *diagnostics);
