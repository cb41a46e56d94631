/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Makes one machine: domain, overlay, other disks, seed, start with stopped CPUs. If a step fails,
 * all of it is removed again.
 *
 * The domain is defined first. Its name is the reservation: of several processes only one succeeds.
 * Everything that is made later can be found through the domain.
 *
 * Room: creation.
 * Threads: any, each with its own connection.
 */
#pragma once

#include "creation/plan.h"

#include <gio/gio.h>

#define SB_CREATION_ERROR (sb_creation_error_quark())
GQuark sb_creation_error_quark(void);

typedef enum {
    SB_CREATION_ERROR_BUSY, /**< another process has been making the machine for too long */
} SbCreationError;

/** What all machines of one run share. */
typedef struct {
    SbHost *host;
    const SbPlan *plan;
    SbFleetNetwork *networks[SB_NETWORK_KINDS]; /**< each (nullable): the fleet's own of the kind */
    const char *client_key;                     /**< public */
    GCancellable *cancellable;                  /**< (nullable) stops between two steps */
    /** (nullable) the domain of JOB was defined; called in the thread that makes it */
    void (*defined)(gpointer job);
    /** (nullable) the warm image of JOB does not become its machine, because of WHY: it boots.
     * Called in the thread that makes it */
    void (*thaw_failed)(gpointer job, const GError *why);
} SbCreation;

/**
 * Finds or makes the fleet's own networks that machines of the plan are in, and sets `networks`.
 *
 * @param made_out  for each kind, set to TRUE if this call made the network
 * @return FALSE with an error of sb_network_ensure()
 */
gboolean sb_creation_ensure_networks(SbCreation *creation, virConnect *connection,
                                     gboolean made_out[SB_NETWORK_KINDS],
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Makes and starts PLANNED with its CPUs stopped, or finds that it runs, or that another process
 * just made it.
 *
 * The caller resumes it when all machines of the fleet are made. A guest that boots takes CPU time
 * that the creation of the others needs, most of all under emulation.
 *
 * If PLANNED has a warm image, the machine is thawed from it (creation/thaw.h). Then it runs and
 * has its identity when this returns, and only its address and ssh are to be waited for. If it
 * cannot be thawed, the warm image is marked, and the machine is made as any other.
 *
 * @param job          what `defined` is called with
 * @param is_ours_out  whether this call made it, so that this run may take it back
 * @return (transfer full) the active machine as libvirt has it, or NULL; then nothing of it is
 * left
 */
SbDomain *sb_creation_run(const SbCreation *creation, const SbPlannedMachine *planned, gpointer job,
                          gboolean *is_ours_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The volume that becomes MACHINE's overlay. (transfer full) */
xmlDoc *sb_creation_overlay_xml(const SbMachine *machine);

/** The volume that becomes DISK of MACHINE. (transfer full) */
xmlDoc *sb_creation_disk_xml(const SbMachine *machine, const SbMachineDisk *disk);

/** The volume that becomes the file at PATH (a seed, a kernel or an initrd), of BYTES. (transfer
 * full) */
xmlDoc *sb_creation_file_xml(const char *path, guint64 bytes, gboolean is_privileged);
