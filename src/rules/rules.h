/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The rules of a diagnosis: what must be seen, the cause that follows, and what to do then.
 *
 * The rules are data: lists about fatal lines of a console, one about what is known outside the
 * guest, and lists about what the guest says, that are read as one table. The first rule that
 * matches counts, so a rule that knows more stands before one that knows less.
 *
 * Room: rules.
 * Threads: every function is pure.
 */
#pragma once

#include "model/stage.h"
#include "rules/sign.h"

#include <glib.h>

/** The pattern of a line in which systemd says that it waits for a job with a name of pattern NAME.
 */
#define SB_SYSTEMD_JOB(name)                                                                       \
    "(?:A (?:start|stop) job is running for |Job )" name "(?:/(?:start|stop) running)? \\("

/** The patterns of how systemd begins its lines about units: for people, and as a line of its log,
 * which come on some consoles in both forms. */
#define SB_SYSTEMD_FAILED "(?:^\\[FAILED\\]|systemd\\[1\\]:) Failed to "
#define SB_SYSTEMD_OK "(?:^\\[ +OK +\\]|systemd\\[1\\]:) (?:Start|Finish|Mount|Reach)ed "
#define SB_SYSTEMD_BEGINS "(?:^ +|systemd\\[1\\]: )(?:Start|Mount)ing "

/** The pattern of a line in which a guest says which IPv4 address it has, as DHCP clients,
 * cloud-init and the pocket guest do. */
#define SB_GUEST_ADDRESS                                                                           \
    "(?|lease of ([\\d.]+) obtained|DHCPACK of ([\\d.]+) from|bound to ([\\d.]+) -|leased "        \
    "([\\d.]+) "                                                                                   \
    "for|DHCPv4 address ([\\d.]+)/|new lease, address=([\\d.]+)|ci-info: \\| +(?!lo )\\w+ +\\| "   \
    "+True "                                                                                       \
    "+\\| +(\\d[\\d.]+) |network: \\w+ (\\d[\\d.]+)/)"

/** The most signs that a rule asks for. */
enum { SB_RULE_SIGNS = 6 };

/** Signs as a row of a table has them, in parentheses: (SB_SIGN_GONE, SB_SIGN_SILENT). */
#define SB_THESE(...) __VA_ARGS__

/** What a rule means for a wait. */
typedef enum {
    SB_RULE_EXPLAINS, /**< it explains a wait that has failed, and does not end it */
    SB_RULE_ENDS,     /**< the machine will get no further: the wait ends now */
    SB_RULE_REASON,   /**< it only explains a rule whose line follows soon */
    SB_RULE_PROGRESS, /**< a line of the console that shows that a stage was reached */
} SbRuleKind;

/** The facts that are shown as evidence, beside the lines of the console that matched. */
typedef enum {
    SB_SHOW_DOMAIN = 1 << 0,
    SB_SHOW_QEMU = 1 << 1,
    SB_SHOW_WORK = 1 << 2,
    SB_SHOW_NETWORK = 1 << 3,
    SB_SHOW_PORT = 1 << 4,
    SB_SHOW_LOGIN = 1 << 5,
    SB_SHOW_IMAGE = 1 << 6,
    SB_SHOW_HOST = 1 << 7,
    SB_SHOW_TAIL = 1 << 8, /**< the last lines of the console */
    /** What the guest said before it, which explains it: a rule about its words, or an error. */
    SB_SHOW_REASON = 1 << 9,
} SbShow;

/**
 * One rule. It matches if all its signs are there and not UNLESS, and a line of the console
 * matches LINE, and one matches WITH that is not harmless, and none matches WITHOUT; those that are
 * NULL are not asked for. A rule with a sign of a login that failed
 * for words of ssh (SB_SIGN_LOGIN_BROKEN, _HANGS, _SHELL, _NONSENSE) looks for LINE in these words,
 * and not on the console.
 *
 * CAUSE and NEXT can have these words in braces: {1} is the first group of WITH or, without it, of
 * LINE, {2} that of LINE beside WITH, and {line} the line that matched LINE; {machine}, {fleet},
 * {network}, {address}, {said}, {pool}, {image}, {arch}, {image-arch}, {reboots} and so on are
 * facts; {log}, {console} and {ssh} say how to look at the machine, which depends on whether it
 * stays. What is after {stays} is only for a machine that stays, after {goes} for one that is taken
 * back, and after {both} for each.
 */
typedef struct {
    const char *name;
    const char *line, *with, *without; /**< (nullable) regular expressions (PCRE) */
    const char *cause;                 /**< NULL for SB_RULE_PROGRESS */
    const char *next;                  /**< NULL for SB_RULE_PROGRESS */
    SbSign signs[SB_RULE_SIGNS];       /**< after the last one only SB_SIGN_NONE */
    SbSign unless;                     /**< a sign that rules the cause out */
    SbRuleKind kind;
    SbShow shows;
    SbStage stage;           /**< that LINE shows, for SB_RULE_PROGRESS */
    gboolean is_of_firmware; /**< LINE is said before the kernel begins */
    gboolean is_last;        /**< LINE must be the last line of the console */
    gboolean goes_on;        /**< the first group of LINE is a name that no later line has */
} SbRule;

/** The rules about fatal lines of the firmware and of boot loaders. (transfer none) */
const SbRule *sb_loader_rules(gsize *count_out);

/** The rules about fatal lines of the kernel and of what comes after it. (transfer none) */
const SbRule *sb_console_rules(gsize *count_out);

/** The rules that look at other facts, and perhaps at the console. (transfer none) */
const SbRule *sb_fact_rules(gsize *count_out);

/** The rules about a guest that is not reached: what the host, the network, the guest's port and
 * ssh tell. (transfer none) */
const SbRule *sb_reach_rules(gsize *count_out);

/** The rules about what a guest says on its console when it does not get on. (transfer none) */
const SbRule *sb_guest_rules(gsize *count_out);

/** The same about what the user-data asks for: packages, scripts, modules of cloud-init. (transfer
 * none) */
const SbRule *sb_user_data_rules(gsize *count_out);

/** The reasons that programs give when a script, or a module of cloud-init, fails. (transfer none)
 */
const SbRule *sb_command_rules(gsize *count_out);

/** The first rule about the console that ends a wait, or shows progress, at LINE; NULL if there is
 * none. (transfer none) */
const SbRule *sb_rule_of_line(const char *line);

/** Whether LINE matches the regular expression PATTERN.
 *
 * @param group_out  (nullable) (transfer full) the first group, "" if PATTERN has none; not written
 *                   if LINE does not match
 */
gboolean sb_rule_line_matches(const char *pattern, const char *line, char **group_out);

/** Whether SIGN is one of RULE's. */
gboolean sb_rule_asks_for(const SbRule *rule, SbSign sign);
