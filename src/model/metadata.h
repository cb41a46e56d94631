/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The state of seedbed: it writes it into the `<metadata>` of its domains and networks, and reads
 * it back.
 *
 * Namespace `urn:seedbed:domain:1`. There are no secrets in it: everyone who can read libvirt's XML
 * reads it.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include "fleet-file/network-kind.h"

#include <glib.h>
#include <libxml/tree.h>

#define SB_METADATA_URI "urn:seedbed:domain:1"
#define SB_METADATA_PREFIX "seedbed"

#define SB_METADATA_ERROR (sb_metadata_error_quark())
GQuark sb_metadata_error_quark(void);

typedef enum {
    SB_METADATA_ERROR_INVALID, /**< not seedbed's, or a value is missing or not what we write */
} SbMetadataError;

/**
 * The record of one machine.
 *
 * Another user of the same libvirtd can have written it: every value is checked when it is read.
 */
typedef struct {
    char *fleet;
    char *group;
    guint index;        /**< from 1 */
    char *image;        /**< the image's name */
    char *image_volume; /**< the image's volume, whose name has the digest */
    char *pool;         /**< where overlay and seed are */
    gint64 owner_uid;
    char *created; /**< ISO 8601, UTC: "2024-01-31T12:00:00Z" */
    char *expires; /**< (nullable) the same */
    /** Letters and digits: of everything that the machine was made from; shows when that changed */
    char *spec_hash;
    SbNetworkKind network; /**< never SB_NETWORK_DEFAULT */
    char *address;         /**< (nullable) reserved for it, or its fixed address */
    char *ports;        /**< (nullable) of the host, that lead to it: fleet-file/machine-ports.h */
    char *login;        /**< the account for ssh */
    char *host_key;     /**< "ssh-ed25519 AAAA…", no comment */
    char *client_key;   /**< the public key that may log in: "ssh-ed25519 AAAA…" */
    char *creator;      /**< the process that made it: see local/process-id.h */
    char *creator_host; /**< (nullable) the name of the host where that process was */
    char *run; /**< (nullable) the command, such as "test", that made it for itself alone; NULL: the
                  machine is for everybody */
} SbMetadata;

/** Releases METADATA (nullable) and what it holds. */
void sb_metadata_free(SbMetadata *metadata);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbMetadata, sb_metadata_free)

/** Adds `<seedbed:machine xmlns:seedbed='…'>` with all fields under PARENT, a `<metadata>`. */
void sb_metadata_add(xmlNode *parent, const SbMetadata *metadata);

/** The element alone, for virDomainSetMetadata(). (transfer full) */
char *sb_metadata_to_xml(const SbMetadata *metadata);

/**
 * Reads metadata from the result of virDomainGetMetadata(VIR_DOMAIN_METADATA_ELEMENT,
 * SB_METADATA_URI), or from the XML of a whole domain.
 *
 * Every value must have the form that seedbed writes: then it can go into known_hosts, ssh_config,
 * file names and tables as it is. Unknown elements are ignored, because a newer version can have
 * written them.
 *
 * @return (transfer full) or NULL with SB_METADATA_ERROR_INVALID
 */
SbMetadata *sb_metadata_parse(const char *xml, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Lets the machine expire LIFETIME_MS from now; 0: never. */
void sb_metadata_set_lifetime(SbMetadata *metadata, gint64 lifetime_ms);

/** The name of the machine that METADATA is about. (transfer full) */
char *sb_metadata_machine_name(const SbMetadata *metadata);

/** The number of the process that made it, or 0 if that is not known. */
guint sb_metadata_creator_pid(const SbMetadata *metadata);

/** NAME as `creator_host` can have it: other characters become '-'. (transfer full) (nullable) */
char *sb_metadata_host_name(const char *name);
