/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/schema-format.h"

#include <stdlib.h>
#include <string.h>

/* datetime.date.fromisoformat() of Python up to 3.10: YYYY-MM-DD. */
static gboolean is_date(const char *text)
{
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return FALSE;
    for (gsize i = 0; i < 10; i++)
        if (i != 4 && i != 7 && !g_ascii_isdigit(text[i]))
            return FALSE;
    return g_date_valid_dmy((GDateDay)atoi(text + 8), (GDateMonth)atoi(text + 5),
                            (GDateYear)atoi(text));
}

static gboolean is_hostname(const char *text)
{
    gsize length = strlen(text);
    return length > 0 && length < 254 && text[0] != '-' && text[0] != '.' &&
           strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-:") == length &&
           !strstr(text, "..");
}

static gboolean is_uri(const char *text)
{
    gsize scheme = strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "+.-");
    return scheme > 0 && g_ascii_isalpha(text[0]) && text[scheme] == ':' && text[scheme + 1] &&
           !strpbrk(text, " \t\n");
}

SbProblem *sb_schema_check_format(const SbSchemaNode *node, const SbPath *path,
                                  const SbDatum *datum)
{
    const char *text = datum->text;
    SbProblem *problem = NULL;
    if (node->format == SB_FORMAT_DATE && !is_date(text))
        return sb_problem_new(SB_PROBLEM_OTHER, node, path, datum,
                              "must be a date such as '2030-12-31', not '%.40s'", text);
    if (node->format == SB_FORMAT_HOSTNAME && !is_hostname(text))
        problem =
            sb_problem_new(SB_PROBLEM_WARNING, node, path, datum,
                           "'%.60s' is not a host name: use letters, digits, '-' and '.'", text);
    else if (node->format == SB_FORMAT_URI && !is_uri(text))
        problem = sb_problem_new(SB_PROBLEM_WARNING, node, path, datum,
                                 "'%.60s' is not a URI such as 'https://example.com/path'", text);
    if (problem)
        problem->rule = SB_RULE_FORMAT;
    return problem;
}
