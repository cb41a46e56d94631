/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/libvirt.h"

#include "base/error.h"
#include "base/loop.h"
#include "libvirt/hints.h"

#include <stdarg.h>

SB_DEFINE_ERROR(sb_libvirt_error, SB_ERROR(SB_LIBVIRT_ERROR_URI))

static SbLibvirtError classify(const virError *cause)
{
    switch (cause->code) {
    case VIR_ERR_NO_DOMAIN:
    case VIR_ERR_NO_STORAGE_VOL:
    case VIR_ERR_NO_STORAGE_POOL:
    case VIR_ERR_NO_NETWORK:
    case VIR_ERR_NO_NETWORK_PORT:
        return SB_LIBVIRT_ERROR_NOT_FOUND;
    case VIR_ERR_DOM_EXIST:
    case VIR_ERR_STORAGE_VOL_EXIST:
    case VIR_ERR_NETWORK_EXIST:
        return SB_LIBVIRT_ERROR_EXISTS;
    case VIR_ERR_NO_SUPPORT:
        return SB_LIBVIRT_ERROR_UNSUPPORTED;
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_UNAVAILABLE:
    case VIR_ERR_ACCESS_DENIED:
    case VIR_ERR_OPERATION_DENIED:
        return SB_LIBVIRT_ERROR_DENIED;
    case VIR_ERR_INVALID_CONN:
    case VIR_ERR_NO_CONNECT:
        return SB_LIBVIRT_ERROR_UNREACHABLE;
    case VIR_ERR_RPC:
    case VIR_ERR_SYSTEM_ERROR:
        /* Both also stand for a connection that broke; then the RPC layer reports them. */
        return cause->domain == VIR_FROM_RPC ? SB_LIBVIRT_ERROR_DISCONNECTED
                                             : SB_LIBVIRT_ERROR_FAILED;
    case VIR_ERR_INTERNAL_ERROR:
        return cause->domain == VIR_FROM_RPC ? SB_LIBVIRT_ERROR_DISCONNECTED
                                             : SB_LIBVIRT_ERROR_FAILED;
    default:
        return SB_LIBVIRT_ERROR_FAILED;
    }
}

/* Frees SAVED. */
G_GNUC_PRINTF(3, 0)
static void set_error(GError **error, virError *saved, const char *format, va_list arguments)
{
    g_autofree char *tried = g_strdup_vprintf(format, arguments);
    g_autofree char *hint = saved && saved->message ? sb_libvirt_hint(tried, saved->message) : NULL;
    if (saved && saved->code != VIR_ERR_OK)
        g_set_error(error, SB_LIBVIRT_ERROR, classify(saved), "%s: %s%s%s", tried, saved->message,
                    hint ? "\ntry: " : "", hint ? hint : "");
    else
        g_set_error(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_FAILED, "%s: libvirt gave no reason",
                    tried);
    virFreeError(saved);
    virResetLastError();
}

gboolean sb_libvirt_set_saved_error(GError **error, virError *saved, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_error(error, saved, format, arguments);
    va_end(arguments);
    return FALSE;
}

gboolean sb_libvirt_is_fine(gboolean is_fine, virError *saved, GError **error, const char *format,
                            ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_error(is_fine ? NULL : error, saved, format, arguments);
    va_end(arguments);
    return is_fine;
}

gboolean sb_libvirt_last_is(int code)
{
    const virError *cause = virGetLastError();
    return cause && cause->code == code;
}

gboolean sb_libvirt_is_absence(const virError *saved)
{
    return saved && classify(saved) == SB_LIBVIRT_ERROR_NOT_FOUND;
}

gboolean sb_libvirt_still_connected(virConnect *connection, const char *what, GError **error)
{
    gboolean is_alive = virConnectIsAlive(connection) == 1;
    virResetLastError();
    if (!is_alive)
        g_set_error(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_DISCONNECTED,
                    "the connection to libvirt broke while %s were read", what);
    return is_alive;
}

gulong sb_libvirt_describe(virConnect *connection, char **host_out, char **uri_out)
{
    gulong version = 0;
    *host_out = virConnectGetHostname(connection);
    *uri_out = virConnectGetURI(connection);
    if (virConnectGetLibVersion(connection, &version) < 0)
        version = 0;
    virResetLastError();
    return version;
}

/* virConnectGetVersion() asks for the emulator of the host's own architecture. A host that has only
 * one for another architecture is told so by the QEMU driver; all else that fails is another
 * error. */
static gboolean has_no_own_emulator(void)
{
    const virError *error = virGetLastError();
    return error && error->domain == VIR_FROM_QEMU && error->code == VIR_ERR_INTERNAL_ERROR;
}

gboolean sb_libvirt_versions(virConnect *connection, gulong *libvirt_out, gulong *qemu_out,
                             GError **error)
{
    gulong libvirt, qemu = 0;
    if (virConnectGetLibVersion(connection, &libvirt) < 0)
        return sb_libvirt_set_error(error, "cannot read the version of 'libvirt'");
    if (qemu_out && virConnectGetVersion(connection, &qemu) < 0 && !has_no_own_emulator())
        return sb_libvirt_set_error(error, "cannot read the version of 'QEMU'");
    virResetLastError();
    *libvirt_out = libvirt;
    if (qemu_out)
        *qemu_out = qemu;
    return TRUE;
}

static void ignore_error(void *data, virErrorPtr error)
{
}

void sb_libvirt_silence_connection(virConnect *connection)
{
    virConnSetErrorFunc(connection, NULL, ignore_error);
}

void sb_libvirt_silence(void)
{
    virSetErrorFunc(NULL, ignore_error);
}

/* ---- the event loop ---- */

enum { PROBE_MS = 1000 };

typedef struct {
    SbLoop *loop;
    gboolean is_ours;
} Probe;

static void on_probe(int timer, void *data)
{
    Probe *probe = data;
    virEventUpdateTimeout(timer, -1);
    /* In another thread it is not the main loop, and the probe may be over. */
    if (!g_main_context_is_owner(NULL))
        return;
    probe->is_ours = TRUE;
    sb_loop_end(probe->loop);
}

static gboolean on_probe_late(gpointer loop)
{
    sb_loop_end(loop);
    return G_SOURCE_REMOVE;
}

/* libvirt does not say who runs its timers: one without a time shows it. */
static gboolean is_main_loop(void)
{
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    Probe probe = {.loop = loop};
    guint late = g_timeout_add(PROBE_MS, on_probe_late, loop);
    int timer = virEventAddTimeout(0, on_probe, &probe, NULL);
    sb_loop_wait(loop);
    virEventRemoveTimeout(timer);
    if (probe.is_ours)
        g_source_remove(late);
    return probe.is_ours;
}

static gboolean init(void)
{
    virInitialize();
    int timer = virEventAddTimeout(-1, on_probe, NULL, NULL);
    if (timer < 0)
        return virEventRegisterDefaultImpl() == 0;
    virEventRemoveTimeout(timer);
    return is_main_loop();
}

gboolean sb_libvirt_init(GError **error)
{
    enum { UNKNOWN, MAIN_LOOP, OTHER_LOOP };
    static gsize found = UNKNOWN;
    if (g_once_init_enter(&found))
        g_once_init_leave(&found, init() ? MAIN_LOOP : OTHER_LOOP);
    if (found == MAIN_LOOP)
        return TRUE;
    return sb_error_set(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_EVENT_LOOP,
                        "this program has given libvirt an event loop that GLib's main loop does "
                        "not run: use virEventRegisterDefaultImpl() instead");
}
