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
 * Takes the answer.
 *
 * @param text     (nullable) standard output, at most 16 KiB, without the newline at its end; NULL
 *   if the script failed
 * @param boot_id  (nullable) the guest's; NULL if the guest was not reached
 * @param failure  (nullable) why there is no answer; an SbGuestCommandError
 */
typedef void (*SbGuestAnswerFunc)(const char *text, const char *boot_id, const GError *failure,
                                  gpointer data);

/**
 * Asks MACHINE with SCRIPT. The connection may take half a minute, and so may the answer.
 *
 * @param access  must live longer
 * @param user    (nullable) the account that runs the script; NULL: the account of the login
 * @param func    called once, from the main loop; it may free the question
 * @return (transfer full)
 */
SbGuestQuestion *sb_guest_question_ask(const SbAccess *access, const char *machine,
                                       const char *script, const char *user, SbGuestAnswerFunc func,
                                       gpointer data);

/** Frees the question; its FUNC is not called any more. (nullable) */
void sb_guest_question_free(SbGuestQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbGuestQuestion, sb_guest_question_free)
