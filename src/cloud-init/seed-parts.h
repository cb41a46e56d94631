/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What goes into a NoCloud seed: meta-data, network-config, and the user's user-data with the
 * harness beside it.
 *
 * The harness (cloud-init/harness.yaml) is a cloud-config part of its own in a MIME multipart, with
 * rules that merge it into the user's: vendor-data would be replaced by a user's `users:`, and
 * `vendor_data: {enabled: false}` turns it off. Formats:
 * https://cloudinit.readthedocs.io/en/latest/explanation/format.html and
 * …/reference/datasources/nocloud.html
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "cloud-init/user-data.h"

#include <glib.h>

/** What the harness needs to know about one machine. */
typedef struct {
    const char *login;
    const char *client_public_key; /**< one line, OpenSSH's format */
    const char *host_private_key;  /**< OpenSSH's PEM-like format, several lines */
    const char *host_public_key;   /**< one line */
} SbHarness;

/**
 * The user-data of a machine: a MIME multipart of the user's part, unchanged (but unpacked, if it
 * was gzip: cloud-init 22.4 reads less formats in a compressed part than in a compressed file), and
 * the harness.
 *
 * The distribution's own account is made whenever cloud-init would have made it without the
 * harness. Equal arguments give equal bytes.
 *
 * @param user_data  (nullable) what the user gave; it passed sb_user_data_check()
 * @param harness    names and keys in printable ASCII without `"` and `\`; the private key may
 * have newlines
 * @return (transfer full), to be treated as a secret
 */
GBytes *sb_seed_user_data(GBytes *user_data, const SbHarness *harness);

/** meta-data: `instance-id` (the domain's UUID, so that a new machine is a new instance) and
 * `local-hostname`. (transfer full) */
GBytes *sb_seed_meta_data(const char *uuid, const char *hostname);

/**
 * network-config, version 2: DHCP on the interface that has MAC.
 *
 * `dhcp-identifier: mac`, because networkd's own comes from the machine-id, which clones share.
 * @return (transfer full)
 */
GBytes *sb_seed_network_config(const char *mac);
