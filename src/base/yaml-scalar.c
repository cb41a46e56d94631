/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/yaml-scalar.h"

#include <math.h>
#include <string.h>

#define DIGITS "0123456789"

static gboolean is_word(const char *text, const char *lower)
{
    if (strcmp(text, lower) == 0)
        return TRUE;
    g_autofree char *upper = g_ascii_strup(lower, -1);
    if (strcmp(text, upper) == 0)
        return TRUE;
    return text[0] == upper[0] && strcmp(text + 1, lower + 1) == 0;
}

static gboolean resolve_boolean(const char *text, SbScalar *scalar)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (is_word(text, words[i])) {
            *scalar = (SbScalar){.type = SB_SCALAR_BOOLEAN, .boolean = i % 2 == 1};
            return TRUE;
        }
    return FALSE;
}

static gboolean resolve_null(const char *text, SbScalar *scalar)
{
    if (*text && strcmp(text, "~") != 0 && !is_word(text, "null"))
        return FALSE;
    *scalar = (SbScalar){.type = SB_SCALAR_NULL};
    return TRUE;
}

/* The length of the characters in SET at the start of TEXT; 0 if its first character is not in
 * FIRST. */
static gsize span(const char *text, const char *first, const char *set)
{
    return *text && strchr(first, *text) ? strspn(text, set) : 0;
}

/* The value of the digits of BASE in TEXT, '_' left out; FALSE if there are none. */
static gboolean digits_value(const char *text, guint base, double *value_out)
{
    double value = 0;
    gboolean has_digit = FALSE;
    for (; *text; text++) {
        if (*text == '_')
            continue;
        value = value * base + g_ascii_xdigit_value(*text);
        has_digit = TRUE;
    }
    *value_out = value;
    return has_digit;
}

/* The number of parts at TEXT that are a ':' and a number from 0 to 59: a sexagesimal number has at
 * least one. 0 if TEXT has another form. END_OUT is behind them. */
static guint sexagesimal_tail(const char *text, const char **end_out)
{
    guint parts = 0;
    while (*text == ':') {
        const char *digits = text + 1;
        gsize length = strspn(digits, DIGITS);
        if (length == 0 || length > 2 || (length == 2 && digits[0] > '5'))
            break;
        text = digits + length;
        parts++;
    }
    *end_out = text;
    return parts;
}

/* The value of numbers with ':' between them; '_' is nothing. */
static double sexagesimal_value(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", -1);
    double value = 0;
    for (char **part = parts; *part; part++) {
        g_autofree char *plain = g_strdelimit(g_strdup(*part), "_", ' ');
        g_auto(GStrv) pieces = g_strsplit(plain, " ", -1);
        g_autofree char *digits = g_strjoinv("", pieces);
        value = value * 60 + g_ascii_strtod(digits, NULL);
    }
    return value;
}

static gboolean resolve_integer(const char *text, SbScalar *scalar)
{
    const char *start = text + (*text == '-' || *text == '+');
    double sign = *text == '-' ? -1 : 1, value = 0;
    gboolean is_possible = TRUE;
    const char *end = NULL;
    gsize decimal = span(start, "123456789", DIGITS "_");
    if (strncmp(start, "0b", 2) == 0 && span(start + 2, "01_", "01_") == strlen(start + 2) &&
        start[2])
        is_possible = digits_value(start + 2, 2, &value);
    else if (strncmp(start, "0x", 2) == 0 && start[2] &&
             strspn(start + 2, G_CSET_DIGITS "abcdefABCDEF_") == strlen(start + 2))
        is_possible = digits_value(start + 2, 16, &value);
    else if (*start == '0' && strspn(start, "01234567_") == strlen(start))
        digits_value(start, 8, &value);
    else if (decimal > 0 && !start[decimal])
        digits_value(start, 10, &value);
    else if (decimal > 0 && sexagesimal_tail(start + decimal, &end) > 0 && !*end)
        value = sexagesimal_value(start);
    else
        return FALSE;
    *scalar = (SbScalar){
        .type = SB_SCALAR_INTEGER, .number = sign * value, .is_impossible = !is_possible};
    return TRUE;
}

/* Whether TEXT is empty or an exponent; the exponent must have a sign. */
static gboolean is_exponent(const char *text)
{
    if (!*text)
        return TRUE;
    return (*text == 'e' || *text == 'E') && (text[1] == '-' || text[1] == '+') && text[2] &&
           strspn(text + 2, DIGITS) == strlen(text + 2);
}

static double plain_value(const char *text)
{
    g_autoptr(GString) digits = g_string_new(NULL);
    for (; *text; text++)
        if (*text != '_')
            g_string_append_c(digits, *text);
    return g_ascii_strtod(digits->str, NULL);
}

static gboolean resolve_number(const char *text, SbScalar *scalar)
{
    const char *start = text + (*text == '-' || *text == '+');
    const char *end = NULL;
    double sign = *text == '-' ? -1 : 1, value;
    gsize whole = span(start, DIGITS, DIGITS "_");
    if (whole > 0 && start[whole] == '.' &&
        is_exponent(start + whole + 1 + strspn(start + whole + 1, DIGITS "_")))
        value = plain_value(start);
    else if (start == text && *start == '.' && start[1] >= '0' && start[1] <= '9' &&
             is_exponent(start + 1 + strspn(start + 1, DIGITS "_")))
        value = plain_value(start);
    else if (whole > 0 && sexagesimal_tail(start + whole, &end) > 0 && *end == '.' &&
             strspn(end + 1, DIGITS "_") == strlen(end + 1))
        value = sexagesimal_value(start);
    else if (*start == '.' && is_word(start + 1, "inf"))
        value = INFINITY;
    else if (strcmp(text, ".nan") == 0 || strcmp(text, ".NaN") == 0 || strcmp(text, ".NAN") == 0)
        value = NAN;
    else
        return FALSE;
    *scalar = (SbScalar){.type = SB_SCALAR_NUMBER, .number = sign * value};
    return TRUE;
}

/* Reads a number of MIN to MAX digits at *AT, and moves *AT behind it; -1 if there is none. */
static int take_number(const char **at, gsize min, gsize max)
{
    gsize length = strspn(*at, DIGITS);
    if (length < min || length > max)
        return -1;
    int value = 0;
    for (gsize i = 0; i < length; i++)
        value = value * 10 + ((*at)[i] - '0');
    *at += length;
    return value;
}

static gboolean take(const char **at, const char *one_of)
{
    if (!**at || !strchr(one_of, **at))
        return FALSE;
    (*at)++;
    return TRUE;
}

/* Reads the time of day behind a date, up to the end; FALSE if the text has another form. Numbers
 * out of range make it impossible. */
static gboolean read_time(const char *at, gboolean *is_possible)
{
    if (!take(&at, "Tt")) {
        gsize blanks = strspn(at, " \t");
        if (blanks == 0)
            return FALSE;
        at += blanks;
    }
    int hour = take_number(&at, 1, 2);
    int minute = hour >= 0 && take(&at, ":") ? take_number(&at, 2, 2) : -1;
    int second = minute >= 0 && take(&at, ":") ? take_number(&at, 2, 2) : -1;
    if (second < 0)
        return FALSE;
    *is_possible &= hour < 24 && minute < 60 && second < 60;
    if (take(&at, "."))
        at += strspn(at, DIGITS);
    const char *zone = at + strspn(at, " \t");
    if (*zone == 'Z')
        return !zone[1];
    if (*zone != '+' && *zone != '-')
        return !*at;
    zone++;
    int zone_hour = take_number(&zone, 1, 2), zone_minute = 0;
    if (zone_hour < 0 || (take(&zone, ":") && (zone_minute = take_number(&zone, 2, 2)) < 0))
        return FALSE;
    /* datetime.timezone: less than a day */
    *is_possible &= zone_hour * 60 + zone_minute < 24 * 60;
    return !*zone;
}

/* Reads TEXT as a date or time; FALSE if it has another form. Numbers out of range make it
 * impossible. */
static gboolean read_timestamp(const char *text, SbScalar *scalar)
{
    const char *at = text;
    int year = take_number(&at, 4, 4);
    int month = year >= 0 && take(&at, "-") ? take_number(&at, 1, 2) : -1;
    int day = month >= 0 && take(&at, "-") ? take_number(&at, 1, 2) : -1;
    if (day < 0)
        return FALSE;
    gboolean is_possible =
        year > 0 && g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
    if (*at && !read_time(at, &is_possible))
        return FALSE;
    *scalar = (SbScalar){.type = SB_SCALAR_TIMESTAMP, .is_impossible = !is_possible};
    return TRUE;
}

/* Without a time, the month and the day have two digits. */
static gboolean resolve_timestamp(const char *text, SbScalar *scalar)
{
    gboolean is_short = strspn(text, DIGITS "-") == strlen(text);
    return (!is_short || strlen(text) == strlen("2024-01-31")) && read_timestamp(text, scalar);
}

SbScalar sb_scalar_resolve(const char *text)
{
    SbScalar scalar = {.type = SB_SCALAR_TEXT};
    if (strcmp(text, "<<") == 0)
        scalar.type = SB_SCALAR_MERGE;
    else if (strcmp(text, "=") == 0)
        scalar.type = SB_SCALAR_VALUE;
    else if (resolve_null(text, &scalar) || !strchr("+-.0123456789yYnNtTfFoO", *text))
        return scalar;
    else if (!resolve_boolean(text, &scalar) && !resolve_number(text, &scalar) &&
             !resolve_integer(text, &scalar))
        resolve_timestamp(text, &scalar);
    return scalar;
}

/* ---- explicit tags ---- */

/* Python's int(): a sign and digits of BASE. */
static gboolean python_integer(const char *text, guint base, double *value_out)
{
    double sign = *text == '-' ? -1 : 1, value = 0;
    text += *text == '-' || *text == '+';
    if (base == 8 && text[0] == '0' && (text[1] == 'o' || text[1] == 'O'))
        text += 2;
    for (const char *c = text; *c; c++) {
        int digit = g_ascii_xdigit_value(*c);
        if (digit < 0 || digit >= (int)base)
            return FALSE;
        value = value * base + digit;
    }
    *value_out = sign * value;
    return *text != '\0';
}

/* Python's float(): no hexadecimal numbers, which strtod() also takes. */
static gboolean python_float(const char *text, double *value_out)
{
    char *end = NULL;
    if (strspn(text, DIGITS ".eE+-") != strlen(text) && g_ascii_strcasecmp(text, "inf") != 0 &&
        g_ascii_strcasecmp(text, "nan") != 0)
        return FALSE;
    *value_out = g_ascii_strtod(text, &end);
    return end > text && !*end;
}

static gboolean construct_part(const char *text, SbScalarType type, double *value_out)
{
    return type == SB_SCALAR_NUMBER ? python_float(text, value_out)
                                    : python_integer(text, 10, value_out);
}

/* construct_yaml_int() and construct_yaml_float(), behind the sign and without '_'. */
static gboolean construct_number(const char *text, SbScalarType type, double *value_out)
{
    if (type == SB_SCALAR_NUMBER &&
        (g_ascii_strcasecmp(text, ".inf") == 0 || g_ascii_strcasecmp(text, ".nan") == 0))
        return python_float(text + 1, value_out);
    if (strchr(text, ':') && (type == SB_SCALAR_NUMBER || *text != '0')) {
        g_auto(GStrv) parts = g_strsplit(text, ":", -1);
        *value_out = 0;
        for (char **part = parts; *part; part++) {
            double value;
            if (!construct_part(*part, type, &value))
                return FALSE;
            *value_out = *value_out * 60 + value;
        }
        return TRUE;
    }
    if (type == SB_SCALAR_INTEGER && *text == '0') {
        gboolean has_prefix = text[1] == 'b' || text[1] == 'x';
        guint base = text[1] == 'b' ? 2 : text[1] == 'x' ? 16 : 8;
        return python_integer(text + (has_prefix ? 2 : 0), base, value_out);
    }
    return construct_part(text, type, value_out);
}

SbScalar sb_scalar_construct(const char *text, SbScalarType type)
{
    SbScalar scalar = {.type = type, .is_impossible = TRUE};
    if (type == SB_SCALAR_TIMESTAMP) {
        if (!read_timestamp(text, &scalar))
            scalar.is_impossible = TRUE;
        return scalar;
    }
    g_autofree char *plain = g_strdup(text);
    char *to = plain;
    for (const char *from = text; *from; from++)
        if (*from != '_')
            *to++ = *from;
    *to = '\0';
    const char *start = plain + (*plain == '-' || *plain == '+');
    double value;
    if (construct_number(start, type, &value))
        scalar = (SbScalar){.type = type, .number = *plain == '-' ? -value : value};
    return scalar;
}
