/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The warm images of a pool: a machine that was frozen while it ran, as a disk layer, its memory
 * and a record (model/warm-record.h has the names). New machines are thawed from it without a boot.
 *
 * The layer and the memory are never written again: the memory knows what is on the disk. The
 * record is written last and removed first, so a process that is killed leaves no warm image that
 * looks whole. Who freezes one has the domain `warm-KEY-vm-1` meanwhile: its name is the
 * reservation.
 *
 * Room: image.
 * Threads: any, each with its own SbPool.
 */
#pragma once

#include "libvirt/operation.h"
#include "libvirt/storage.h"
#include "model/warm-record.h"

#define SB_WARM_IMAGE_ERROR (sb_warm_image_error_quark())
GQuark sb_warm_image_error_quark(void);

typedef enum {
    SB_WARM_IMAGE_ERROR_UNKNOWN,  /**< there is no such warm image */
    SB_WARM_IMAGE_ERROR_DAMAGED,  /**< its content is not what was frozen */
    SB_WARM_IMAGE_ERROR_UNUSABLE, /**< it is not whole, is damaged, or was marked as unusable */
} SbWarmImageError;

typedef struct {
    char *key;
    char *name;               /**< "warm-KEY" */
    SbWarmRecord *record;     /**< (nullable) NULL: it is not whole */
    char *problem;            /**< (nullable) why it cannot be used */
    guint64 allocated_bytes;  /**< of all parts in the pool */
    guint64 memory_allocated; /**< of the memory alone */
} SbWarmImage;

/** Frees IMAGE, which is (nullable). */
void sb_warm_image_free(SbWarmImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbWarmImage, sb_warm_image_free)

/** The key in NAME, which is "warm-KEY"; NULL for other names. (transfer full) */
char *sb_warm_image_key(const char *name);

/** Lists all warm images, also those that are not whole: of SbWarmImage, by key. (transfer full) or
 * NULL with an SbLibvirtError */
GPtrArray *sb_warm_image_list(const SbPool *pool, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Finds the warm image KEY and looks at its parts. One that cannot be used has a `problem`.
 *
 * @return (transfer full) or NULL with SB_WARM_IMAGE_ERROR_UNKNOWN or an SbLibvirtError
 */
SbWarmImage *sb_warm_image_find(const SbPool *pool, const char *key,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Reads the layer and the memory of IMAGE back, and compares them with the digests of its record.
 * A thaw does not do that: it would take longer than the thaw.
 *
 * @param operation  its host is not used
 * @return FALSE with SB_WARM_IMAGE_ERROR_DAMAGED, G_IO_ERROR_CANCELLED or an SbLibvirtError
 */
gboolean sb_warm_image_verify(const SbOperation *operation, const SbPool *pool,
                              const SbWarmImage *image, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Makes a warm image whole: sets the sizes and digests of its parts in RECORD and writes that. With
 * a `problem`, only the record is written, in place of an older one.
 *
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_warm_image_publish(const SbPool *pool, SbWarmRecord *record, gboolean is_privileged,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Marks IMAGE as one that cannot be used, because of WHY. Its parts stay, for a look into them.
 *
 * The mark is a help for the next run. If it cannot be written, that run finds out again.
 */
void sb_warm_image_mark(const SbPool *pool, const SbWarmImage *image, const char *why,
                        gboolean is_privileged);

/** Removes all parts of the warm image KEY, as far as they exist. FALSE with an SbLibvirtError. The
 * result may be dropped. */
gboolean sb_warm_image_remove(const SbPool *pool, const char *key, GError **error);
