/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/log.h"

#include "base/error.h"
#include "base/loop.h"
#include "diagnose/local-facts.h"
#include "libvirt/console-log.h"
#include "machine/lookup.h"
#include "rules/console-boots.h"

#include <string.h>

enum { POLL_MS = 500 };

typedef struct {
    const SbOperation *operation;
    const SbDomain *domain;
    SbConsoleLog *log;
    SbLoop *loop;
    GError *error;
} Reading;

static void tell(const Reading *reading, GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    const SbEvent event = {
        .kind = SB_EVENT_CONSOLE, .machine = reading->domain->name, .text = data, .length = length};
    sb_operation_tell(reading->operation, &event);
}

/* FALSE with an error if that cannot be seen. */
static gboolean look_at_state(const Reading *reading, virConnect *connection,
                              gboolean *is_running_out, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbDomain) now = sb_domain_find(connection, reading->domain->name, &cause);
    *is_running_out = now && strcmp(now->uuid, reading->domain->uuid) == 0 &&
                      sb_domain_state_is_active(now->state);
    if (now || g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND) ||
        g_error_matches(cause, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_FOREIGN))
        return TRUE;
    return sb_error_pass(error, &cause);
}

static GBytes *read_next(const Reading *reading, virConnect *connection, GError **error)
{
    g_autoptr(SbPool) pool = sb_pool_open(connection, reading->domain->metadata->pool, NULL, error);
    return pool ? sb_console_log_read(reading->log, pool, error) : NULL;
}

/* Each time with a lease of its own: while the reader of the output takes nothing, this process
 * answers no keep-alive, and its connection is closed. */
static gboolean on_poll(gpointer data)
{
    Reading *reading = data;
    /* Look at the state first: then the last words of a machine that stops are read. */
    gboolean was_running, runs = TRUE;
    g_autoptr(GError) error = NULL;
    g_auto(SbLease) lease = sb_lease_take(reading->operation->host, &error);
    g_autoptr(GBytes) bytes =
        lease.connection && look_at_state(reading, lease.connection, &was_running, &error)
            ? read_next(reading, lease.connection, &error)
            : NULL;
    if (bytes)
        tell(reading, bytes);
    if ((bytes && was_running) ||
        g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_DISCONNECTED))
        return G_SOURCE_CONTINUE;
    /* 'down' removes the log together with the machine: then the log is at its end. */
    gboolean is_removed = g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
    if (!bytes && !(is_removed && look_at_state(reading, lease.connection, &runs, NULL) && !runs))
        reading->error = g_steal_pointer(&error);
    sb_loop_end(reading->loop);
    return G_SOURCE_REMOVE;
}

static gboolean follow_on(Reading *reading, GError **error)
{
    g_autoptr(SbLoop) loop = sb_loop_new(reading->operation->cancellable, NULL, NULL);
    reading->loop = loop;
    guint timer = g_timeout_add(POLL_MS, on_poll, reading);
    sb_loop_wait(loop);
    GSource *left = g_main_context_find_source_by_id(NULL, timer);
    if (left)
        g_source_destroy(left);
    if (!reading->error)
        return TRUE;
    g_propagate_error(error, reading->error);
    return FALSE;
}

static GBytes *read_all(SbHost *host, const char *machine, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(host, error);
    g_autoptr(SbDomain) domain =
        lease.connection ? sb_lookup_machine(lease.connection, machine, error) : NULL;
    g_autoptr(SbPool) pool =
        domain ? sb_pool_open(lease.connection, domain->metadata->pool, NULL, error) : NULL;
    g_autoptr(SbConsoleLog) log = sb_console_log_new(machine);
    return pool ? sb_console_log_read(log, pool, error) : NULL;
}

GBytes *sb_log_of_boot(SbHost *host, const char *machine, int number, GError **error)
{
    g_autoptr(GBytes) all = read_all(host, machine, error);
    if (!all)
        return NULL;
    gsize length;
    const char *text = g_bytes_get_data(all, &length);
    g_autoptr(GArray) boots = sb_console_boots(text, length);
    int index = number > 0 ? number - 1 : (int)boots->len - 1 + number;
    if (index < 0 || index >= (int)boots->len)
        return sb_error_set_null(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                 "no boot %d: the console of '%s' shows %u since the start: 1 is "
                                 "the first, 0 the last, -1 the one before",
                                 number, machine, boots->len);
    gsize begin = g_array_index(boots, gsize, index);
    gsize end = index + 1 < (int)boots->len ? g_array_index(boots, gsize, index + 1) : length;
    return g_bytes_new_from_bytes(all, begin, end - begin);
}

/* Tells the whole log of MACHINE, and returns the machine. (transfer full) */
static SbDomain *begin(Reading *reading, const char *machine, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(reading->operation->host, error);
    g_autoptr(SbDomain) domain =
        lease.connection ? sb_lookup_machine(lease.connection, machine, error) : NULL;
    reading->domain = domain;
    g_autoptr(GBytes) bytes = domain ? read_next(reading, lease.connection, error) : NULL;
    if (!bytes)
        return NULL;
    tell(reading, bytes);
    return g_steal_pointer(&domain);
}

gboolean sb_log(const SbOperation *operation, const char *machine, gboolean follow, GError **error)
{
    g_autoptr(SbConsoleLog) log = sb_console_log_new(machine);
    Reading reading = {.operation = operation, .log = log};
    g_autoptr(SbDomain) domain = begin(&reading, machine, error);
    return domain && (!follow || follow_on(&reading, error));
}

char *sb_log_of_qemu(SbHost *host, const char *machine, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(host, error);
    g_autoptr(SbDomain) domain =
        lease.connection ? sb_lookup_machine(lease.connection, machine, error) : NULL;
    if (!domain)
        return NULL;
    char *text = sb_host_is_remote(host)
                     ? NULL
                     : sb_local_qemu_log(sb_host_is_privileged(host), domain->name);
    if (!text)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "QEMU's log of '%s' cannot be read here: on the libvirt host, it is "
                    "/var/log/libvirt/qemu/%s.log, and root reads it",
                    machine, machine);
    return text;
}
