/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `inventory` and `ssh-config`: the machines that this user reaches, for programs that work over
 * ssh.
 *
 * Room: fleet.
 * Threads: any.
 */
#pragma once

#include "libvirt/operation.h"

/** One machine that runs and has an address. */
typedef struct {
    char *name;
    char *fleet;
    char *group;
    char *config_path; /**< an ssh_config(5) that has the machine under its name */
} SbInventoryMachine;

/**
 * The machines of fleets.
 *
 * The ssh_config of each fleet is written. Without NAMES, a fleet of another user is left out, and
 * an SB_EVENT_NOTE says so.
 *
 * @param names  NULL-terminated; of fleets and machines. Without names: all
 * @return (transfer full) of SbInventoryMachine, or NULL with an SbLookupError,
 * SB_ACCESS_ERROR_NO_KEY or an SbLibvirtError
 */
GPtrArray *sb_inventory(const SbOperation *operation, const char *const *names,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * An ssh_config(5) for the machines of sb_inventory().
 *
 * @return (transfer full) or NULL with an error of sb_inventory()
 */
char *sb_inventory_ssh_config(const SbOperation *operation, const char *const *names,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The lines for the user's own ssh_config(5) that include those of all fleets. (transfer full) or
 * NULL with an SbSshIncludeError */
char *sb_inventory_include_lines(GError **error) G_GNUC_WARN_UNUSED_RESULT;
