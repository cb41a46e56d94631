/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The phases of the wait for one machine, as pure functions: what comes next, and when. Beside
 * them the stages of the boot are counted, which the console shows as well.
 *
 *     phase    what happens                        next
 *     PAUSE    the pause is over                   ADDRESS
 *     ADDRESS  nobody knows the address yet        PAUSE, 2 s
 *              an address, directly reached        PORT
 *              an address behind the libvirt host  LOGIN: ssh itself must try
 *              an ssh keeps a connection           LOGIN
 *              it is thawed, with its ssh server   LOGIN
 *     PORT     no ssh server answers               PAUSE, 0.5 s
 *              an ssh server answers               LOGIN
 *     LOGIN    the login fails, for now            PAUSE, 2 s
 *              the kept connection is dead         PAUSE, 2 s: then there is none
 *              cloud-init is done, and accepted    PROVISION
 *              the machine was ready in this boot  READY
 *     PROVISION all steps are done                 READY
 *     any      a deadline is over, the machine     FAILED
 *              stopped, or it can never be ready
 *
 * Room: wait.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

#define SB_WAIT_ERROR (sb_wait_error_quark())
GQuark sb_wait_error_quark(void);

typedef enum {
    SB_WAIT_ERROR_TIMEOUT,    /**< a stage was not reached in time */
    SB_WAIT_ERROR_STUCK,      /**< this side cannot go on: no ssh to the libvirt host, or a file
                                      cannot be written */
    SB_WAIT_ERROR_STOPPED,    /**< the machine stopped, crashed or vanished, or its console
                                      shows that it will not get further */
    SB_WAIT_ERROR_HOST_KEY,   /**< something else than the machine answers, or its key was
                                      replaced */
    SB_WAIT_ERROR_CLOUD_INIT, /**< cloud-init failed, or is degraded and should not be */
    SB_WAIT_ERROR_PROVISION,  /**< a step of `provision` failed */
} SbWaitError;

typedef enum {
    SB_WAIT_PAUSE,     /**< until the next look nothing is done */
    SB_WAIT_ADDRESS,   /**< look where the machine is reached */
    SB_WAIT_PORT,      /**< look whether an ssh server answers there */
    SB_WAIT_LOGIN,     /**< log in, and stay until cloud-init is done */
    SB_WAIT_PROVISION, /**< run the steps of `provision` that are not done */
    SB_WAIT_READY,     /**< the end */
    SB_WAIT_FAILED,    /**< the end */
} SbWaitPhase;

typedef enum {
    SB_WAIT_PAUSE_OVER,
    SB_WAIT_ADDRESS_UNKNOWN,
    SB_WAIT_ADDRESS_KNOWN,
    SB_WAIT_ADDRESS_FOR_SSH, /**< known; it is ssh that must try */
    SB_WAIT_PORT_SILENT,
    SB_WAIT_PORT_ANSWERS,
    SB_WAIT_LOGIN_FAILED, /**< it may work later */
    SB_WAIT_LOGIN_DONE,   /**< cloud-init is done, and is what it must be */
    SB_WAIT_SETTLED,      /**< the machine was ready before, in the same boot */
    SB_WAIT_PROVISIONED,
    SB_WAIT_GIVEN_UP, /**< it will not be ready, or not in time */
} SbWaitInput;

/** The phase after INPUT. An input that PHASE does not wait for changes nothing. */
SbWaitPhase sb_wait_next(SbWaitPhase phase, SbWaitInput input);

/** Whether PHASE is an end: nothing happens after it. */
gboolean sb_wait_is_over(SbWaitPhase phase);

/** Whether a login worked before the wait ended with ERROR. */
gboolean sb_wait_had_login(const GError *error);

/** How long the pause after INPUT is; 0 if none follows it. */
guint sb_wait_pause_ms(SbWaitInput input);

/** What a failed login means for the wait. */
typedef struct {
    gboolean is_final; /**< no later login will work */
    int code;          /**< an SbWaitError, if it is final */
} SbLoginMeaning;

/**
 * Judges a failed login.
 *
 * @param error     why it failed
 * @param nonsense  how many answers of cloud-init in a row made no sense, with this one
 */
SbLoginMeaning sb_wait_judge_login(const GError *error, guint nonsense);
