/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/complaints.h"

#include "base/text.h"
#include "rules/rules.h"

#include <string.h>

/* In the order of what they are worth. */
typedef enum { NO_COMPLAINT, OUTCOME, HINT, CAUSE } Weight;

/* clang-format off */

/* Complaints of boots that succeed: t/data/console-debian-12.txt is one. */
#define HARMLESS \
    "^\\[ +OK +\\]|(?:^ +|systemd\\[1\\]: )(?:(?:Start|Mount|Stopp|Activat|Finish|Reach)(?:ing|ed)) |'systemctl status |(?:was|been) skipped|" \
    "no suitable video mode|unicode\\.pf2|FIRMWARE BUG|Secure Boot status|efi: |device tree blob|EFI (?:variables|_?RNG)|" \
    "cpu0 device node|regulatory|errors=remount-ro|\\bfb0\\b|sr0|dev fd0|pcie?.*(?:BAR|address space)|" \
    "PKCS|X\\.509|x509_ima|TPM|ACPI|_OSC|NUMA:|HYP mode|GPT:|cacheinfo|hw-breakpoint|MCE device|ptp_kvm|" \
    "i8042|SMBus|Vulnerable|Spectre|calibration failed|Correctable Errors|Error Record|audit\\(|" \
    "could not be reserved|[Cc]ommand line|Couldn't get size|initial console|callbacks suppressed|" \
    "Failed to (?:find|insert|look up) module|Condition check|unmet condition|bus name to hashmap|" \
    "uncleanly shut down|has been removed and it is ignored|udev-worker|gpt-auto|tomoyo|lvmetad|kdump|" \
    "motd-news|Missing modules \\(|Could not boot|fsck not present|clock skew|Failed password|ci-info|" \
    "Error reporting|[Dd]eprecated|Expanding password|can't access tty|bash: (?:no job control|cannot set terminal)|\\b0 (?:failed|errors)|" \
    "(?:snapd|chronyd|ntpd|timesyncd|fwupd\\S*)\\[|^(?:.*cloud-init\\[\\d+\\]: )?(?:Get:\\d|Selecting |" \
    "Preparing |Unpacking |Setting up |Processing |Install(?:ing|ed)\\b|Upgrading |Downloading )"

/* What systemd, cloud-init, apt and shells say after the cause. */
#define TELLS_OUTCOME \
    "^\\[ ?(?:FAILED|DEPEND|TIME) ?\\]|Failed with result|process exited|Dependency failed|Failed to start |" \
    "repeated too quickly|ERROR: (?:\\S+ failed to start|cannot start )|Job \\S+\\.\\w+/(?:start|stop) (?:timed out|failed)|Timed out waiting for device|avc: +denied|\\[(?:WARNING|ERROR|CRITICAL)\\]|failed run of|Traceback|" \
    "error while running command|returned an error code|Job for \\S+ failed|[Ee]xit (?:code|status)|" \
    "non-zero exit|exit-code|\\b[Ee]rror:? *$|\\[end of|Oops"

/* What says no more than the rule that matches it. */
#define TOLD_BY_RULES "Gave up waiting|or missing modules|Unexpected error while running command|ALERT!|Can't open blockdev|Cannot open root device"

/* Such as "Error:", whose text is missing. */
#define ONLY_A_LABEL "^\\s*[\\w -]+:\\s*$"

#define NAMES_CAUSE \
    "(?i)\\b(?:errors?|\\w+(?:error|exception)|exception|fail(?:ed|ures?|s|ing)?|fatal|critical|" \
    "can(?:not|'t)|could ?n[o']t|unable|no such|not (?:in|found|allowed|permitted|supported|available|" \
    "installed|valid|recogni[sz]ed)|denied|refused|rejected|timed out|unreachable|corrupt(?:ed|ion)?|" \
    "damaged|invalid|illegal|unsupported|unknown|unrecogni[sz]ed|undefined|wrong|bad|unexpected|panic|" \
    "bug|missing|mismatch|incompatible|segfault|segmentation fault|dumped core|conflict(?:s|ing)?|" \
    "does(?: not|n't) (?:exist|have|seem)|did(?: not|n't)|nothing provides|aborted|broken|expired|exhausted|" \
    "exceeded|no (?:space|route|carrier|arrays|matching|medium|default)|no \\w+ (?:found|imported|available|exists?)|gave up|" \
    "giving up|too (?:few|many|short|long) \\w+|externally-managed)\\b|(?:^|\\]: )E: "

#define HINTS "(?i)\\b(?:warn(?:ing)?|problem|killed|stuck|retry(?:ing)?|ignored)\\b|\\]: W: "

/* clang-format on */

/* What a guest needs to reach a stage. */
static const char *const subjects[SB_STAGE_COUNT] = {
    [SB_STAGE_ADDRESS] = ("(?i)network|dhc|netplan|\\bif(?:up|down)|wicked|virtio_net|carrier|"
                          "route|interface|link|\\b(?:eth|en[ops])\\w*\\d"),
    [SB_STAGE_SSH_PORT] = "(?i)ssh|dropbear|\\bnft|iptables|firewall",
    [SB_STAGE_SSH_LOGIN] = "(?i)ssh|dropbear|pam|authorized_keys|user|passwd|sudo",
    [SB_STAGE_READY] = "(?i)cloud-init",
};

gboolean sb_complaint_is_harmless(const char *line)
{
    return sb_rule_line_matches(HARMLESS, line, NULL);
}

gboolean sb_complaint_is_about(const char *line, SbStage stage)
{
    return subjects[stage] && sb_rule_line_matches(subjects[stage], line, NULL);
}

static Weight weigh(const char *line)
{
    if (sb_complaint_is_harmless(line) ||
        sb_rule_line_matches(TOLD_BY_RULES "|" ONLY_A_LABEL, line, NULL))
        return NO_COMPLAINT;
    if (sb_rule_line_matches(TELLS_OUTCOME, line, NULL))
        return OUTCOME;
    if (sb_rule_line_matches(NAMES_CAUSE, line, NULL))
        return CAUSE;
    return sb_rule_line_matches(HINTS, line, NULL) ? HINT : NO_COMPLAINT;
}

static const char *line_at(const SbFacts *facts, guint line)
{
    return g_ptr_array_index(facts->console, line);
}

/* Who says LINE: all up to the last name that a colon ends, before the words. (transfer full) */
static char *speaker_of(const char *line)
{
    char *speaker = NULL;
    if (!sb_rule_line_matches("^(?:\\[ *[\\d.]+\\] )?((?:[\\w()@.-]+\\[\\d+\\]: )?(?:[\\w./-]+:)?)",
                              line, &speaker))
        return g_strdup("");
    return speaker;
}

/* The first of the complaints of one speaker in a row, of which LINE is the last. */
static guint first_in_row(const SbFacts *facts, guint line, guint from, Weight weight)
{
    enum { GAP = 2 };
    g_autofree char *speaker = speaker_of(line_at(facts, line));
    guint first = line;
    for (guint i = line; i > from && first - (i - 1) <= GAP; i--) {
        g_autofree char *other = speaker_of(line_at(facts, i - 1));
        if (weigh(line_at(facts, i - 1)) == weight && strcmp(speaker, other) == 0)
            first = i - 1;
    }
    return first;
}

int sb_complaint_find(const SbFacts *facts, guint from, guint to, SbStage stage)
{
    guint best = 0, best_worth = 0;
    for (guint i = to; i > from; i--) {
        guint weight = weigh(line_at(facts, i - 1));
        gboolean is_about = weight && sb_complaint_is_about(line_at(facts, i - 1), stage);
        guint worth = 2 * weight + is_about;
        if (weight && worth > best_worth && !sb_complaint_is_mended(facts, i - 1)) {
            best = i - 1;
            best_worth = worth;
        }
    }
    return best_worth ? (int)first_in_row(facts, best, from, best_worth / 2) : -1;
}

char *sb_complaint_quote(const SbFacts *facts, guint line)
{
    enum { LINES_BEFORE = 30 };
    g_autofree char *text = g_strstrip(sb_text_one_line(line_at(facts, line)));
    for (guint i = line; i > 0 && line - i < LINES_BEFORE; i--) {
        g_autofree char *begun = NULL;
        if (sb_rule_line_matches("^(?:\\S+\\s+){2}\\S", text, NULL))
            break;
        if (sb_rule_line_matches("^[ *]*([^\\[].{3,}(?::|\\.\\.\\.)) *(?:\\[ *\\d+\\.\\d+\\] .*)?$",
                                 line_at(facts, i - 1), &begun))
            return g_strconcat(begun, " ", text, NULL);
    }
    return g_steal_pointer(&text);
}

/* ---- units ---- */

#define UNIT_FAILED                                                                                \
    "(?|" SB_SYSTEMD_FAILED "(?:start|mount) (.+?)\\.?$|Dependency failed for (.+?)\\.?$)"

gboolean sb_complaint_is_mended(const SbFacts *facts, guint line)
{
    g_autofree char *unit = NULL;
    if (!sb_rule_line_matches(UNIT_FAILED, line_at(facts, line), &unit))
        return FALSE;
    for (guint i = line + 1; i < facts->console->len; i++)
        if (sb_rule_line_matches(SB_SYSTEMD_OK, line_at(facts, i), NULL) &&
            strstr(line_at(facts, i), unit))
            return TRUE;
    return FALSE;
}

char *sb_complaint_failed_units(const SbFacts *facts, guint from)
{
    enum { MOST = 4 };
    g_autoptr(GPtrArray) units = g_ptr_array_new_with_free_func(g_free);
    for (guint i = from; facts->console && i < facts->console->len && units->len < MOST; i++) {
        g_autofree char *unit = NULL;
        const char *line = line_at(facts, i);
        if (!sb_complaint_is_harmless(line) && !sb_complaint_is_mended(facts, i) &&
            sb_rule_line_matches(SB_SYSTEMD_FAILED "(?:start|mount) (.+?)\\.?$", line, &unit) &&
            !g_ptr_array_find_with_equal_func(units, unit, g_str_equal, NULL))
            g_ptr_array_add(units, g_steal_pointer(&unit));
    }
    g_ptr_array_add(units, NULL);
    return units->len > 1 ? g_strjoinv("', '", (char **)units->pdata) : NULL;
}
