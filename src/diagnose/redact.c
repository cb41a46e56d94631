/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/redact.h"

#define REMOVED "[removed by seedbed: "

/* In this order: a private key is one secret, and not many lines that look like some. */
static const struct {
    const char *pattern, *replacement;
} secrets[] = {
    /* One that is cut off, at its end or by a prefix on each line, ends with its last such line. */
    {"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\\z)",
     REMOVED "a private key]"},
    {"-----BEGIN PGP PRIVATE KEY BLOCK-----(?s:.*?)(?:-----END PGP PRIVATE KEY BLOCK-----|\\z)",
     REMOVED "a private key]"},
    /* The same in base64, at any of its three places in a group of three bytes. */
    {"(?:LS0tLS1CRUdJTi|0tLS0tQkVHSU4|tLS0tLUJFR0lO)[A-Za-z0-9+/=\\s]+",
     REMOVED "a key in base64]"},
    /* crypt(5) */
    {"\\$(?:1|2[abxy]|5|6|7|y|gy|sha1|md5|argon2\\w*)\\$[^\\s:'\"]+", REMOVED "a password hash]"},
    {"(?i)\\b(authorization:\\s*\\w+\\s+)\\S+", "\\1" REMOVED "a token]"},
    {"(?i)((?:password|passwd|passphrase|plain_text_passwd|secret|token|api[_-]?key|access[_-]?key|"
     "private[_-]?key)[\"']?\\s*[:=]\\s*)(?!(?:true|false|null|yes|no|\\[removed)\\b)[\"']?[^\\s\"'"
     "]{3,}",
     "\\1" REMOVED "a secret]"},
    {"\\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\\w{20,}|glpat-[\\w-]{16,}|AKIA[0-9A-Z]{16}|"
     "xox[abprs]-[\\w-]{10,}|eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]{8,})",
     REMOVED "a token]"},
    {"(://[^/\\s:@]+:)[^/\\s@]+@", "\\1" REMOVED "a password]@"},
};

/* TEXT (transfer full) without the secrets of PATTERN; NULL: it could not be searched. */
static char *replace(char *text, const char *pattern, const char *replacement, guint *count)
{
    g_autofree char *owned = text;
    g_autoptr(GError) error = NULL;
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_regex_match_full(regex, owned, -1, 0, 0, &match, &error);
    while (!error && g_match_info_matches(match)) {
        (*count)++;
        g_match_info_next(match, &error);
    }
    return error ? NULL : g_regex_replace(regex, owned, -1, 0, replacement, 0, NULL);
}

char *sb_redact(const char *text, guint *count_out)
{
    char *clean = g_utf8_make_valid(text, -1);
    *count_out = 0;
    for (gsize i = 0; clean && i < G_N_ELEMENTS(secrets); i++)
        clean = replace(clean, secrets[i].pattern, secrets[i].replacement, count_out);
    if (clean)
        return clean;
    *count_out = 1;
    return g_strdup(REMOVED "all of it, because it could not be searched for secrets]\n");
}
