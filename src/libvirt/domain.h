/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Domains: the list of those that seedbed made, as their metadata says, and the actions on one.
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "base/xml.h"
#include "libvirt/libvirt.h"
#include "model/metadata.h"

#define SB_DOMAIN_ERROR (sb_domain_error_quark())
GQuark sb_domain_error_quark(void);

typedef enum {
    SB_DOMAIN_ERROR_FOREIGN, /**< the domain exists, but seedbed did not make it */
    SB_DOMAIN_ERROR_PORT,    /**< QEMU cannot have a port of the host */
    SB_DOMAIN_ERROR_NOT_OFF, /**< the domain runs, is paused, or did not end by itself */
} SbDomainError;

/** A domain that seedbed made. */
typedef struct {
    char *name;
    char *uuid;
    virDomainState state;
    SbMetadata *metadata;
    char *cmdline; /**< (nullable) of a kernel that is not on its disk */
    char *folder;  /**< (nullable) where the files that are called as its own are, by its own XML:
                      not by the metadata, which only says what somebody wrote there */
} SbDomain;

/** Frees DOMAIN. */
void sb_domain_free(SbDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbDomain, sb_domain_free)

/** The word for STATE as virsh says it: "running", "shut off"… */
const char *sb_domain_state_name(virDomainState state);

/** Whether a QEMU process exists in STATE. */
gboolean sb_domain_state_is_active(virDomainState state);

/** Lists every domain of ours: of SbDomain, sorted by name, with numbers in their order. (transfer
 * full) or NULL with an SbLibvirtError */
GPtrArray *sb_domain_list(virConnect *connection, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The domain NAME, if it is ours.
 *
 * @return (transfer full) or NULL with SB_LIBVIRT_ERROR_NOT_FOUND or SB_DOMAIN_ERROR_FOREIGN
 */
SbDomain *sb_domain_find(virConnect *connection, const char *name,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** libvirt's object for the domain with UUID; NULL with SB_LIBVIRT_ERROR_NOT_FOUND. (transfer full)
 */
virDomain *sb_domain_open(virConnect *connection, const char *uuid,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The same, but it is not an error if there is none: then *DOMAIN_OUT is NULL. FALSE with an
 * SbLibvirtError. */
gboolean sb_domain_open_if_there(virConnect *connection, const char *uuid, virDomain **domain_out,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether the domain has no QEMU process. FALSE also if that cannot be known. */
gboolean sb_domain_is_off(virDomain *domain);

/** Whether the connection that the domain was opened through still lives. */
gboolean sb_domain_is_connected(virDomain *domain);

/**
 * The disks of DOMAIN, which must be active, whose last access failed on the libvirt host, each
 * with the reason: "vda: no space left, sda: input/output error".
 *
 * libvirt knows only of those at which QEMU pauses the machine.
 *
 * @param errors_out  (transfer full) (nullable) NULL: no disk has failed
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_domain_disk_errors(virDomain *domain, char **errors_out,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The XML that says what the libvirt host can do for guests of an architecture.
 *
 * @param arch     such as "aarch64"
 * @param machine  QEMU's machine type, such as "virt"
 * @return (transfer full) or NULL with an SbLibvirtError whose message says what to install
 */
char *sb_domain_capabilities(virConnect *connection, const char *arch, const char *machine,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Finds out whether another domain than the one with UUID has the name NAME now. Then everything
 * that goes by the name belongs to that domain.
 *
 * @param uuid  (nullable) NULL: every domain is another one
 * @return FALSE with an SbLibvirtError: it is not known
 */
gboolean sb_domain_check_name(virConnect *connection, const char *name, const char *uuid,
                              gboolean *is_replaced_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Defines a domain, validated. FALSE with an SbLibvirtError: SB_LIBVIRT_ERROR_EXISTS if the name
 * is taken. */
gboolean sb_domain_define(virConnect *connection, xmlDoc *xml,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Starts the domain with its CPUs stopped. TRUE also if it is active already, stopped or not;
 * FALSE with an SbLibvirtError. */
gboolean sb_domain_start_paused(virDomain *domain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Lets the CPUs of the domain run. TRUE also if they do already; FALSE with an SbLibvirtError. */
gboolean sb_domain_resume(virDomain *domain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Asks the guest to power off, through its agent or the power button. An event says when it has.
 * TRUE also if it does not run; FALSE with an SbLibvirtError. The result may be dropped. */
gboolean sb_domain_shut_down(virDomain *domain, GError **error);

/**
 * Whether the domain is off because its guest has powered off, and so has written all its data to
 * its disk.
 *
 * @return TRUE, or FALSE with SB_DOMAIN_ERROR_NOT_OFF, which says how it ended, or another error
 */
gboolean sb_domain_has_shut_down(virDomain *domain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Replaces the metadata of the domain, of its running process too. FALSE with an SbLibvirtError.
 */
gboolean sb_domain_set_metadata(virDomain *domain, const SbMetadata *metadata,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Stops the CPUs of the domain, if they run and can be stopped. */
void sb_domain_halt(virDomain *domain);

/** Ends the domain's QEMU. TRUE also if it does not run or does not exist; FALSE with an
 * SbLibvirtError. The result may be dropped. */
gboolean sb_domain_stop(virDomain *domain, GError **error);

/** Stops the domain, and keeps its memory in libvirt's own folder: its next start goes on from
 * there. TRUE also if it does not run; FALSE with an SbLibvirtError. */
gboolean sb_domain_save(virDomain *domain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Undefines the domain with all that libvirt keeps for it, and ends it if it is active. TRUE also
 * if it does not exist; FALSE with an SbLibvirtError. The result may be dropped. */
gboolean sb_domain_undefine(virDomain *domain, GError **error);

/** The reply of QEMU's human monitor to COMMAND. (transfer full) or NULL with an SbLibvirtError */
char *sb_domain_monitor(virDomain *domain, const char *command,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
