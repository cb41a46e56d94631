/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The results channel of a machine, which is read again after libvirtd was away.
 *
 * The machine runs on without libvirtd, and Linux lets it wait when it writes then. But what was on
 * its way through libvirtd is lost, and the stream alone cannot tell: "ok 2" may be all that is
 * left of "not ok 2". The guest's kernel counts what was written to the port, so that it can be
 * known whether all of it came.
 *
 * Room: test.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"
#include "machine/machine-watch.h"
#include "tap/suite.h"

typedef struct SbResultsChannel SbResultsChannel;

typedef struct {
    void (*bytes)(const char *bytes, gsize length, gpointer data);
    /** Some of what was written will not come: see sb_results_channel_loss(). */
    void (*lost)(gpointer data);
} SbResultsChannelCallbacks;

/**
 * Reads the results channel of MACHINE from now on, or from when libvirtd is there.
 *
 * @param watch   must live longer, as must ACCESS
 * @return (transfer full) or NULL if the machine has no such channel, or somebody else reads it
 */
SbResultsChannel *sb_results_channel_new(const SbMachineWatch *watch, const SbAccess *access,
                                         const char *machine,
                                         const SbResultsChannelCallbacks *callbacks, gpointer data,
                                         GError **error);
void sb_results_channel_free(SbResultsChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbResultsChannel, sb_results_channel_free)

/** The script, for the account of the login, that prints how many bytes the guest has written. */
extern const char sb_results_channel_count_script[];

/** The command that writes there begins, in the guest's boot BOOT_ID; the script has printed COUNT
 * just before. */
void sb_results_channel_begin(SbResultsChannel *channel, const char *boot_id, const char *count);

/** libvirtd is away, of which no stream hears. */
void sb_results_channel_lose(SbResultsChannel *channel);

/** Asks the guest whether something is missing, if there was a gap; the channel itself does so
 * after each. What is written meanwhile can hide it, so it is asked again when the command has
 * ended. */
void sb_results_channel_look_for_loss(SbResultsChannel *channel);

/** What is known to be lost, in words, or NULL. (transfer none) */
const char *sb_results_channel_loss(const SbResultsChannel *channel);

/** Whether SUITE, whose results came through the channel, may lack some that nobody misses, so that
 * the guest must be asked. Where some are missed, or known to be lost, SUITE is told so. */
gboolean sb_results_channel_is_in_doubt(const SbResultsChannel *channel, SbSuite *suite);

/** Tells SUITE that libvirtd was away while its results came, and that LOSS is lost. (nullable) */
void sb_results_channel_tell(SbSuite *suite, const char *loss);

/** LOSS says what is lost, or that it is not known; NULL: all that was written has come. */
typedef void (*SbResultsChannelCheckedFunc)(const char *loss, gpointer data);

/** Asks the guest whether all has come, now that nothing more will. CHECKED is called once, from
 * the main loop, unless the channel is freed before; it may free it. */
void sb_results_channel_check(SbResultsChannel *channel, SbResultsChannelCheckedFunc checked);
