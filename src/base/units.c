/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/units.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

SB_DEFINE_ERROR(sb_units_error, SB_ERRORS_ALL)

typedef struct {
    const char *name;
    double factor;
} Unit;

static const Unit size_units[] = {
    {"B", 1},
    {"KiB", 1024.0},
    {"MiB", 1024.0 * 1024},
    {"GiB", 1024.0 * 1024 * 1024},
    {"TiB", 1024.0 * 1024 * 1024 * 1024},
    {NULL, 0},
};

static const Unit duration_units[] = {
    {"ms", 1}, {"s", 1000}, {"min", 60 * 1000.0}, {"h", 3600 * 1000.0}, {"d", 86400 * 1000.0},
    {NULL, 0},
};

/* The length of a number such as "2" or "1.5" at the start of TEXT, 0 if there is none. No sign,
 * no exponent, no hexadecimal: strtod would take all of them. */
static gsize number_length(const char *text)
{
    gsize whole = strspn(text, "0123456789");
    if (whole == 0 || text[whole] != '.')
        return whole;
    gsize fraction = strspn(text + whole + 1, "0123456789");
    return fraction ? whole + 1 + fraction : 0;
}

static gboolean quantity_parse(const char *text, const Unit *units, const char *what,
                               const char *allowed, double *value_out, GError **error)
{
    gsize length = number_length(text);
    const char *unit = text + length;
    unit += strspn(unit, " ");
    for (; length && units->name; units++) {
        if (strcmp(unit, units->name) != 0)
            continue;
        /* Rounded: 1.001 is stored as a slightly smaller number, but it means 1001 thousandths. */
        double value = round(g_ascii_strtod(text, NULL) * units->factor);
        /* 2^62: far above any real size, and it stays exact as an integer. */
        if (!(value < 4611686018427387904.0))
            return sb_error_set(error, SB_UNITS_ERROR, SB_UNITS_ERROR_RANGE,
                                "%s '%.60s' is too large", what, text);
        *value_out = value;
        return TRUE;
    }
    g_autofree char *shown = g_strescape(text, NULL);
    return sb_error_set(error, SB_UNITS_ERROR, SB_UNITS_ERROR_INVALID,
                        "'%.60s' is not a %s: write a number and a unit, %s", shown, what, allowed);
}

/* People write "GB", "G" and "gib" first. The message then names the right unit. */
static const char *binary_unit_for(const char *text)
{
    static const char *const rests[] = {"", "b", "i", "ib", NULL};
    gsize length = number_length(text);
    const char *unit = text + length + strspn(text + length, " ");
    if (length == 0 || !*unit)
        return NULL;
    g_autofree char *rest = g_ascii_strdown(unit + 1, -1);
    if (!g_strv_contains(rests, rest))
        return NULL;
    for (const Unit *known = size_units + 1; known->name; known++)
        if (g_ascii_toupper(unit[0]) == known->name[0])
            return strcmp(unit, known->name) == 0 ? NULL : known->name;
    return NULL;
}

gboolean sb_size_parse(const char *text, guint64 *bytes_out, GError **error)
{
    const char *binary = binary_unit_for(text);
    if (binary)
        return sb_error_set(
            error, SB_UNITS_ERROR, SB_UNITS_ERROR_INVALID,
            "'%.60s' is not a size: write '%.*s %s' (sizes are binary: B, KiB, MiB, GiB, TiB)",
            text, (int)MIN(number_length(text), 60), text, binary);
    double bytes;
    if (!quantity_parse(text, size_units, "size", "such as '512 MiB' or '2 GiB'", &bytes, error))
        return FALSE;
    *bytes_out = (guint64)bytes;
    return TRUE;
}

gboolean sb_duration_parse(const char *text, gint64 *ms_out, GError **error)
{
    double ms;
    if (!quantity_parse(text, duration_units, "duration", "such as '30 s', '10 min' or '2 h'", &ms,
                        error))
        return FALSE;
    *ms_out = (gint64)ms;
    return TRUE;
}

char *sb_size_format(guint64 bytes)
{
    gsize unit = 0;
    while (size_units[unit + 1].name && bytes >= size_units[unit + 1].factor)
        unit++;
    double value = round(bytes / size_units[unit].factor * 10) / 10;
    /* 1023.99 KiB rounds to 1024 KiB, which people call 1 MiB. */
    if (value >= 1024 && size_units[unit + 1].name)
        value = round(bytes / size_units[++unit].factor * 10) / 10;
    return value == floor(value) ? g_strdup_printf("%.0f %s", value, size_units[unit].name)
                                 : g_strdup_printf("%.1f %s", value, size_units[unit].name);
}

char *sb_duration_format(gint64 ms)
{
    if (ms < 1000)
        return g_strdup_printf("%d ms", (int)MAX(ms, 0));
    gint64 seconds = ms / 1000;
    if (seconds < 60)
        return g_strdup_printf("%d s", (int)seconds);
    gint64 minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
    if (hours == 0)
        return seconds % 60 ? g_strdup_printf("%d min %d s", (int)minutes, (int)(seconds % 60))
                            : g_strdup_printf("%d min", (int)minutes);
    if (days == 0)
        return minutes % 60 ? g_strdup_printf("%d h %d min", (int)hours, (int)(minutes % 60))
                            : g_strdup_printf("%d h", (int)hours);
    return hours % 24 ? g_strdup_printf("%" G_GINT64_FORMAT " d %d h", days, (int)(hours % 24))
                      : g_strdup_printf("%" G_GINT64_FORMAT " d", days);
}
