/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/diagnosis.h"

#include "base/text.h"
#include "base/units.h"
#include "diagnose/evidence-lines.h"
#include "diagnose/next-steps.h"

#include <string.h>

/* Where a rule matched. */
typedef struct {
    const SbRule *rule;
    int line, with; /**< of the console; below 0: none */
    char *group;    /**< (nullable) of WITH or, without it, of LINE */
    char *of_line;  /**< (nullable) of LINE, if there is WITH */
} Match;

static const char *line_at(const SbFacts *facts, int line)
{
    return line < 0 ? NULL : g_ptr_array_index(facts->console, (guint)line);
}

static void match_clear(Match *match)
{
    g_clear_pointer(&match->group, g_free);
    g_clear_pointer(&match->of_line, g_free);
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
        {"2", match->of_line ? match->of_line : ""},
        {"line", line_at(facts, match->line)},
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
        {"seed", facts->seed_problem},
        {"missing", facts->image_missing},
        {"image-problem", facts->image_problem},
        {"other-mac", facts->other_mac},
        {"path", facts->path_problem},
        {"firewall", facts->firewall_rule},
        {"path-mend", facts->path_mend},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        if (strcmp(values[i].word, word) == 0)
            return sb_text_one_line(values[i].value ? values[i].value : "(not known)");
    if (strcmp(word, "reboots") == 0)
        return g_strdup_printf("%u", facts->reboots);
    if (strcmp(word, "log") == 0)
        return log_of(facts);
    return strcmp(word, "console") == 0  ? way(facts, "console")
           : strcmp(word, "ssh") == 0    ? way(facts, "ssh")
           : strcmp(word, "status") == 0 ? way(facts, "status")
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

/* The first one; but the first one whose group has a text, if there is one. */
static int find_first(const SbFacts *facts, const char *pattern, guint from, char **group_out)
{
    int first = -1;
    for (guint i = from; facts->console && i < facts->console->len; i++) {
        g_autofree char *group = NULL;
        if (!sb_rule_line_matches(pattern, g_ptr_array_index(facts->console, i), &group))
            continue;
        if (first < 0)
            first = (int)i;
        if (!group_out)
            return first;
        if (*group) {
            *group_out = g_steal_pointer(&group);
            return (int)i;
        }
    }
    if (first >= 0)
        *group_out = g_strdup("");
    return first;
}

/* What the firmware says is past when a kernel has begun, and what a kernel says when the firmware
 * has begun again. */
static guint start_of(const SbFacts *facts, const char *pattern)
{
    int line = find_line(facts, pattern, 0, NULL);
    return line < 0 ? 0 : (guint)line;
}

#define FIRMWARE_BEGINS "UEFI firmware \\(version"
#define KERNEL_BEGINS                                                                              \
    "EFI stub: Booting Linux|Booting Linux on physical CPU|Linux version \\d|---<<BOOT>>---"

/* Where the boot that counts begins on the console: its firmware, and its kernel if there is one.
 */
typedef struct {
    guint firmware, kernel;
} Boot;

static Boot boot_of(const SbFacts *facts)
{
    Boot boot = {.firmware = start_of(facts, FIRMWARE_BEGINS)};
    boot.kernel = MAX(boot.firmware, start_of(facts, KERNEL_BEGINS));
    return boot;
}

/* Whether ssh said something that matches PATTERN when the login failed. */
static gboolean match_words(const SbFacts *facts, const char *pattern, char **group_out)
{
    g_auto(GStrv) words = g_strsplit(facts->login_words ? facts->login_words : "", "\n", -1);
    for (gsize i = 0; words[i]; i++)
        if (sb_rule_line_matches(pattern, words[i], group_out))
            return TRUE;
    return FALSE;
}

/* Whether a line of the console, from FROM, has NAME. */
static gboolean is_named(const SbFacts *facts, guint from, const char *name)
{
    for (guint i = from; facts->console && i < facts->console->len; i++)
        if (strstr(g_ptr_array_index(facts->console, i), name))
            return TRUE;
    return FALSE;
}

static gboolean match_line(const SbFacts *facts, const SbRule *rule, Boot boot, Match *match)
{
    char **group_out = rule->with ? &match->of_line : &match->group;
    guint count = facts->console ? facts->console->len : 0;
    if (rule->signs & SB_SIGNS_OF_WORDS)
        return match_words(facts, rule->line, group_out);
    guint from = rule->is_last && count > 0 ? count - 1 : boot.kernel;
    match->line = rule->goes_on ? find_line(facts, rule->line, from, group_out)
                                : find_first(facts, rule->line, from, group_out);
    return match->line >= 0 && !(rule->goes_on && *match->group &&
                                 is_named(facts, (guint)match->line + 1, match->group));
}

static gboolean matches(const SbFacts *facts, const SbRule *rule, Boot boot, Match *match_out)
{
    g_auto(Match) match = {.rule = rule, .line = -1, .with = -1};
    if (rule->line && !match_line(facts, rule, boot, &match))
        return FALSE;
    if (rule->with)
        match.with = find_first(facts, rule->with, boot.firmware, &match.group);
    if (rule->with && match.with < 0)
        return FALSE;
    *match_out = match;
    match.group = match.of_line = NULL;
    return TRUE;
}

/* The first rule of KIND that matches. */
static gboolean search(const SbFacts *facts, SbRuleKind kind, Match *match_out)
{
    /* A machine that is off explains a port that is closed; but what the guest says explains a late
     * stage better than anything that is known outside it. */
    static const SbRule *(*const ends[])(gsize *) = {sb_console_rules, sb_fact_rules,
                                                     sb_guest_rules};
    static const SbRule *(*const explains[])(gsize *) = {sb_console_rules, sb_guest_rules,
                                                         sb_fact_rules};
    guint64 signs = sb_facts_signs(facts);
    Boot boot = boot_of(facts);
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        gsize count;
        const SbRule *rules = kind == SB_RULE_ENDS ? ends[i](&count) : explains[i](&count);
        for (gsize j = 0; j < count; j++)
            if (rules[j].kind == kind && (rules[j].signs & ~signs) == 0 &&
                matches(facts, &rules[j], boot, match_out))
                return TRUE;
    }
    return FALSE;
}

/* The unit that systemd began last and has not ended. (transfer full) (nullable) */
static char *unfinished_unit(const SbFacts *facts)
{
    for (guint i = facts->console ? facts->console->len : 0; i > boot_of(facts).kernel; i--) {
        g_autofree char *unit = NULL;
        /* systemd cuts a long name in its middle, and not always at the same place. */
        if (sb_rule_line_matches("^ +(?:Start|Mount)ing ([^…]{6,}?)(?:…|\\.\\.\\.$)",
                                 line_at(facts, (int)i - 1), &unit) &&
            !is_named(facts, i, unit))
            return g_steal_pointer(&unit);
    }
    return NULL;
}

/* ---- the diagnosis ---- */

/* An image that was written to under a machine explains whatever happened to it then. */
static gboolean is_of_image(const SbFacts *facts, const SbRule *rule)
{
    return facts->image_problem && rule->line && rule->kind == SB_RULE_ENDS;
}

/* The line of the console that MATCH begins with; its length if MATCH is not about a line. */
static guint start_of_match(const SbFacts *facts, const Match *match)
{
    if (match->line < 0 && match->with < 0)
        return facts->console ? facts->console->len : 0;
    return (guint)(match->line < 0   ? match->with
                   : match->with < 0 ? match->line
                                     : MIN(match->line, match->with));
}

/* A rule that says what happened, and not why, is explained by a rule about what the guest said
 * before. */
static gboolean find_reason(const SbFacts *facts, const Match *match, Match *reason_out)
{
    if (!(match->rule->shows & SB_SHOW_REASON))
        return FALSE;
    gsize count;
    const SbRule *rules = sb_guest_rules(&count);
    for (gsize i = 0; i < count; i++) {
        g_auto(Match) reason = {.rule = NULL};
        if (rules[i].kind == SB_RULE_EXPLAINS && rules[i].signs == SB_SIGN(AWAITS) &&
            rules[i].line &&
            !(rules[i].shows & match->rule->shows & SB_SHOW_REASON &&
              match->rule->kind == SB_RULE_EXPLAINS) &&
            matches(facts, &rules[i], boot_of(facts), &reason) &&
            (guint)reason.line < start_of_match(facts, match)) {
            *reason_out = reason;
            reason.group = reason.of_line = NULL;
            return TRUE;
        }
    }
    return FALSE;
}

/* The last error among the lines from FROM and before TO that says more than MATCH. */
static int find_error(const SbFacts *facts, const Match *match, guint from, guint to)
{
    int error = sb_evidence_last_error(facts, from, to);
    while (error >= 0 && match->group && *match->group &&
           g_str_has_suffix(line_at(facts, error), match->group))
        error = sb_evidence_last_error(facts, from, (guint)error);
    return error;
}

/* A rule that knows how far the boot came, and nothing of the cause. */
static gboolean is_only_late(const SbRule *rule)
{
    return rule->kind == SB_RULE_EXPLAINS && rule->shows & SB_SHOW_TAIL;
}

/* A rule that does not know the cause says what the guest itself has complained about last, or
 * just before: the number of that line, or below 0. */
static int error_of(const SbFacts *facts, const Match *match)
{
    enum { LINES_BEFORE = 8, LINES_AFTER = 3 };
    const SbRule *rule = match->rule;
    guint from = boot_of(facts).kernel, to = start_of_match(facts, match);
    if (is_only_late(rule))
        return sb_evidence_last_error(facts, from, facts->console ? facts->console->len : 0);
    if (!(rule->shows & SB_SHOW_REASON) || (match->line < 0 && match->with < 0))
        return -1;
    int error = find_error(facts, match, MAX(from, to > LINES_BEFORE ? to - LINES_BEFORE : 0), to);
    guint after = (guint)match->line + 1;
    return error >= 0 || rule->kind == SB_RULE_ENDS || match->line < 0
               ? error
               : find_error(facts, match, after, MIN(after + LINES_AFTER, facts->console->len));
}

/* Adds what systemd says of the units in a boot that is late. */
static void add_units(GString *text, const SbFacts *facts, gboolean has_errors)
{
    g_autofree char *failed = sb_evidence_failed_units(facts, boot_of(facts).kernel);
    if (failed)
        g_string_append_printf(text, "; units that failed in the guest: '%s'", failed);
    g_autofree char *unit =
        has_errors || facts->awaited == SB_STAGE_READY ? NULL : unfinished_unit(facts);
    if (unit)
        g_string_append_printf(text, "; systemd has not finished '%s'", unit);
}

static char *cause_of(const SbFacts *facts, const Match *match, const Match *reason)
{
    g_autofree char *cause = expand(match->rule->cause, facts, match);
    int error = error_of(facts, match);
    gboolean is_late = is_only_late(match->rule);
    if (is_of_image(facts, match->rule))
        return g_strdup_printf("%s; its image is not as it was imported: %s", cause,
                               facts->image_problem);
    if (reason->rule) {
        g_autofree char *why = expand(reason->rule->cause, facts, reason);
        return g_strdup_printf("%s; the reason: %s", cause, why);
    }
    GString *text = g_string_new(cause);
    int panic =
        match->rule->shows & SB_SHOW_TAIL ? find_line(facts, "Kernel panic - ", 0, NULL) : -1;
    if (panic >= 0 && (guint)panic < boot_of(facts).firmware)
        g_string_append_printf(text, "; its boot before ended with '%s'", line_at(facts, panic));
    if (is_late)
        add_units(text, facts, error >= 0);
    if (error >= 0 && !(is_late && g_str_has_prefix(line_at(facts, error), "[FAILED]"))) {
        g_autofree char *line = sb_text_one_line(line_at(facts, error));
        g_string_append_printf(text, "; the %s: '%s'",
                               is_late ? "last error on its console"
                               : (guint)error < start_of_match(facts, match) ? "error before it"
                                                                             : "error after it",
                               g_strstrip(line));
    }
    return g_string_free(text, FALSE);
}

static char *next_of(const SbFacts *facts, const Match *match, const Match *reason)
{
    if (is_of_image(facts, match->rule))
        return expand(NEXT_CHANGED, facts, match);
    if (reason->rule)
        return expand(reason->rule->next, facts, reason);
    g_autofree char *next = expand(match->rule->next, facts, match);
    g_autofree char *first =
        error_of(facts, match) >= 0
            ? expand("look into that error first: {log} has the lines around it; if it does "
                     "not explain this: ",
                     facts, match)
            : g_strdup("");
    return g_strconcat(first, next, NULL);
}

static SbDiagnosis *make_diagnosis(const SbFacts *facts, const Match *match)
{
    SbDiagnosis *diagnosis = g_new0(SbDiagnosis, 1);
    diagnosis->rule = match->rule->name;
    diagnosis->is_final = match->rule->kind == SB_RULE_ENDS;
    g_auto(Match) reason = {.rule = NULL};
    find_reason(facts, match, &reason);
    diagnosis->cause = cause_of(facts, match, &reason);
    diagnosis->next = next_of(facts, match, &reason);
    diagnosis->evidence = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *progress = diagnosis->is_final ? NULL : sb_facts_progress(facts);
    if (progress)
        g_ptr_array_add(diagnosis->evidence, g_strdup_printf("how far it came: %s", progress));
    sb_evidence_add_facts(diagnosis->evidence, facts, match->rule->shows);
    if (reason.rule)
        sb_evidence_add_console(diagnosis->evidence, facts, match->line, reason.line);
    else if (match->line >= 0 || match->with >= 0)
        sb_evidence_add_console(diagnosis->evidence, facts, match->line, match->with);
    else if (match->rule->shows & SB_SHOW_TAIL)
        sb_evidence_add_tail(diagnosis->evidence, facts, error_of(facts, match));
    return diagnosis;
}

SbDiagnosis *sb_diagnose_end(const SbFacts *facts)
{
    g_auto(Match) match = {.rule = NULL};
    return search(facts, SB_RULE_ENDS, &match) ? make_diagnosis(facts, &match) : NULL;
}

SbDiagnosis *sb_diagnose(const SbFacts *facts)
{
    g_auto(Match) match = {.rule = NULL};
    if (!search(facts, SB_RULE_ENDS, &match) && !search(facts, SB_RULE_EXPLAINS, &match))
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

SbDiagnosis *sb_diagnosis_from_text(const char *text)
{
    static const char evidence[] = "\nevidence:", line[] = "  | ", next[] = "\ntry: ";
    const char *step = g_strrstr(text, next);
    if (!step)
        return NULL;
    const char *proof = g_strstr_len(text, step - text, evidence);
    SbDiagnosis *diagnosis = g_new0(SbDiagnosis, 1);
    diagnosis->cause = g_strndup(text, (gsize)((proof ? proof : step) - text));
    diagnosis->next = g_strdup(step + strlen(next));
    diagnosis->evidence = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *block = proof ? g_strndup(proof, (gsize)(step - proof)) : g_strdup("");
    g_auto(GStrv) lines = g_strsplit(block, "\n", -1);
    for (char **at = lines; *at; at++)
        if (g_str_has_prefix(*at, line))
            g_ptr_array_add(diagnosis->evidence, g_strdup(*at + strlen(line)));
    return diagnosis;
}

/* ---- progress ---- */

char *sb_facts_progress(const SbFacts *facts)
{
    if (facts->doing)
        return g_strdup(facts->doing);
    g_autofree char *stage = NULL;
    int runs = find_line(facts, "Cloud-init v\\. .* running '([^']+)'", 0, &stage);
    if (runs >= 0 && find_line(facts, "Cloud-init v\\. .* finished at", (guint)runs, NULL) < 0)
        return g_strdup_printf("cloud-init has begun its stage '%s'", stage);
    g_autofree char *job = NULL;
    if (find_line(facts, SB_SYSTEMD_JOB("(.+?)"),
                  facts->console && facts->console->len > 3 ? facts->console->len - 3 : 0,
                  &job) >= 0)
        return g_strdup_printf("systemd waits for '%s'", job);
    g_autofree char *unit = unfinished_unit(facts);
    return unit ? g_strdup_printf("systemd has not finished '%s'", unit) : NULL;
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
