/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The key `build` of a fleet file: the layers of a golden image.
 *
 * Room: fleet-file.
 * Threads: layers are only read, from any thread.
 */
#pragma once

#include "fleet-file/file-reference.h"
#include "fleet-file/fleet-file-values.h"

/** The files of one boot, which adds a layer to an image. */
typedef struct {
    SbMark mark;
    SbFileReference user_data;   /**< always given */
    SbFileReference vendor_data; /**< its path can be NULL: not given */
} SbBuildLayer;

/** The most layers of one image: each is a boot. */
#define SB_BUILD_MAX_LAYERS 20

/** Releases LAYER and what it holds. */
void sb_build_layer_free(SbBuildLayer *layer);

/** Reads LIST, the value of KEY, and adds its layers (of SbBuildLayer) to LAYERS. */
void sb_build_layers_read(const SbValueReader *reader, const char *key, const SbYamlNode *list,
                          GPtrArray *layers);

/** The keys of a layer. (transfer container) NULL-terminated; free with g_free() */
const char **sb_build_layer_keys(void);
