/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The subtests that comments ("# Subtest: NAME") have announced and that have not come yet.
 *
 * A comment stands at the indentation of the subtest's parent (TAP 14), or at that of the subtest
 * itself (KUnit, and Test::More before 1.3). So announcements are kept by their indentation, in
 * growing order, at most one for each.
 *
 * Room: tap.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include "tap/tap-line.h"

/** More are dropped. */
#define SB_TAP_MAX_ANNOUNCEMENTS 17
/** Longer names lose their end. */
#define SB_TAP_MAX_NAME_BYTES 256

typedef struct {
    gsize indent;
    guint64 line_number;
    gsize length;
    char name[SB_TAP_MAX_NAME_BYTES];
} SbTapAnnouncement;

/** Begins as all zeros, and owns nothing. */
typedef struct {
    guint count;
    SbTapAnnouncement items[SB_TAP_MAX_ANNOUNCEMENTS];
} SbTapAnnouncements;

/** Whether COMMENT, a line of that kind, announces a subtest. NAME_OUT: "" if it gives no name. */
gboolean sb_tap_announcement_read(const SbTapLine *comment, SbTapText *name_out);

/** Adds an announcement. Those with the same indentation or more must have been taken away. */
void sb_tap_announcements_add(SbTapAnnouncements *list, gsize indent, guint64 line_number,
                              SbTapText name);

/** The announcement at exactly INDENT, or NULL. (transfer none) (nullable) */
const SbTapAnnouncement *sb_tap_announcements_at(const SbTapAnnouncements *list, gsize indent);

/** Takes away the announcement at exactly INDENT, if there is one. */
void sb_tap_announcements_remove(SbTapAnnouncements *list, gsize indent);

/** Takes away the innermost announcement if its indentation is at least INDENT. It is valid until
 * the list is changed. NULL: there is none. (transfer none) (nullable) */
const SbTapAnnouncement *sb_tap_announcements_pop(SbTapAnnouncements *list, gsize indent);
