/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One attempt to read the file at a URL, from an offset on. The error says whether another attempt
 * is worth it.
 *
 * https, http and file. Redirects are followed, at most ten of them, never from https to http, and
 * never to a file. Proxies are those of the environment (`https_proxy`, `http_proxy`, `no_proxy`),
 * authorities those of the system, or of the file that `CURL_CA_BUNDLE` names. A range is requested
 * on the condition that the file is still the same (RFC 9110, 13.1.5 and 14).
 *
 * Room: local (libcurl).
 * Threads: every call is independent.
 */
#pragma once

#include <gio/gio.h>

#define SB_URL_TRANSFER_ERROR (sb_url_transfer_error_quark())
GQuark sb_url_transfer_error_quark(void);

typedef enum {
    SB_URL_TRANSFER_ERROR_URL,       /**< not a URL that is read here */
    SB_URL_TRANSFER_ERROR_REFUSED,   /**< it will not get better: not found, not trusted, … */
    SB_URL_TRANSFER_ERROR_TEMPORARY, /**< another attempt may succeed */
    SB_URL_TRANSFER_ERROR_CHANGED,   /**< there is no such range: start over */
} SbUrlTransferError;

/** What an answer says before its body. */
typedef struct {
    guint64 offset;        /**< where the body belongs: the requested offset, or 0 */
    guint64 total_bytes;   /**< of the whole file; 0: not known */
    const char *validator; /**< (nullable) for a later request of a range */
} SbUrlHead;

/** Called once before the body. FALSE with an error ends the transfer with it. */
typedef gboolean (*SbUrlBeginFunc)(const SbUrlHead *head, gpointer data, GError **error);
/** Called for each piece of the body. FALSE with an error ends the transfer with it. */
typedef gboolean (*SbUrlWriteFunc)(const void *bytes, gsize length, gpointer data, GError **error);
/** Called at least once a second, in the thread of the transfer. */
typedef void (*SbUrlTickFunc)(gpointer data);

typedef struct {
    const char *url;
    guint64 offset;        /**< the first byte to read; not for file: URLs */
    guint64 total_bytes;   /**< what the file must have in all if OFFSET is not 0; 0: not known */
    const char *validator; /**< what the file was called when it was begun; NULL if OFFSET is 0 */
    SbUrlBeginFunc begin;
    SbUrlWriteFunc write;
    SbUrlTickFunc tick;
    gpointer data;
    GCancellable *cancellable; /**< (nullable) ends the transfer */
} SbUrlTransfer;

/**
 * Whether URL can be read.
 *
 * @param is_http_allowed  plain http can be read too: only if the file must have a digest
 * @return FALSE with SB_URL_TRANSFER_ERROR_URL
 */
gboolean sb_url_check(const char *url, gboolean is_http_allowed,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether URL is one of a local file. */
gboolean sb_url_is_file(const char *url);

/** The last part of URL's path, decoded: what a checksum file calls it. (transfer full) */
char *sb_url_basename(const char *url);

/**
 * Reads TRANSFER's URL, which sb_url_check() has passed.
 *
 * @return FALSE with an SbUrlTransferError, G_IO_ERROR_CANCELLED, or the error of a callback
 */
gboolean sb_url_transfer_run(const SbUrlTransfer *transfer,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
