/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/diagnosis.h"

#include "base/text.h"
#include "base/units.h"
#include "rules/complaints.h"
#include "rules/evidence-lines.h"
#include "rules/next-steps.h"
#include "rules/rule-match.h"

#include <string.h>

static const char *line_at(const SbFacts *facts, int line)
{
    return line < 0 ? NULL : g_ptr_array_index(facts->console, (guint)line);
}

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

/* systemd writes the path of a device in its unit: "dev-disk-by\\x2dlabel-x.device"; dracut in its
 * hook: "\\x2fdev\\x2fvda1". (transfer full) */
static char *without_escapes(const char *group)
{
    if (g_str_has_prefix(group, "\\x2f")) {
        GString *device = g_string_new(group);
        g_string_replace(device, "\\x2f", "/", 0);
        return g_string_free(device, FALSE);
    }
    if (!g_str_has_prefix(group, "dev-") || !g_str_has_suffix(group, ".device"))
        return g_strdup(group);
    g_autofree char *unit = g_strndup(group, strlen(group) - strlen(".device"));
    GString *path = g_string_new("/");
    g_string_append(path, g_strdelimit(unit, "-", '/'));
    g_string_replace(path, "\\x2d", "-", 0);
    return g_string_free(path, FALSE);
}

/* The value that stands for {WORD} in a text; NULL if no fact has that name. (transfer full) */
static char *value_of(const SbFacts *facts, const SbRuleMatch *match, const char *word)
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
        {"doing", facts->doing},
        {"pool", facts->pool},
        {"image", facts->image},
        {"arch", facts->arch},
        {"image-arch", facts->image_arch},
        {"mac", facts->mac},
        {"account", facts->account},
        {"account-problem", facts->account_problem},
        {"sshd-problem", facts->sshd_problem},
        {"network-problem", facts->network_problem},
        {"seed", facts->seed_problem},
        {"missing", facts->image_missing},
        {"image-mend", facts->image_mend},
        {"image-problem", facts->image_problem},
        {"other-mac", facts->other_mac},
        {"path", facts->path_problem},
        {"firewall", facts->firewall_rule},
        {"dhcp-firewall", facts->dhcp_firewall_rule},
        {"path-mend", facts->path_mend},
        {"outside", facts->outside_problem},
        {"outside-mend", facts->outside_mend},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        if (strcmp(values[i].word, word) == 0) {
            g_autofree char *plain =
                without_escapes(values[i].value ? values[i].value : "(not known)");
            return sb_text_one_line(plain);
        }
    if (strcmp(word, "reboots") == 0)
        return g_strdup_printf("%u", facts->reboots);
    if (strcmp(word, "log") == 0)
        return log_of(facts);
    return strcmp(word, "console") == 0  ? way(facts, "console")
           : strcmp(word, "ssh") == 0    ? way(facts, "ssh")
           : strcmp(word, "status") == 0 ? way(facts, "status")
                                         : NULL;
}

/* What stands after {stays} is said only of a machine that stays, after {goes} of one that is taken
 * back, and after {both} of each. */
static char *expand(const char *template, const SbFacts *facts, const SbRuleMatch *match)
{
    g_auto(GStrv) parts = g_strsplit(template, "{", -1);
    GString *text = g_string_new(parts[0]);
    gboolean is_said = TRUE;
    for (gsize i = 1; parts[i]; i++) {
        g_auto(GStrv) word_and_rest = g_strsplit(parts[i], "}", 2);
        const char *word = word_and_rest[0];
        gboolean is_stays = strcmp(word, "stays") == 0;
        if (is_stays || strcmp(word, "goes") == 0 || strcmp(word, "both") == 0) {
            is_said = strcmp(word, "both") == 0 || is_stays == facts->stays;
            g_string_append(text, is_said ? word_and_rest[1] : "");
            continue;
        }
        if (!is_said)
            continue;
        g_autofree char *value = value_of(facts, match, word);
        if (value && word_and_rest[1])
            g_string_append_printf(text, "%s%s", value, word_and_rest[1]);
        else
            g_string_append_printf(text, "{%s", parts[i]);
    }
    return g_string_free(text, FALSE);
}

/* The unit that systemd began last and has not ended. (transfer full) (nullable) */
static char *unfinished_unit(const SbFacts *facts)
{
    for (guint i = facts->console ? facts->console->len : 0; i > sb_console_boot(facts).kernel;
         i--) {
        g_autofree char *unit = NULL;
        /* systemd cuts a long name in its middle, and not always at the same place. */
        if (sb_rule_line_matches(SB_SYSTEMD_BEGINS "([^…]{6,}?)(?:…|\\.\\.\\.$)",
                                 line_at(facts, (int)i - 1), &unit) &&
            !sb_console_names(facts, i, unit))
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

/* The complaint among the lines from FROM and before TO that says more than MATCH. */
static int find_error(const SbFacts *facts, const SbRuleMatch *match, guint from, guint to)
{
    int error = sb_complaint_find(facts, from, to, SB_STAGE_NONE);
    while (error >= 0 && match->group && *match->group &&
           g_str_has_suffix(line_at(facts, error), match->group))
        error = sb_complaint_find(facts, from, (guint)error, SB_STAGE_NONE);
    return error;
}

/* A rule that knows how far the boot came, and nothing of the cause. */
static gboolean is_only_late(const SbRule *rule)
{
    return rule->kind == SB_RULE_EXPLAINS && rule->shows & SB_SHOW_TAIL;
}

/* A rule that knows what does not work, and that can have its cause anywhere in the boot. */
static gboolean is_without_cause(const SbRule *rule)
{
    return is_only_late(rule) ||
           (rule->shows & SB_SHOW_REASON && (sb_rule_asks_for(rule, SB_SIGN_PORT_REFUSED) ||
                                             sb_rule_asks_for(rule, SB_SIGN_PORT_SILENT) ||
                                             sb_rule_asks_for(rule, SB_SIGN_LOGIN_DENIED) ||
                                             sb_rule_asks_for(rule, SB_SIGN_LOGIN_HOST_KEY)));
}

#define CLOUD_INIT_STAGE "Cloud-init v\\. .* running '([^']+)'"

/* Where that begins which ends with MATCH: the start of its unit, or cloud-init's stage. */
static guint begin_of(const SbFacts *facts, const SbRuleMatch *match)
{
    enum { LINES_BEFORE = 8 };
    guint to = sb_rule_match_start(facts, match), kernel = sb_console_boot(facts).kernel;
    guint begin = MAX(kernel, to > LINES_BEFORE ? to - LINES_BEFORE : 0);
    for (guint i = to; i > kernel; i--) {
        const char *line = line_at(facts, (int)i - 1);
        gboolean begins_unit = match->group && *match->group && strstr(line, match->group) &&
                               sb_rule_line_matches(SB_SYSTEMD_BEGINS, line, NULL);
        if (begins_unit || (facts->awaited == SB_STAGE_READY &&
                            sb_rule_line_matches(CLOUD_INIT_STAGE, line, NULL)))
            return MIN(begin, i - 1);
    }
    return begin;
}

/* What a program said just before MATCH, also without a word of complaint; below 0: nothing. */
static int last_words(const SbFacts *facts, const SbRuleMatch *match)
{
    enum { LINES_BEFORE = 3 };
    guint start = sb_rule_match_start(facts, match), kernel = sb_console_boot(facts).kernel;
    for (guint i = start; i > kernel && start - i < LINES_BEFORE; i--)
        if (!sb_rule_line_matches("^\\[|^ +(?:Start|- )|UEFI|EFI stub|BdsDxe|^Begin: "
                                  "|ALERT!|(?:done|ok)\\.?$|\\.{4}|…$|^\\W*$",
                                  line_at(facts, (int)i - 1), NULL))
            return (int)i - 1;
    return -1;
}

/* A rule that does not know the cause says what the guest itself has complained about, in all its
 * boot or just before: the number of that line, or below 0. */
static int error_of(const SbFacts *facts, const SbRuleMatch *match)
{
    enum { LINES_AFTER = 3 };
    const SbRule *rule = match->rule;
    guint count = facts->console ? facts->console->len : 0;
    if (is_without_cause(rule))
        return sb_complaint_find(facts, sb_console_boot(facts).kernel, count, facts->awaited);
    if (!(rule->shows & SB_SHOW_REASON) || (match->line < 0 && match->with < 0))
        return -1;
    int error = find_error(facts, match, begin_of(facts, match), sb_rule_match_start(facts, match));
    guint after = (guint)match->line + 1;
    if (error < 0 && rule->kind != SB_RULE_ENDS && match->line >= 0)
        error = find_error(facts, match, after, MIN(after + LINES_AFTER, count));
    return error >= 0 ? error : last_words(facts, match);
}

static void add_failed_units(GString *text, const SbFacts *facts)
{
    g_autofree char *failed = sb_complaint_failed_units(facts, sb_console_boot(facts).kernel);
    if (failed)
        g_string_append_printf(text, "; units that failed in the guest: '%s'", failed);
}

/* Adds how far a late boot came, and what its units say. */
static void add_progress(GString *text, const SbFacts *facts)
{
    int panic = sb_console_find(facts, "Kernel panic - ", 0, NULL);
    if (panic >= 0 && (guint)panic < sb_console_boot(facts).firmware)
        g_string_append_printf(text, "; its boot before ended with '%s'", line_at(facts, panic));
    add_failed_units(text, facts);
    g_autofree char *progress = sb_facts_progress(facts);
    if (progress && !strstr(text->str, progress))
        g_string_append_printf(text, "; %s", progress);
}

static char *cause_of(const SbFacts *facts, const SbRuleMatch *match, const SbRuleMatch *reason)
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
    if (is_late)
        add_progress(text, facts);
    /* What a unit waits for may have failed before. */
    if (match->rule->goes_on)
        add_failed_units(text, facts);
    gboolean is_after = error >= 0 && (guint)error > sb_rule_match_start(facts, match);
    if (error < 0 || ((is_late || is_after) && sb_rule_line_matches("^\\[(?:FAILED|DEPEND)\\]",
                                                                    line_at(facts, error), NULL)))
        return g_string_free(text, FALSE);
    const char *title =
        is_late || sb_complaint_is_about(line_at(facts, error), facts->awaited) ? "its console says"
        : is_without_cause(match->rule) ? "another complaint on its console"
        : is_after                      ? "the error after it"
        : sb_complaint_find(facts, (guint)error, (guint)error + 1, 0) < 0 ? "its last words"
                                                                          : "the error before it";
    g_autofree char *quote = sb_complaint_quote(facts, (guint)error);
    g_string_append_printf(text, "; %s: '%s'", title, quote);
    return g_string_free(text, FALSE);
}

static char *next_of(const SbFacts *facts, const SbRuleMatch *match, const SbRuleMatch *reason)
{
    if (is_of_image(facts, match->rule))
        return expand(NEXT_CHANGED, facts, match);
    if (reason->rule)
        return expand(reason->rule->next, facts, reason);
    g_autofree char *next = expand(match->rule->next, facts, match);
    /* A rule that knows a cause has the better step. */
    gboolean is_guess = is_without_cause(match->rule) && error_of(facts, match) >= 0;
    return g_strconcat(is_guess ? "look into that error first; else " : "", next, NULL);
}

static SbDiagnosis *make_diagnosis(const SbFacts *facts, const SbRuleMatch *match)
{
    SbDiagnosis *diagnosis = g_new0(SbDiagnosis, 1);
    diagnosis->rule = match->rule->name;
    diagnosis->is_final = match->rule->kind == SB_RULE_ENDS;
    g_auto(SbRuleMatch) reason = {.rule = NULL};
    sb_rule_find_reason(facts, match, &reason);
    diagnosis->cause = cause_of(facts, match, &reason);
    diagnosis->next = next_of(facts, match, &reason);
    diagnosis->evidence = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *progress = diagnosis->is_final ? NULL : sb_facts_progress(facts);
    if (progress)
        g_ptr_array_add(diagnosis->evidence, g_strdup_printf("how far it came: %s", progress));
    int error = error_of(facts, match);
    int with = reason.rule ? reason.line : match->with >= 0 ? match->with : error;
    /* What is missing on the console is not beside the line that is there. */
    gboolean shows_tail = match->rule->shows & SB_SHOW_TAIL &&
                          (match->rule->without || (match->line < 0 && match->with < 0));
    if (!shows_tail && (match->line >= 0 || match->with >= 0))
        sb_evidence_add_console(diagnosis->evidence, facts, match->line, with);
    sb_evidence_add_facts(diagnosis->evidence, facts, match->rule->shows);
    if (shows_tail && !reason.rule)
        sb_evidence_add_tail(diagnosis->evidence, facts, error);
    else if (match->line < 0 && match->with < 0 && with >= 0)
        sb_evidence_add_console(diagnosis->evidence, facts, -1, with);
    return diagnosis;
}

SbDiagnosis *sb_diagnose_end(const SbFacts *facts)
{
    g_auto(SbRuleMatch) match = {.rule = NULL};
    return sb_rule_search(facts, SB_RULE_ENDS, &match) ? make_diagnosis(facts, &match) : NULL;
}

SbDiagnosis *sb_diagnose(const SbFacts *facts)
{
    g_auto(SbRuleMatch) match = {.rule = NULL};
    if (!sb_rule_search(facts, SB_RULE_ENDS, &match) &&
        !sb_rule_search(facts, SB_RULE_EXPLAINS, &match))
        return NULL;
    return make_diagnosis(facts, &match);
}

gint64 sb_facts_patience_ms(const SbFacts *facts)
{
    enum { SAID_MS = 15 * 1000 };
    g_auto(SbRuleMatch) match = {.rule = NULL};
    gboolean is_said = sb_rule_search(facts, SB_RULE_EXPLAINS, &match) && match.line >= 0 &&
                       !match.rule->goes_on && !is_without_cause(match.rule);
    return is_said ? MIN(facts->idle_ms, SAID_MS) : facts->idle_ms;
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
    const SbRule *rule = sb_rule_of_cause(diagnosis->cause);
    diagnosis->rule = rule ? rule->name : NULL;
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
    if (facts->doing && facts->vain == SB_GUEST_NOT_IN_VAIN)
        return g_strdup(facts->doing);
    g_autofree char *stage = NULL;
    int runs = sb_console_find(facts, CLOUD_INIT_STAGE, 0, &stage);
    if (runs >= 0 &&
        sb_console_find(facts, "Cloud-init v\\. .* finished at", (guint)runs, NULL) < 0)
        return g_strdup_printf("cloud-init has begun its stage '%s'", stage);
    g_autofree char *job = NULL;
    if (sb_console_find(facts, SB_SYSTEMD_JOB("(.+?)"),
                        facts->console && facts->console->len > 3 ? facts->console->len - 3 : 0,
                        &job) >= 0)
        return g_strdup_printf("systemd waits for '%s'", job);
    /* Which units began last says nothing when systemd has done its work. */
    g_autofree char *unit = facts->awaited == SB_STAGE_READY ? NULL : unfinished_unit(facts);
    return unit ? g_strdup_printf("systemd has not finished '%s'", unit) : NULL;
}

SbStage sb_facts_console_stage(const SbFacts *facts)
{
    SbStage stage = SB_STAGE_NONE;
    for (guint i = sb_console_boot(facts).firmware; facts->console && i < facts->console->len;
         i++) {
        const SbRule *rule = sb_rule_of_line(g_ptr_array_index(facts->console, i));
        if (rule && rule->kind == SB_RULE_PROGRESS)
            stage = MAX(stage, rule->stage);
    }
    return stage;
}
