/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The MAC addresses of machines.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

/**
 * A locally administered MAC with QEMU's prefix 52:54:00, derived from UUID and SALT: the same two
 * always give the same MAC.
 *
 * @return (transfer full) such as "52:54:00:12:34:56"
 */
char *sb_mac_derive(const char *uuid, const char *salt);
