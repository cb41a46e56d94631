/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Machines at work, watched: which of them crashed, stopped or rebooted, and what their consoles
 * show.
 *
 * libvirt says what happens to QEMU, the console what happens to the kernel: a guest that panicked
 * still runs for libvirt where it has no pvpanic device. A restart of libvirtd is survived.
 *
 *     phase     what happens                                  next
 *     WELL      an event, a fatal line, some seconds are over,   SUSPECT
 *               or its time is over
 *     SUSPECT   a moment is over: more lines have come        EXAMINED, in a thread
 *     EXAMINED  the rules find nothing                        WELL
 *               they find that it is lost                     LOST
 *
 * Room: wait.
 * Threads: the main loop's.
 */
#pragma once

#include "libvirt/domain.h"
#include "libvirt/host.h"
#include "model/stage.h"
#include "rules/diagnosis.h"

typedef struct {
    /** MACHINE is lost: DIAGNOSIS says why. Called once for a machine. */
    void (*failed)(const char *machine, const SbDiagnosis *diagnosis, gpointer data);
    /** (nullable) Adds what else is known about MACHINE to FACTS, before it is diagnosed. */
    void (*add_facts)(const char *machine, SbFacts *facts, gpointer data);
    /** (nullable) It reset. What comes of that is seen when it is used again. */
    void (*rebooted)(const char *machine, gpointer data);
    /** (nullable) libvirtd is away: what was opened through it is void. It is looked for. */
    void (*lost)(gpointer data);
    /** Something worth knowing that ends nothing. */
    void (*note)(const char *text, gpointer data);
    /** (nullable) The console of MACHINE shows STAGE of its boot. */
    void (*reached)(const char *machine, SbStage stage, gpointer data);
    /** (nullable) The console of MACHINE has a new LINE. */
    void (*said)(const char *machine, const char *line, gpointer data);
    /** (nullable) libvirtd is back; what happened meanwhile was not seen. */
    void (*back)(gpointer data);
} SbMachineWatchCallbacks;

typedef struct SbMachineWatch SbMachineWatch;

/**
 * Watches machines. Beside events and consoles, each is examined every few seconds, because not all
 * trouble comes as an event.
 *
 * @param domains  (nullable) of SbDomain; each is watched with its console, and must live as long
 *                 as the watch
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
 * @param domain        must live as long as it is watched
 * @param with_console  read its console from now on; where somebody else has it, it is tried again
 */
void sb_machine_watch_add(SbMachineWatch *watch, const SbDomain *domain, gboolean with_console);

/** Watches MACHINE no longer, and gives its console back. May be called from a callback. */
void sb_machine_watch_drop(SbMachineWatch *watch, const char *machine);

/** MACHINE has had its time: it is examined beside the main loop, and `failed` is called with the
 * best diagnosis. */
void sb_machine_watch_give_up(SbMachineWatch *watch, const char *machine);

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
