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

/** Checks a cloud-config: the traps, then the schema. */
void sb_lint_cloud_config(const SbLintText *text);

/** Checks a network-config against the schema. */
void sb_lint_network_config(const SbLintText *text);

/** Checks the instance-id of meta-data. */
void sb_lint_meta_data(const SbLintText *text);

/** Checks each part of a cloud-config-archive. */
void sb_lint_archive(const SbLintText *text);

/** Checks each part of a MIME multipart. */
void sb_lint_mime(const SbLintText *text);

/** Checks the first line of a script or a boothook. */
void sb_lint_script(const SbLintText *text);

/** Checks that the lines of an include are URLs. */
void sb_lint_include(const SbLintText *text);

/** Checks that a part handler has the functions that cloud-init calls. */
void sb_lint_part_handler(const SbLintText *text);

/** Checks that a JSON patch is JSON, and a list of RFC 6902 operations. */
void sb_lint_json_patch(const SbLintText *text);

/** Checks the lines of a Jinja template that do not depend on the machine. */
void sb_lint_template(const SbLintText *text);

/** Checks ROOT, a cloud-config, for what the schema allows but hardly anybody means. */
void sb_lint_traps(const SbLintText *text, const SbDatum *root);
