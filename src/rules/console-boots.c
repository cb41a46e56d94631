/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/console-boots.h"

#include <string.h>

/* Lines that a boot has at its beginning. */
typedef enum {
    OTHER,
    FIRMWARE_FIRST, /* AAVMF's first words */
    FIRMWARE,       /* all that OVMF prints */
    KERNEL_CPU,     /* on aarch64 before the version */
    KERNEL_VERSION,
    LINES,
} Line;

static const char *const patterns[LINES] = {
    [FIRMWARE_FIRST] = "UEFI firmware \\(version",
    [FIRMWARE] = "BdsDxe: ",
    [KERNEL_CPU] = "^\\[ *0\\.0+\\] Booting Linux on physical CPU",
    [KERNEL_VERSION] = "^\\[ *0\\.0+\\] Linux version ",
};

static Line line_at(GRegex *const *regexes, const char *text, gsize length)
{
    for (Line line = OTHER + 1; line < LINES; line++)
        if (g_regex_match_full(regexes[line], text, (gssize)length, 0, 0, NULL, NULL))
            return line;
    return OTHER;
}

/* Whether LINE begins another boot than that which has SEEN. */
static gboolean begins(Line line, const gboolean seen[LINES])
{
    gboolean is_in_kernel = seen[KERNEL_CPU] || seen[KERNEL_VERSION];
    switch (line) {
    case FIRMWARE_FIRST:
        return is_in_kernel || seen[FIRMWARE_FIRST];
    case FIRMWARE:
        return is_in_kernel;
    case KERNEL_CPU:
        return is_in_kernel;
    case KERNEL_VERSION:
        return seen[KERNEL_VERSION];
    default:
        return FALSE;
    }
}

GArray *sb_console_boots(const char *log, gsize length)
{
    GArray *boots = g_array_new(FALSE, FALSE, sizeof(gsize));
    GRegex *regexes[LINES] = {NULL};
    gboolean seen[LINES] = {FALSE};
    gsize start = 0;
    g_array_append_val(boots, start);
    for (Line line = OTHER + 1; line < LINES; line++)
        regexes[line] = g_regex_new(patterns[line], G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
    for (gsize next; start < length; start = next) {
        const char *end = memchr(log + start, '\n', length - start);
        next = end ? (gsize)(end - log) + 1 : length;
        Line line = line_at(regexes, log + start, next - start);
        if (begins(line, seen)) {
            g_array_append_val(boots, start);
            memset(seen, 0, sizeof seen);
        }
        seen[line] = TRUE;
    }
    for (Line line = OTHER + 1; line < LINES; line++)
        g_regex_unref(regexes[line]);
    return boots;
}
