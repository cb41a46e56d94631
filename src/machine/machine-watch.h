/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Machines at work, watched: which of them crashed, stopped or rebooted, with the evidence.
 *
 * libvirt says what happens to QEMU, the console what happens to the kernel: a guest that panicked
 * is still running for libvirt where there is no pvpanic device.
 *
 * Room: machine.
 * Threads: the main loop's.
 */
#pragma once

#include "libvirt/connection.h"
#include "libvirt/domain.h"

typedef struct {
    /** MACHINE is of no more use: WHAT happened, and the last lines of its console. */
    void (*failed)(const char *machine, const char *what, gpointer data);
    /** It reset. What comes of that is seen when it is used again. */
    void (*rebooted)(const char *machine, gpointer data);
    /** libvirtd is away: what was opened through it is void. It is looked for. */
    void (*lost)(gpointer data);
    /** Something worth knowing that ends nothing. */
    void (*note)(const char *text, gpointer data);
} SbMachineWatchCallbacks;

typedef struct SbMachineWatch SbMachineWatch;

/** Watches DOMAINS (of SbDomain). (transfer full) or NULL */
SbMachineWatch *sb_machine_watch_new(SbHost *host, const GPtrArray *domains,
                                     const SbMachineWatchCallbacks *callbacks, gpointer data,
                                     GError **error);
void sb_machine_watch_free(SbMachineWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbMachineWatch, sb_machine_watch_free)

/** libvirt's object for MACHINE; NULL while libvirtd is away. (transfer none) */
virDomain *sb_machine_watch_domain(const SbMachineWatch *watch, const char *machine);

/** TEXT, and below it the last lines of the console of MACHINE, if there are any. (transfer full)
 */
char *sb_machine_watch_with_console(const SbMachineWatch *watch, const char *machine,
                                    const char *text);
