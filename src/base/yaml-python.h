/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Where PyYAML reads a text otherwise than libyaml does.
 *
 * What PyYAML takes and libyaml refuses is repaired in a copy of the text, which is then parsed
 * again: see sb_yaml_repair(). What PyYAML refuses and libyaml takes is found afterwards: see
 * sb_yaml_python_check().
 *
 * Source: yaml/scanner.py of PyYAML 6.0; scanner.c of libyaml 0.2.5.
 *
 * Room: base; for yaml.c.
 * Threads: a repair belongs to one thread.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>
#include <yaml.h>

/** A text, and the copy of it in which places are repaired. */
typedef struct SbYamlRepair SbYamlRepair;

/** TEXT must outlive the repair. (transfer full) */
SbYamlRepair *sb_yaml_repair_new(const char *text, gsize length);

/** Frees REPAIR and its copy. */
void sb_yaml_repair_free(SbYamlRepair *repair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbYamlRepair, sb_yaml_repair_free)

/**
 * Repairs the place at which PARSER stopped: a tab at the start of a block scalar (as a Makefile
 * has it), or a ':' right before a bracket, which ends a key in `{a:[x]}`.
 *
 * @return FALSE if PyYAML does not take that place either, or if there were too many of them
 */
gboolean sb_yaml_repair(SbYamlRepair *repair, const yaml_parser_t *parser);

/** The text as it is repaired so far, of *LENGTH_OUT bytes. (transfer none) until the next repair.
 */
const char *sb_yaml_repair_text(const SbYamlRepair *repair, gsize *length_out);

/** The place in the text itself of MARK, which is a place in the copy. */
SbMark sb_yaml_repair_mark(const SbYamlRepair *repair, SbMark mark);

/** What sb_yaml_python_check() finds. */
typedef enum {
    SB_YAML_PYTHON_FINE,
    SB_YAML_PYTHON_TAB,          /**< a tab outside of quotes, blocks and comments */
    SB_YAML_PYTHON_BLOCK_HEADER, /**< a comment right behind the `|` or `>` of a block scalar */
} SbYamlPythonProblem;

/**
 * Finds the first place in TEXT, which libyaml can read, that PyYAML refuses.
 *
 * @param wants_tabs  whether tabs are looked for
 * @param mark_out    not written if there is none
 */
SbYamlPythonProblem sb_yaml_python_check(const char *text, gsize length, gboolean wants_tabs,
                                         SbMark *mark_out);
