/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * User-data as cloud-init reads it: its format, its unpacked form, and whether it has users.
 *
 * Source: cloudinit/user_data.py, cloudinit/handlers/ and cloudinit/mergers/ of 22.4; later
 * versions read in the same way.
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** The formats of user-data. cloud-init tells them apart by the start of the text. */
typedef enum {
    SB_USER_DATA_UNKNOWN, /**< cloud-init would ignore it, and only its log would say so */
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
    SB_USER_DATA_GZIP, /**< any other format, compressed */
} SbUserDataFormat;

/** The limit of unpacked user-data. */
#define SB_USER_DATA_MAX_BYTES (16 * 1024 * 1024)

/** The format of LENGTH bytes of user-data at DATA. Like cloud-init, it ignores case and leading
 * blanks. */
SbUserDataFormat sb_user_data_format(const char *data, gsize length);

/** The starts of the formats that have a first line of their own, in lower case: NULL-terminated.
 * (transfer none) */
const char *const *sb_user_data_starts(void);

/** The MIME type of FORMAT as a part; "text/plain" if the format has none. */
const char *sb_user_data_content_type(SbUserDataFormat format);

/**
 * DATA as cloud-init sees it: unpacked if it is gzip, otherwise itself.
 *
 * @return (transfer full) or NULL if the gzip is damaged, or unpacks to more than
 * SB_USER_DATA_MAX_BYTES
 */
GBytes *sb_user_data_unpack(GBytes *data);

/**
 * Whether DATA (unpacked) has its own `users:`, so that cloud-init would not make the
 * distribution's account.
 *
 * The answer is exact for a cloud-config. An archive, a template and a MIME message can contain a
 * cloud-config: there a line that begins with `users:` decides. An include counts as without users,
 * because its content is not known.
 */
gboolean sb_user_data_has_users(const char *data, gsize length);

/** The format with the MIME type TYPE; SB_USER_DATA_UNKNOWN if cloud-init does not know the type.
 */
SbUserDataFormat sb_user_data_format_of_type(const char *type);
