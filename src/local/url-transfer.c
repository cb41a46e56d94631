/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/url-transfer.h"

#include "base/error.h"
#include "base/text.h"

#include <curl/curl.h>
#include <string.h>

SB_DEFINE_ERROR(sb_url_transfer_error, SB_ERROR(SB_URL_TRANSFER_ERROR_URL))

enum {
    CONNECT_TIMEOUT_S = 30,
    STALLED_S = 30, /* no byte for this long: the connection is dead */
    REDIRECTS = 10,
};

/* Of the answer on its way; a redirect's is forgotten when the next one begins. */
typedef struct {
    char *etag;
    char *last_modified;
    gboolean has_range;
    guint64 range_start;
    guint64 range_total; /* 0: not known */
} Headers;

typedef struct {
    const SbUrlTransfer *transfer;
    CURL *curl;
    Headers headers;
    gboolean has_begun;
    GError *error; /* of a callback */
} Run;

gboolean sb_url_is_file(const char *url)
{
    return g_ascii_strncasecmp(url, "file:", 5) == 0;
}

gboolean sb_url_check(const char *url, gboolean is_http_allowed, GError **error)
{
    g_autofree char *scheme = g_uri_parse_scheme(url);
    if (g_strcmp0(scheme, "https") == 0 || g_strcmp0(scheme, "file") == 0 ||
        (is_http_allowed && g_strcmp0(scheme, "http") == 0))
        return TRUE;
    if (g_strcmp0(scheme, "http") == 0)
        g_set_error(error, SB_URL_TRANSFER_ERROR, SB_URL_TRANSFER_ERROR_URL,
                    "'%s' is refused: anybody on the way can change plain http, so use https, or "
                    "give the file's digest",
                    url);
    else
        g_set_error(error, SB_URL_TRANSFER_ERROR, SB_URL_TRANSFER_ERROR_URL,
                    "'%s' is not a URL that can be fetched: use https, file, or http with a digest",
                    url);
    return FALSE;
}

char *sb_url_basename(const char *url)
{
    gsize length = strcspn(url, "?#");
    g_autofree char *path = g_strndup(url, length);
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    char *decoded = g_uri_unescape_string(base, "/");
    return decoded ? decoded : g_strdup(base);
}

/* ---- the answer's head ---- */

static void headers_clear(Headers *headers)
{
    g_free(headers->etag);
    g_free(headers->last_modified);
    *headers = (Headers){0};
}

/* "bytes 100-199/200", or with "*" for a length that the server does not know. */
static void read_content_range(Headers *headers, const char *value)
{
    char *end;
    if (g_ascii_strncasecmp(value, "bytes ", 6) != 0 || !g_ascii_isdigit(value[6]))
        return;
    headers->range_start = g_ascii_strtoull(value + 6, &end, 10);
    const char *slash = strchr(end, '/');
    headers->has_range = *end == '-' && slash;
    headers->range_total =
        headers->has_range && g_ascii_isdigit(slash[1]) ? g_ascii_strtoull(slash + 1, NULL, 10) : 0;
}

/* It goes back to the server in a header, and into a file of lines. */
static void keep_text(char **kept, const char *value)
{
    gboolean is_plain = strlen(value) <= 500;
    for (const char *c = value; *c; c++)
        is_plain = is_plain && g_ascii_isprint(*c);
    g_free(*kept);
    *kept = is_plain ? g_strdup(value) : NULL;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *data)
{
    Run *run = data;
    g_autofree char *line = g_strndup(bytes, size * count);
    g_strchomp(line);
    char *colon = strchr(line, ':');
    if (g_str_has_prefix(line, "HTTP/"))
        headers_clear(&run->headers);
    if (!colon)
        return size * count;
    *colon = '\0';
    const char *value = g_strchug(colon + 1);
    if (g_ascii_strcasecmp(line, "ETag") == 0)
        keep_text(&run->headers.etag, value);
    else if (g_ascii_strcasecmp(line, "Last-Modified") == 0)
        keep_text(&run->headers.last_modified, value);
    else if (g_ascii_strcasecmp(line, "Content-Range") == 0)
        read_content_range(&run->headers, value);
    return size * count;
}

/* A weak ETag may stay the same while bytes change (RFC 9110 13.1.5). */
static const char *validator_of(const Headers *headers)
{
    return headers->etag && headers->etag[0] == '"' ? headers->etag : headers->last_modified;
}

static long response_code(const Run *run)
{
    long code = 0;
    curl_easy_getinfo(run->curl, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

static gboolean begin_range(const Run *run, SbUrlHead *head, GError **error)
{
    const SbUrlTransfer *transfer = run->transfer;
    const Headers *headers = &run->headers;
    if (transfer->offset == 0 || !headers->has_range || headers->range_start != transfer->offset ||
        (transfer->total_bytes && headers->range_total &&
         headers->range_total != transfer->total_bytes))
        return sb_error_set(
            error, SB_URL_TRANSFER_ERROR, SB_URL_TRANSFER_ERROR_CHANGED,
            "the server answered with another part of the file than it was asked for");
    head->offset = transfer->offset;
    head->total_bytes = headers->range_total ? headers->range_total : transfer->total_bytes;
    return TRUE;
}

static gboolean begin(Run *run, GError **error)
{
    SbUrlHead head = {.validator = validator_of(&run->headers)};
    run->has_begun = TRUE;
    if (response_code(run) == 206) {
        if (!begin_range(run, &head, error))
            return FALSE;
    } else {
        curl_off_t length = -1;
        curl_easy_getinfo(run->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        head.total_bytes = length > 0 ? (guint64)length : 0;
    }
    return run->transfer->begin(&head, run->transfer->data, error);
}

/* ---- the body ---- */

static gboolean has_file(long code)
{
    return code == 0 /* file: */ || code == 200 || code == 206;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
    Run *run = data;
    gsize length = size * count;
    /* The body of an error is not the file. */
    if (!has_file(response_code(run)))
        return 0;
    if (!run->has_begun && !begin(run, &run->error))
        return 0;
    return run->transfer->write(bytes, length, run->transfer->data, &run->error) ? length : 0;
}

static int on_tick(void *data, curl_off_t total, curl_off_t done, curl_off_t up_total,
                   curl_off_t up_done)
{
    Run *run = data;
    run->transfer->tick(run->transfer->data);
    return g_cancellable_is_cancelled(run->transfer->cancellable);
}

/* ---- the result ---- */

static gboolean is_temporary_status(long code)
{
    return code == 408 || code == 425 || code == 429 || (code >= 500 && code != 501 && code != 505);
}

static gboolean is_temporary(CURLcode result)
{
    switch (result) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY:
        return TRUE;
    default:
        return FALSE;
    }
}

static void set_status_error(long code, GError **error)
{
    if (code == 416) {
        g_set_error(error, SB_URL_TRANSFER_ERROR, SB_URL_TRANSFER_ERROR_CHANGED,
                    "the server has no such part of the file (status 416)");
        return;
    }
    g_set_error(error, SB_URL_TRANSFER_ERROR,
                is_temporary_status(code) ? SB_URL_TRANSFER_ERROR_TEMPORARY
                                          : SB_URL_TRANSFER_ERROR_REFUSED,
                "the server answered with status %ld%s", code,
                code == 404 || code == 410 ? ": there is no such file" : "");
}

static gboolean judge(Run *run, CURLcode result, const char *detail, GError **error)
{
    long code = response_code(run);
    if (result == CURLE_ABORTED_BY_CALLBACK &&
        g_cancellable_set_error_if_cancelled(run->transfer->cancellable, error))
        return FALSE;
    if (run->error)
        return sb_error_pass(error, &run->error);
    if (result == CURLE_UNSUPPORTED_PROTOCOL)
        return sb_error_set(error, SB_URL_TRANSFER_ERROR, SB_URL_TRANSFER_ERROR_REFUSED,
                            "the server redirects to a URL that is not followed: from https only "
                            "to https, and never to a file");
    if (result != CURLE_TOO_MANY_REDIRECTS && !has_file(code)) {
        set_status_error(code, error);
        return FALSE;
    }
    if (result != CURLE_OK) {
        /* It may quote the server. */
        g_autofree char *shown = sb_text_one_line(*detail ? detail : curl_easy_strerror(result));
        return sb_error_set(error, SB_URL_TRANSFER_ERROR,
                            is_temporary(result) ? SB_URL_TRANSFER_ERROR_TEMPORARY
                                                 : SB_URL_TRANSFER_ERROR_REFUSED,
                            "%s", shown);
    }
    /* An empty body is never written. */
    return run->has_begun || begin(run, error);
}

/* ---- the request ---- */

static void set_protocols(CURL *curl, const char *url)
{
    gboolean is_http = g_ascii_strncasecmp(url, "http:", 5) == 0;
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http,file");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, is_http ? "https,http" : "https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTPS | CURLPROTO_HTTP | CURLPROTO_FILE);
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS,
                     CURLPROTO_HTTPS | (is_http ? CURLPROTO_HTTP : 0));
#endif
}

static void set_options(Run *run, char *detail)
{
    CURL *curl = run->curl;
    const char *authorities = g_getenv("CURL_CA_BUNDLE");
    curl_easy_setopt(curl, CURLOPT_URL, run->transfer->url);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALLED_S);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, run);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, run);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_tick);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, run);
    if (authorities && *authorities)
        curl_easy_setopt(curl, CURLOPT_CAINFO, authorities);
    set_protocols(curl, run->transfer->url);
}

/* The Range header by hand: with CURLOPT_RESUME_FROM libcurl fails where the answer is the whole
 * file, which is just what If-Range may bring. (transfer full) (nullable) */
static struct curl_slist *range_headers(const SbUrlTransfer *transfer)
{
    if (transfer->offset == 0)
        return NULL;
    g_autofree char *range =
        g_strdup_printf("Range: bytes=%" G_GUINT64_FORMAT "-", transfer->offset);
    g_autofree char *condition = g_strdup_printf("If-Range: %s", transfer->validator);
    struct curl_slist *headers = curl_slist_append(NULL, range);
    return curl_slist_append(headers, condition);
}

gboolean sb_url_transfer_run(const SbUrlTransfer *transfer, GError **error)
{
    static gsize is_ready;
    if (g_once_init_enter(&is_ready)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&is_ready, 1);
    }
    char detail[CURL_ERROR_SIZE] = "";
    Run run = {.transfer = transfer, .curl = curl_easy_init()};
    if (!run.curl)
        return sb_error_set(error, SB_URL_TRANSFER_ERROR, SB_URL_TRANSFER_ERROR_REFUSED,
                            "libcurl does not start");
    set_options(&run, detail);
    struct curl_slist *headers = range_headers(transfer);
    curl_easy_setopt(run.curl, CURLOPT_HTTPHEADER, headers);
    CURLcode result = curl_easy_perform(run.curl);
    gboolean is_done = judge(&run, result, detail, error);
    curl_easy_cleanup(run.curl);
    curl_slist_free_all(headers);
    headers_clear(&run.headers);
    g_clear_error(&run.error);
    return is_done;
}
