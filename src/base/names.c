/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/names.h"

#include "base/error.h"

#include <string.h>

SB_DEFINE_ERROR(sb_names_error, SB_ERRORS_ALL)

static gboolean has_valid_characters(const char *name)
{
    gsize length = strlen(name);
    if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return FALSE;
    return length > 0 && name[0] != '-' && name[length - 1] != '-';
}

static gboolean is_letter_or_digit(char c)
{
    return g_ascii_islower(c) || g_ascii_isdigit(c);
}

gboolean sb_image_name_is_valid(const char *name)
{
    static const char *const ends[] = {".qcow2", ".raw", ".img", ".iso"};
    gsize length = strlen(name);
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(name, ends[i]))
            return FALSE;
    return length > 0 && length <= SB_NAME_MAX && is_letter_or_digit(name[0]) &&
           is_letter_or_digit(name[length - 1]) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}

static gboolean refuse(const char *what, const char *name, const char *rule, GError **error)
{
    g_autofree char *shown = g_strescape(name, NULL);
    return sb_error_set(error, SB_NAMES_ERROR, SB_NAMES_ERROR_INVALID,
                        "%s name '%.80s' is not allowed: %s", what, shown, rule);
}

gboolean sb_image_name_check(const char *name, GError **error)
{
    return sb_image_name_is_valid(name) || refuse("image", name, SB_IMAGE_NAME_RULE, error);
}

gboolean sb_name_is_valid(const char *name)
{
    return strlen(name) <= SB_NAME_MAX && has_valid_characters(name);
}

gboolean sb_name_check(const char *what, const char *name, GError **error)
{
    return sb_name_is_valid(name) || refuse(what, name, SB_NAME_RULE, error);
}

gboolean sb_machine_name_is_valid(const char *name)
{
    return strlen(name) <= SB_MACHINE_NAME_MAX && has_valid_characters(name);
}

char *sb_machine_name(const char *fleet, const char *group, guint index)
{
    return g_strdup_printf("%s-%s-%u", fleet, group, index);
}

/* Levenshtein's distance, over words short enough for one row on the stack. */
static guint edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 63 };
    gsize a_length = strlen(a), b_length = strlen(b);
    if (a_length > LONGEST || b_length > LONGEST)
        return G_MAXUINT;
    guint row[LONGEST + 1];
    for (gsize j = 0; j <= b_length; j++)
        row[j] = j;
    for (gsize i = 1; i <= a_length; i++) {
        guint diagonal = row[0];
        row[0] = i;
        for (gsize j = 1; j <= b_length; j++) {
            guint substitute = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(substitute, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[b_length];
}

const char *sb_nearest_name(const char *word, const char *const *candidates)
{
    const char *nearest = NULL;
    guint best = strlen(word) < 5 ? 2 : 3;
    for (gsize i = 0; candidates[i]; i++) {
        guint distance = edit_distance(word, candidates[i]);
        /* Nobody mistypes the first letter as often as another one: 'vcpu' is 'vcpus', not 'cpu'.
         */
        gboolean is_likelier =
            nearest && distance == best && nearest[0] != word[0] && candidates[i][0] == word[0];
        if (distance < best || is_likelier) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
