/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/lint-text.h"

#include "base/text.h"
#include "cloud-init/user-data-check.h"

#include <string.h>

#define DISABLE_COMMENT "seedbed-lint: disable="

void sb_lint_add(const SbLintText *text, const char *rule, SbMark mark, const char *path,
                 const char *format, ...)
{
    const SbFinding finding = {.file = text->file,
                               .mark = mark,
                               .severity = sb_lint_rule_find(rule)->severity,
                               .rule = rule,
                               .path = path};
    SB_TEXT_FORMAT(message, format);
    sb_diagnostics_add_finding(text->diagnostics, &finding, "%s", message);
}

/* Switches off the rules that comments in DATA name. */
static void disable_by_comments(SbDiagnostics *diagnostics, const char *data, gsize length)
{
    const char *end = data + length;
    for (const char *at = data; (at = g_strstr_len(at, end - at, DISABLE_COMMENT));
         at += strlen(DISABLE_COMMENT)) {
        const char *start = at;
        while (start > data && (start[-1] == ' ' || start[-1] == '#'))
            start--;
        if (start == at || !memchr(start, '#', (gsize)(at - start)))
            continue;
        const char *list = at + strlen(DISABLE_COMMENT);
        gsize list_length = 0;
        while (list + list_length < end && (g_ascii_isalnum(list[list_length]) ||
                                            list[list_length] == '-' || list[list_length] == ','))
            list_length++;
        g_autofree char *names = g_strndup(list, list_length);
        g_auto(GStrv) rules = g_strsplit(names, ",", -1);
        for (char **rule = rules; *rule; rule++) {
            const SbLintRule *found = sb_lint_rule_find(*rule);
            if (found && !found->is_fixed)
                sb_diagnostics_disable(diagnostics, found->id);
        }
    }
}

static SbDiagnostics *diagnostics_for(const SbLinter *linter, const char *data, gsize length)
{
    SbDiagnostics *diagnostics = sb_diagnostics_new();
    GHashTableIter iter;
    gpointer rule;
    g_hash_table_iter_init(&iter, linter->disabled);
    while (g_hash_table_iter_next(&iter, &rule, NULL))
        sb_diagnostics_disable(diagnostics, rule);
    disable_by_comments(diagnostics, data, length);
    return diagnostics;
}

/* The place of FINDING, which is in the part at PLACE, in the text around it. PLACE is NULL for a
 * file. */
static SbMark mark_outside(const SbDiagnostic *finding, const SbLintPlace *place)
{
    if (!place)
        return finding->mark;
    if (!place->is_verbatim || finding->mark.line == 0)
        return place->mark;
    return (SbMark){place->mark.line + finding->mark.line - 1,
                    finding->mark.column + place->column_offset};
}

static void hand_over(const SbDiagnostics *from, const SbLintPlace *place, const char *file,
                      SbDiagnostics *to)
{
    for (guint i = 0; i < sb_diagnostics_count(from); i++) {
        const SbDiagnostic *diagnostic = sb_diagnostics_get(from, i);
        const SbFinding finding = {.file = file,
                                   .mark = mark_outside(diagnostic, place),
                                   .severity = diagnostic->severity,
                                   .rule = diagnostic->rule,
                                   .path = diagnostic->path};
        SbMark inside = diagnostic->mark;
        if (!place)
            sb_diagnostics_add_finding(to, &finding, "%s", diagnostic->message);
        else if (place->is_verbatim || inside.line == 0)
            sb_diagnostics_add_finding(to, &finding, "in %s: %s", place->name, diagnostic->message);
        else
            sb_diagnostics_add_finding(to, &finding, "in %s, its line %u: %s", place->name,
                                       inside.line, diagnostic->message);
    }
    sb_diagnostics_add_dropped(to, from);
}

/* ---- texts ---- */

/* Adds what user-data-check.c FOUND, as findings of RULE. */
static void add_found(const SbLintText *text, const char *rule, const SbDiagnostics *found)
{
    for (guint i = 0; i < sb_diagnostics_count(found); i++) {
        const SbDiagnostic *diagnostic = sb_diagnostics_get(found, i);
        sb_lint_add(text, rule, diagnostic->mark, NULL, "%s", diagnostic->message);
    }
}

static gboolean check_encoding(const SbLintText *text)
{
    g_autoptr(SbDiagnostics) found = sb_diagnostics_new();
    sb_user_data_check_encoding(text->file, text->data, text->length, found);
    add_found(text, SB_RULE_ENCODING, found);
    return sb_diagnostics_errors(found) == 0;
}

void sb_lint_text(SbLintText *text, SbLintCheck *check, const SbLintPlace *place,
                  SbDiagnostics *outer)
{
    g_autoptr(SbDiagnostics) own = diagnostics_for(text->linter, text->data, text->length);
    text->diagnostics = own;
    if (check_encoding(text) && check)
        check(text);
    hand_over(own, place, text->file, outer);
}

void sb_lint_part(const SbLintText *text, const SbLintPlace *place, SbUserDataFormat format,
                  const char *data, gsize length)
{
    if (text->depth + 1 >= SB_LINT_MAX_DEPTH) {
        sb_lint_add(text, SB_RULE_PARTS, place->mark, NULL, "parts within parts, %d levels deep",
                    SB_LINT_MAX_DEPTH);
        return;
    }
    SbLintText part = {text->linter, text->file, data, length, text->depth + 1, NULL};
    SbLintCheck *check =
        format == SB_USER_DATA_UNKNOWN ? sb_lint_user_data : text->linter->checks[format];
    sb_lint_text(&part, check, place, text->diagnostics);
}

void sb_lint_user_data(const SbLintText *text)
{
    g_autoptr(SbDiagnostics) found = sb_diagnostics_new();
    sb_user_data_check_start(text->file, text->data, text->length, found);
    add_found(text, SB_RULE_HEADER, found);
    SbLintCheck *check = text->linter->checks[sb_user_data_format(text->data, text->length)];
    if (check)
        check(text);
}
