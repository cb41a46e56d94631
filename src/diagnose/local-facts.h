/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What this machine itself knows, where the libvirt host is this machine.
 *
 * Room: diagnose.
 * Threads: any.
 */
#pragma once

#include "base/answer.h"

/** Whether the dnsmasq of libvirt's network NAME runs. */
SbAnswer sb_local_dnsmasq_runs(const char *name);

/** The hardware address that answers at ADDRESS, if it is known and is not MAC. (transfer full)
 * (nullable) */
char *sb_local_other_mac(const char *address, const char *mac);

/** The average number of processes that want a CPU, of the last minute; below 0: not known. */
double sb_local_load(void);

/** The last lines of libvirtd's log, from its file or the journal; IS_SYSTEM as below. (transfer
 * full) (nullable) NULL: there is none, or this user may not read it */
char *sb_local_libvirtd_log(gboolean is_system);

/** How long the threads of the QEMU of MACHINE have waited for a CPU, together, since its start;
 * IS_SYSTEM as below. Below 0: not known. */
gint64 sb_local_qemu_waited_ns(gboolean is_system, const char *machine);

/** Whether the QEMU of MACHINE was stopped by a signal; IS_SYSTEM as below. FALSE also if it is not
 * known: only root sees the processes of qemu:///system. */
gboolean sb_local_qemu_is_stopped(gboolean is_system, const char *machine);

/**
 * The end of QEMU's log of MACHINE, made safe to show.
 *
 * @param is_system  the log of qemu:///system, or else of this user's qemu:///session
 * @return (transfer full) (nullable) NULL: there is none, or this user may not read it
 */
char *sb_local_qemu_log(gboolean is_system, const char *machine);
