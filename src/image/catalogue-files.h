/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The catalogue of images as a user sees it: the one that ships, and
 * `$XDG_CONFIG_HOME/seedbed/catalogue.yaml`, whose names win.
 *
 * Room: image.
 * Threads: any.
 */
#pragma once

#include "model/catalogue.h"

/**
 * Loads the catalogue.
 *
 * @return (transfer full) or NULL with SB_CATALOGUE_ERROR_FILE, whose message has every finding
 * about the user's file
 */
SbCatalogue *sb_catalogue_files_load(GError **error) G_GNUC_WARN_UNUSED_RESULT;
