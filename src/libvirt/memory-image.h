/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The memory of a machine as a volume of a pool: saved, copied on the libvirt host, given the XML
 * of another machine, restored. All of it is done by libvirt's API alone, so it works with a remote
 * libvirtd too.
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/storage.h"
#include "model/saved-image.h"

/**
 * Saves the memory of DOMAIN into the volume NAME of POOL, and ends the domain. Blocks.
 *
 * @return FALSE with an SbLibvirtError; then the domain runs on, and the volume may be there in
 * part
 */
gboolean sb_memory_image_save(virDomain *domain, const SbPool *pool, const char *name,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Copies the volume FROM to a new volume NAME, on the libvirt host. Blocks.
 *
 * @param mode  of the new volume, as for sb_upload_volume_xml()
 * @return FALSE with an SbLibvirtError: SB_LIBVIRT_ERROR_EXISTS if NAME is taken
 */
gboolean sb_memory_image_copy(const SbPool *pool, const char *from, const char *name, guint mode,
                              gboolean is_privileged, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Reads the head of the volume NAME. (transfer full) or NULL with SB_SAVED_IMAGE_ERROR_INVALID or
 * an SbLibvirtError */
SbSavedImage *sb_memory_image_read(const SbPool *pool, const char *name,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Writes HEAD, of sb_saved_image_head(), over the head of the volume NAME.
 *
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_memory_image_write(const SbPool *pool, const char *name, GBytes *head,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Starts the domain whose XML is in the volume NAME, with the memory in it. If the domain is
 * defined, it stays defined as it is. Blocks.
 *
 * @param is_paused  with its CPUs stopped
 * @return FALSE with an SbLibvirtError: also if QEMU does not take the memory
 */
gboolean sb_memory_image_restore(virConnect *connection, const SbPool *pool, const char *name,
                                 gboolean is_paused, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The XML of DOMAIN, which is defined and off, in the form of a saved image: complete, with the
 * addresses of its devices.
 *
 * @return (transfer full) or NULL with an SbLibvirtError
 */
char *sb_memory_image_domain_xml(virDomain *domain, GError **error) G_GNUC_WARN_UNUSED_RESULT;
