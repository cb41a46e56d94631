/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/fetch.h"

#include "base/error.h"
#include "local/signature.h"
#include "local/url-transfer.h"
#include "model/catalogue.h"
#include "model/checksum-file.h"

#include <string.h>

SB_DEFINE_ERROR(sb_fetch_error, SB_ERROR(SB_FETCH_ERROR_NO_DIGEST))

/* Real ones have some KiB. */
enum { MAX_CHECKSUMS_BYTES = 4 * 1024 * 1024 };

void sb_fetched_free(SbFetched *fetched)
{
    g_free(fetched->path);
    g_free(fetched->verified);
    g_free(fetched);
}

static GBytes *get(const SbFetchRequest *request, const char *url, GError **error)
{
    const SbDownloadRequest small = {
        .url = url, .progress = request->progress, .data = request->data};
    return sb_download_bytes(&small, MAX_CHECKSUMS_BYTES, error);
}

/* What of the checksum file can be relied on; WHY_OUT says why. */
static GBytes *get_checksums(const SbFetchRequest *request, char **why_out, GError **error)
{
    const SbKeyring keyring = {request->keyring, request->keyring_package};
    if (request->signature && !sb_signature_can_verify(&keyring, error))
        return NULL;
    g_autoptr(GBytes) text = get(request, request->checksums, error);
    if (!text || !request->signature) {
        *why_out = g_strdup("which is not signed");
        return g_steal_pointer(&text);
    }
    gboolean is_inside = strcmp(request->signature, SB_SIGNATURE_INSIDE) == 0;
    g_autoptr(GBytes) signature = is_inside ? NULL : get(request, request->signature, error);
    if (!is_inside && !signature)
        return NULL;
    g_autofree char *signer = NULL;
    GBytes *verified = sb_signature_verify(text, signature, &keyring, &signer, error);
    if (!verified)
        g_prefix_error(error, "cannot trust '%s': ", request->checksums);
    else
        *why_out =
            g_strdup_printf("signed by %s, as the keyring '%s' says", signer, request->keyring);
    return verified;
}

/* Whether the checksum file is about this image alone: its name begins with the image's. */
static gboolean is_of_one(const SbFetchRequest *request, const char *name)
{
    g_autofree char *checksums = sb_url_basename(request->checksums);
    return g_str_has_prefix(checksums, name);
}

static gboolean find_digest(const SbFetchRequest *request, SbDigest *digest_out,
                            char **verified_out, GError **error)
{
    g_autofree char *why = NULL, *name = sb_url_basename(request->url);
    g_autoptr(GBytes) checksums = get_checksums(request, &why, error);
    if (!checksums)
        return FALSE;
    gsize length;
    const char *text = g_bytes_get_data(checksums, &length);
    g_autoptr(GError) cause = NULL;
    if (!sb_checksum_file_find(text ? text : "", length, name, is_of_one(request, name), digest_out,
                               &cause)) {
        g_set_error(error, SB_FETCH_ERROR, SB_FETCH_ERROR_CHECKSUMS,
                    "cannot use the checksum file '%s': %s", request->checksums, cause->message);
        return FALSE;
    }
    *verified_out = g_strdup_printf("%s from '%s', %s", sb_digest_type_name(digest_out->type),
                                    request->checksums, why);
    return TRUE;
}

SbFetched *sb_fetch(const SbFetchRequest *request, GError **error)
{
    SbDigest digest;
    g_autofree char *verified = NULL;
    if (request->digest) {
        digest = *request->digest;
        verified = g_strdup_printf("%s as given", sb_digest_type_name(digest.type));
    } else if (request->checksums) {
        if (!find_digest(request, &digest, &verified, error))
            return NULL;
    } else if (!request->allows_no_digest) {
        g_set_error(error, SB_FETCH_ERROR, SB_FETCH_ERROR_NO_DIGEST,
                    "'%s' is refused without a digest: give --sha256 or --sha512, or take whatever "
                    "comes with --insecure-no-digest",
                    request->url);
        return NULL;
    }
    const SbDownloadRequest file = {.url = request->url,
                                    .digest = verified ? &digest : NULL,
                                    .progress = request->progress,
                                    .data = request->data};
    g_autoptr(SbFetched) fetched = g_new0(SbFetched, 1);
    fetched->path = sb_download_file(&file, &fetched->digest, error);
    if (!fetched->path)
        return NULL;
    fetched->verified = verified ? g_steal_pointer(&verified)
                                 : g_strdup("nothing: no digest was given, it is what came");
    return g_steal_pointer(&fetched);
}
