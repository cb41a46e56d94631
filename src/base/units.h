/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Quantities with their unit written out: sizes ("2 GiB") and durations ("10 min").
 *
 * Room: base.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

#define SB_UNITS_ERROR (sb_units_error_quark())
GQuark sb_units_error_quark(void);

typedef enum {
    SB_UNITS_ERROR_INVALID, /**< not a number followed by a known unit */
    SB_UNITS_ERROR_RANGE,   /**< a quantity that does not fit into 63 bits */
} SbUnitsError;

/**
 * Reads a size: a whole number or a decimal fraction, then B, KiB, MiB, GiB or TiB (a space between
 * is optional).
 *
 * Decimal units (GB) are refused, with a message that names the binary one, because the tools
 * around disks do not agree on what they mean.
 *
 * @param bytes_out  the size, rounded to whole bytes; not written on failure
 * @return TRUE, or FALSE with an SbUnitsError
 */
gboolean sb_size_parse(const char *text, guint64 *bytes_out,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Reads a duration: a whole number or a decimal fraction, then ms, s, min, h or d.
 *
 * @param ms_out  the duration, rounded to whole milliseconds; not written on failure
 * @return TRUE, or FALSE with an SbUnitsError
 */
gboolean sb_duration_parse(const char *text, gint64 *ms_out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** BYTES for people, with a binary unit and at most one decimal: "2 GiB", "1.5 MiB". (transfer
 * full) */
char *sb_size_format(guint64 bytes);

/** MS for people, as the two largest units: "350 ms", "12 s", "3 min 5 s", "2 d 4 h". (transfer
 * full) */
char *sb_duration_format(gint64 ms);
