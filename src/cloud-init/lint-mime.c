/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lint-mime.c: checks of MIME multiparts in the form of user-data (RFC 2045, RFC 2046). */
#include "cloud-init/lint-checks.h"

#include <string.h>

#define MULTIPART "multipart/"
#define DEFAULT_TYPE "text/plain"

/* Above the headers of any real message. */
#define HEADER_BYTES_MAX 4096

/* A message, or a part of a message, in the text. */
typedef struct {
    const char *start;
    const char *end;
    const char *body; /* behind the blank line that ends the headers */
    guint line;       /* of `start`, from 1 */
    guint body_line;
    GHashTable *headers; /* in lower case; continued lines put together */
} Message;

static void message_clear(Message *message)
{
    g_clear_pointer(&message->headers, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Message, message_clear)

/* The end of the line at AT, which is the newline or END. */
static const char *line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (gsize)(end - at));
    return newline ? newline : end;
}

static char *line_text(const char *at, const char *end)
{
    char *line = g_strndup(at, (gsize)(line_end(at, end) - at));
    gsize length = strlen(line);
    if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
    return line;
}

/* The length of the header's name that LINE begins with, or 0: printable, and followed by ':'. */
static gsize header_name(const char *line)
{
    gsize length = 0;
    while (g_ascii_isgraph(line[length]) && line[length] != ':')
        length++;
    return line[length] == ':' ? length : 0;
}

/* Adds the next line of a header with several lines. */
static void continue_header(Message *message, const char *name, char *line)
{
    const char *before = g_hash_table_lookup(message->headers, name);
    if (before && strlen(before) < HEADER_BYTES_MAX)
        g_hash_table_insert(message->headers, g_strdup(name),
                            g_strconcat(before, " ", g_strstrip(line), NULL));
}

/* Works like Python's email.feedparser: a line that is not a header begins the body, even without a
 * blank line before it. */
static void read_headers(Message *message)
{
    message->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *name = NULL;
    message->body = message->start;
    message->body_line = message->line;
    while (message->body < message->end) {
        g_autofree char *line = line_text(message->body, message->end);
        gboolean goes_on = *line == ' ' || *line == '\t';
        gsize name_length = header_name(line);
        if (*line && name_length == 0 && !goes_on && !g_str_has_prefix(line, "From "))
            return;
        message->body = MIN(line_end(message->body, message->end) + 1, message->end);
        message->body_line++;
        if (!*line)
            return;
        if (goes_on && name) {
            continue_header(message, name, line);
        } else if (name_length > 0) {
            g_clear_pointer(&name, g_free);
            name = g_ascii_strdown(line, (gssize)name_length);
            /* No other headers say how to read a part. */
            if (g_str_has_prefix(name, "content-"))
                g_hash_table_insert(message->headers, g_strdup(name),
                                    g_strstrip(g_strdup(line + name_length + 1)));
        }
    }
}

static const char *header(const Message *message, const char *name)
{
    return g_hash_table_lookup(message->headers, name);
}

/* The text before the first ';' of a header's value, in lower case. */
static char *main_value(const char *value, const char *otherwise)
{
    g_autofree char *copy =
        g_strndup(value ? value : otherwise, strcspn(value ? value : otherwise, ";"));
    return g_ascii_strdown(g_strstrip(copy), -1);
}

/* The parameter NAME of a header's VALUE, or NULL. */
static char *parameter(const char *value, const char *name)
{
    g_autofree char *lower = value ? g_ascii_strdown(value, -1) : NULL;
    gsize name_length = strlen(name);
    for (const char *at = lower ? strchr(lower, ';') : NULL; at; at = strchr(at, ';')) {
        at++;
        at += strspn(at, " \t");
        if (strncmp(at, name, name_length) != 0 || at[name_length] != '=')
            continue;
        const char *own = value + (at - lower) + name_length + 1;
        if (*own == '"')
            return g_strndup(own + 1, strcspn(own + 1, "\""));
        return g_strchomp(g_strndup(own, strcspn(own, "; \t")));
    }
    return NULL;
}

static void lint_message(const SbLintText *text, Message *message, guint depth, guint *parts);

/* ---- multiparts ---- */

/* Whether the line at AT is `--BOUNDARY`, or `--BOUNDARY--`, which is the last one. */
static gboolean is_boundary(const char *at, const char *end, const char *boundary,
                            gboolean *is_last_out)
{
    gsize length = strlen(boundary);
    if ((gsize)(end - at) < length + 2 || memcmp(at, "--", 2) != 0 ||
        memcmp(at + 2, boundary, length) != 0)
        return FALSE;
    g_autofree char *rest = line_text(at + 2 + length, end);
    *is_last_out = g_str_has_prefix(rest, "--");
    g_strchomp(rest);
    return !*rest || strcmp(rest, "--") == 0;
}

static void lint_piece(const SbLintText *text, const char *start, const char *end, guint line,
                       guint depth, guint *parts)
{
    if (++*parts > SB_LINT_MAX_PARTS)
        return;
    g_auto(Message) part = {.start = start, .end = end, .line = line};
    read_headers(&part);
    lint_message(text, &part, depth + 1, parts);
}

static void lint_multipart(const SbLintText *text, const Message *message, guint depth,
                           guint *parts)
{
    SbMark mark = {message->line, 1};
    g_autofree char *boundary = parameter(header(message, "content-type"), "boundary");
    if (!boundary || !*boundary) {
        sb_lint_add(text, SB_RULE_PARTS, mark, NULL,
                    "the multipart has no 'boundary' in its Content-Type, so that cloud-init finds "
                    "no part");
        return;
    }
    const char *piece = NULL;
    guint line = message->body_line, piece_line = 0;
    gboolean is_last = FALSE;
    for (const char *at = message->body; at < message->end && !is_last;
         at = MIN(line_end(at, message->end) + 1, message->end), line++) {
        if (!is_boundary(at, message->end, boundary, &is_last))
            continue;
        if (piece)
            lint_piece(text, piece, at, piece_line, depth, parts);
        piece = MIN(line_end(at, message->end) + 1, message->end);
        piece_line = line + 1;
    }
    if (!piece)
        sb_lint_add(text, SB_RULE_PARTS, mark, NULL,
                    "there is no part: no line is '--%.60s', which the Content-Type promises",
                    boundary);
    else if (!is_last)
        lint_piece(text, piece, message->end, piece_line, depth, parts);
}

/* ---- single parts ---- */

/* Undoes quoted-printable (RFC 2045 6.7). */
static char *decode_quoted(const char *body, gsize length)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < length; i++) {
        if (body[i] != '=' || i + 1 >= length) {
            g_string_append_c(text, body[i]);
        } else if (body[i + 1] == '\n') {
            i++;
        } else if (body[i + 1] == '\r') {
            i += 2;
        } else if (i + 2 < length && g_ascii_isxdigit(body[i + 1]) &&
                   g_ascii_isxdigit(body[i + 2])) {
            g_string_append_c(text, (char)(g_ascii_xdigit_value(body[i + 1]) * 16 +
                                           g_ascii_xdigit_value(body[i + 2])));
            i += 2;
        }
    }
    return g_string_free(text, FALSE);
}

/* The decoded body of MESSAGE; NULL after a finding. IS_VERBATIM_OUT: it is unchanged in the text.
 */
static GBytes *decode_body(const SbLintText *text, const Message *message,
                           gboolean *is_verbatim_out)
{
    gsize length = (gsize)(message->end - message->body);
    g_autofree char *encoding = main_value(header(message, "content-transfer-encoding"), "7bit");
    *is_verbatim_out = FALSE;
    if (strcmp(encoding, "base64") == 0) {
        g_autofree char *copy = g_strndup(message->body, length);
        gsize decoded_length;
        guchar *decoded = g_base64_decode(copy, &decoded_length);
        return g_bytes_new_take(decoded, decoded_length);
    }
    if (strcmp(encoding, "quoted-printable") == 0) {
        char *decoded = decode_quoted(message->body, length);
        return g_bytes_new_take(decoded, strlen(decoded));
    }
    *is_verbatim_out = TRUE;
    if (strcmp(encoding, "7bit") == 0 || strcmp(encoding, "8bit") == 0 ||
        strcmp(encoding, "binary") == 0)
        return g_bytes_new_static(message->body, length);
    sb_lint_add(text, SB_RULE_PARTS, (SbMark){message->line, 1}, NULL,
                "the Content-Transfer-Encoding '%.40s' is unknown: there are base64, 7bit, 8bit, "
                "binary and quoted-printable",
                encoding);
    return NULL;
}

static void lint_single(const SbLintText *text, const Message *message, const char *type,
                        guint number)
{
    /* These types say nothing about the format: cloud-init looks at the first line (TYPE_NEEDED in
     * user_data.py). */
    static const char *const unspecific[] = {DEFAULT_TYPE, "text/x-not-multipart",
                                             "application/octet-stream", NULL};
    SbUserDataFormat format = sb_user_data_format_of_type(type);
    if (format == SB_USER_DATA_UNKNOWN && !g_strv_contains(unspecific, type) &&
        !strstr(type, "gzip")) {
        sb_lint_add(text, SB_RULE_PARTS, (SbMark){message->line, 1}, NULL,
                    "cloud-init has no use for a part of the type '%.60s': leave it out, or write "
                    "one such as 'text/cloud-config'",
                    type);
        return;
    }
    gboolean is_verbatim;
    g_autoptr(GBytes) packed = decode_body(text, message, &is_verbatim);
    g_autoptr(GBytes) body = packed ? sb_user_data_unpack(packed) : NULL;
    if (!body) {
        if (packed)
            sb_lint_add(text, SB_RULE_PARTS, (SbMark){message->line, 1}, NULL,
                        "the part is gzip, but damaged or too large unpacked");
        return;
    }
    g_autofree char *file = parameter(header(message, "content-disposition"), "filename");
    g_autofree char *name = file ? g_strdup_printf("part %u ('%.60s')", number, file)
                                 : g_strdup_printf("part %u", number);
    const SbLintPlace place = {.name = name,
                               .mark = {message->body_line, 1},
                               .is_verbatim = is_verbatim && body == packed};
    gsize length;
    const char *data = g_bytes_get_data(body, &length);
    sb_lint_part(text, &place, format, data ? data : "", length);
}

static void lint_message(const SbLintText *text, Message *message, guint depth, guint *parts)
{
    g_autofree char *type = main_value(header(message, "content-type"), DEFAULT_TYPE);
    if (depth >= SB_LINT_MAX_DEPTH)
        sb_lint_add(text, SB_RULE_PARTS, (SbMark){message->line, 1}, NULL,
                    "parts within parts, %d levels deep", SB_LINT_MAX_DEPTH);
    else if (g_str_has_prefix(type, MULTIPART))
        lint_multipart(text, message, depth, parts);
    else
        lint_single(text, message, type, MAX(*parts, 1));
}

void sb_lint_mime(const SbLintText *text)
{
    guint parts = 0;
    g_auto(Message) message = {.start = text->data, .end = text->data + text->length, .line = 1};
    read_headers(&message);
    lint_message(text, &message, 0, &parts);
    if (parts > SB_LINT_MAX_PARTS)
        sb_lint_add(text, SB_RULE_PARTS, (SbMark){1, 1}, NULL, "more than %d parts",
                    SB_LINT_MAX_PARTS);
}
