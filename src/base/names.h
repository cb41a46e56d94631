/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Names of fleets, groups, machines and images: which are allowed, and how they are put together.
 *
 * Room: base.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** Longest fleet, group or image name. */
#define SB_NAME_MAX 42
/** Longest machine name: it is also a host name, which DNS limits to 63 octets (RFC 1035 2.3.4). */
#define SB_MACHINE_NAME_MAX 63

#define SB_NAMES_ERROR (sb_names_error_quark())
GQuark sb_names_error_quark(void);

typedef enum {
    SB_NAMES_ERROR_INVALID, /**< the name has a character, a length or an end that is not allowed */
} SbNamesError;

/** The rule for valid names, in words, for error messages. */
#define SB_NAME_RULE "use 1 to 42 of a-z, 0-9 and '-', with a letter or digit at both ends"

/** Whether NAME matches `^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$`. */
gboolean sb_name_is_valid(const char *name);

/**
 * Checks NAME with sb_name_is_valid().
 *
 * @param what  the kind of name, such as "fleet", for the message
 * @return TRUE, or FALSE with SB_NAMES_ERROR_INVALID
 */
gboolean sb_name_check(const char *what, const char *name,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The rule for valid names of images, in words, for error messages. */
#define SB_IMAGE_NAME_RULE                                                                         \
    "use 1 to 42 of a-z, 0-9, '-', '_' and '.', with a letter or digit at both ends, and not the " \
    "end of a file's name, such as '.qcow2'"

/** Whether NAME matches `^[a-z0-9]([a-z0-9._-]{0,40}[a-z0-9])?$`, and is not the name of a file
 * with an image: `.qcow2`, `.raw`, `.img` and `.iso` at the end are not allowed. */
gboolean sb_image_name_is_valid(const char *name);

/** Checks NAME with sb_image_name_is_valid(). FALSE with SB_NAMES_ERROR_INVALID. */
gboolean sb_image_name_check(const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether NAME can be a machine's name: valid characters, and at most SB_MACHINE_NAME_MAX long. */
gboolean sb_machine_name_is_valid(const char *name);

/** The name of machine INDEX (from 1) of GROUP in FLEET: `FLEET-GROUP-INDEX`. (transfer full) */
char *sb_machine_name(const char *fleet, const char *group, guint index);

/**
 * The candidate that WORD was probably meant to be.
 *
 * @param candidates  NULL-terminated
 * @return (transfer none) (nullable) one of CANDIDATES, at most two edits away (for words under
 * five letters: one edit); of those as near, one with the same first letter
 */
const char *sb_nearest_name(const char *word, const char *const *candidates);
