/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * OpenPGP signatures, checked by gpgv with a named keyring. The user's own keys and key servers are
 * never used.
 *
 * Room: local (gpgv).
 * Threads: every call is independent.
 */
#pragma once

#include <glib.h>

#define SB_SIGNATURE_ERROR (sb_signature_error_quark())
GQuark sb_signature_error_quark(void);

typedef enum {
    SB_SIGNATURE_ERROR_MISSING, /**< gpgv or the keyring is missing; the message says how to get it
                                 */
    SB_SIGNATURE_ERROR_BAD,     /**< the signature is not good, or of no key in the keyring */
    SB_SIGNATURE_ERROR_FAILED,  /**< it could not be checked */
} SbSignatureError;

typedef struct {
    const char *keyring; /**< file: OpenPGP keys, binary or in ASCII armour */
    const char *package; /**< (nullable) that has it, for the message where it is missing */
} SbKeyring;

/** Whether signatures can be checked with KEYRING: FALSE with SB_SIGNATURE_ERROR_MISSING. */
gboolean sb_signature_can_verify(const SbKeyring *keyring,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Verifies TEXT.
 *
 * @param signature   (nullable) its detached signature; NULL: TEXT has a cleartext signature
 * @param signer_out  (transfer full) who signed it, with the key's fingerprint
 * @return (transfer full) the part of TEXT that is signed, and nothing else; or NULL with an
 * SbSignatureError
 */
GBytes *sb_signature_verify(GBytes *text, GBytes *signature, const SbKeyring *keyring,
                            char **signer_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
