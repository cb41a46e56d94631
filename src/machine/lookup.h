/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Machines and fleets, found by the names that a user gives; an error shows the names that there
 * are.
 *
 * Room: machine.
 * Threads: any, with its own connection.
 */
#pragma once

#include "guest/access.h"
#include "machine/selection.h"

#define SB_LOOKUP_ERROR (sb_lookup_error_quark())
GQuark sb_lookup_error_quark(void);

typedef enum {
    SB_LOOKUP_ERROR_UNKNOWN, /**< no machine or fleet has that name */
} SbLookupError;

/**
 * The machine NAME.
 *
 * @return (transfer full) or NULL with SB_LOOKUP_ERROR_UNKNOWN, SB_DOMAIN_ERROR_FOREIGN or an
 * SbLibvirtError
 */
SbDomain *sb_lookup_machine(virConnect *connection, const char *name,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The machines that NAMES stand for, each once.
 *
 * @param names  NULL-terminated; of fleets and machines, as machine/selection.h has them
 * @return (transfer full) of SbDomain, sorted by name, or NULL with SB_LOOKUP_ERROR_UNKNOWN (one of
 * NAMES is unknown), SB_SELECTION_ERROR_AMBIGUOUS or an SbLibvirtError
 */
GPtrArray *sb_lookup_names(virConnect *connection, const char *const *names,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The machines of FLEET.
 *
 * @return (transfer full) of SbDomain, at least one, or NULL with SB_LOOKUP_ERROR_UNKNOWN or an
 * SbLibvirtError
 */
GPtrArray *sb_lookup_fleet(virConnect *connection, const char *fleet,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Checks that DOMAIN can be used now: it runs, is not paused, and its console does not show that it
 * has crashed.
 *
 * @return FALSE with SB_ACCESS_ERROR_NO_ADDRESS, whose message has cause, evidence and next step
 */
gboolean sb_lookup_check_usable(const SbHost *host, virConnect *connection, const SbDomain *domain,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Checks that the QEMU of DOMAIN answers, before libvirt asks it something and waits for ever.
 *
 * @return FALSE as sb_lookup_check_usable() does
 */
gboolean sb_lookup_check_answers(const SbHost *host, const SbDomain *domain,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The access to all running machines of FLEET; its files are written.
 *
 * @return (transfer full) or NULL with an error of sb_lookup_fleet() or SB_ACCESS_ERROR_NO_KEY
 */
SbAccess *sb_lookup_fleet_access(const SbHost *host, virConnect *connection, const char *fleet,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The access to the fleet of MACHINE, which runs and has an address.
 *
 * @return (transfer full) or NULL with an error of sb_lookup_machine() or an SbAccessError
 */
SbAccess *sb_lookup_access(const SbHost *host, virConnect *connection, const char *machine,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
