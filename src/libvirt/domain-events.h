/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Events of domains, as libvirt tells them: a domain stops, resets, or is paused by a disk that
 * fails. Survives a restart of libvirtd.
 *
 * Room: libvirt.
 * Threads: the main loop's.
 */
#pragma once

#include "libvirt/host.h"

/** Each but the first is (nullable). */
typedef struct {
    /** The domain with UUID stopped, crashed, was paused, or does not exist any more. */
    void (*troubled)(const char *uuid, gpointer data);
    /** The guest reset itself, or was reset. */
    void (*rebooted)(const char *uuid, gpointer data);
    /** libvirtd is away; objects that were opened through the connection are void. */
    void (*lost)(gpointer data);
    /** It is back; events may have been missed. */
    void (*back)(virConnect *connection, gpointer data);
} SbDomainEventsCallbacks;

typedef struct SbDomainEvents SbDomainEvents;

/** Listens. (transfer full) or NULL with an SbLibvirtError */
SbDomainEvents *sb_domain_events_new(SbHost *host, const SbDomainEventsCallbacks *callbacks,
                                     gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** Stops listening. */
void sb_domain_events_free(SbDomainEvents *events);

/** The connection that events come from; NULL while libvirtd is away. (transfer none) */
virConnect *sb_domain_events_connection(const SbDomainEvents *events);
