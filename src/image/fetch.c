/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/fetch.h"

#include "base/error.h"
#include "image/checksum-file.h"
#include "image/newest-name.h"
#include "local/download.h"
#include "local/signature.h"
#include "local/url-transfer.h"

#include <string.h>

SB_DEFINE_ERROR(sb_fetch_error, SB_ERROR(SB_FETCH_ERROR_NO_DIGEST))

/* Real ones have some KiB. */
enum { MAX_CHECKSUMS_BYTES = 4 * 1024 * 1024 };

void sb_fetched_free(SbFetched *fetched)
{
    g_free(fetched->url);
    g_free(fetched->path);
    g_free(fetched->verified);
    g_free(fetched);
}

SbFetchRequest sb_fetch_request(const SbCatalogueImage *image)
{
    return (SbFetchRequest){.url = image->url,
                            .index = image->index,
                            .digest = image->has_digest ? &image->digest : NULL,
                            .checksums = image->checksums,
                            .signature = image->signature,
                            .keyring = image->keyring,
                            .keyring_package = image->keyring_package};
}

/* One fetch, in its thread. */
typedef struct {
    const SbFetchRequest *request;
    const SbOperation *operation;
    char *url, *checksums, *signature; /* of the request, with the newest name in them */
    SbDigest digest;
    char *verified; /* (nullable) who says that digest; NULL: nobody */
    SbFetched *fetched;
} Fetch;

static void fetch_clear(Fetch *fetch)
{
    g_free(fetch->url);
    g_free(fetch->checksums);
    g_free(fetch->signature);
    g_free(fetch->verified);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fetch, fetch_clear)

static void on_progress(const SbDownloadState *state, gpointer data)
{
    const Fetch *fetch = data;
    g_autofree char *again = state->phase == SB_DOWNLOAD_RETRYING
                                 ? g_strdup_printf("%s: trying again", state->reason)
                                 : NULL;
    SbEvent event = {.kind = SB_EVENT_PROGRESS};
    if (state->phase == SB_DOWNLOAD_RECEIVING)
        event = (SbEvent){.kind = SB_EVENT_PROGRESS,
                          .text = "downloading",
                          .done = state->done_bytes,
                          .total = state->total_bytes,
                          .per_second = state->bytes_per_second};
    else if (state->phase == SB_DOWNLOAD_CHECKING)
        event.text = "reading the file that is in the cache";
    else
        event.text = again ? again : "another process downloads it: waiting";
    sb_operation_tell(fetch->operation, &event);
}

static SbDownloadRequest download_request(Fetch *fetch, const char *url)
{
    return (SbDownloadRequest){.url = url,
                               .progress = on_progress,
                               .data = fetch,
                               .cancellable = fetch->operation->cancellable};
}

static GBytes *get(Fetch *fetch, const char *url, GError **error)
{
    const SbDownloadRequest small = download_request(fetch, url);
    return sb_download_bytes(&small, MAX_CHECKSUMS_BYTES, error);
}

/* Puts the newest name into the URLs, if the request leaves it open. */
static gboolean resolve(Fetch *fetch, GError **error)
{
    const SbFetchRequest *request = fetch->request;
    g_autofree char *word = NULL;
    if (request->index) {
        g_autoptr(GBytes) index = get(fetch, request->index, error);
        g_autofree char *pattern = sb_url_basename(request->url);
        if (!index)
            return FALSE;
        gsize length;
        const char *text = g_bytes_get_data(index, &length);
        word = sb_newest_name_find(text ? text : "", length, pattern);
        if (!word)
            return sb_error_set(error, SB_FETCH_ERROR, SB_FETCH_ERROR_INDEX,
                                "'%s' names no file of the form '%s'", request->index, pattern);
    }
    fetch->url = sb_newest_name_put(request->url, word);
    fetch->checksums = sb_newest_name_put(request->checksums, word);
    fetch->signature = sb_newest_name_put(request->signature, word);
    return TRUE;
}

/* The part of the checksum file that can be relied on; WHY_OUT says why. */
static GBytes *get_checksums(Fetch *fetch, char **why_out, GError **error)
{
    const SbFetchRequest *request = fetch->request;
    const SbKeyring keyring = {request->keyring, request->keyring_package};
    if (fetch->signature && !sb_signature_can_verify(&keyring, error))
        return NULL;
    g_autoptr(GBytes) text = get(fetch, fetch->checksums, error);
    if (!text || !fetch->signature) {
        *why_out = g_strdup("which is not signed");
        return g_steal_pointer(&text);
    }
    gboolean is_inside = strcmp(fetch->signature, SB_SIGNATURE_INSIDE) == 0;
    g_autoptr(GBytes) signature = is_inside ? NULL : get(fetch, fetch->signature, error);
    if (!is_inside && !signature)
        return NULL;
    g_autofree char *signer = NULL;
    GBytes *verified = sb_signature_verify(text, signature, &keyring, &signer, error);
    if (!verified)
        g_prefix_error(error, "cannot trust '%s': ", fetch->checksums);
    else
        *why_out =
            g_strdup_printf("signed by %s, as the keyring '%s' says", signer, request->keyring);
    return verified;
}

/* Whether the checksum file is about this image alone: its name begins with the image's. */
static gboolean is_of_one(const Fetch *fetch, const char *name)
{
    g_autofree char *checksums = sb_url_basename(fetch->checksums);
    return g_str_has_prefix(checksums, name);
}

static gboolean read_checksums(Fetch *fetch, GError **error)
{
    g_autofree char *why = NULL, *name = sb_url_basename(fetch->url);
    g_autoptr(GBytes) checksums = get_checksums(fetch, &why, error);
    if (!checksums)
        return FALSE;
    gsize length;
    const char *text = g_bytes_get_data(checksums, &length);
    g_autoptr(GError) cause = NULL;
    if (!sb_checksum_file_find(text ? text : "", length, name, is_of_one(fetch, name),
                               &fetch->digest, &cause))
        return sb_error_set(error, SB_FETCH_ERROR, SB_FETCH_ERROR_CHECKSUMS,
                            "cannot use the checksum file '%s': %s", fetch->checksums,
                            cause->message);
    fetch->verified = g_strdup_printf("%s from '%s', %s", sb_digest_type_name(fetch->digest.type),
                                      fetch->checksums, why);
    return TRUE;
}

/* Finds out which digest the file must have. */
static gboolean find_digest(const SbOperation *operation, gpointer data, GError **error)
{
    Fetch *fetch = data;
    const SbFetchRequest *request = fetch->request;
    fetch->operation = operation;
    if (!resolve(fetch, error))
        return FALSE;
    if (request->digest) {
        fetch->digest = *request->digest;
        fetch->verified = g_strdup_printf("%s as given", sb_digest_type_name(fetch->digest.type));
        return TRUE;
    }
    if (fetch->checksums)
        return read_checksums(fetch, error);
    if (request->allows_no_digest)
        return TRUE;
    return sb_error_set(error, SB_FETCH_ERROR, SB_FETCH_ERROR_NO_DIGEST,
                        "'%s' is refused without a digest: give --sha256 or --sha512, or take "
                        "whatever comes with --insecure-no-digest",
                        fetch->url);
}

static gboolean fetch(const SbOperation *operation, gpointer data, GError **error)
{
    Fetch *fetch = data;
    if (!find_digest(operation, fetch, error))
        return FALSE;
    SbDownloadRequest file = download_request(fetch, fetch->url);
    file.digest = fetch->verified ? &fetch->digest : NULL;
    g_autoptr(SbFetched) fetched = g_new0(SbFetched, 1);
    fetched->path = sb_download_file(&file, &fetched->digest, error);
    if (!fetched->path)
        return FALSE;
    fetched->url = g_strdup(fetch->url);
    fetched->verified =
        g_strdup(fetch->verified ? fetch->verified : "nothing: no digest was given");
    fetch->fetched = g_steal_pointer(&fetched);
    return TRUE;
}

gboolean sb_fetch_digest(const SbOperation *operation, const SbFetchRequest *request,
                         SbDigest *digest_out, GError **error)
{
    g_auto(Fetch) work = {.request = request};
    if (!sb_operation_run_beside(operation, "look", find_digest, &work, error))
        return FALSE;
    *digest_out = work.digest;
    return TRUE;
}

SbFetched *sb_fetch(const SbOperation *operation, const SbFetchRequest *request, GError **error)
{
    g_auto(Fetch) work = {.request = request};
    if (!sb_operation_run_beside(operation, "fetch", fetch, &work, error))
        return NULL;
    const SbDigest *digest = &work.fetched->digest;
    g_autofree char *text =
        g_strdup_printf("fetched '%s'\n  %s %s\n  verified: %s", work.fetched->url,
                        sb_digest_type_name(digest->type), digest->hex, work.fetched->verified);
    sb_operation_note(operation, NULL, text);
    return work.fetched;
}
