/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain-events.h"

enum { RECONNECT_MS = 500 };

struct SbDomainEvents {
    SbHost *host;
    SbLease lease; /**< without a connection while libvirtd is away */
    SbDomainEventsCallbacks callbacks;
    gpointer data;
    int lifecycle, reboot; /**< ids, or -1 */
    guint reconnect;
};

static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail,
                        void *data)
{
    SbDomainEvents *events = data;
    char uuid[VIR_UUID_STRING_BUFLEN];
    if (virDomainGetUUIDString(domain, uuid) < 0)
        return 0;
    if (event == VIR_DOMAIN_EVENT_SUSPENDED || event == VIR_DOMAIN_EVENT_PMSUSPENDED ||
        event == VIR_DOMAIN_EVENT_STOPPED || event == VIR_DOMAIN_EVENT_CRASHED ||
        event == VIR_DOMAIN_EVENT_UNDEFINED)
        events->callbacks.troubled(uuid, events->data);
    return 0;
}

static void on_reboot(virConnectPtr connection, virDomainPtr domain, void *data)
{
    SbDomainEvents *events = data;
    char uuid[VIR_UUID_STRING_BUFLEN];
    if (events->callbacks.rebooted && virDomainGetUUIDString(domain, uuid) == 0)
        events->callbacks.rebooted(uuid, events->data);
}

static void on_closed(virConnectPtr connection, int reason, void *data);

static void close_connection(SbDomainEvents *events)
{
    virConnect *connection = events->lease.connection;
    if (!connection)
        return;
    virConnectUnregisterCloseCallback(connection, on_closed);
    if (events->lifecycle >= 0)
        virConnectDomainEventDeregisterAny(connection, events->lifecycle);
    if (events->reboot >= 0)
        virConnectDomainEventDeregisterAny(connection, events->reboot);
    virResetLastError();
    sb_lease_end(&events->lease);
}

static gboolean open_connection(SbDomainEvents *events, GError **error)
{
    events->lease = sb_lease_take(events->host, error);
    virConnect *connection = events->lease.connection;
    if (!connection)
        return FALSE;
    virConnectRegisterCloseCallback(connection, on_closed, events, NULL);
    events->lifecycle =
        virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                         VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), events, NULL);
    /* Only then: a further call would reset libvirt's error. */
    events->reboot =
        events->lifecycle < 0
            ? -1
            : virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_REBOOT,
                                               VIR_DOMAIN_EVENT_CALLBACK(on_reboot), events, NULL);
    if (events->reboot >= 0)
        return TRUE;
    sb_libvirt_set_error(error, "cannot watch the domains");
    close_connection(events);
    return FALSE;
}

static gboolean on_reconnect(gpointer data)
{
    SbDomainEvents *events = data;
    if (events->lease.connection) {
        if (events->callbacks.lost)
            events->callbacks.lost(events->data);
        close_connection(events);
    }
    if (!open_connection(events, NULL))
        return G_SOURCE_CONTINUE;
    events->reconnect = 0;
    if (events->callbacks.back)
        events->callbacks.back(events->lease.connection, events->data);
    return G_SOURCE_REMOVE;
}

static void on_closed(virConnectPtr connection, int reason, void *data)
{
    SbDomainEvents *events = data;
    /* Not here: libvirt is in the middle of closing it. */
    if (!events->reconnect)
        events->reconnect = g_timeout_add(RECONNECT_MS, on_reconnect, events);
}

SbDomainEvents *sb_domain_events_new(SbHost *host, const SbDomainEventsCallbacks *callbacks,
                                     gpointer data, GError **error)
{
    SbDomainEvents *events = g_new0(SbDomainEvents, 1);
    events->host = host;
    events->callbacks = *callbacks;
    events->data = data;
    events->lifecycle = events->reboot = -1;
    if (open_connection(events, error))
        return events;
    sb_domain_events_free(events);
    return NULL;
}

void sb_domain_events_free(SbDomainEvents *events)
{
    if (!events)
        return;
    g_clear_handle_id(&events->reconnect, g_source_remove);
    close_connection(events);
    g_free(events);
}

virConnect *sb_domain_events_connection(const SbDomainEvents *events)
{
    return events->lease.connection;
}
