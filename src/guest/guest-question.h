/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A question to a machine: a short script whose output is the answer.
 *
 * Room: guest.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/guest-command.h"

typedef struct SbGuestQuestion SbGuestQuestion;

/**
 * The answer.
 *
 * @param text     (nullable) standard output, without the newline at its end; NULL if the script
 *   failed
 * @param boot_id  (nullable) the guest's; NULL if it was not reached
 * @param failure  (nullable) why there is no answer; an SbGuestCommandError
 */
typedef void (*SbGuestAnswerFunc)(const char *text, const char *boot_id, const GError *failure,
                                  gpointer data);

/**
 * Asks MACHINE with SCRIPT, run as USER (nullable: the account of the login), and waits half a
 * minute for the connection and as long for the answer.
 *
 * @param func  called once, from the main loop; there the question may be freed
 * @return (transfer full)
 */
SbGuestQuestion *sb_guest_question_ask(const SbAccess *access, const char *machine,
                                       const char *script, const char *user, SbGuestAnswerFunc func,
                                       gpointer data);

/** FUNC is not called any more. (nullable) */
void sb_guest_question_free(SbGuestQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbGuestQuestion, sb_guest_question_free)
