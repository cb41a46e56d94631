/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What work that takes long tells of itself.
 *
 * Room: seedbed.
 * Threads: an event belongs to the call that it is given in.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * @addtogroup seedbed
 * @{
 */

/** One event. It is valid only while the #SeedbedEventFunc runs: copy what you keep. */
typedef struct SeedbedEvent SeedbedEvent;

/** What an event is about. In brackets: what it has, beside its kind. */
typedef enum {
    SEEDBED_EVENT_OTHER = 0,   /**< of a kind that this version does not name */
    SEEDBED_EVENT_PLANNED = 1, /**< a machine of the work, before anything is made [machine] */
    SEEDBED_EVENT_BEGUN = 2, /**< all machines are planned, and the work begins [total: machines] */
    SEEDBED_EVENT_SURPLUS = 3, /**< a machine that the fleet file has no more [machine, text] */
    SEEDBED_EVENT_MADE = 4,  /**< a machine exists now [machine, number: 1 if this call made it] */
    SEEDBED_EVENT_STAGE = 5, /**< a machine reached a stage of its boot [machine, stage, elapsed] */
    SEEDBED_EVENT_NOTE = 6,  /**< worth knowing, and ends nothing [machine or NULL, text] */
    SEEDBED_EVENT_STEP = 7,  /**< a part of the work begins [machine or NULL, text] */
    SEEDBED_EVENT_FINISHED = 8, /**< a machine is ready, or failed [machine, error or NULL] */
    SEEDBED_EVENT_UNDOING = 9,  /**< a machine is taken back [machine] */
    SEEDBED_EVENT_REMOVED = 10, /**< a machine is gone [machine] */
    SEEDBED_EVENT_PROGRESS =
        11, /**< of a transfer [text, done and total: bytes; total 0: unknown] */
    SEEDBED_EVENT_LINE =
        12, /**< a line of output of a command [machine, text, number: 1 if stderr] */
    SEEDBED_EVENT_EXITED = 13, /**< a command has ended [machine, number: its exit status, error: it
                                    did not run, was stopped, or was lost] */
    SEEDBED_EVENT_TEST_STARTED = 14,  /**< a step of a test begins [machine, text: its label] */
    SEEDBED_EVENT_TEST_PROGRESS = 15, /**< a step is at work [machine, done: tests until now,
                                         number: of them failed] */
    SEEDBED_EVENT_TEST_ENDED = 16, /**< a step has ended, or was passed over [machine or NULL, text:
                                        its name and result, number: 1 if it is bad] */
    SEEDBED_EVENT_TESTED = 17,     /**< all steps are over; the machines still stand [] */
    SEEDBED_EVENT_AWAITS = 18,     /**< the wait for the next stage begins, or its deadline moves
                                        [machine, stage, total: milliseconds until the deadline] */
    SEEDBED_EVENT_SAID = 19, /**< the console or cloud-init of a machine that is waited for has
                                  something new [machine, text] */
} SeedbedEventKind;

/**
 * Takes EVENT.
 *
 * It is called during a function with the host that it was set for, in the thread that does the
 * work; #SEEDBED_EVENT_REMOVED may come in other threads, but never two events at the same time. It
 * must not call a function that takes a SeedbedHost.
 */
typedef void (*SeedbedEventFunc)(const SeedbedEvent *event, gpointer data);

/** The kind of EVENT. */
SeedbedEventKind seedbed_event_get_kind(const SeedbedEvent *event);

/** The name of the machine; NULL if it is about no single machine. (transfer none) */
const char *seedbed_event_get_machine(const SeedbedEvent *event);

/**
 * The text; NULL if there is none. (transfer none)
 *
 * A line of a guest has the bytes that the guest sent: it may have control characters.
 *
 * @param length_out  (nullable) its length in bytes
 */
const char *seedbed_event_get_text(const SeedbedEvent *event, gsize *length_out);

/** The name of the stage, such as "kernel" or "ssh port", for people; NULL if there is none.
 * (transfer none) */
const char *seedbed_event_get_stage(const SeedbedEvent *event);

/** The milliseconds since the whole work began. */
gint64 seedbed_event_get_elapsed_ms(const SeedbedEvent *event);

/** The number; the kind says what it is. */
guint seedbed_event_get_number(const SeedbedEvent *event);

/** How much of the total is done. */
guint64 seedbed_event_get_done(const SeedbedEvent *event);

/** How much there is; 0: unknown. */
guint64 seedbed_event_get_total(const SeedbedEvent *event);

/** The error, of the domain #SEEDBED_ERROR; NULL if there is none. (transfer none) */
const GError *seedbed_event_get_error(const SeedbedEvent *event);

/** @} */

G_END_DECLS
