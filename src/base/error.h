/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Error domains, each of which says which of its errors are the user's to mend.
 *
 * Such an error means: what the user gave is bad, and nothing was touched. Every other error is a
 * failure of the infrastructure: libvirt, the boot, ssh, a disk.
 *
 * Room: base.
 * Threads: any.
 */
#pragma once

#include <glib.h>

/** One code of a domain. Codes are smaller than 32. */
#define SB_ERROR(code) (1U << (code))
#define SB_ERRORS_NONE 0U
#define SB_ERRORS_ALL G_MAXUINT32

/**
 * Defines the function PREFIX_quark() of an error domain, as G_DEFINE_QUARK() does.
 *
 * @param input_codes  the codes for bad input: SB_ERROR(…) | …, SB_ERRORS_NONE or SB_ERRORS_ALL
 */
#define SB_DEFINE_ERROR(prefix, input_codes)                                                       \
    GQuark prefix##_quark(void)                                                                    \
    {                                                                                              \
        static gsize quark;                                                                        \
        if (g_once_init_enter(&quark))                                                             \
            g_once_init_leave(&quark, sb_error_register(#prefix, input_codes));                    \
        return (GQuark)quark;                                                                      \
    }

/** For SB_DEFINE_ERROR() only: makes the domain NAME (a static string). Returns its quark. */
GQuark sb_error_register(const char *name, guint32 input_codes);

/** Sets ERROR as g_set_error() does. Returns FALSE, so that a failure is one statement; the result
 * may be dropped. */
gboolean sb_error_set(GError **error, GQuark domain, int code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/** The same where a pointer is returned. The result may be dropped. @return NULL */
gpointer sb_error_set_null(GError **error, GQuark domain, int code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/** Moves *CAUSE, an error, to ERROR, or frees it if ERROR is NULL. Returns FALSE; the result may be
 * dropped. */
gboolean sb_error_pass(GError **error, GError **cause);

/** The same where a pointer is returned. The result may be dropped. @return NULL */
gpointer sb_error_pass_null(GError **error, GError **cause);

/** Appends a text, made of a format and its arguments, to the message of *ERROR, if there is an
 * error. */
void sb_error_append(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Whether ERROR means that the user's input is bad. FALSE also for domains of other libraries. */
gboolean sb_error_is_input(const GError *error);
