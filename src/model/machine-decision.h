/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The decisions of a plan: what is wanted is compared with what a libvirt host has.
 *
 * A caller collects the facts. Nothing here asks libvirt.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include "fleet-file/fleet-file.h"
#include "model/metadata.h"
#include "model/platform.h"

#define SB_PLAN_ERROR (sb_plan_error_quark())
GQuark sb_plan_error_quark(void);

typedef enum {
    SB_PLAN_ERROR_REFUSED, /**< this host or image cannot give what the file asks for */
    SB_PLAN_ERROR_FOREIGN, /**< a domain or volume has the name of a machine, but is not ours */
    SB_PLAN_ERROR_BUSY,    /**< a machine of the fleet belongs to another run */
} SbPlanError;

/** What a process makes machines for. */
typedef enum {
    SB_RUN_UP,      /**< its machines are for everybody */
    SB_RUN_TEST,    /**< it uses the machines of an `up`; those that it makes are for it alone */
    SB_RUN_BUILD,   /**< it uses only machines that it makes, and they are for it alone */
    SB_RUN_COMMAND, /**< the same, for `run` with a command */
} SbRun;

/** "up", "test", "build" or "run". */
const char *sb_run_name(SbRun run);

/** The process that made a machine, as far as this host can tell. */
typedef enum {
    SB_MAKER_SELF, /**< this process */
    SB_MAKER_RUNS,
    SB_MAKER_ENDED,
    SB_MAKER_UNKNOWN, /**< of another host or boot, or hidden from this one */
} SbMaker;

/** What a run may do with a machine that exists. */
typedef enum {
    SB_CLAIM_SHARED,  /**< use it, and leave it */
    SB_CLAIM_LEFT,    /**< remove it and make it again: a run that has ended left it */
    SB_CLAIM_REFUSED, /**< nothing */
} SbClaim;

/** Decides what RUN may do with the machine of METADATA. */
SbClaim sb_decide_claim(const SbMetadata *metadata, SbMaker maker, SbRun run);

/** Says why the machine NAME is refused, without a line break. (transfer full) */
char *sb_claim_describe(const char *name, const SbMetadata *metadata, SbMaker maker);

/** What a user can do when a machine belongs to another run. */
#define SB_CLAIM_HINT                                                                              \
    "'--wait' waits until that run is over, '--fleet auto' makes a fleet of your own"

/** The image of a group, as the pool has it. */
typedef struct {
    const char *arch;           /**< (nullable) NULL: its record does not say */
    guint64 virtual_bytes;      /**< the size of its disk */
    gboolean has_wanted_digest; /**< FALSE: the fleet file names another sha256 */
} SbImageFacts;

/**
 * Checks that GROUP can start from the image.
 *
 * @return FALSE with SB_PLAN_ERROR_REFUSED
 */
gboolean sb_decide_image(const SbFleetFile *file, const SbGroup *group, const SbImageFacts *image,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Checks that DISK, which is one beside the first, can be made from its image.
 *
 * @return FALSE with SB_PLAN_ERROR_REFUSED
 */
gboolean sb_decide_disk(const SbFleetFile *file, const SbMachineDisk *disk,
                        const SbImageFacts *image, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Checks that machines of PLATFORM can have the CPU, the secure boot and the TPM of GROUP, and
 * that its memory has room for its kernel.
 *
 * @return FALSE with SB_PLAN_ERROR_REFUSED
 */
gboolean sb_decide_hardware(const SbFleetFile *file, const SbGroup *group,
                            const SbPlatform *platform, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Checks the vcpus of GROUP against the most that machines of its architecture can have.
 *
 * @return FALSE with SB_PLAN_ERROR_REFUSED
 */
gboolean sb_decide_vcpus(const SbFleetFile *file, const SbGroup *group, guint vcpus_max,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** A libvirt connection. */
typedef struct {
    const char *uri;
    gboolean is_privileged;
    gboolean is_remote;
    gulong libvirt_version; /**< as major * 1000000 + minor * 1000 + release */
} SbHostFacts;

/**
 * Checks whether HOST can share folders with the machines of GROUP.
 *
 * @return FALSE with SB_PLAN_ERROR_REFUSED
 */
gboolean sb_decide_shares(const SbFleetFile *file, const SbGroup *group, const SbHostFacts *host,
                          const SbPlatform *platform, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Chooses the kinds of NETWORKS, which are a copy of those of GROUP: none is SB_NETWORK_DEFAULT
 * then. Adds the user networking that `ports` need.
 *
 * @return FALSE with SB_PLAN_ERROR_REFUSED
 */
gboolean sb_decide_networks(const SbFleetFile *file, const SbGroup *group, const SbHostFacts *host,
                            SbMachineNetworks *networks, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
    SB_ACTION_NONE,   /**< it runs */
    SB_ACTION_START,  /**< it exists, but is shut off or paused */
    SB_ACTION_CREATE, /**< it does not exist, or was never finished */
} SbAction;

/** A domain. */
typedef struct {
    const SbMetadata *metadata;
    gboolean is_active; /**< it has a process; also when it is paused */
    gboolean is_paused;
    gboolean was_started; /**< it was started before; used only if it is not active */
    SbMaker maker;
} SbDomainFacts;

/** What a host has under the name of a machine. */
typedef struct {
    const SbDomainFacts *domain; /**< (nullable) a domain of seedbed */
    const char *foreign_domain;  /**< (nullable) the message about a domain that is not seedbed's */
    const GPtrArray *volumes;    /**< (nullable) of char *: volumes of the machine; used only if
                                      there is no domain */
} SbMachineFacts;

/** The machine that is wanted. */
typedef struct {
    const char *name;
    const char *fleet;
    const char *pool;
    const char *spec_hash;
    SbRun run;
} SbMachineWanted;

typedef struct {
    SbAction action;
    gboolean is_changed; /**< it exists, and was made from something else than what is wanted now */
    SbClaim claim;
} SbMachineDecision;

/**
 * Decides what has to be done so that a machine is there and runs.
 *
 * @param conflicts  gets a line, which begins with a line break, for everything that has the name
 *                   of the machine but must not be touched. Then nothing may be done.
 */
SbMachineDecision sb_decide_machine(const SbMachineWanted *wanted, const SbMachineFacts *facts,
                                    GString *conflicts);

/** Whether the machine of METADATA is one of the fleet of FILE, but not in FILE (any more). */
gboolean sb_decide_is_surplus(const SbFleetFile *file, const SbMetadata *metadata);
