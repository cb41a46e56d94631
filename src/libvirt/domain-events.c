/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain-events.h"

enum { RECONNECT_MS = 500 };

/* What libvirt has of an SbDomainEvents. If libvirt keeps a callback that should go, it calls it
 * later: then nothing is behind this any more. */
typedef struct {
    SbDomainEvents *events; /**< (nullable) */
} Link;

struct SbDomainEvents {
    SbHost *host;
    SbLease lease; /**< without a connection while libvirtd is away */
    Link *link;    /**< (nullable) of that connection */
    SbDomainEventsCallbacks callbacks;
    gpointer data;
    int lifecycle, reboot; /**< ids, or -1 */
    guint reconnect;
};

static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail,
                        void *data)
{
    SbDomainEvents *events = ((const Link *)data)->events;
    char uuid[VIR_UUID_STRING_BUFLEN];
    if (!events || virDomainGetUUIDString(domain, uuid) < 0)
        return 0;
    if (event == VIR_DOMAIN_EVENT_SUSPENDED || event == VIR_DOMAIN_EVENT_PMSUSPENDED ||
        event == VIR_DOMAIN_EVENT_STOPPED || event == VIR_DOMAIN_EVENT_CRASHED ||
        event == VIR_DOMAIN_EVENT_UNDEFINED)
        events->callbacks.troubled(uuid, events->data);
    return 0;
}

static void on_reboot(virConnectPtr connection, virDomainPtr domain, void *data)
{
    SbDomainEvents *events = ((const Link *)data)->events;
    char uuid[VIR_UUID_STRING_BUFLEN];
    if (events && events->callbacks.rebooted && virDomainGetUUIDString(domain, uuid) == 0)
        events->callbacks.rebooted(uuid, events->data);
}

static void on_closed(virConnectPtr connection, int reason, void *data);

/* FALSE also if it was not seen to be registered: libvirt may have it. */
static gboolean deregister(virConnect *connection, int *id)
{
    gboolean is_gone = *id >= 0 && virConnectDomainEventDeregisterAny(connection, *id) >= 0;
    *id = -1;
    return is_gone;
}

static void close_connection(SbDomainEvents *events)
{
    virConnect *connection = events->lease.connection;
    if (!connection)
        return;
    gboolean is_clean = virConnectUnregisterCloseCallback(connection, on_closed) >= 0;
    is_clean &= deregister(connection, &events->lifecycle);
    is_clean &= deregister(connection, &events->reboot);
    virResetLastError();
    events->link->events = NULL;
    g_clear_pointer(&events->link, g_atomic_rc_box_release);
    /* A connection takes no second callback of a kind. */
    if (is_clean)
        sb_lease_end(&events->lease);
    else
        sb_lease_close(&events->lease);
}

/* libvirt keeps a reference of the link until it has no callback any more. If it says that this
 * failed, it may have the callback all the same, so the reference is not taken back. */
static int watch(SbDomainEvents *events, int kind, virConnectDomainEventGenericCallback callback)
{
    Link *link = g_atomic_rc_box_acquire(events->link);
    return virConnectDomainEventRegisterAny(events->lease.connection, NULL, kind, callback, link,
                                            g_atomic_rc_box_release);
}

static void watch_connection(SbDomainEvents *events)
{
    Link *link = g_atomic_rc_box_acquire(events->link);
    virConnectRegisterCloseCallback(events->lease.connection, on_closed, link,
                                    g_atomic_rc_box_release);
}

static gboolean open_connection(SbDomainEvents *events, GError **error)
{
    events->lease = sb_lease_take(events->host, error);
    if (!events->lease.connection)
        return FALSE;
    events->link = g_atomic_rc_box_new0(Link);
    events->link->events = events;
    watch_connection(events);
    events->lifecycle =
        watch(events, VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle));
    /* Only then: a further call would reset libvirt's error. */
    if (events->lifecycle >= 0)
        events->reboot =
            watch(events, VIR_DOMAIN_EVENT_ID_REBOOT, VIR_DOMAIN_EVENT_CALLBACK(on_reboot));
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
    SbDomainEvents *events = ((const Link *)data)->events;
    /* Not here: libvirt is in the middle of closing it. */
    if (events && !events->reconnect)
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
