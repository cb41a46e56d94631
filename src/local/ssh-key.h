/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * ed25519 key pairs in OpenSSH's formats, made in process.
 *
 * Room: local (libssh).
 * Threads: every function is reentrant.
 */
#pragma once

#include <glib.h>

#define SB_SSH_KEY_ERROR (sb_ssh_key_error_quark())
GQuark sb_ssh_key_error_quark(void);

typedef enum {
    SB_SSH_KEY_ERROR_GENERATE, /**< libssh could not make a key */
    SB_SSH_KEY_ERROR_FILE,     /**< the key file cannot be read or written, or is not a key */
} SbSshKeyError;

typedef struct {
    char *private_key; /**< "-----BEGIN OPENSSH PRIVATE KEY-----…", ends with a newline; wiped when
                          freed */
    char *public_key;  /**< "ssh-ed25519 AAAA…", without comment or newline */
} SbSshKey;

/** Wipes and frees KEY. */
void sb_ssh_key_free(SbSshKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbSshKey, sb_ssh_key_free)

/** Makes a new pair. (transfer full) or NULL with SB_SSH_KEY_ERROR_GENERATE */
SbSshKey *sb_ssh_key_generate(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * A private key in the format of dropbear's files, which is dropbear's signkey.c:
 * string "ssh-ed25519", string secret and public key (64 bytes).
 *
 * @param private_key  of an SbSshKey
 * @return (transfer full) a secret, or NULL if the text is not such a key
 */
GBytes *sb_ssh_key_for_dropbear(const char *private_key);

/** The fingerprint of PUBLIC_KEY, "TYPE AAAA…", as ssh shows it: "SHA256:…". (transfer full)
 * (nullable) NULL: it is not a key */
char *sb_ssh_key_fingerprint(const char *public_key);

/**
 * The public half of the key pair in the file PATH, which is made (mode 0600, with PATH.pub beside
 * it) if it is not there. PATH.pub is written again if it is missing or of another key.
 *
 * Several processes may do so at the same time: the file appears whole or not at all, and all get
 * the same key.
 *
 * A file that is not a key, has a passphrase, or may be read by others (ssh would refuse it) is an
 * error, and stays as it is.
 *
 * @return (transfer full) "ssh-ed25519 AAAA…", or NULL with an SbSshKeyError
 */
char *sb_ssh_key_ensure_file(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
