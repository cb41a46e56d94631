/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-line.h"

#include <string.h>

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

/* A part of a word: "okay" and "ok2" are not test lines. */
static gboolean is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

SbTapText sb_tap_text_strip(SbTapText text)
{
    while (text.length > 0 && is_blank(*text.at)) {
        text.at++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.at[text.length - 1]))
        text.length--;
    return text;
}

gboolean sb_tap_text_has_prefix(SbTapText text, const char *prefix)
{
    gsize length = strlen(prefix);
    return text.length >= length && g_ascii_strncasecmp(text.at, prefix, length) == 0;
}

static SbTapText skip(SbTapText text, gsize length)
{
    return (SbTapText){text.at + length, text.length - length};
}

static SbTapText skip_blanks(SbTapText text)
{
    while (text.length > 0 && is_blank(*text.at))
        text = skip(text, 1);
    return text;
}

/* Takes the digits that TEXT begins with; FALSE if there are none. */
static gboolean take_number(SbTapText *text, guint64 *number_out)
{
    if (text->length == 0 || !g_ascii_isdigit(*text->at))
        return FALSE;
    guint64 number = 0;
    while (text->length > 0 && g_ascii_isdigit(*text->at)) {
        guint64 digit = (guint64)(*text->at - '0');
        number = number > (G_MAXUINT64 - digit) / 10 ? G_MAXUINT64 : number * 10 + digit;
        *text = skip(*text, 1);
    }
    *number_out = number;
    return TRUE;
}

/* "[", blanks, and what FORM says: 'd' for digits, 'c' for a letter C or T, other bytes as they
 * are. */
static gboolean take_bracket(SbTapText *text, const char *form)
{
    guint64 number;
    if (text->length == 0 || *text->at != '[')
        return FALSE;
    SbTapText rest = skip_blanks(skip(*text, 1));
    for (; *form; form++) {
        if (*form == 'd' ? !take_number(&rest, &number)
                         : rest.length == 0 || !(*form == 'c' ? *rest.at == 'C' || *rest.at == 'T'
                                                              : *rest.at == *form))
            return FALSE;
        if (*form != 'd')
            rest = skip(rest, 1);
    }
    *text = rest;
    return TRUE;
}

/* Linux, kernel/printk/printk.c: "<%u>", "[%5lu.%06lu]" and "[%*s]" (a thread or a CPU). */
gboolean sb_tap_text_skip_time(SbTapText *text)
{
    SbTapText rest = *text;
    guint64 level;
    if (rest.length > 0 && *rest.at == '<') {
        rest = skip(rest, 1);
        if (!take_number(&rest, &level) || rest.length == 0 || *rest.at != '>')
            return FALSE;
        rest = skip(rest, 1);
    }
    if (!take_bracket(&rest, "d.d]"))
        return FALSE;
    take_bracket(&rest, "cd]");
    if (rest.length > 0 && *rest.at != ' ')
        return FALSE;
    *text = rest.length > 0 ? skip(rest, 1) : rest;
    return TRUE;
}

char *sb_tap_text_unescape(SbTapText text, gsize max_bytes, gsize *length_out)
{
    GString *plain = g_string_new(NULL);
    for (gsize i = 0; i < text.length && plain->len < max_bytes; i++) {
        if (text.at[i] == '\\' && i + 1 < text.length &&
            (text.at[i + 1] == '\\' || text.at[i + 1] == '#'))
            i++;
        g_string_append_c(plain, text.at[i]);
    }
    if (length_out)
        *length_out = plain->len;
    return g_string_free(plain, FALSE);
}

/* The directive behind a '#'. Characters without a blank between belong to it: "Skipped:", "TODO:".
 */
static SbTapDirective read_directive(SbTapText text, SbTapText *reason_out)
{
    static const struct {
        const char *word;
        SbTapDirective directive;
    } words[] = {
        {"todo", SB_TAP_DIRECTIVE_TODO},
        {"skip", SB_TAP_DIRECTIVE_SKIP},
        {"xfail", SB_TAP_DIRECTIVE_XFAIL},
    };
    text = skip_blanks(text);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!sb_tap_text_has_prefix(text, words[i].word))
            continue;
        while (text.length > 0 && !is_blank(*text.at))
            text = skip(text, 1);
        *reason_out = sb_tap_text_strip(text);
        return words[i].directive;
    }
    return SB_TAP_DIRECTIVE_NONE;
}

/* Splits what follows a test's number. A directive stands behind the first '#' that is not escaped,
 * has a blank before it and, unless the directive follows at once, one behind it. So neither
 * "page.html#skip" nor "a # b # TODO" has one. */
static void read_description(SbTapText text, SbTapLine *line)
{
    line->text = sb_tap_text_strip(text);
    const char *hash = memchr(text.at, '#', text.length);
    if (!hash)
        return;
    for (gsize i = 0; i < text.length; i++) {
        if (text.at[i] == '\\') {
            i++;
            continue;
        }
        if (text.at[i] != '#' || (i > 0 && !is_blank(text.at[i - 1])))
            continue;
        SbTapText rest = skip(text, i + 1);
        line->directive = read_directive(rest, &line->reason);
        if (line->directive != SB_TAP_DIRECTIVE_NONE)
            line->text = sb_tap_text_strip((SbTapText){text.at, i});
        if (line->directive != SB_TAP_DIRECTIVE_NONE || rest.length == 0 || is_blank(*rest.at))
            return;
    }
}

/* "ok" and the text behind it. */
static void read_test(SbTapText text, SbTapLine *line)
{
    line->kind = SB_TAP_LINE_TEST;
    text = skip_blanks(text);
    SbTapText rest = text;
    if (take_number(&rest, &line->number) && (rest.length == 0 || !is_word(*rest.at))) {
        line->has_number = TRUE;
        text = skip_blanks(rest);
    }
    if (text.length > 0 && *text.at == '-' && (text.length == 1 || is_blank(text.at[1])))
        text = skip_blanks(skip(text, 1));
    read_description(text, line);
}

static gboolean is_ok(SbTapText text)
{
    return text.length >= 2 && memcmp(text.at, "ok", 2) == 0 &&
           (text.length == 2 || !is_word(text.at[2]));
}

/* "1..N", alone or with a comment. Only TAP 12 allows other text behind it without a '#', after
 * "1..0". */
static void read_plan(SbTapText text, SbTapLine *line)
{
    SbTapText rest = skip(text, 3);
    if (!take_number(&rest, &line->number))
        return;
    gboolean is_glued = rest.length > 0 && !is_blank(*rest.at) && *rest.at != '#';
    rest = skip_blanks(rest);
    line->is_exact = rest.length == 0 || *rest.at == '#';
    if (is_glued || (!line->is_exact && line->number > 0))
        return;
    line->kind = SB_TAP_LINE_PLAN;
    if (rest.length > 0 && *rest.at == '#')
        rest = skip_blanks(skip(rest, 1));
    line->text = sb_tap_text_strip(rest);
    SbTapText reason;
    if (read_directive(rest, &reason) == SB_TAP_DIRECTIVE_SKIP)
        line->text = reason;
}

/* "TAP version 14", with any number of blanks, in upper or lower case; KTAP says "KTAP version 1".
 */
static void read_version(SbTapText text, SbTapLine *line)
{
    SbTapText rest = skip(text, line->is_ktap ? 4 : 3);
    if (rest.length == 0 || !is_blank(*rest.at))
        return;
    rest = skip_blanks(rest);
    if (!sb_tap_text_has_prefix(rest, "version"))
        return;
    rest = skip(rest, 7);
    if (rest.length == 0 || !is_blank(*rest.at))
        return;
    rest = skip_blanks(rest);
    if (take_number(&rest, &line->number) && skip_blanks(rest).length == 0)
        line->kind = SB_TAP_LINE_VERSION;
}

/* "pragma +strict -bail" or with commas, as perl has it. */
static void read_pragma(SbTapText text, SbTapLine *line)
{
    SbTapText keys = sb_tap_text_strip(skip(text, 7));
    gboolean wants_sign = TRUE;
    for (gsize i = 0; i < keys.length; i++) {
        char c = keys.at[i];
        if (wants_sign ? c != '+' && c != '-' && !is_blank(c)
                       : !g_ascii_isalnum(c) && !strchr("_-, \t", c))
            return;
        wants_sign = is_blank(c) || c == ',';
    }
    if (keys.length < 2 || wants_sign)
        return;
    line->kind = SB_TAP_LINE_PRAGMA;
    line->text = keys;
}

/* Without the usual blank behind '#'; more blanks are layout. */
static SbTapText comment_text(SbTapText text)
{
    while (text.length > 0 && is_blank(text.at[text.length - 1]))
        text.length--;
    return text.length > 0 && is_blank(*text.at) ? skip(text, 1) : text;
}

static void read_bail_out(SbTapText text, SbTapLine *line)
{
    line->kind = SB_TAP_LINE_BAIL_OUT;
    line->is_exact = memcmp(text.at, "Bail out!", 9) == 0;
    line->text = sb_tap_text_strip(skip(text, 9));
}

void sb_tap_line_read(const char *at, gsize length, SbTapLine *line_out)
{
    SbTapLine *line = line_out;
    *line = (SbTapLine){.kind = SB_TAP_LINE_JUNK};
    while (line->indent < length && is_blank(at[line->indent])) {
        line->has_tabs |= at[line->indent] != ' ';
        line->indent++;
    }
    SbTapText text = {at + line->indent, length - line->indent};
    line->whole = line->text = text;
    switch (text.length > 0 ? *text.at : '\0') {
    case '\0':
        if (text.length == 0)
            line->kind = SB_TAP_LINE_BLANK;
        break;
    case 'o':
        line->ok = TRUE;
        if (is_ok(text))
            read_test(skip(text, 2), line);
        break;
    case 'n':
        if (text.length >= 6 && memcmp(text.at, "not ", 4) == 0 && is_ok(skip(text, 4)))
            read_test(skip(text, 6), line);
        break;
    case '#':
        line->kind = SB_TAP_LINE_COMMENT;
        line->text = comment_text(skip(text, 1));
        break;
    case '1':
        if (text.length >= 4 && memcmp(text.at, "1..", 3) == 0)
            read_plan(text, line);
        break;
    case '-':
        if (text.length >= 3 && memcmp(text.at, "---", 3) == 0 &&
            (text.length == 3 || is_blank(text.at[3])))
            line->kind = SB_TAP_LINE_YAML;
        break;
    case 'p':
        if (text.length >= 8 && memcmp(text.at, "pragma", 6) == 0 && is_blank(text.at[6]))
            read_pragma(text, line);
        break;
    case 'T':
    case 't':
    case 'K':
    case 'k':
        line->is_ktap = *text.at == 'K' || *text.at == 'k';
        if (sb_tap_text_has_prefix(text, line->is_ktap ? "KTAP" : "TAP"))
            read_version(text, line);
        break;
    case 'B':
    case 'b':
        if (sb_tap_text_has_prefix(text, "Bail out!"))
            read_bail_out(text, line);
        break;
    default:
        break;
    }
}
