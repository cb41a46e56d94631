/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The results channel of a machine. It is read again after libvirtd was away.
 *
 * The machine runs on without libvirtd; if it writes then, Linux lets it wait. But bytes that were
 * on their way through libvirtd are lost, and the stream alone cannot show it: "ok 2" may be the
 * rest of "not ok 2". The guest's kernel counts the bytes that were written to the port. So the
 * guest can be asked whether all of them came.
 *
 * Room: test.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"
#include "tap/suite.h"
#include "wait/machine-watch.h"

typedef struct SbResultsChannel SbResultsChannel;

typedef struct {
    /** Bytes came. */
    void (*bytes)(const char *bytes, gsize length, gpointer data);
    /** Some of what was written will not come: see sb_results_channel_loss(). */
    void (*lost)(gpointer data);
} SbResultsChannelCallbacks;

/**
 * Begins to read the results channel of MACHINE; if libvirtd is away, as soon as it is back.
 *
 * @param watch, access  must live longer
 * @return (transfer full) or NULL with an SbLibvirtError if the machine does not have such a
 * channel, or another process reads it
 */
SbResultsChannel *sb_results_channel_new(const SbMachineWatch *watch, const SbAccess *access,
                                         const char *machine,
                                         const SbResultsChannelCallbacks *callbacks, gpointer data,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Frees the channel; no callback comes any more. (nullable) */
void sb_results_channel_free(SbResultsChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbResultsChannel, sb_results_channel_free)

/** The script that prints how many bytes the guest has written; the account of the login runs it.
 */
extern const char sb_results_channel_count_script[];

/** The command that writes results begins now. BOOT_ID is the guest's; COUNT is what the script has
 * just printed. */
void sb_results_channel_begin(SbResultsChannel *channel, const char *boot_id, const char *count);

/** libvirtd is away; a stream does not hear of it by itself. */
void sb_results_channel_lose(SbResultsChannel *channel);

/** Asks the guest whether bytes are missing, if there was a gap. The channel itself does so after
 * each gap. Bytes that are written meanwhile can hide a loss; so call this again when the command
 * has ended. */
void sb_results_channel_look_for_loss(SbResultsChannel *channel);

/** Says what is known to be lost; NULL: nothing is. (transfer none) */
const char *sb_results_channel_loss(const SbResultsChannel *channel);

/** Whether the guest must be asked if SUITE is whole: there was a gap, and the results look
 * complete. If results are missing, or known to be lost, SUITE is marked as broken here. */
gboolean sb_results_channel_is_in_doubt(const SbResultsChannel *channel, SbSuite *suite);

/** Notes in SUITE that libvirtd was away while its results came. With LOSS (nullable), SUITE is
 * broken. */
void sb_results_channel_tell(SbSuite *suite, const char *loss);

/** Takes the answer: LOSS says what is lost, or that it is not known; NULL: all bytes have come. */
typedef void (*SbResultsChannelCheckedFunc)(const char *loss, gpointer data);

/** Asks the guest whether all bytes have come, when no more will come. CHECKED is called once, from
 * the main loop; it may free the channel. It is not called after sb_results_channel_free(). */
void sb_results_channel_check(SbResultsChannel *channel, SbResultsChannelCheckedFunc checked);
