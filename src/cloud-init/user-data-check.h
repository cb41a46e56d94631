/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What in user-data would not work: a start that cloud-init does not know, and what the harness
 * cannot be merged with.
 *
 * Source: as cloud-init/user-data.h.
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>

/**
 * Checks how DATA (unpacked, and UTF-8) starts: that it is not empty, that cloud-init knows its
 * first line (a near miss such as `#cloudconfig` is named), that nothing is before it where that
 * matters, and that a template renders to something.
 *
 * @param file  its name, for the findings
 */
void sb_user_data_check_start(const char *file, const char *data, gsize length,
                              SbDiagnostics *diagnostics);

/**
 * Checks what would make the harness fail, or cloud-init ignore the file or a part of it: an
 * unknown start (a near miss such as `#cloudconfig` is named), text that is not UTF-8, a
 * cloud-config that is not a YAML mapping, a `users:` that is no list and an `ssh_keys:` that is no
 * mapping (neither could be merged), and an ed25519 host key, which would be in the way of the one
 * that is pinned.
 *
 * @param file  its name, for the findings
 */
void sb_user_data_check(const char *file, const char *data, gsize length,
                        SbDiagnostics *diagnostics);

/**
 * Checks that a cloud-config does not describe the account LOGIN itself: cloud-init merges entries
 * of one name so that the first wins, and the harness' key would be lost. Other formats have no
 * finding.
 */
void sb_user_data_check_login(const char *file, const char *data, gsize length, const char *login,
                              SbDiagnostics *diagnostics);
