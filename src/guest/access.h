/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How this user reaches the machines of one fleet over ssh: the key, the pinned host keys and the
 * ssh_config.
 *
 * Room: guest.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include "libvirt/domain.h"
#include "libvirt/host.h"

#define SB_ACCESS_ERROR (sb_access_error_quark())
GQuark sb_access_error_quark(void);

typedef enum {
    SB_ACCESS_ERROR_NO_KEY,     /**< the fleet's key is not this user's, or was deleted */
    SB_ACCESS_ERROR_NO_ADDRESS, /**< the machine does not run, or has no address yet */
} SbAccessError;

typedef struct SbAccess SbAccess;

/** The access to FLEET on HOST, without machines. Nothing is read or written. (transfer full) */
SbAccess *sb_access_new(const SbHost *host, const char *fleet);

/** Frees the object; the files stay. */
void sb_access_free(SbAccess *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbAccess, sb_access_free)

/** The path of the fleet's folder, which has the key and the files. (transfer none) */
const char *sb_access_directory(const SbAccess *access);

/** The path of the ssh_config in that folder. (transfer none) */
const char *sb_access_config_path(const SbAccess *access);

/**
 * The fleet's public client key. The pair of keys is made if it is missing.
 *
 * @param is_new_out  whether it was made
 * @return (transfer full) or NULL with an SbStateDirError or an SbSshKeyError
 */
char *sb_access_ensure_key(SbAccess *access, gboolean *is_new_out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Adds the machine NAME, or replaces it; all strings are copied. */
void sb_access_add(SbAccess *access, const char *name, const char *address, guint16 port,
                   const char *login, const char *host_key);

/** Writes ssh_config and known_hosts for all machines that were added. FALSE with an
 * SbStateDirError: a file could not be written. */
gboolean sb_access_write(SbAccess *access, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The ssh_config for the machines NAMES (of char *; nullable: all that were added); nothing is
 * written. (transfer full) */
char *sb_access_config_text(const SbAccess *access, const GPtrArray *names);

/** Whether machine NAME was added. */
gboolean sb_access_has(const SbAccess *access, const char *name);

/** The address of machine NAME, if it was added and this host connects to it directly, without a
 * proxy. (transfer none) (nullable) */
const char *sb_access_direct_address(const SbAccess *access, const char *name, guint16 *port_out);

/**
 * Where ssh finds the machine DOMAIN now: at its reserved address, at a forwarded port, or at the
 * address that libvirt knows.
 *
 * @return (transfer full) the address, or NULL with SB_ACCESS_ERROR_NO_ADDRESS or an SbLibvirtError
 */
char *sb_access_find(virConnect *connection, const SbDomain *domain, guint16 *port_out,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Adds the machine DOMAIN, unless it is off, or nobody knows its address yet. Nothing is written.
 */
void sb_access_add_domain(SbAccess *access, virConnect *connection, const SbDomain *domain);

/**
 * Finds where the machine DOMAIN is reached now, adds it, and writes the files, so that others can
 * reach it too. If they cannot be written, a later sb_access_write() reports that.
 *
 * @return (transfer full) its address, or NULL if nobody knows it yet
 */
char *sb_access_learn(SbAccess *access, virConnect *connection, const SbDomain *domain,
                      guint16 *port_out);

/**
 * The access to all running machines of FLEET; its files are written.
 *
 * @param domains   of SbDomain: the fleet's machines. A machine that is off, or has no address yet,
 *                  is left out
 * @return (transfer full) or NULL with SB_ACCESS_ERROR_NO_KEY or an SbStateDirError
 */
SbAccess *sb_access_load(const SbHost *host, virConnect *connection, const char *fleet,
                         const GPtrArray *domains, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Removes the fleet's folder. A connection that ssh keeps open ends with its guest, or by itself
 * after a minute. FALSE with an SbStateDirError: something is left; the result may be dropped. */
gboolean sb_access_forget(const SbHost *host, const char *fleet, GError **error);

/** Removes what the fleet's folder has about MACHINE. FALSE with an SbStateDirError. */
gboolean sb_access_forget_machine(const SbHost *host, const char *fleet, const char *machine,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
