/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/diagnosis.h"

#include "base/text.h"
#include "base/units.h"
#include "diagnose/evidence-lines.h"

#include <string.h>

/* Where a rule matched. */
typedef struct {
    const SbRule *rule;
    int line, with; /**< of the console; below 0: none */
    char *group;    /**< (nullable) of the line that has it */
} Match;

static void match_clear(Match *match)
{
    g_clear_pointer(&match->group, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Match, match_clear)

void sb_diagnosis_free(SbDiagnosis *diagnosis)
{
    if (!diagnosis)
        return;
    g_free(diagnosis->cause);
    g_free(diagnosis->next);
    g_ptr_array_unref(diagnosis->evidence);
    g_free(diagnosis);
}

/* ---- words in braces ---- */

/* How to look at the machine: by COMMAND if it stays. */
static char *way(const SbFacts *facts, const char *command)
{
    return facts->stays ? g_strdup_printf("'seedbed %s %s'", command, facts->machine)
                        : g_strdup_printf("'seedbed up --keep' and 'seedbed %s %s'", command,
                                          facts->machine);
}

static char *log_of(const SbFacts *facts)
{
    if (facts->stays || !facts->evidence)
        return way(facts, "log");
    return g_strdup_printf("'%s/%s.console.txt'", facts->evidence, facts->machine);
}

/* The value that stands for {WORD} in a text; NULL if no fact has that name. (transfer full) */
static char *value_of(const SbFacts *facts, const Match *match, const char *word)
{
    const struct {
        const char *word, *value;
    } values[] = {
        {"1", match->group ? match->group : ""},
        {"machine", facts->machine},
        {"fleet", facts->fleet},
        {"network", facts->network},
        {"address", facts->address},
        {"said", facts->said},
        {"pool", facts->pool},
        {"image", facts->image},
        {"arch", facts->arch},
        {"image-arch", facts->image_arch},
        {"mac", facts->mac},
        {"other-mac", facts->other_mac},
        {"login-words", facts->login_words},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        if (strcmp(values[i].word, word) == 0)
            return sb_text_one_line(values[i].value ? values[i].value : "(not known)");
    if (strcmp(word, "reboots") == 0)
        return g_strdup_printf("%u", facts->reboots);
    if (strcmp(word, "log") == 0)
        return log_of(facts);
    return strcmp(word, "console") == 0 ? way(facts, "console")
           : strcmp(word, "ssh") == 0   ? way(facts, "ssh")
                                        : NULL;
}

static char *expand(const char *template, const SbFacts *facts, const Match *match)
{
    g_auto(GStrv) parts = g_strsplit(template, "{", -1);
    GString *text = g_string_new(parts[0]);
    for (gsize i = 1; parts[i]; i++) {
        g_auto(GStrv) word_and_rest = g_strsplit(parts[i], "}", 2);
        g_autofree char *value = value_of(facts, match, word_and_rest[0]);
        if (value && word_and_rest[1])
            g_string_append_printf(text, "%s%s", value, word_and_rest[1]);
        else
            g_string_append_printf(text, "{%s", parts[i]);
    }
    return g_string_free(text, FALSE);
}

/* ---- matching ---- */

/* The last line of the console, from FROM, that matches PATTERN; below 0 if none does. */
static int find_line(const SbFacts *facts, const char *pattern, guint from, char **group_out)
{
    for (guint i = facts->console ? facts->console->len : 0; i > from; i--)
        if (sb_rule_line_matches(pattern, g_ptr_array_index(facts->console, i - 1), group_out))
            return (int)i - 1;
    return -1;
}

/* The first one. */
static int find_first(const SbFacts *facts, const char *pattern, guint from, char **group_out)
{
    for (guint i = from; facts->console && i < facts->console->len; i++)
        if (sb_rule_line_matches(pattern, g_ptr_array_index(facts->console, i), group_out))
            return (int)i;
    return -1;
}

/* What the firmware says is past when a kernel has begun, and what a kernel says when the firmware
 * has begun again. */
static guint start_of(const SbFacts *facts, const char *pattern)
{
    int line = find_line(facts, pattern, 0, NULL);
    return line < 0 ? 0 : (guint)line;
}

#define FIRMWARE_BEGINS "UEFI firmware \\(version"
#define KERNEL_BEGINS "EFI stub: Booting Linux|Booting Linux on physical CPU|Linux version \\d"

static gboolean matches(const SbFacts *facts, const SbRule *rule, guint64 signs, Match *match_out)
{
    guint boot = start_of(facts, FIRMWARE_BEGINS);
    guint kernel = MAX(boot, start_of(facts, KERNEL_BEGINS));
    g_auto(Match) match = {.rule = rule, .line = -1, .with = -1};
    if ((rule->signs & ~signs) != 0)
        return FALSE;
    if (rule->line)
        match.line = find_first(facts, rule->line, kernel, rule->with ? NULL : &match.group);
    if (rule->line && match.line < 0)
        return FALSE;
    if (rule->with)
        match.with = find_first(facts, rule->with, boot, &match.group);
    if (rule->with && match.with < 0)
        return FALSE;
    *match_out = match;
    match.group = NULL;
    return TRUE;
}

/* The first rule of COUNT RULES of KIND that matches. */
static gboolean search(const SbFacts *facts, const SbRule *rules, gsize count, SbRuleKind kind,
                       Match *match_out)
{
    guint64 signs = sb_facts_signs(facts);
    for (gsize i = 0; i < count; i++)
        if (rules[i].kind == kind && matches(facts, &rules[i], signs, match_out))
            return TRUE;
    return FALSE;
}

/* ---- the diagnosis ---- */

static SbDiagnosis *make_diagnosis(const SbFacts *facts, const Match *match)
{
    SbDiagnosis *diagnosis = g_new0(SbDiagnosis, 1);
    diagnosis->rule = match->rule->name;
    diagnosis->is_final = match->rule->kind == SB_RULE_ENDS;
    diagnosis->cause = expand(match->rule->cause, facts, match);
    diagnosis->next = expand(match->rule->next, facts, match);
    diagnosis->evidence = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *progress = diagnosis->is_final ? NULL : sb_facts_progress(facts);
    if (progress)
        g_ptr_array_add(diagnosis->evidence, g_strdup_printf("how far it came: %s", progress));
    sb_evidence_add_facts(diagnosis->evidence, facts, match->rule->shows);
    if (match->line >= 0 || match->with >= 0)
        sb_evidence_add_console(diagnosis->evidence, facts, match->line, match->with);
    else if (match->rule->shows & SB_SHOW_TAIL)
        sb_evidence_add_tail(diagnosis->evidence, facts);
    return diagnosis;
}

static gboolean search_end(const SbFacts *facts, Match *match_out)
{
    gsize count;
    const SbRule *rules = sb_console_rules(&count);
    if (search(facts, rules, count, SB_RULE_ENDS, match_out))
        return TRUE;
    rules = sb_fact_rules(&count);
    return search(facts, rules, count, SB_RULE_ENDS, match_out);
}

SbDiagnosis *sb_diagnose_end(const SbFacts *facts)
{
    g_auto(Match) match = {.rule = NULL};
    return search_end(facts, &match) ? make_diagnosis(facts, &match) : NULL;
}

SbDiagnosis *sb_diagnose(const SbFacts *facts)
{
    g_auto(Match) match = {.rule = NULL};
    gsize count;
    const SbRule *rules = sb_fact_rules(&count);
    if (!search_end(facts, &match) && !search(facts, rules, count, SB_RULE_EXPLAINS, &match))
        return NULL;
    return make_diagnosis(facts, &match);
}

char *sb_diagnosis_text(const SbDiagnosis *diagnosis, const char *suffix)
{
    GString *text = g_string_new(diagnosis->cause);
    g_string_append(text, suffix ? suffix : "");
    for (guint i = 0; i < diagnosis->evidence->len; i++)
        g_string_append_printf(text, "%s\n  | %s", i == 0 ? "\nevidence:" : "",
                               (const char *)g_ptr_array_index(diagnosis->evidence, i));
    g_string_append_printf(text, "\ntry: %s", diagnosis->next);
    return g_string_free(text, FALSE);
}

/* ---- progress ---- */

char *sb_facts_progress(const SbFacts *facts)
{
    g_autofree char *stage = NULL;
    int runs = find_line(facts, "Cloud-init v\\. .* running '([^']+)'", 0, &stage);
    if (runs >= 0 && find_line(facts, "Cloud-init v\\. .* finished at", (guint)runs, NULL) < 0)
        return g_strdup_printf("cloud-init has begun its stage '%s'", stage);
    g_autofree char *job = NULL;
    if (find_line(facts, "A (?:start|stop) job is running for (.+?) \\(",
                  facts->console && facts->console->len > 3 ? facts->console->len - 3 : 0,
                  &job) >= 0)
        return g_strdup_printf("systemd waits for '%s'", job);
    return NULL;
}

SbStage sb_facts_console_stage(const SbFacts *facts)
{
    SbStage stage = SB_STAGE_NONE;
    for (guint i = start_of(facts, FIRMWARE_BEGINS); facts->console && i < facts->console->len;
         i++) {
        const SbRule *rule = sb_rule_of_line(g_ptr_array_index(facts->console, i));
        if (rule && rule->kind == SB_RULE_PROGRESS)
            stage = MAX(stage, rule->stage);
    }
    return stage;
}
