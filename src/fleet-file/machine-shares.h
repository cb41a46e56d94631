/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The key `shares`: folders of the host that a machine sees.
 *
 * Room: fleet-file.
 * Threads: shares are only read after the fleet file was loaded, from any thread.
 */
#pragma once

#include "fleet-file/fleet-file-values.h"

/** The most shares of a machine. */
#define SB_SHARES_MAX 16

typedef struct {
    SbMark mark;
    char *from; /**< as written, relative to the fleet file */
    char *path; /**< (nullable) the same folder without symbolic links; NULL until it was found */
    char *to;   /**< the folder of the guest: absolute, without ".." */
    gboolean is_read_only;
    gboolean is_9p; /**< by QEMU itself; FALSE: virtiofs */
} SbMachineShare;

/** Of a GPtrArray * (nullable) of SbMachineShare, which copies share: `read` takes a list. */
extern const SbFieldType sb_machine_shares_type;

/** Whether one of SHARES (nullable) is by virtiofs. */
gboolean sb_machine_shares_have_virtiofs(const GPtrArray *shares);

/** The name by which the guest finds share INDEX. (transfer full) */
char *sb_machine_share_tag(guint index);

/** The command, for sh(1) in the guest, that mounts SHARES (nullable); NULL: there are none.
 * (transfer full) */
char *sb_machine_shares_script(const GPtrArray *shares);
