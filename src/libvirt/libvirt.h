/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The bridge to libvirt: automatic release of its objects, and its errors as GError.
 *
 * Room: libvirt; the other modules of this room stand on it.
 * Threads: libvirt keeps the last error per thread, so sb_libvirt_set_error() must be called in the
 * thread whose call failed.
 */
#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

/* Text and arrays that libvirt allocates are released by g_autofree: they come from malloc(), which
 * is GLib's own allocator since 2.46. */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(virConnect, virConnectClose)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(virDomain, virDomainFree)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(virNetwork, virNetworkFree)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(virStoragePool, virStoragePoolFree)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(virStorageVol, virStorageVolFree)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(virStream, virStreamFree)

#define SB_LIBVIRT_ERROR (sb_libvirt_error_quark())
GQuark sb_libvirt_error_quark(void);

typedef enum {
    SB_LIBVIRT_ERROR_FAILED,       /**< anything that no code below names */
    SB_LIBVIRT_ERROR_URI,          /**< the text that was given is not a URI */
    SB_LIBVIRT_ERROR_UNREACHABLE,  /**< no libvirtd answers at the URI */
    SB_LIBVIRT_ERROR_DENIED,       /**< it answers, but this user may not use it */
    SB_LIBVIRT_ERROR_DISCONNECTED, /**< the connection broke in the middle */
    SB_LIBVIRT_ERROR_NOT_FOUND,    /**< no such domain, volume, pool or network */
    SB_LIBVIRT_ERROR_EXISTS,       /**< the name is taken */
    SB_LIBVIRT_ERROR_UNSUPPORTED,  /**< the libvirtd has no driver for such things */
    SB_LIBVIRT_ERROR_EVENT_LOOP,   /**< libvirt's events do not come from GLib's main loop */
} SbLibvirtError;

/**
 * Makes a GError of the calling thread's last libvirt error, and resets that. Returns FALSE, so
 * that a failure is one statement.
 *
 * The message is that of a format (as for printf) and its arguments, a colon, libvirt's own
 * message, and if it is known what can be done then, a line with that (libvirt/hints.h). It is a
 * macro because functions that are likely to be among the arguments, such as virDomainGetName(),
 * reset the last error.
 */
#define sb_libvirt_set_error(error, ...)                                                           \
    G_GNUC_EXTENSION({                                                                             \
        virError *sb_saved_error = virSaveLastError();                                             \
        sb_libvirt_set_saved_error(error, sb_saved_error, __VA_ARGS__);                            \
    })

/** The same where a pointer is returned: NULL. */
#define sb_libvirt_set_error_null(error, ...) ((void)sb_libvirt_set_error(error, __VA_ARGS__), NULL)

/** The same for the error SAVED, (nullable) (transfer full). Returns FALSE; the result may be
 * dropped. */
gboolean sb_libvirt_set_saved_error(GError **error, virError *saved, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * For a call that failed although its aim is reached: returns IS_FINE, and sets an error, as
 * sb_libvirt_set_saved_error() does, if it is FALSE.
 *
 *     virError *cause = virSaveLastError();
 *     return sb_libvirt_is_fine(virDomainIsActive(domain) == 1, cause, error, "cannot start it");
 *
 * Save the error before IS_FINE is found out: the next libvirt call resets it.
 *
 * @param saved  (nullable) (transfer full)
 * @return IS_FINE: FALSE with an SbLibvirtError. The result may be dropped
 */
gboolean sb_libvirt_is_fine(gboolean is_fine, virError *saved, GError **error, const char *format,
                            ...) G_GNUC_PRINTF(4, 5);

/** Whether the calling thread's last libvirt error is CODE (a virErrorNumber). */
gboolean sb_libvirt_last_is(int code);

/**
 * Whether SAVED (nullable) says that the object of the call does not exist. No other error means
 * that.
 *
 * A list is read piece by piece. A piece that was removed since the listing is passed over:
 *
 *     virError *cause = virSaveLastError();
 *     return sb_libvirt_is_fine(sb_libvirt_is_absence(cause), cause, error, "cannot read …");
 */
gboolean sb_libvirt_is_absence(const virError *saved);

/**
 * Whether CONNECTION still lives. Ask after facts were read whose errors mean "not known": if the
 * connection broke, any of them may be missing.
 *
 * @param what  the facts, in plural: "the states of the machines"
 * @return TRUE, or FALSE with SB_LIBVIRT_ERROR_DISCONNECTED
 */
gboolean sb_libvirt_still_connected(virConnect *connection, const char *what,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Asks a connection about itself.
 *
 * @param host_out  (transfer full) (nullable) the name of the libvirt host
 * @param uri_out   (transfer full) (nullable) its URI
 * @return the version of libvirt there, as major * 1000000 + minor * 1000 + release; 0: not known
 */
gulong sb_libvirt_describe(virConnect *connection, char **host_out, char **uri_out);

/**
 * Reads the versions of libvirt and of QEMU on the host, as major * 1000000 + minor * 1000 +
 * release.
 *
 * @param qemu_out  (nullable) 0: the host has no emulator for its own architecture, and libvirt
 * tells the version of no other
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_libvirt_versions(virConnect *connection, gulong *libvirt_out, gulong *qemu_out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Lets libvirt take its events from the default main loop. Before the first connection; any thread.
 *
 * The program may have registered an event loop before: it stays, and it must be of that main loop,
 * as virEventRegisterDefaultImpl()'s is.
 *
 * @return FALSE with SB_LIBVIRT_ERROR_EVENT_LOOP
 */
gboolean sb_libvirt_init(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Keeps libvirt from printing the errors of CONNECTION, or giving them to the program's own
 * handler: they are our GErrors. */
void sb_libvirt_silence_connection(virConnect *connection);

/** The same for all errors in the process: only for a program that belongs to us. */
void sb_libvirt_silence(void);
