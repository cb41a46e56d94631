/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Checks user-data for faults: a start that cloud-init does not know, and content that cannot be
 * merged with the harness.
 *
 * Source: as cloud-init/user-data.h.
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>

/** Checks that DATA (unpacked) is UTF-8 text; an error says where it is not. */
void sb_user_data_check_encoding(const char *file, const char *data, gsize length,
                                 SbDiagnostics *diagnostics);

/**
 * Checks the start of DATA (unpacked, and UTF-8).
 *
 * DATA must not be empty, and cloud-init must know its first line; for a near miss such as
 * `#cloudconfig` the message names the right word. Nothing may stand before the first line where
 * that matters. A template must render to a format that cloud-init reads.
 *
 * @param file  its name, for the findings
 */
void sb_user_data_check_start(const char *file, const char *data, gsize length,
                              SbDiagnostics *diagnostics);

/**
 * Checks for faults that would break the harness, or make cloud-init ignore the file or a part of
 * it.
 *
 * These are: an unknown start; text that is not UTF-8; a cloud-config that is not a YAML mapping; a
 * `users:` that is not a list, or an `ssh_keys:` that is not a mapping (they could not be merged);
 * and an ed25519 host key, which would conflict with the pinned key.
 *
 * @param file  its name, for the findings
 */
void sb_user_data_check(const char *file, const char *data, gsize length,
                        SbDiagnostics *diagnostics);

/**
 * Checks that a cloud-config does not describe the account LOGIN.
 *
 * cloud-init merges entries with one name so that the first entry wins: the key of the harness
 * would be lost. Other formats have no findings.
 *
 * @param file  its name, for the findings
 */
void sb_user_data_check_login(const char *file, const char *data, gsize length, const char *login,
                              SbDiagnostics *diagnostics);
