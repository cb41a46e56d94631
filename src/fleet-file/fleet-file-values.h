/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Typed readers of YAML nodes. Each checks one kind of value; its finding says what was found and
 * what is allowed.
 *
 * The values end up in names of files, domains and networks, in XML and in a seed. So every reader
 * allows a set of characters instead of refusing some. A reader that returns FALSE or NULL has
 * added a finding and does not write its output. A reader of text frees the old text of its output.
 *
 * Room: fleet-file.
 * Threads: a reader belongs to one thread.
 */
#pragma once

#include "base/diagnostics.h"
#include "base/yaml.h"
#include "fleet-file/file-reference.h"

#include <glib.h>

/** The line in the mark of a node that a setting made (see fleet-file/fleet-settings.h). Its column
 * is the number of the setting, from 1. */
#define SB_SETTING_LINE G_MAXUINT

/** What findings call SETTING, in the place of a file. (transfer full) */
char *sb_value_setting_name(const char *setting);

/** Where findings are added, and the name of the file in them. */
typedef struct {
    const char *file;
    SbDiagnostics *diagnostics;
    const char *const
        *settings; /**< (nullable) those that made nodes: see fleet-file/fleet-settings.h */
} SbValueReader;

/** Adds a finding at the place of NODE, or about the setting that made it. Returns FALSE, so that a
 * failure is one statement. */
gboolean sb_value_complain(const SbValueReader *reader, const SbYamlNode *node, const char *format,
                           ...) G_GNUC_PRINTF(3, 4);

/** Adds "KEY must be WANTED, not …" with a description of NODE. (Nothing is added for an alias: the
 * YAML parser has reported it.) Returns FALSE. */
gboolean sb_value_refuse(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                         const char *wanted);

/** Whether NODE has no value for YAML: nothing, `~` or `null`, without quotes. */
gboolean sb_value_is_null(const SbYamlNode *node);

/** Whether NODE is a mapping. If not, adds that KEY must be a mapping of WHAT. */
gboolean sb_value_is_mapping(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                             const char *what);

/**
 * The items of a list.
 *
 * @param wanted  a description of the right value, for the message
 * @param most    how many items are allowed
 * @return (transfer none) (nullable) NULL also for a node without a value, which has no finding
 */
const GPtrArray *sb_value_items(const SbValueReader *reader, const char *key,
                                const SbYamlNode *node, const char *wanted, guint most);

/**
 * Reads any text, with or without quotes. A node without a value is refused.
 *
 * @param wanted  a description of the right value, for the message
 * @return (transfer none) (nullable) the text
 */
const char *sb_value_text(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          const char *wanted);

/**
 * Reads a whole number from MINIMUM to MAXIMUM: decimal, without sign, quotes or leading zeros.
 */
gboolean sb_value_integer(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          guint minimum, guint maximum, guint *value_out);

/**
 * Reads a size with its unit, as sb_size_parse() does, from MINIMUM to MAXIMUM.
 *
 * @param bytes_out  rounded up to whole KiB: the smallest unit that a disk and a memory share
 */
gboolean sb_value_size(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       guint64 minimum, guint64 maximum, guint64 *bytes_out);

/** Reads a duration with its unit, as sb_duration_parse() does, from MINIMUM to MAXIMUM. */
gboolean sb_value_duration(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                           gint64 minimum_ms, gint64 maximum_ms, gint64 *ms_out);

/** Reads `true` or `false`, without quotes. */
gboolean sb_value_boolean(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          gboolean *value_out);

/** Reports each key of MAPPING that is not in ALLOWED (NULL-terminated), with a key that the user
 * may have meant. */
void sb_value_check_keys(const SbValueReader *reader, const SbYamlNode *mapping,
                         const char *const *allowed);

/** Reads a name as base/names.h defines it. */
gboolean sb_value_name(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       char **name_out);

/** Reads one of CHOICES, which ends with NULL. */
gboolean sb_value_choice(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                         const char *const *choices, char **choice_out);

/** Reads the name of a Linux account, other than root. */
gboolean sb_value_login(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                        char **login_out);

/** Reads the path of a file: not empty, and without control characters. */
gboolean sb_value_path(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       char **path_out);

/** Reads text of 1 to 4096 bytes in one line. WANTED describes it, for the message. */
gboolean sb_value_line(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       const char *wanted, char **line_out);

/** The most bytes of a command. */
#define SB_COMMAND_MAX_BYTES (64 * 1024)

/** Reads a command for sh(1), of at most SB_COMMAND_MAX_BYTES. */
gboolean sb_value_command(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          char **command_out);

/** Reads the name of a Linux account, also root. */
gboolean sb_value_account(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          char **account_out);

/* ---- fields ---- */

/** What is done with a field that keeps the value of a key. */
typedef struct {
    /** Puts NODE, the value of KEY, into FIELD. If NODE is wrong, it adds a finding and does not
     * change FIELD, so that one mistake is one finding. */
    void (*read)(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                 gpointer field);
    /** (nullable) FIELD has the pointers of another one: replaces them by copies. */
    void (*own)(gpointer field);
    void (*clear)(gpointer field); /**< (nullable) */
    /** (nullable) Adds what decides the value to TEXT, in one line: nothing if the key was not
     * given. */
    void (*describe)(gconstpointer field, GString *text);
} SbFieldType;

/** Of an SbFileReference: `read` takes a path as sb_value_path() does, and its place. */
extern const SbFieldType sb_file_type;

/** `own` of a GPtrArray * (nullable) that copies share. */
void sb_field_share_list(gpointer field);

/** `clear` of a GPtrArray * (nullable). */
void sb_field_clear_list(gpointer field);
