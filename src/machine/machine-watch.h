/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Machines at work, watched: which of them crashed, stopped or rebooted, and what their consoles
 * show.
 *
 * libvirt says what happens to QEMU, the console what happens to the kernel: a guest that panicked
 * still runs for libvirt where it has no pvpanic device. A restart of libvirtd is survived.
 *
 * Room: machine.
 * Threads: the main loop's.
 */
#pragma once

#include "libvirt/domain.h"
#include "libvirt/host.h"
#include "model/stage.h"

typedef struct {
    /** MACHINE is lost: WHAT happened, and HINT (nullable): what to try. The last lines of its
     * console have come. Called once for a machine. */
    void (*failed)(const char *machine, const char *what, const char *hint, gpointer data);
    /** (nullable) It reset. What comes of that is seen when it is used again. */
    void (*rebooted)(const char *machine, gpointer data);
    /** (nullable) libvirtd is away: what was opened through it is void. It is looked for. */
    void (*lost)(gpointer data);
    /** Something worth knowing that ends nothing. */
    void (*note)(const char *text, gpointer data);
    /** (nullable) The console of MACHINE shows STAGE of its boot. */
    void (*reached)(const char *machine, SbStage stage, gpointer data);
    /** (nullable) libvirtd is back; what happened meanwhile was not seen. */
    void (*back)(gpointer data);
} SbMachineWatchCallbacks;

typedef struct SbMachineWatch SbMachineWatch;

/**
 * Watches machines.
 *
 * @param domains  (nullable) of SbDomain; each is watched with its console
 * @return (transfer full) or NULL without a connection
 */
SbMachineWatch *sb_machine_watch_new(SbHost *host, const GPtrArray *domains,
                                     const SbMachineWatchCallbacks *callbacks, gpointer data,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Ends all of it. */
void sb_machine_watch_free(SbMachineWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbMachineWatch, sb_machine_watch_free)

/**
 * Watches one more machine.
 *
 * @param with_console  read its console from now on; where somebody else has it, it is tried again
 */
void sb_machine_watch_add(SbMachineWatch *watch, const SbDomain *domain, gboolean with_console);

/** Watches MACHINE no longer, and gives its console back. May be called from a callback. */
void sb_machine_watch_drop(SbMachineWatch *watch, const char *machine);

/** Asks libvirt whether MACHINE still runs, because an event can be lost while libvirtd restarts.
 */
void sb_machine_watch_look(SbMachineWatch *watch, const char *machine);

/** Whether the console of MACHINE was read without a gap since it was added. */
gboolean sb_machine_watch_sees_all(const SbMachineWatch *watch, const char *machine);

/** The connection that events come from; NULL while libvirtd is away. (transfer none) */
virConnect *sb_machine_watch_connection(const SbMachineWatch *watch);

/** libvirt's object for MACHINE; NULL while libvirtd is away. (transfer none) */
virDomain *sb_machine_watch_domain(const SbMachineWatch *watch, const char *machine);

/** TEXT, and below it the last lines of the console of MACHINE, if there are any. (transfer full)
 */
char *sb_machine_watch_with_console(const SbMachineWatch *watch, const char *machine,
                                    const char *text);
