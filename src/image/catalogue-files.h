/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The catalogue of images as a user sees it: the catalogue that ships, the administrator's, and
 * `$XDG_CONFIG_HOME/seedbed/catalogue.yaml`. The names of a later file win.
 *
 * Room: image.
 * Threads: any.
 */
#pragma once

#include "image/catalogue.h"

/** The administrator's catalogue. */
#define SB_CATALOGUE_OF_HOST "/etc/seedbed/catalogue.yaml"

/**
 * Loads the catalogue.
 *
 * @param of_host  the administrator's: SB_CATALOGUE_OF_HOST
 * @return (transfer full) or NULL with SB_CATALOGUE_ERROR_FILE, whose message has every finding
 * about the file that is wrong
 */
SbCatalogue *sb_catalogue_files_load(const char *of_host, GError **error) G_GNUC_WARN_UNUSED_RESULT;
