/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The collectors: they find out what libvirt and this machine know about a machine in trouble.
 *
 * Room: diagnose.
 * Threads: as each function says.
 */
#pragma once

#include "libvirt/domain.h"
#include "libvirt/host.h"
#include "rules/diagnosis.h"

/** Facts of which is known what DOMAIN itself says. (transfer full) */
SbFacts *sb_facts_of_domain(const SbHost *host, const SbDomain *domain);

/**
 * Adds to FACTS what libvirt and this machine know about the domain with UUID. Blocks.
 *
 * Threads: any.
 */
void sb_examine_now(SbHost *host, const char *uuid, SbFacts *facts);

/** Adds to FACTS what keeps the guest from the outside, as far as this host is a part of the way.
 * Runs programs. */
void sb_examine_way_out(SbFacts *facts);

/**
 * Whether DOMAIN can be used now: its state, and the last lines of its console.
 *
 * @return (transfer full) why it cannot, such as that it is off, paused or has panicked; NULL: it
 * can, or that cannot be known
 *
 * Threads: any, with its own connection.
 */
SbDiagnosis *sb_diagnose_domain(const SbHost *host, virConnect *connection,
                                const SbDomain *domain) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Whether the QEMU of DOMAIN answers libvirt, which waits for its answer without a limit.
 *
 * @return (transfer full) why it does not: a signal has stopped it; NULL: it does, or that cannot
 * be known
 *
 * Threads: any.
 */
SbDiagnosis *sb_diagnose_qemu(const SbHost *host, const SbDomain *domain) G_GNUC_WARN_UNUSED_RESULT;

typedef struct SbExamination SbExamination;

/** Takes FACTS (transfer full), which are examined. It may free the examination. */
typedef void (*SbExaminedFunc)(SbFacts *facts, gpointer data);

/**
 * Does what sb_examine_now() does in a thread beside the main loop; or in the calling thread, where
 * this process gets no more threads.
 *
 * @param facts  (transfer full)
 * @param func   called once, from the main loop
 * @return (transfer full)
 *
 * Threads: the main loop's.
 */
SbExamination *sb_examination_start(SbHost *host, const char *uuid, SbFacts *facts,
                                    SbExaminedFunc func, gpointer data);

/** Waits for the thread, and frees EXAMINATION (nullable). FUNC is not called any more. */
void sb_examination_free(SbExamination *examination);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbExamination, sb_examination_free)
