/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The libvirt host that machines run on, and who hears what is done there.
 *
 * Room: seedbed.
 * Threads: any, one call at a time.
 */
#pragma once

#include "seedbed/event.h"

G_BEGIN_DECLS

/**
 * @addtogroup seedbed
 * @{
 */

/** A libvirt host. */
typedef struct SeedbedHost SeedbedHost;

/**
 * Connects to a libvirtd, as virsh does.
 *
 * @param uri    (nullable) such as "qemu:///system"; NULL: $LIBVIRT_DEFAULT_URI, or else libvirt's
 *               own default
 * @param error  #SEEDBED_ERROR_INPUT, _UNREACHABLE, _DENIED, _EVENT_LOOP or _FAILED
 * @return (transfer full) free with seedbed_host_free(); NULL on failure
 */
SeedbedHost *seedbed_host_open(const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Closes the connections to HOST. No call with HOST may be at work. The machines stay. */
void seedbed_host_free(SeedbedHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SeedbedHost, seedbed_host_free)

/** The URI as libvirt completed it, such as "qemu:///system". (transfer none) */
const char *seedbed_host_get_uri(const SeedbedHost *host);

/** Sets the storage pool of images and machines; POOL (nullable) NULL: the default pool, as at the
 * beginning. */
void seedbed_host_set_pool(SeedbedHost *host, const char *pool);

/** From now on EVENT (nullable) is called with DATA for each event of calls with HOST. */
void seedbed_host_set_event_func(SeedbedHost *host, SeedbedEventFunc event, gpointer data);

/** @} */

G_END_DECLS
