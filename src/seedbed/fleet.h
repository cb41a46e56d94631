/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fleet files, and bringing their machines up.
 *
 * Room: seedbed.
 * Threads: any, one call at a time with the same fleet.
 */
#pragma once

#include "seedbed/host.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * @addtogroup seedbed
 * @{
 */

/** A fleet file that was read and checked, with the files that it names. */
typedef struct SeedbedFleet SeedbedFleet;

/**
 * Reads and checks the fleet file PATH; see seedbed-fleet(5). All files that it names are read and
 * linted too.
 *
 * @param settings  (nullable) NULL-terminated KEY=VALUE that replace values of the file, such as
 *                  "fleet=mine" and "machines.web.count=4"
 * @param error     #SEEDBED_ERROR_INPUT, whose message has all findings, one a line
 * @return (transfer full) free with seedbed_fleet_free(); NULL if there is an error
 */
SeedbedFleet *seedbed_fleet_load(const char *path, const char *const *settings,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Does the same with TEXT, the content of a fleet file.
 *
 * @param path      the name of the text in messages; relative paths in TEXT begin in its folder
 * @param settings  (nullable) as in seedbed_fleet_load()
 * @param error     #SEEDBED_ERROR_INPUT
 * @return (transfer full) NULL if there is an error
 */
SeedbedFleet *seedbed_fleet_load_text(const char *text, const char *path,
                                      const char *const *settings,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Frees FLEET. Its machines stay. */
void seedbed_fleet_free(SeedbedFleet *fleet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SeedbedFleet, seedbed_fleet_free)

/** The name of the fleet. (transfer none) */
const char *seedbed_fleet_get_name(const SeedbedFleet *fleet);

/** How many machines the file has. */
guint seedbed_fleet_get_machine_count(const SeedbedFleet *fleet);

/** What is worth knowing about the file, one finding a line; "" if there is nothing. (transfer
 * none)
 */
const char *seedbed_fleet_get_warnings(const SeedbedFleet *fleet);

/** Sets the folder for what the steps of its tests want to keep; (nullable) NULL: nothing is
 * fetched, as at the beginning. The folder must exist. */
void seedbed_fleet_set_artifacts(SeedbedFleet *fleet, const char *folder);

/**
 * Checks whether HOST can give what FLEET asks for, and changes nothing.
 *
 * @param missing_out  (nullable) how many machines seedbed_up() would make now
 * @param error        the error that seedbed_up() would end with
 * @return FALSE if it cannot
 */
gboolean seedbed_fleet_check(SeedbedHost *host, const SeedbedFleet *fleet, guint *missing_out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** How seedbed_up() works: values can be combined with `|`, 0 is none of them. */
typedef enum {
    SEEDBED_UP_KEEP_FAILED = 1 << 0,  /**< a machine that failed stays, to look into it */
    SEEDBED_UP_STRICT = 1 << 1,       /**< warnings of cloud-init are failures */
    SEEDBED_UP_NO_WAIT = 1 << 2,      /**< return when the machines are started */
    SEEDBED_UP_WAIT_FOR_RUN = 1 << 3, /**< wait until another run of the fleet is over */
    SEEDBED_UP_COLD = 1 << 4,         /**< boot all machines, also those with `warm: true` */
    SEEDBED_UP_WARM = 1 << 5, /**< thaw all machines: boot once, then start from that memory */
} SeedbedUpFlags;

/**
 * Makes the machines of FLEET that do not exist, and waits until all are ready, as `seedbed up`.
 *
 * Tells SEEDBED_EVENT_PLANNED, _BEGUN, _STAGE, _NOTE, _FINISHED and others. A machine that failed
 * is removed, after evidence was collected; the others stay. If it is cancelled, everything that
 * this call made is removed.
 *
 * @param flags        of SeedbedUpFlags
 * @param cancellable  (nullable)
 * @param error        #SEEDBED_ERROR_MACHINES, _INPUT, _BUSY, _CANCELLED, _DISCONNECTED, _FAILED
 * @return FALSE if not all machines are ready
 */
gboolean seedbed_up(SeedbedHost *host, const SeedbedFleet *fleet, guint flags,
                    GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** @} */

G_END_DECLS
