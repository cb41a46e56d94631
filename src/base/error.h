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

/** For sb_error_set() only: sets ERROR as g_set_error() does. Returns FALSE; the result may be
 * dropped. */
gboolean sb_error_put(GError **error, GQuark domain, int code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/** For sb_error_set() only. Here, because clang's analyser must see what is returned. */
static inline gboolean sb_error_false(gboolean is_put)
{
    (void)is_put;
    return FALSE;
}

/** The same for sb_error_set_null(). */
static inline gpointer sb_error_null(gboolean is_put)
{
    (void)is_put;
    return NULL;
}

/** Sets ERROR as g_set_error() does, with the same arguments, and is FALSE: so a failure is one
 * statement. The result may be dropped. */
#define sb_error_set(...) sb_error_false(sb_error_put(__VA_ARGS__))

/** The same where a pointer is returned: it is NULL. */
#define sb_error_set_null(...) sb_error_null(sb_error_put(__VA_ARGS__))

/** Moves *CAUSE, an error, to ERROR, or frees it if ERROR is NULL. Returns FALSE; the result may be
 * dropped. */
static inline gboolean sb_error_pass(GError **error, GError **cause)
{
    g_propagate_error(error, g_steal_pointer(cause));
    return FALSE;
}

/** The same where a pointer is returned. The result may be dropped. @return NULL */
static inline gpointer sb_error_pass_null(GError **error, GError **cause)
{
    g_propagate_error(error, g_steal_pointer(cause));
    return NULL;
}

/** Appends a text, made of a format and its arguments, to the message of *ERROR, if there is an
 * error. */
void sb_error_append(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Whether ERROR means that the user's input is bad. FALSE also for domains of other libraries. */
gboolean sb_error_is_input(const GError *error);
