/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/signature.h"

#include "base/error.h"
#include "base/text.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_signature_error, SB_ERROR(SB_SIGNATURE_ERROR_MISSING))

static const char armour_begin[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
static const char armour_end[] = "-----END PGP PUBLIC KEY BLOCK-----";

/* What gpgv's status lines say (doc/DETAILS of GnuPG). */
typedef struct {
    gboolean is_good;
    gboolean is_bad;
    char *user; /* of a good one */
    char *fingerprint;
} Verdict;

gboolean sb_signature_can_verify(const SbKeyring *keyring, GError **error)
{
    g_autofree char *program = g_find_program_in_path("gpgv");
    if (!program)
        return sb_error_set(
            error, SB_SIGNATURE_ERROR, SB_SIGNATURE_ERROR_MISSING,
            "cannot check the signature: gpgv is not there, install the package 'gpgv'");
    if (g_access(keyring->keyring, R_OK) == 0)
        return TRUE;
    return sb_error_set(error, SB_SIGNATURE_ERROR, SB_SIGNATURE_ERROR_MISSING,
                        "cannot check the signature: there is no keyring '%s'; %s%s%s, or name a "
                        "file with the distribution's keys with --keyring",
                        keyring->keyring, keyring->package ? "install the package '" : "make it",
                        keyring->package ? keyring->package : "", keyring->package ? "'" : "");
}

/* ---- the files that gpgv reads ---- */

static char *write_file(const char *folder, const char *name, const void *data, gsize length,
                        GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return g_file_set_contents_full(path, data, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600,
                                    error)
               ? g_steal_pointer(&path)
               : NULL;
}

static char *write_bytes(const char *folder, const char *name, GBytes *bytes, GError **error)
{
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    return write_file(folder, name, data ? data : "", length, error);
}

/* Takes the armour (RFC 9580, 6.2) off all blocks of TEXT: gpgv reads binary keyrings only. */
static GByteArray *dearmour(const char *text)
{
    GByteArray *keys = g_byte_array_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) block = NULL;
    gboolean is_head = FALSE;
    for (gsize i = 0; lines[i]; i++) {
        const char *line = g_strstrip(lines[i]);
        if (strcmp(line, armour_begin) == 0) {
            if (block)
                g_string_free(block, TRUE);
            block = g_string_new(NULL);
            is_head = TRUE;
        } else if (block && strcmp(line, armour_end) == 0) {
            gsize length = 0;
            g_autofree guchar *key = g_base64_decode(block->str, &length);
            g_byte_array_append(keys, key, (guint)length);
            g_string_free(g_steal_pointer(&block), TRUE);
        } else if (block && is_head) {
            is_head = *line != '\0';
        } else if (block && *line != '=') {
            g_string_append(block, line);
        }
    }
    return keys;
}

/* (transfer full) the path of the keyring in a form that gpgv reads */
static char *usable_keyring(const SbKeyring *keyring, const char *folder, GError **error)
{
    g_autofree char *content = NULL;
    gsize length;
    if (!g_file_get_contents(keyring->keyring, &content, &length, error))
        return NULL;
    if (!strstr(content, armour_begin))
        return g_canonicalize_filename(keyring->keyring, NULL);
    g_autoptr(GByteArray) keys = dearmour(content);
    return write_file(folder, "keyring.gpg", keys->data, keys->len, error);
}

/* ---- gpgv ---- */

static void verdict_clear(Verdict *verdict)
{
    g_free(verdict->user);
    g_free(verdict->fingerprint);
}

/* The part of STATUS behind KEYWORD and a space. */
static const char *status_argument(const char *status, const char *keyword)
{
    gsize length = strlen(keyword);
    return strncmp(status, keyword, length) == 0 && status[length] == ' ' ? status + length + 1
                                                                          : NULL;
}

static void read_status(Verdict *verdict, const char *status)
{
    static const char *const bad[] = {"BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG"};
    const char *good = status_argument(status, "GOODSIG");
    const char *valid = status_argument(status, "VALIDSIG");
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        verdict->is_bad |= status_argument(status, bad[i]) != NULL;
    if (good && !verdict->is_good) {
        const char *space = strchr(good, ' ');
        verdict->is_good = TRUE;
        verdict->user = sb_text_one_line(space ? space + 1 : good);
    }
    if (valid && !verdict->fingerprint)
        verdict->fingerprint = g_strndup(valid, strcspn(valid, " "));
}

static Verdict read_verdict(const char *messages)
{
    Verdict verdict = {0};
    g_auto(GStrv) lines = g_strsplit(messages, "\n", -1);
    for (gsize i = 0; lines[i]; i++)
        if (g_str_has_prefix(lines[i], "[GNUPG:] "))
            read_status(&verdict, lines[i] + strlen("[GNUPG:] "));
    return verdict;
}

/* gpgv's own words, without the status lines. (transfer full) */
static char *spoken(const char *messages)
{
    g_autoptr(GString) words = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(messages, "\n", -1);
    for (gsize i = 0; lines[i]; i++)
        if (*lines[i] && !g_str_has_prefix(lines[i], "[GNUPG:] "))
            g_string_append_printf(words, "\n  %s", lines[i]);
    return sb_text_sanitize(words->str, words->len);
}

static GBytes *run_gpgv(const char *const *argv, GBytes *text, gboolean is_detached,
                        const SbKeyring *keyring, char **signer_out, GError **error)
{
    g_autoptr(GSubprocess) process = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error);
    g_autoptr(GBytes) output = NULL, messages = NULL;
    if (!process || !g_subprocess_communicate(process, NULL, NULL, &output, &messages, error))
        return NULL;
    gsize length;
    const char *data = g_bytes_get_data(messages, &length);
    g_autofree char *said = g_strndup(data ? data : "", length);
    Verdict verdict = read_verdict(said);
    gboolean is_good = g_subprocess_get_successful(process) && verdict.is_good && !verdict.is_bad &&
                       verdict.fingerprint;
    if (is_good) {
        *signer_out = g_strdup_printf("%s (key %s)", verdict.user, verdict.fingerprint);
    } else {
        g_autofree char *words = spoken(said);
        g_set_error(error, SB_SIGNATURE_ERROR, SB_SIGNATURE_ERROR_BAD,
                    "the signature is not good by the keyring '%s'; gpgv says:%s", keyring->keyring,
                    words);
    }
    verdict_clear(&verdict);
    return is_good ? g_bytes_ref(is_detached ? text : output) : NULL;
}

static GBytes *verify_in(const char *folder, GBytes *text, GBytes *signature,
                         const SbKeyring *keyring, char **signer_out, GError **error)
{
    g_autofree char *keys = usable_keyring(keyring, folder, error);
    g_autofree char *text_path = keys ? write_bytes(folder, "text", text, error) : NULL;
    g_autofree char *signature_path =
        text_path && signature ? write_bytes(folder, "signature", signature, error) : NULL;
    if (!text_path || (signature && !signature_path))
        return NULL;
    /* With --output, the signed part comes from gpgv itself, not from another reading of TEXT. */
    const char *const inside[] = {"gpgv",     "--status-fd", "2",       "--keyring", keys,
                                  "--output", "-",           text_path, NULL};
    const char *const detached[] = {"gpgv", "--status-fd",  "2",       "--keyring",
                                    keys,   signature_path, text_path, NULL};
    return run_gpgv(signature ? detached : inside, text, signature != NULL, keyring, signer_out,
                    error);
}

GBytes *sb_signature_verify(GBytes *text, GBytes *signature, const SbKeyring *keyring,
                            char **signer_out, GError **error)
{
    static const char *const names[] = {"text", "signature", "keyring.gpg"};
    if (!sb_signature_can_verify(keyring, error))
        return NULL;
    g_autoptr(GError) cause = NULL;
    g_autofree char *folder = g_dir_make_tmp("seedbed-gpgv-XXXXXX", &cause);
    GBytes *verified =
        folder ? verify_in(folder, text, signature, keyring, signer_out, &cause) : NULL;
    for (gsize i = 0; folder && i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_unlink(path);
    }
    if (folder)
        g_rmdir(folder);
    if (!verified && cause->domain == SB_SIGNATURE_ERROR)
        g_propagate_error(error, g_steal_pointer(&cause));
    else if (!verified)
        g_set_error(error, SB_SIGNATURE_ERROR, SB_SIGNATURE_ERROR_FAILED,
                    "cannot check the signature: %s", cause->message);
    return verified;
}
