/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The record of a warm image: a small JSON document in a volume beside the frozen disk layer and
 * the memory. It is written last, so a warm image without a record is not whole.
 *
 * The volumes of the warm image KEY are `warm-KEY.layer.qcow2`, `warm-KEY.memory` and
 * `warm-KEY.json`. A record can also say only why a machine of this recipe cannot be frozen, or not
 * be thawed; then the volumes do not matter.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include "model/warm-recipe.h"

#define SB_WARM_RECORD_ERROR (sb_warm_record_error_quark())
GQuark sb_warm_record_error_quark(void);

typedef enum {
    SB_WARM_RECORD_ERROR_INVALID, /**< not a record, or a value is missing or not what we write */
} SbWarmRecordError;

/** The group of the machine that becomes a warm image. */
#define SB_WARM_TEMPLATE_GROUP "vm"

/** The size of the largest record. */
#define SB_WARM_RECORD_MAX_BYTES (64 * 1024)

typedef struct {
    SbWarmRecipe recipe;
    char *frozen;         /**< when, in ISO 8601, UTC */
    char *image;          /**< the volume of the base image */
    guint64 boot_ms;      /**< how long the boot took that a thawed machine saves */
    guint64 layer_bytes;  /**< the length of the frozen layer's file */
    guint64 memory_bytes; /**< the length of the memory's file */
    char *layer_sha256;   /**< (nullable) of the layer's file */
    char *memory_sha256;  /**< (nullable) of the memory's file */
    char *boot_id;        /**< (nullable) its boot, a UUID, if its cloud-init had nothing to tell */
    char *problem;        /**< (nullable) why it cannot be used */
} SbWarmRecord;

/** Releases RECORD (nullable) and what it holds. */
void sb_warm_record_free(SbWarmRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbWarmRecord, sb_warm_record_free)

/** A record of RECIPE (which is copied) upon the base image in the volume IMAGE, frozen now.
 * (transfer full) */
SbWarmRecord *sb_warm_record_new(const SbWarmRecipe *recipe, const char *image);

/** The JSON of RECORD. (transfer full) */
char *sb_warm_record_to_json(const SbWarmRecord *record);

/**
 * Reads the record of the warm image KEY. Every value must have the form that seedbed writes, and
 * the recipe must have that key.
 *
 * @param text  need not end with NUL
 * @return (transfer full) or NULL with SB_WARM_RECORD_ERROR_INVALID
 */
SbWarmRecord *sb_warm_record_parse(const char *key, const char *text, gsize length,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The parts of a warm image, each a volume. */
typedef enum { SB_WARM_LAYER, SB_WARM_MEMORY_IMAGE, SB_WARM_RECORD, SB_WARM_PARTS } SbWarmPart;

/** The volume of PART of the warm image KEY. (transfer full) */
char *sb_warm_volume_name(const char *key, SbWarmPart part);

/** The name of the machine that becomes the warm image KEY. (transfer full) */
char *sb_warm_template_name(const char *key);

/**
 * The key of the warm image that VOLUME is a part of.
 *
 * @param part_out  not written if it is none
 * @return (transfer full) or NULL if it is none
 */
char *sb_warm_volume_key(const char *volume, SbWarmPart *part_out);
