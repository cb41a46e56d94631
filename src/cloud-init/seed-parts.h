/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The parts of a NoCloud seed: meta-data, network-config, and the user's user-data together with
 * the harness.
 *
 * The harness (cloud-init/harness.yaml) is a cloud-config part of its own in a MIME multipart. Its
 * rules merge it into the user's part. vendor-data would not do: a user's `users:` would replace
 * it, and `vendor_data: {enabled: false}` turns it off. Formats:
 * https://cloudinit.readthedocs.io/en/latest/explanation/format.html and
 * …/reference/datasources/nocloud.html
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "cloud-init/user-data.h"

#include <glib.h>

/** The facts about one machine for the harness. */
typedef struct {
    const char *login;
    const char *client_public_key; /**< one line, OpenSSH's format */
    const char *host_private_key;  /**< OpenSSH's PEM-like format, several lines */
    const char *host_public_key;   /**< one line */
    const char *environment;      /**< (nullable) for sh(1): what exports the machine's variables */
    const char *environment_path; /**< the file of the guest that gets that */
    const char *boot_command;     /**< (nullable) for sh(1): what runs at each boot; one line */
} SbHarness;

/**
 * The user-data of a machine: a MIME multipart of the user's part and the harness.
 *
 * The user's part is unchanged, but unpacked if it was gzip: cloud-init 22.4 reads fewer formats in
 * a compressed part than in a compressed file. If cloud-init would make the distribution's own
 * account without the harness, it does so with it, too. Equal arguments give equal bytes.
 *
 * @param user_data  (nullable) from the user; it passed sb_user_data_check()
 * @param harness    names and keys in printable ASCII without `"` and `\`; the private key may
 * have newlines
 * @return (transfer full), to be treated as a secret
 */
GBytes *sb_seed_user_data(GBytes *user_data, const SbHarness *harness);

/** The meta-data: `instance-id` is the domain's UUID, so that a new machine is a new instance; and
 * `local-hostname`. (transfer full) */
GBytes *sb_seed_meta_data(const char *uuid, const char *hostname);

/** A network card. */
typedef struct {
    const char *mac;
    gboolean is_optional; /**< the boot does not wait for its address */
} SbSeedCard;

/**
 * The network-config, version 2: DHCP on each of COUNT cards. The routes of an earlier card have
 * precedence.
 *
 * It has `dhcp-identifier: mac`, because networkd's own identifier comes from the machine-id, which
 * clones share.
 *
 * @return (transfer full)
 */
GBytes *sb_seed_network_config(const SbSeedCard *cards, guint count);
