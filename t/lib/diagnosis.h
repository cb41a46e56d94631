/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Facts of broken machines with the diagnosis that they must lead to, as rows of a table.
 */
#pragma once

#include "diagnose/diagnosis.h"
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
    if (strchr(text, '{'))
        g_error("%s: a word in braces is left: '%s'", what, text);
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
    g_autofree char *text = sb_diagnosis_text(diagnosis, NULL);
    const char *shown = strstr(text, "\nevidence:\n");
    if (expected->evidence)
        expect_part(expected->rule, shown, expected->evidence);
}
