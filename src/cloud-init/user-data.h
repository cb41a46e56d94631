/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * User-data as cloud-init reads it: which format it is, unpacked, and whether it has users.
 *
 * Source: cloudinit/user_data.py, cloudinit/handlers/ and cloudinit/mergers/ of 22.4; later
 * versions read the same.
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** The formats of user-data, as cloud-init tells them apart by how the text starts. */
typedef enum {
    SB_USER_DATA_UNKNOWN, /**< cloud-init would ignore it, with no more than a line in its log */
    SB_USER_DATA_CLOUD_CONFIG,
    SB_USER_DATA_CLOUD_CONFIG_ARCHIVE,
    SB_USER_DATA_CLOUD_CONFIG_JSONP,
    SB_USER_DATA_SHELL_SCRIPT,
    SB_USER_DATA_INCLUDE,
    SB_USER_DATA_INCLUDE_ONCE,
    SB_USER_DATA_BOOTHOOK,
    SB_USER_DATA_PART_HANDLER,
    SB_USER_DATA_JINJA,
    SB_USER_DATA_MIME,
    SB_USER_DATA_GZIP, /**< one of the others, compressed */
} SbUserDataFormat;

/** What compressed user-data may unpack to. */
#define SB_USER_DATA_MAX_BYTES (16 * 1024 * 1024)

/** The format of LENGTH bytes of user-data at DATA. As for cloud-init, case and leading blanks do
 * not matter. */
SbUserDataFormat sb_user_data_format(const char *data, gsize length);

/** How the formats that have a first line of their own begin, in lower case: NULL-terminated.
 * (transfer none) */
const char *const *sb_user_data_starts(void);

/** The MIME type by which cloud-init knows FORMAT as a part; "text/plain" for those that have none.
 */
const char *sb_user_data_content_type(SbUserDataFormat format);

/**
 * DATA as cloud-init sees it: unpacked if it is gzip, else itself.
 *
 * @return (transfer full) or NULL if it is broken gzip, or unpacks to more than
 * SB_USER_DATA_MAX_BYTES
 */
GBytes *sb_user_data_unpack(GBytes *data);

/**
 * Whether DATA (unpacked) has a `users:` of its own, so that cloud-init would not make the
 * distribution's account.
 *
 * Exact for a cloud-config. For the formats in which one can be embedded (archive, Jinja, MIME) a
 * line that begins with `users:` decides; what an include fetches cannot be known, and counts as
 * none.
 */
gboolean sb_user_data_has_users(const char *data, gsize length);

/** The format that cloud-init knows by the MIME type TYPE; SB_USER_DATA_UNKNOWN if it knows none.
 */
SbUserDataFormat sb_user_data_format_of_type(const char *type);
