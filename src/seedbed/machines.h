/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Machines that exist: which there are, and what can be done with them.
 *
 * NAMES are of fleets or machines, NULL-terminated: a fleet stands for all of its machines.
 *
 * Room: seedbed.
 * Threads: any, one call at a time with the same host.
 */
#pragma once

#include "seedbed/host.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * @addtogroup seedbed
 * @{
 */

/** A machine, as it was when it was listed. */
typedef struct SeedbedMachine SeedbedMachine;

/**
 * Lists machines.
 *
 * @param names  (nullable) of fleets or machines, NULL-terminated; NULL or none: all
 * @param error  #SEEDBED_ERROR_UNKNOWN if there is no machine of a name, or another
 * @return (transfer full) of SeedbedMachine, sorted by name; free with g_ptr_array_unref(). NULL on
 *         failure
 */
GPtrArray *seedbed_list(SeedbedHost *host, const char *const *names,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The name, which is also that of the libvirt domain. (transfer none) */
const char *seedbed_machine_get_name(const SeedbedMachine *machine);

/** The name of its fleet. (transfer none) */
const char *seedbed_machine_get_fleet(const SeedbedMachine *machine);

/** The name of its group in the fleet. (transfer none) */
const char *seedbed_machine_get_group(const SeedbedMachine *machine);

/** The name of its image. (transfer none) */
const char *seedbed_machine_get_image(const SeedbedMachine *machine);

/** Its state in libvirt's words, such as "running", or "crashed" or "stuck". (transfer none) */
const char *seedbed_machine_get_state(const SeedbedMachine *machine);

/** Where ssh finds it; NULL: it does not run, or has no address yet. (transfer none) */
const char *seedbed_machine_get_address(const SeedbedMachine *machine);

/** The port of ssh. */
guint16 seedbed_machine_get_port(const SeedbedMachine *machine);

/** The account for ssh. (transfer none) */
const char *seedbed_machine_get_login(const SeedbedMachine *machine);

/**
 * Runs a command on machines at the same time. Its standard input is empty. Tells
 * SEEDBED_EVENT_LINE and SEEDBED_EVENT_EXITED.
 *
 * @param words        NULL-terminated: one line for the account's shell, or a program and its
 *                     arguments
 * @param status_out   (nullable) the highest exit status; also if some machines were not reached
 * @param cancellable  (nullable) ends the command in the machines
 * @param error        #SEEDBED_ERROR_UNKNOWN, _MACHINES (some were not reached), _CANCELLED or
 *                     another
 * @return FALSE if the command did not run to its end on every machine. Its exit status does not
 *         matter
 */
gboolean seedbed_exec(SeedbedHost *host, const char *const *names, const char *const *words,
                      int *status_out, GCancellable *cancellable,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Copies files and folders, as `seedbed copy`: from here to machines, or back.
 *
 * @param sources      paths, or MACHINE:PATH, NULL-terminated
 * @param destination  MACHINE:PATH, FLEET:PATH or a path
 * @param cancellable  (nullable)
 * @param error        #SEEDBED_ERROR_INPUT, _UNKNOWN, _CANCELLED, _FAILED or another
 * @return FALSE if not all was copied
 */
gboolean seedbed_copy(SeedbedHost *host, const char *const *sources, const char *destination,
                      GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Keeps the disk and the memory of MACHINE as they are now. It stops for some seconds.
 *
 * @param name         (nullable) NULL: the first number that is free
 * @param cancellable  (nullable)
 * @param error        #SEEDBED_ERROR_INPUT (the name is bad, or taken), _UNKNOWN or another
 * @return (transfer full) the name of the snapshot; NULL on failure
 */
char *seedbed_snapshot(SeedbedHost *host, const char *machine, const char *name,
                       GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Takes MACHINE back to a snapshot. What it has now is lost.
 *
 * @param name         (nullable) NULL: the newest
 * @param cancellable  (nullable)
 * @param error        #SEEDBED_ERROR_UNKNOWN or another
 * @return FALSE on failure
 */
gboolean seedbed_restore(SeedbedHost *host, const char *machine, const char *name,
                         GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Removes snapshots of MACHINE.
 *
 * @param name         (nullable) NULL: all
 * @param cancellable  (nullable)
 * @param error        #SEEDBED_ERROR_UNKNOWN or another
 * @return FALSE on failure
 */
gboolean seedbed_snapshot_remove(SeedbedHost *host, const char *machine, const char *name,
                                 GCancellable *cancellable,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Collects all that is known about machines, without secrets, in a folder of this user.
 *
 * @param message      (nullable) what failed, for the index of the folder
 * @param cancellable  (nullable)
 * @param error        #SEEDBED_ERROR_UNKNOWN or another
 * @return (transfer full) the path of the folder; NULL on failure
 */
char *seedbed_evidence(SeedbedHost *host, const char *const *names, const char *message,
                       GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Removes machines with all that belongs to them; a fleet also with its network and its key. To
 * remove what does not exist is no failure.
 *
 * @param cancellable  (nullable)
 * @param error        #SEEDBED_ERROR_INPUT if a name is bad, or another; the message names what is
 *                     left
 * @return FALSE if something is left
 */
gboolean seedbed_down(SeedbedHost *host, const char *const *names, GCancellable *cancellable,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** @} */

G_END_DECLS
