/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The words by which a user names fleets and machines.
 *
 *     NAME            the fleet or the machine of that name
 *     FLEET/          the fleet, even if a machine has the same name
 *     FLEET/GROUP-N   the machine, even if a fleet has the same name
 *
 * The machine `a-b-c-1` can be of the fleet `a`, `a-b` or `a-b-c`, and a fleet can be called
 * `a-b-c-1` too. Names have no slash, so the other two forms always say which.
 *
 * Room: machine.
 * Threads: every function is pure.
 */
#pragma once

#include "libvirt/domain.h"

#define SB_SELECTION_ERROR (sb_selection_error_quark())
GQuark sb_selection_error_quark(void);

typedef enum {
    SB_SELECTION_ERROR_WORD,      /**< it has none of the forms */
    SB_SELECTION_ERROR_AMBIGUOUS, /**< a machine and a fleet have the name; the message has both
                                     full forms */
} SbSelectionError;

/** Whether WORD stands for the machine MACHINE of FLEET, by its name or by its fleet's. */
gboolean sb_selection_has(const char *word, const char *fleet, const char *machine);

/** Whether WORD can stand for the machine MACHINE, whose fleet is not known. */
gboolean sb_selection_may_have(const char *word, const char *machine);

/** The fleet that WORD may stand for as a whole; NULL if it can only be a machine. (transfer full)
 */
char *sb_selection_fleet(const char *word);

/** The machine that WORD may stand for; NULL if it can only be a fleet. (transfer full) */
char *sb_selection_machine(const char *word);

/** The form of WORD that can only be the fleet FLEET: `FLEET/`. (transfer full) */
char *sb_selection_of_fleet(const char *fleet);

/** Whether WORD has one of the forms; FALSE with SB_SELECTION_ERROR_WORD or an SbNamesError. */
gboolean sb_selection_check_word(const char *word, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The machine that is called WORD as it is; NULL if there is none. (transfer none) */
const SbDomain *sb_selection_find_machine(const char *word, const GPtrArray *domains);

/** Sets SB_SELECTION_ERROR_AMBIGUOUS for the name of MACHINE. */
void sb_selection_set_ambiguous(GError **error, const SbDomain *machine);

/**
 * Checks that no name stands for two things.
 *
 * @param words    NULL-terminated
 * @param domains  of SbDomain: all that there are
 * @return FALSE with SB_SELECTION_ERROR_AMBIGUOUS
 */
gboolean sb_selection_check(const char *const *words, const GPtrArray *domains,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
