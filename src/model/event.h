/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What long work tells of itself: one type of event, one function that takes it.
 *
 * An event is only valid during the call; who wants to keep something of it copies that.
 *
 * Room: model.
 * Threads: events come in the thread that called the long work, unless that says otherwise.
 */
#pragma once

#include "model/platform.h"
#include "model/stage.h"

#include <glib.h>

/** In brackets: the fields that the event has, beside `kind`. */
typedef enum {
    SB_EVENT_PLANNED, /**< a machine of the fleet; one for each, before anything is made [machine,
                           number: an SbAction, platform] */
    SB_EVENT_BEGUN,   /**< all machines are planned, and the work begins [total: machines] */
    SB_EVENT_SURPLUS, /**< a machine of the fleet that its file does not have any more [machine,
                           text] */
    SB_EVENT_MADE,    /**< a machine exists now [machine, number: whether this call made it] */
    SB_EVENT_STAGE,   /**< a machine has reached a stage of its boot [machine, stage, elapsed_ms] */
    SB_EVENT_AWAITS, /**< the wait for the next stage begins, or its deadline moves [machine, stage,
                          total: ms until the deadline] */
    SB_EVENT_SAID,   /**< the console of a machine that is waited for has a new line, or its
                          cloud-init a new module [machine, text] */
    SB_EVENT_BOOT_PART, /**< a part of a boot is over, by the guest's own clock [machine, text: its
                           name, number: 1 if it is in another part, elapsed_ms: its begin, after
                           the kernel's, total: how many ms it took] */
    SB_EVENT_NOTE,      /**< worth knowing, and ends nothing [machine (nullable), text] */
    SB_EVENT_STEP, /**< a part of the work begins, such as "cleaning" [machine (nullable), text] */
    SB_EVENT_FINISHED, /**< a machine is ready, or failed [machine, error (nullable)] */
    SB_EVENT_UNDOING,  /**< a machine is taken back [machine] */
    SB_EVENT_REMOVED,  /**< a machine is gone [machine] */
    SB_EVENT_PROGRESS, /**< bytes of a transfer [text: what is done, done, total: bytes, 0: unknown,
                            per_second: bytes, 0: unknown] */
    SB_EVENT_LINE,     /**< a guest's line of output, as the guest sent it [machine, text, length,
                            number: whether it is of stderr] */
    SB_EVENT_CONSOLE,  /**< bytes that a machine wrote to its console [machine, text, length] */
    SB_EVENT_EXITED, /**< a command has ended on a machine [machine, number: its exit status, error
                          (nullable): it was not run, stopped, or lost; then number: whether it is
                          known to have ended] */
    SB_EVENT_TEST_STARTED,  /**< a step begins on a machine [machine, text: its label] */
    SB_EVENT_TEST_PROGRESS, /**< a step is at work [machine, done: tests that have come, number: of
                                 them failed] */
    SB_EVENT_TEST_ENDED,    /**< a step has ended, or was passed over [machine (nullable: it was not
                                 run), text: its name and result, number: whether it is bad] */
    SB_EVENT_TESTED, /**< all steps are over, and their report is whole; machines still stand [] */
} SbEventKind;

/** One event; fields that its kind does not name are 0 or NULL. */
typedef struct {
    SbEventKind kind;
    const char *machine; /**< its name */
    SbStage stage;
    const SbPlatform *platform; /**< what the machine runs on */
    gint64 elapsed_ms;          /**< since the whole work began */
    const char *text;
    gsize length; /**< of TEXT in bytes, where it may have any byte */
    guint number;
    guint64 done, total, per_second;
    const GError *error;
} SbEvent;

/** Takes EVENT. */
typedef void (*SbEventFunc)(const SbEvent *event, gpointer data);
