/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The meta-data of a seed that is made of files as they are: its instance-id follows from them.
 *
 * cloud-init configures a machine again when the instance-id is another one:
 * https://cloudinit.readthedocs.io/en/latest/explanation/boot.html
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** What else is in the seed. */
typedef struct {
    GBytes *user_data;      /**< (nullable) */
    GBytes *network_config; /**< (nullable) */
    GBytes *vendor_data;    /**< (nullable) */
    const char *hostname;   /**< (nullable) becomes the local-hostname */
} SbSeedMeta;

/** meta-data whose instance-id is a digest of CONTENT: another content is a new instance.
 * (transfer full) */
GBytes *sb_seed_meta_make(const SbSeedMeta *content);

/** The text of KEY in META_DATA (nullable), in one line. (transfer full) (nullable): there is no
 * such text */
char *sb_seed_meta_text(GBytes *meta_data, const char *key);

/** Whether NAME can be a local-hostname, with or without a domain. */
gboolean sb_seed_meta_is_hostname(const char *name);
