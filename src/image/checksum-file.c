/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/checksum-file.h"

#include "base/error.h"

#include <string.h>

SB_DEFINE_ERROR(sb_checksum_file_error, SB_ERRORS_NONE)

static const char signed_begin[] = "-----BEGIN PGP SIGNED MESSAGE-----";
static const char signature_begin[] = "-----BEGIN PGP SIGNATURE-----";

/* A piece of the text, not terminated. */
typedef struct {
    const char *text;
    gsize length;
} Piece;

/* The result of the lines about one name, or about any name. */
typedef struct {
    SbDigest digest;
    gboolean is_found;
    gboolean is_ambiguous;
} Match;

typedef struct {
    const char *name;
    Match named;
    Match any;
} Search;

static gboolean is_piece(Piece piece, const char *text)
{
    return piece.length == strlen(text) && memcmp(piece.text, text, piece.length) == 0;
}

static Piece skip(Piece piece, gsize length)
{
    return (Piece){piece.text + length, piece.length - length};
}

/* Takes the first line from REST, without its end and trailing blanks: these are not signed. */
static Piece take_line(Piece *rest)
{
    const char *end = memchr(rest->text, '\n', rest->length);
    Piece line = {rest->text, end ? (gsize)(end - rest->text) : rest->length};
    *rest = skip(*rest, end ? line.length + 1 : line.length);
    while (line.length > 0 && strchr(" \t\r", line.text[line.length - 1]) &&
           line.text[line.length - 1])
        line.length--;
    return line;
}

/* The stronger digest wins. Two digests of one kind must be the same. */
static void add_to_match(Match *match, const SbDigest *digest)
{
    if (match->is_found && match->digest.type == digest->type) {
        match->is_ambiguous |= !sb_digest_equal(&match->digest, digest);
        return;
    }
    if (match->is_found && match->digest.type == G_CHECKSUM_SHA512)
        return;
    *match = (Match){.digest = *digest, .is_found = TRUE};
}

static gboolean is_name(Piece piece, const char *name)
{
    if (piece.length > 2 && memcmp(piece.text, "./", 2) == 0)
        piece = skip(piece, 2);
    return is_piece(piece, name);
}

static void add(Search *search, Piece name, const SbDigest *digest)
{
    add_to_match(&search->any, digest);
    if (is_name(name, search->name))
        add_to_match(&search->named, digest);
}

static gboolean read_bsd(Search *search, Piece line)
{
    static const struct {
        const char *prefix;
        GChecksumType type;
    } kinds[] = {{"SHA256 (", G_CHECKSUM_SHA256}, {"SHA512 (", G_CHECKSUM_SHA512}};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        gsize prefix = strlen(kinds[i].prefix), digits = sb_digest_digits(kinds[i].type);
        static const char middle[] = ") = ";
        gsize tail = strlen(middle) + digits;
        SbDigest digest;
        if (line.length <= prefix + tail || memcmp(line.text, kinds[i].prefix, prefix) != 0)
            continue;
        Piece end = skip(line, line.length - tail);
        if (memcmp(end.text, middle, strlen(middle)) != 0 ||
            !sb_digest_read(kinds[i].type, end.text + strlen(middle), digits, &digest))
            continue;
        add(search, (Piece){line.text + prefix, line.length - prefix - tail}, &digest);
        return TRUE;
    }
    return FALSE;
}

/* A line with only a digest does not name a file. */
static void read_gnu(Search *search, Piece line)
{
    static const GChecksumType types[] = {G_CHECKSUM_SHA256, G_CHECKSUM_SHA512};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        gsize digits = sb_digest_digits(types[i]);
        SbDigest digest;
        if (line.length < digits || !sb_digest_read(types[i], line.text, digits, &digest))
            continue;
        Piece rest = skip(line, digits);
        if (rest.length == 0)
            add(search, (Piece){"", 0}, &digest);
        else if (rest.length > 2 && rest.text[0] == ' ' &&
                 (rest.text[1] == ' ' || rest.text[1] == '*'))
            add(search, skip(rest, 2), &digest);
    }
}

/* Cuts TEXT to the part between the headers of the signed message and its signature. */
static gboolean take_signed_part(Piece *text, GError **error)
{
    Piece rest = *text;
    while (rest.length > 0 && !is_piece(take_line(&rest), signed_begin))
        ;
    while (rest.length > 0 && take_line(&rest).length > 0)
        ;
    Piece body = rest;
    while (rest.length > 0) {
        const char *start = rest.text;
        if (!is_piece(take_line(&rest), signature_begin))
            continue;
        *text = (Piece){body.text, start - body.text};
        return TRUE;
    }
    return sb_error_set(error, SB_CHECKSUM_FILE_ERROR, SB_CHECKSUM_FILE_ERROR_CORRUPT,
                        "the signed text has no end");
}

gboolean sb_checksum_file_is_clearsigned(const char *text, gsize length)
{
    Piece rest = {text, length};
    while (rest.length > 0)
        if (is_piece(take_line(&rest), signed_begin))
            return TRUE;
    return FALSE;
}

static gboolean judge(const Match *match, const char *name, SbDigest *digest_out, GError **error)
{
    if (match->is_ambiguous)
        return sb_error_set(error, SB_CHECKSUM_FILE_ERROR, SB_CHECKSUM_FILE_ERROR_AMBIGUOUS,
                            "it has different digests for '%s'", name);
    if (!match->is_found)
        return sb_error_set(error, SB_CHECKSUM_FILE_ERROR, SB_CHECKSUM_FILE_ERROR_UNLISTED,
                            "it has no sha256 or sha512 of '%s'", name);
    *digest_out = match->digest;
    return TRUE;
}

gboolean sb_checksum_file_find(const char *text, gsize length, const char *name, gboolean is_of_one,
                               SbDigest *digest_out, GError **error)
{
    Piece rest = {text, length};
    gboolean is_clearsigned = sb_checksum_file_is_clearsigned(text, length);
    if (is_clearsigned && !take_signed_part(&rest, error))
        return FALSE;
    Search search = {.name = name};
    while (rest.length > 0) {
        Piece line = take_line(&rest);
        /* RFC 9580 7.1: a dash at the start of a signed line is escaped. */
        if (is_clearsigned && line.length >= 2 && memcmp(line.text, "- ", 2) == 0)
            line = skip(line, 2);
        if (!read_bsd(&search, line))
            read_gnu(&search, line);
    }
    gboolean takes_any = is_of_one && !search.named.is_found;
    return judge(takes_any ? &search.any : &search.named, name, digest_out, error);
}
