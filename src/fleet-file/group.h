/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The groups of a fleet file, and what must fit between them.
 *
 * Room: fleet-file.
 * Threads: pure.
 */
#pragma once

#include "fleet-file/machine-spec.h"

/** Machines that are alike. */
typedef struct {
    char *name;
    SbMark mark;
    guint count;
    SbMachineSpec spec; /**< of each machine */
} SbGroup;

/** Releases GROUP and what it holds. */
void sb_group_free(SbGroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbGroup, sb_group_free)

/** A copy of GROUP; the contents of its files are shared. (transfer full) */
SbGroup *sb_group_copy(const SbGroup *group);

/**
 * The subnet of the fleet's own network of KIND, host byte order; 0: any.
 *
 * The first of nat and isolated that GROUPS (of SbGroup) use is on SUBNET, the other one on the
 * next.
 *
 * @param subnet  that of the fleet file; 0: it has none
 */
guint32 sb_groups_subnet(const GPtrArray *groups, guint32 subnet, SbNetworkKind kind);

/** Adds a finding for each fixed address of GROUPS that a machine cannot have in SUBNET, which is
 * as for sb_groups_subnet(), and for each port of the host that two machines want. */
void sb_groups_check(const SbValueReader *reader, const GPtrArray *groups, guint32 subnet);
