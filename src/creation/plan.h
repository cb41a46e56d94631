/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The plan of a fleet: every machine of its file is compared with what libvirt has, and what has to
 * be done is decided.
 *
 * Making a plan changes nothing. Everything that can be refused is refused here, before anything is
 * made.
 *
 * Room: creation.
 * Threads: only read once it is made, then from any thread.
 */
#pragma once

#include "creation/warm-choice.h"
#include "fleet-file/fleet-file.h"
#include "guest/access.h"
#include "image/image-pool.h"
#include "image/image.h"
#include "libvirt/domain.h"
#include "libvirt/host.h"
#include "libvirt/network.h"
#include "model/machine-decision.h"
#include "model/machine.h"
#include "model/network-xml.h"
#include "wait/provisioning.h"

/** One machine of the file. */
typedef struct {
    char *name;
    guint index;
    const SbGroup *group;
    const SbImage *image;
    const SbPlatform *platform;
    const SbWarmChoice *warm; /**< whether and what it is thawed from, if it is made */
    SbMachineSpec spec;       /**< of GROUP; its networks and disks are decided */
    char *spec_hash;
    SbAction action;
    gboolean is_changed; /**< as in SbMachineDecision */
    SbClaim claim;       /**< never SB_CLAIM_REFUSED */
    SbDomain *existing;  /**< (nullable) the domain as it was found */
} SbPlannedMachine;

typedef struct {
    const SbFleetFile *fleet; /**< (transfer none) */
    SbRun run;
    SbPool *pool;
    GPtrArray *machines; /**< of SbPlannedMachine, in the order of the file */
    GPtrArray *surplus; /**< of char *: machines of the fleet that are not in its file (any more) */
    GPtrArray *choices; /**< of SbWarmChoice, one for each group */
    GHashTable *images; /**< name to SbImage */
    GHashTable *platforms; /**< architecture to SbPlatform */
} SbPlan;

/** Releases PLAN and what it holds. */
void sb_plan_free(SbPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbPlan, sb_plan_free)

/**
 * Compares FLEET with the host.
 *
 * @param pool_name  (nullable) of images, overlays and seeds; NULL: the default pool
 * @param run        what the machines are for
 * @return (transfer full) or NULL with an SbPlanError, SbPlatformError or another error. An error
 *         SB_PLAN_ERROR_FOREIGN or SB_PLAN_ERROR_BUSY names every domain and volume that is in the
 *         way; it is _BUSY if there is nothing to do but to wait for another run
 */
SbPlan *sb_plan_new(SbHost *host, virConnect *connection, const char *pool_name,
                    const SbFleetFile *fleet, SbRun run, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** What is wanted for each machine in the fleet's own network of KIND: of SbNetworkHost; NULL if
 * none is in it. (transfer full) */
GPtrArray *sb_plan_hosts_in_network(const SbPlan *plan, SbNetworkKind kind);

/**
 * The machine to make for PLANNED now.
 *
 * @param networks  each (nullable): the fleet's own network of the kind
 * @param host_key, client_key  public keys
 * @return (transfer full) refers to PLAN's platform
 */
SbMachine *sb_plan_machine(const SbPlan *plan, const SbPlannedMachine *planned,
                           SbFleetNetwork *const networks[SB_NETWORK_KINDS], const char *host_key,
                           const char *client_key);

/**
 * Checks that the machines of PLAN that exist accept CLIENT_KEY, the fleet's key in DIRECTORY.
 *
 * @return FALSE with SB_ACCESS_ERROR_NO_KEY
 */
gboolean sb_plan_check_key(const SbPlan *plan, const char *client_key, const char *directory,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** What provisions PLANNED, when its cloud-init is done. */
SbProvisionInput sb_plan_provision(const SbPlan *plan, const SbPlannedMachine *planned);

/** The access to the fleet, with the machines that run already. Nothing is written. (transfer full)
 */
SbAccess *sb_plan_access(const SbPlan *plan, const SbHost *host, virConnect *connection);
