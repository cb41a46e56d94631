/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Facts of broken machines with the diagnosis that they must lead to, as rows of a table.
 */
#pragma once

#include "rules/diagnosis.h"
#include "test.h"

#include <string.h>

/** What a diagnosis must be. Each of CAUSE, EVIDENCE and NEXT is a part of it. */
typedef struct {
    const char *rule, *cause, *evidence, *next;
} Expected;

/** Facts about the machine 'f-m-1', which are known in every row. */
static inline SbFacts *some_facts(const char *console)
{
    SbFacts *facts = sb_facts_new();
    facts->machine = "f-m-1";
    facts->fleet = "f";
    facts->arch = "aarch64";
    facts->image = "debian-12";
    facts->pool = "seedbed";
    facts->network = "seedbed-f";
    facts->network_kind = SB_NETWORK_NAT;
    facts->address = "192.168.130.10";
    facts->mac = "52:54:00:00:00:01";
    facts->evidence = "/state/.evidence/0";
    facts->exists = SB_YES;
    if (console)
        sb_facts_set_console(facts, console);
    return facts;
}

static inline void expect_part(const char *what, const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        g_error("%s: looked for '%s' in '%s'", what, part, text ? text : "(none)");
    /* Every word in braces was replaced. */
    if (g_regex_match_simple("\\{[a-z0-9-]+\\}", text, 0, 0))
        g_error("%s: a word in braces is left: '%s'", what, text);
}

/** A machine that is taken back is not named in a command, unless that makes it again. */
static inline void expect_possible(const char *next)
{
    if (g_regex_match_simple("'(?:virsh|seedbed (?!up)[a-z]+|kill)[^']* f(?:-m-1[^']*)?'", next, 0,
                             0) &&
        !strstr(next, "'seedbed up --keep' and "))
        g_error("a command for a machine that is gone: '%s'", next);
}

/** FACTS lead to EXPECTED. */
static inline void expect_finding(const SbFacts *facts, const Expected *expected)
{
    g_autoptr(SbDiagnosis) diagnosis = sb_diagnose(facts);
    if (!diagnosis)
        g_error("no diagnosis, but '%s' was expected", expected->rule);
    g_assert_cmpstr(diagnosis->rule, ==, expected->rule);
    expect_part(expected->rule, diagnosis->cause, expected->cause);
    expect_part(expected->rule, diagnosis->next, expected->next);
    if (!facts->stays)
        expect_possible(diagnosis->next);
    g_autofree char *text = sb_diagnosis_text(diagnosis, NULL);
    const char *shown = strstr(text, "\nevidence:\n");
    if (expected->evidence)
        expect_part(expected->rule, shown, expected->evidence);
    g_autofree char *message = g_strconcat("'f-m-1' is not ready: ", text, NULL);
    g_autoptr(SbDiagnosis) found = sb_diagnosis_from_text(message);
    g_assert_cmpstr(found->rule, ==, expected->rule);
}

/* ---- rows ---- */

/** Sets facts of a row. */
typedef void (*Set)(SbFacts *facts);

/** A function with the name SET, which sets facts by the statements that follow. */
#define FACTS(set, ...)                                                                            \
    static void set(SbFacts *f)                                                                    \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define PAUSED(why)                                                                                \
    f->has_state = TRUE;                                                                           \
    f->state = VIR_DOMAIN_PAUSED;                                                                  \
    f->reason = VIR_DOMAIN_PAUSED_##why;
#define OFF(why)                                                                                   \
    f->has_state = TRUE;                                                                           \
    f->state = VIR_DOMAIN_SHUTOFF;                                                                 \
    f->reason = VIR_DOMAIN_SHUTOFF_##why;
#define PORT(what)                                                                                 \
    f->has_port = TRUE;                                                                            \
    f->port = SB_SSH_PORT_##what;
#define LOGIN(what, words)                                                                         \
    f->has_login = TRUE;                                                                           \
    f->login = SB_SSH_ERROR_##what;                                                                \
    f->login_words = words;
#define NETWORK                                                                                    \
    f->network_exists = f->network_is_active = f->link_is_up = f->dnsmasq_runs = f->is_reserved =  \
        SB_YES;
#define WORK(cpus, silent_s)                                                                       \
    f->cpu = cpus;                                                                                 \
    f->silent_ms = (silent_s)*1000;

/** A machine that waits: its facts, its console, and what must be found. */
typedef struct {
    Set set;
    const char *console;
    Expected expected;
} Row;

/** Each of ROWS leads to what it says. */
static inline void expect_rows(const Row *rows, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        g_test_message("%s", rows[i].expected.rule);
        g_autoptr(SbFacts) facts = some_facts(rows[i].console);
        rows[i].set(facts);
        expect_finding(facts, &rows[i].expected);
    }
}

/** The files of t/data/consoles, which t/unit/diagnose/consoles.c describes. (transfer full) */
static inline char *all_consoles(void)
{
    g_autofree char *folder = test_data_path("consoles");
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    GString *text = g_string_new(NULL);
    for (const char *name; (name = g_dir_read_name(files));) {
        g_autofree char *path = g_strconcat("consoles/", name, NULL);
        g_autofree char *file = test_data(path, NULL);
        g_string_append(text, file);
    }
    return g_string_free(text, FALSE);
}

/** Each of RULES is the result of one of ROWS or of a console of t/data/consoles, and says what can
 * be done. */
static inline void expect_row_for_each(const SbRule *rules, gsize rule_count, const Row *rows,
                                       gsize count)
{
    g_autofree char *consoles = all_consoles();
    for (gsize i = 0; i < rule_count; i++) {
        g_autofree char *line = g_strdup_printf("\nrule: %s\n", rules[i].name);
        g_autofree char *reason = g_strdup_printf("\nreason: %s\n", rules[i].name);
        gboolean is_there = strstr(consoles, line) || strstr(consoles, reason);
        for (gsize j = 0; j < count; j++)
            is_there |= strcmp(rows[j].expected.rule, rules[i].name) == 0;
        if (!is_there)
            g_error("the rule '%s' has no row", rules[i].name);
        g_assert_cmpuint(strlen(rules[i].next), >, 30);
    }
}
