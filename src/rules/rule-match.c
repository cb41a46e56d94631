/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/rule-match.h"

#include "rules/complaints.h"

#include <string.h>

void sb_rule_match_clear(SbRuleMatch *match)
{
    g_clear_pointer(&match->group, g_free);
    g_clear_pointer(&match->of_line, g_free);
}

static const char *line_at(const SbFacts *facts, guint line)
{
    return g_ptr_array_index(facts->console, line);
}

int sb_console_find(const SbFacts *facts, const char *pattern, guint from, char **group_out)
{
    for (guint i = facts->console ? facts->console->len : 0; i > from; i--)
        if (sb_rule_line_matches(pattern, line_at(facts, i - 1), group_out))
            return (int)i - 1;
    return -1;
}

/* Whether line LINE proves nothing: a unit that was started after all or, for WITH, what healthy
 * boots say, too. */
static gboolean is_void(const SbFacts *facts, guint line, gboolean is_with)
{
    return sb_complaint_is_mended(facts, line) ||
           (is_with && sb_complaint_is_harmless(line_at(facts, line)));
}

/* The first one that proves something; but the first one whose group has a text, if there is one.
 */
static int find_first(const SbFacts *facts, const char *pattern, guint from, gboolean is_with,
                      char **group_out)
{
    int first = -1;
    for (guint i = from; facts->console && i < facts->console->len; i++) {
        g_autofree char *group = NULL;
        if (!sb_rule_line_matches(pattern, line_at(facts, i), &group) || is_void(facts, i, is_with))
            continue;
        if (first < 0)
            first = (int)i;
        if (*group) {
            *group_out = g_steal_pointer(&group);
            return (int)i;
        }
    }
    if (first >= 0)
        *group_out = g_strdup("");
    return first;
}

static guint start_of(const SbFacts *facts, const char *pattern)
{
    int line = sb_console_find(facts, pattern, 0, NULL);
    return line < 0 ? 0 : (guint)line;
}

#define FIRMWARE_BEGINS "UEFI firmware \\(version"
#define KERNEL_BEGINS                                                                              \
    "EFI stub: Booting Linux|Booting Linux on physical CPU|Linux version \\d|---<<BOOT>>---"

SbConsoleBoot sb_console_boot(const SbFacts *facts)
{
    SbConsoleBoot boot = {.firmware = start_of(facts, FIRMWARE_BEGINS)};
    boot.kernel = MAX(boot.firmware, start_of(facts, KERNEL_BEGINS));
    return boot;
}

/* Whether ssh said something that matches PATTERN when the login failed. */
static gboolean match_words(const SbFacts *facts, const char *pattern, char **group_out)
{
    const char *text = facts->login_step ? facts->login_step : facts->login_words;
    g_auto(GStrv) words = g_strsplit(text ? text : "", "\n", -1);
    for (gsize i = 0; words[i]; i++)
        if (sb_rule_line_matches(pattern, words[i], group_out))
            return TRUE;
    return FALSE;
}

gboolean sb_console_names(const SbFacts *facts, guint from, const char *name)
{
    for (guint i = from; facts->console && i < facts->console->len; i++)
        if (strstr(line_at(facts, i), name))
            return TRUE;
    return FALSE;
}

static gboolean match_line(const SbFacts *facts, const SbRule *rule, SbConsoleBoot boot,
                           SbRuleMatch *match)
{
    char **group_out = rule->with ? &match->of_line : &match->group;
    guint count = facts->console ? facts->console->len : 0;
    if (sb_rule_asks_for(rule, SB_SIGN_LOGIN_BROKEN) ||
        sb_rule_asks_for(rule, SB_SIGN_LOGIN_HANGS) ||
        sb_rule_asks_for(rule, SB_SIGN_LOGIN_SHELL) ||
        sb_rule_asks_for(rule, SB_SIGN_LOGIN_NONSENSE))
        return match_words(facts, rule->line, group_out);
    guint from = rule->is_last && count > 0 ? count - 1
                 : rule->is_of_firmware     ? boot.firmware
                                            : boot.kernel;
    match->line = rule->goes_on ? sb_console_find(facts, rule->line, from, group_out)
                                : find_first(facts, rule->line, from, FALSE, group_out);
    return match->line >= 0 && !(rule->goes_on && **group_out &&
                                 sb_console_names(facts, (guint)match->line + 1, *group_out));
}

static gboolean matches(const SbFacts *facts, const SbRule *rule, SbConsoleBoot boot,
                        SbRuleMatch *match_out)
{
    g_auto(SbRuleMatch) match = {.rule = rule, .line = -1, .with = -1};
    if (rule->line && !match_line(facts, rule, boot, &match))
        return FALSE;
    if (rule->with)
        match.with = find_first(facts, rule->with, boot.firmware, TRUE, &match.group);
    if (rule->with && match.with < 0)
        return FALSE;
    if (rule->without && sb_console_find(facts, rule->without, boot.kernel, NULL) >= 0)
        return FALSE;
    *match_out = match;
    match.group = match.of_line = NULL;
    return TRUE;
}

static gboolean has_signs(const SbRule *rule, const SbSigns *signs)
{
    for (gsize i = 0; i < SB_RULE_SIGNS; i++)
        if (!signs->has[rule->signs[i]])
            return FALSE;
    return rule->unless == SB_SIGN_NONE || !signs->has[rule->unless];
}

gboolean sb_rule_search(const SbFacts *facts, SbRuleKind kind, SbRuleMatch *match_out)
{
    static const SbRule *(*const ends[])(gsize *) = {sb_loader_rules, sb_console_rules,
                                                     sb_fact_rules,   sb_reach_rules,
                                                     sb_guest_rules,  sb_user_data_rules};
    static const SbRule *(*const explains[])(gsize *) = {sb_loader_rules,    sb_console_rules,
                                                         sb_reach_rules,     sb_guest_rules,
                                                         sb_user_data_rules, sb_fact_rules};
    SbSigns signs = sb_facts_signs(facts);
    SbConsoleBoot boot = sb_console_boot(facts);
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        gsize count;
        const SbRule *rules = kind == SB_RULE_ENDS ? ends[i](&count) : explains[i](&count);
        for (gsize j = 0; j < count; j++)
            if (rules[j].kind == kind && has_signs(&rules[j], &signs) &&
                matches(facts, &rules[j], boot, match_out))
                return TRUE;
    }
    return FALSE;
}

/* Whether RULE asks for nothing but that the guest is awaited. */
static gboolean only_awaits(const SbRule *rule)
{
    return (rule->signs[0] == SB_SIGN_AWAITS || rule->signs[0] == SB_SIGN_AWAITS_CLOUD_INIT) &&
           rule->signs[1] == SB_SIGN_NONE;
}

/* The line beside MATCH that RULE is about: a unit says soon before its end why it fails, and on
 * some consoles soon after. */
static gboolean match_beside(const SbFacts *facts, const SbRule *rule, const SbRuleMatch *match,
                             SbRuleMatch *reason_out)
{
    enum { LINES_BEFORE = 8, LINES_AFTER = 3 };
    if (match->line < 0)
        return FALSE;
    guint line = (guint)match->line, last = MIN(line + LINES_AFTER, facts->console->len - 1);
    for (guint i = line > LINES_BEFORE ? line - LINES_BEFORE : 0; i <= last; i++)
        if (sb_rule_line_matches(rule->line, line_at(facts, i), &reason_out->group)) {
            reason_out->rule = rule;
            reason_out->line = (int)i;
            reason_out->with = -1;
            return TRUE;
        }
    return FALSE;
}

/* Whether RULE needs only the words of a guest that is awaited, and they were said before MATCH. A
 * rule that is itself to be explained does not explain another one. */
static gboolean explains(const SbFacts *facts, const SbSigns *signs, const SbRule *rule,
                         const SbRuleMatch *match, SbRuleMatch *reason_out)
{
    if (rule->kind == SB_RULE_REASON)
        return signs->has[SB_SIGN_AWAITS] && match_beside(facts, rule, match, reason_out);
    gboolean is_vague = rule->shows & SB_SHOW_REASON && match->rule->kind == SB_RULE_EXPLAINS;
    g_auto(SbRuleMatch) reason = {.rule = NULL};
    if (rule->kind != SB_RULE_EXPLAINS || !rule->line || rule->is_last || is_vague ||
        rule->goes_on || !only_awaits(rule) || !signs->has[SB_SIGN_AWAITS] ||
        (rule->unless != SB_SIGN_NONE && signs->has[rule->unless]) ||
        !matches(facts, rule, sb_console_boot(facts), &reason) ||
        (guint)reason.line >= sb_rule_match_start(facts, match))
        return FALSE;
    *reason_out = reason;
    reason.group = reason.of_line = NULL;
    return TRUE;
}

gboolean sb_rule_find_reason(const SbFacts *facts, const SbRuleMatch *match,
                             SbRuleMatch *reason_out)
{
    if (!(match->rule->shows & SB_SHOW_REASON))
        return FALSE;
    SbSigns signs = sb_facts_signs(facts);
    static const SbRule *(*const tables[])(gsize *) = {
        sb_reach_rules, sb_guest_rules, sb_command_rules, sb_user_data_rules, sb_fact_rules};
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
        gsize count;
        const SbRule *rules = tables[i](&count);
        for (gsize j = 0; j < count; j++)
            if (explains(facts, &signs, &rules[j], match, reason_out))
                return TRUE;
    }
    return FALSE;
}

guint sb_rule_match_start(const SbFacts *facts, const SbRuleMatch *match)
{
    if (match->line < 0 && match->with < 0)
        return facts->console ? facts->console->len : 0;
    return (guint)(match->line < 0   ? match->with
                   : match->with < 0 ? match->line
                                     : MIN(match->line, match->with));
}

/* ---- the other way round ---- */

/* Where TEXT has the parts of CAUSE between its words in braces, one after the other; NULL: it does
 * not. */
static const char *find_cause(const char *text, const char *cause, gsize *letters_out)
{
    g_auto(GStrv) parts = g_regex_split_simple("\\{[a-z0-9-]+\\}", cause, 0, 0);
    const char *begin = NULL, *at = text;
    *letters_out = 0;
    for (gsize i = 0; parts[i]; i++) {
        at = strstr(at, parts[i]);
        if (!at)
            return NULL;
        if (!begin && *parts[i])
            begin = at;
        at += strlen(parts[i]);
        *letters_out += strlen(parts[i]);
    }
    return begin;
}

const SbRule *sb_rule_of_cause(const char *text)
{
    static const SbRule *(*const tables[])(gsize *) = {sb_loader_rules,    sb_console_rules,
                                                       sb_reach_rules,     sb_guest_rules,
                                                       sb_user_data_rules, sb_fact_rules};
    const SbRule *best = NULL;
    const char *first = NULL;
    gsize most = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
        gsize count, letters;
        const SbRule *rules = tables[i](&count);
        for (gsize j = 0; j < count; j++) {
            const char *begin = rules[j].cause ? find_cause(text, rules[j].cause, &letters) : NULL;
            if (begin && (!first || begin < first || (begin == first && letters > most))) {
                best = &rules[j];
                first = begin;
                most = letters;
            }
        }
    }
    return best;
}
