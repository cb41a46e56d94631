/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Changing a YAML tree that was parsed: one value replaced or added, found by its path.
 *
 * Room: base.
 * Threads: a document belongs to one thread.
 */
#pragma once

#include "base/yaml.h"

/** Gives NODE and all that it has the place MARK. */
void sb_yaml_mark_all(SbYamlNode *node, SbMark mark);

/**
 * Puts VALUE at PATH below ROOT. Mappings that the path needs are made, also in the place of a
 * value that is not a mapping. Everything that is made has the mark of VALUE.
 *
 * @param root   a mapping
 * @param path   at least one key, NULL-terminated
 * @param value  (transfer full)
 */
void sb_yaml_put(SbYamlNode *root, const char *const *path, SbYamlNode *value);
