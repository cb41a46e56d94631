/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The checks of lint, each for one format of text.
 *
 * Room: cloud-init.
 * Threads: as the linter.
 */
#pragma once

#include "cloud-init/lint-text.h"

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
