/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The fleet file, checked, and with every default filled in.
 *
 * The format is documented in seedbed-fleet(5). Its source are the tables of keys in fleet-file.c,
 * machine-spec.c, test-step.c and build-file.c; a test compares them with the manual.
 *
 * Room: fleet-file.
 * Threads: a parsed file is only read, from any thread.
 */
#pragma once

#include "base/diagnostics.h"
#include "fleet-file/build-file.h"
#include "fleet-file/fleet-settings.h"
#include "fleet-file/group.h"
#include "fleet-file/test-step.h"

#include <glib.h>

typedef struct {
    char *file;      /**< as given to sb_fleet_file_parse() */
    char *digest;    /**< the sha256 of its text, in hexadecimal */
    char *text;      /**< as it was read */
    char **settings; /**< (nullable) those that values come from: see fleet-file/fleet-settings.h */
    char *name;
    guint32 subnet;     /**< of its own networks, see sb_fleet_file_subnet(); 0: not given */
    gint64 lifetime_ms; /**< how long its machines are wanted; 0: until somebody removes them */
    GPtrArray *groups;  /**< of SbGroup, in the order of the file */
    GPtrArray *steps;   /**< of SbTestStep, in the order of the file */
    GPtrArray *layers;  /**< of SbBuildLayer, the first one at the bottom */
} SbFleetFile;

/* Limits, also shown by the messages. */
#define SB_FLEET_FILE_MAX_BYTES (1024 * 1024)
#define SB_GROUP_MAX_COUNT 200
#define SB_LIFETIME_MIN_MS (60 * 1000)
#define SB_LIFETIME_MAX_MS (3650 * G_GINT64_CONSTANT(24) * 60 * 60 * 1000)
/** A fleet's own network is a /24: its gateway, broadcast and network address are not for machines.
 */
#define SB_FLEET_MAX_MACHINES 200

/** Releases FLEET_FILE and what it holds. */
void sb_fleet_file_free(SbFleetFile *fleet_file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbFleetFile, sb_fleet_file_free)

/**
 * Parses a fleet file and checks it as a whole.
 *
 * @param file         its name, for the findings
 * @param diagnostics  gets every error, not just the first
 * @return (transfer full) the file, or NULL if there was any error
 */
SbFleetFile *sb_fleet_file_parse(const char *file, const char *text, gsize length,
                                 SbDiagnostics *diagnostics);

/** Does the same with SETTINGS (nullable), whose values replace those of the text. (transfer full)
 */
SbFleetFile *sb_fleet_file_parse_with(const char *file, const char *text, gsize length,
                                      const SbFleetSettings *settings, SbDiagnostics *diagnostics);

/** The place of MARK for messages: "FILE:LINE:COLUMN", or the setting that the value comes from.
 * (transfer full) */
char *sb_fleet_file_place(const SbFleetFile *fleet_file, SbMark mark);

/** A copy of FLEET_FILE without its steps and layers. (transfer full) */
SbFleetFile *sb_fleet_file_copy_machines(const SbFleetFile *fleet_file);

/**
 * A file of a fleet NAME with one machine, which is like those of GROUP except for its image, and
 * has no fixed subnet, address or port of the host.
 *
 * @param like   the fleet file that messages name
 * @param image  a name in the pool
 * @return (transfer full)
 */
SbFleetFile *sb_fleet_file_of_one(const SbFleetFile *like, const char *name, const SbGroup *group,
                                  const char *group_name, const char *image);

/** Forbids warm images for all groups, as `start: cold` does. */
void sb_fleet_file_start_cold(SbFleetFile *fleet_file);

/** The subnet of the fleet's own network of KIND, as sb_groups_subnet() tells it. */
guint32 sb_fleet_file_subnet(const SbFleetFile *fleet_file, SbNetworkKind kind);

/** The number of machines in all groups together. */
guint sb_fleet_file_machine_count(const SbFleetFile *fleet_file);

/**
 * Every key that a fleet file can have, as "fleet", "defaults.vcpus", "machines.GROUP.vcpus",
 * "test.run", "build.user-data"…
 *
 * @return (transfer container) NULL-terminated; free with g_free()
 */
const char **sb_fleet_file_keys(void);
