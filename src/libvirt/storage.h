/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Storage pools and volumes: all that seedbed does with files on the libvirt host goes through
 * here.
 *
 * Room: libvirt.
 * Threads: as libvirt's objects: any thread, one call at a time each.
 */
#pragma once

#include "libvirt/libvirt.h"
#include "model/storage-xml.h"

#define SB_STORAGE_ERROR (sb_storage_error_quark())
GQuark sb_storage_error_quark(void);

typedef enum {
    SB_STORAGE_ERROR_POOL_TYPE, /**< the pool's volumes are not files in one folder */
} SbStorageError;

/** A pool that is ready for use. */
typedef struct {
    virStoragePool *pool;
    char *name;
    char *directory;
} SbPool;

/** Frees POOL. It must be freed before its connection is given back. */
void sb_pool_free(SbPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbPool, sb_pool_free)

/**
 * Opens the pool NAME, and starts it if it is not active.
 *
 * @param make_in  (nullable) where to make it, as a pool of type dir, if it does not exist
 * @return (transfer full) or NULL with SB_LIBVIRT_ERROR_NOT_FOUND or another error
 */
SbPool *sb_pool_open(virConnect *connection, const char *name, const char *make_in,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Opens the pool whose volumes are the files in FOLDER.
 *
 * @param likely  the name that it probably has
 * @return (transfer full) or NULL with SB_LIBVIRT_ERROR_NOT_FOUND or another error
 */
SbPool *sb_pool_open_folder(virConnect *connection, const char *folder, const char *likely,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Opens all active pools whose volumes are files: of SbPool. (transfer full) or NULL with an
 * SbLibvirtError */
GPtrArray *sb_pool_open_all(virConnect *connection, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Opens the same pool over another connection, without asking libvirt again for what is known.
 * (transfer full) or NULL with an SbLibvirtError */
SbPool *sb_pool_reopen(const SbPool *pool, virConnect *connection,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Lets libvirt look for files that it did not make itself, such as console logs.
 *
 * Takes longer the more volumes there are, and waits (for seconds at most) while a volume is being
 * made.
 *
 * @return FALSE with an SbLibvirtError. The result may be dropped
 */
gboolean sb_pool_refresh(const SbPool *pool, GError **error);

/**
 * Looks whether the pool has room for NEEDED_BYTES more, as far as libvirt can say.
 *
 * @return FALSE with an SbLibvirtError, whose text has "No space left on device"
 */
gboolean sb_pool_check_room(const SbPool *pool, guint64 needed_bytes,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The path that volume NAME has or will have. (transfer full) */
char *sb_pool_path(const SbPool *pool, const char *name);

/** The names of all volumes of the pool: of char *. Cheaper than sb_pool_list(). (transfer full) or
 * NULL with an SbLibvirtError */
GPtrArray *sb_pool_list_names(const SbPool *pool, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Lists the volumes of the pool whose NAME is wanted. libvirt is asked about each of them.
 *
 * @return (transfer full) of SbVolumeInfo, or NULL with an SbLibvirtError
 */
GPtrArray *sb_pool_list(const SbPool *pool, gboolean (*is_wanted)(const char *name),
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The volume NAME; NULL with SB_LIBVIRT_ERROR_NOT_FOUND if there is none. (transfer full) */
virStorageVol *sb_volume_find(const SbPool *pool, const char *name,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Makes a volume from its XML. If several processes make the same name, one of them succeeds.
 *
 * @return (transfer full) or NULL, with SB_LIBVIRT_ERROR_EXISTS if the name is taken
 */
virStorageVol *sb_volume_create(const SbPool *pool, xmlDoc *xml,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Deletes the volume NAME. TRUE also if there is none; FALSE with an SbLibvirtError. The result
 * may be dropped. */
gboolean sb_volume_delete(const SbPool *pool, const char *name, GError **error);

/** How often to try again while libvirt is busy with a volume: for seconds at most. */
#define SB_VOLUME_RETRY                                                                            \
    {                                                                                              \
        .tries = 100, .pause_ms = 50                                                               \
    }

/** Whether the thread's last call failed because libvirt is busy with the volume for a moment. */
gboolean sb_volume_is_busy(void);

/** What libvirt says of VOLUME. (transfer full) or NULL with an SbLibvirtError */
SbVolumeInfo *sb_volume_describe(virStorageVol *volume, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The sizes of a volume, in bytes. */
typedef struct {
    guint64 capacity_bytes;  /**< the size of the disk that a machine sees */
    guint64 allocated_bytes; /**< that the volume takes in the pool, without holes */
    guint64 file_bytes;      /**< the length of its file */
} SbVolumeSizes;

/** Asks for the sizes of VOLUME. @return FALSE with an SbLibvirtError */
gboolean sb_volume_sizes(virStorageVol *volume, SbVolumeSizes *sizes_out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Makes a volume with the content that a guest sees in SOURCE, bases included. Blocks while that is
 * read.
 *
 * @param xml  of the new volume; its format may be another one
 * @return (transfer full) or NULL with an SbLibvirtError
 */
virStorageVol *sb_volume_create_from(const SbPool *pool, xmlDoc *xml, virStorageVol *source,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
