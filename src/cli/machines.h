/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Machines and fleets as arguments: looked up by name, with an error that shows what there is.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "guest/access.h"
#include "libvirt/domain.h"

#define SB_MACHINES_ERROR (sb_machines_error_quark())
GQuark sb_machines_error_quark(void);

typedef enum {
    SB_MACHINES_ERROR_UNKNOWN, /**< no machine or fleet has that name */
} SbMachinesError;

/** The machine NAME. (transfer full) or NULL */
SbDomain *sb_machines_find(virConnect *connection, const char *name, GError **error);

/**
 * Whether a command can be run in DOMAIN, as far as its state goes: one that is paused has an
 * address, but answers nobody. FALSE with SB_ACCESS_ERROR_NO_ADDRESS.
 */
gboolean sb_machines_check_awake(const SbDomain *domain, GError **error);

/** The machines that NAMES (fleets or machines) stand for, each once: of SbDomain. (transfer full)
 * or NULL */
GPtrArray *sb_machines_select(virConnect *connection, const char *const *names, GError **error);

/** The machines of FLEET: of SbDomain. (transfer full) or NULL */
GPtrArray *sb_machines_of_fleet(virConnect *connection, const char *fleet, GError **error);
