/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How this user reaches the machines of one fleet over ssh: the key, the pinned host keys and the
 * ssh_config.
 *
 * Room: guest.
 * Threads: one at a time.
 */
#pragma once

#include "libvirt/connection.h"
#include "libvirt/domain.h"

#define SB_ACCESS_ERROR (sb_access_error_quark())
GQuark sb_access_error_quark(void);

typedef enum {
    SB_ACCESS_ERROR_NO_KEY,     /**< the fleet's key is not this user's, or was deleted */
    SB_ACCESS_ERROR_NO_ADDRESS, /**< the machine does not run, or has no address yet */
} SbAccessError;

typedef struct SbAccess SbAccess;

/** Nothing known yet, for FLEET on HOST. (transfer full) */
SbAccess *sb_access_new(const SbHost *host, const char *fleet);
void sb_access_free(SbAccess *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbAccess, sb_access_free)

/** The fleet's folder with the key and the files. (transfer none) */
const char *sb_access_directory(const SbAccess *access);

/** The path of the ssh_config. (transfer none) */
const char *sb_access_config_path(const SbAccess *access);

/**
 * The fleet's public client key; its pair is made if there is none.
 *
 * @param is_new_out  whether it was made
 * @return (transfer full) or NULL
 */
char *sb_access_ensure_key(SbAccess *access, gboolean *is_new_out, GError **error);

/** Adds (or replaces) a machine; everything is copied. */
void sb_access_add(SbAccess *access, const char *name, const char *address, guint16 port,
                   const char *login, const char *host_key);

/** Writes ssh_config and known_hosts for all machines that were added. */
gboolean sb_access_write(SbAccess *access, GError **error);

/** The ssh_config as it would be written. (transfer full) */
char *sb_access_config_text(const SbAccess *access);

/** Whether machine NAME was added. */
gboolean sb_access_has(const SbAccess *access, const char *name);

/**
 * Where ssh finds the machine DOMAIN now: its reserved address, the forwarded port, or what libvirt
 * knows.
 *
 * @return (transfer full) the address, or NULL with SB_ACCESS_ERROR_NO_ADDRESS
 */
char *sb_access_find(virConnect *connection, const SbDomain *domain, guint16 *port_out,
                     GError **error);

/**
 * The access to all running machines of FLEET, from what libvirt has; its files are written.
 *
 * @param domains   of SbDomain: the fleet's machines
 * @return (transfer full) or NULL with SB_ACCESS_ERROR_NO_KEY
 */
SbAccess *sb_access_load(const SbHost *host, virConnect *connection, const char *fleet,
                         const GPtrArray *domains, GError **error);

/** Removes the fleet's folder. Connections that ssh keeps open end with the guests, or by
 * themselves after a minute. */
gboolean sb_access_forget(const SbHost *host, const char *fleet, GError **error);

/** The same for one machine of the fleet. */
void sb_access_forget_machine(const SbHost *host, const char *fleet, const char *machine);
