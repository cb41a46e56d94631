/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `list`: the fleets and machines of a libvirt host.
 *
 * Room: fleet.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/domain.h"
#include "libvirt/host.h"
#include "model/machine-decision.h"

/** One machine. */
typedef struct {
    SbDomain *domain;
    char *address;    /**< (nullable) where ssh finds it; NULL: it does not run, or has none yet */
    guint16 port;     /**< of ssh */
    char *state;      /**< libvirt's word, or "crashed" or "stuck" by its console */
    char *cause;      /**< (nullable) of that */
    SbMaker maker;    /**< of the machine; its metadata says whether it belongs to that run */
    char *folder;     /**< (nullable) of the fleet, with its ssh key; NULL: this user has no key */
    GPtrArray *ports; /**< of char *, as sb_domain_ports() gives them */
    GPtrArray *snapshots; /**< of char *: names, the oldest first */
} SbListedMachine;

typedef struct {
    GPtrArray *machines;    /**< of SbListedMachine, sorted by name */
    GPtrArray *bare_fleets; /**< of char *: fleets that only have a network */
} SbList;

/** Frees LIST with its machines. */
void sb_list_free(SbList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbList, sb_list_free)

/**
 * Lists fleets and machines.
 *
 * @param names  NULL-terminated; of fleets or machines. Without names: all, with the bare fleets
 * @return (transfer full) or NULL with an SbLookupError (one of NAMES is unknown) or an
 * SbLibvirtError
 */
SbList *sb_list(const SbHost *host, virConnect *connection, const char *const *names,
                GError **error) G_GNUC_WARN_UNUSED_RESULT;
