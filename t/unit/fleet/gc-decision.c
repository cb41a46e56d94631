/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/gc-decision.h"
#include "test.h"

#define PAST "2024-01-31T11:59:59Z"
#define FUTURE "2024-01-31T12:00:01Z"

static void test_machine(void)
{
    static const char expired[] = "it has expired";
    static const char left[] = "the run that made it has ended";
    static const char unfinished[] = "it was never started, and the process that made it has ended";
    static const struct {
        const char *run, *expires;
        SbMaker maker;
        gboolean was_started;
        const char *reason;
    } cases[] = {
        {NULL, NULL, SB_MAKER_RUNS, TRUE, NULL},
        {NULL, NULL, SB_MAKER_ENDED, TRUE, NULL},
        {NULL, FUTURE, SB_MAKER_ENDED, TRUE, NULL},
        {NULL, PAST, SB_MAKER_ENDED, TRUE, expired},
        {NULL, PAST, SB_MAKER_RUNS, TRUE, expired},
        {NULL, PAST, SB_MAKER_UNKNOWN, TRUE, expired},
        {NULL, "2024-01-31T12:00:00Z", SB_MAKER_ENDED, TRUE, expired},
        /* it is being made */
        {NULL, NULL, SB_MAKER_RUNS, FALSE, NULL},
        {NULL, PAST, SB_MAKER_SELF, FALSE, NULL},
        {NULL, NULL, SB_MAKER_UNKNOWN, FALSE, NULL},
        {NULL, NULL, SB_MAKER_ENDED, FALSE, unfinished},
        {"test", NULL, SB_MAKER_RUNS, TRUE, NULL},
        {"test", PAST, SB_MAKER_RUNS, TRUE, NULL},
        {"test", PAST, SB_MAKER_SELF, TRUE, NULL},
        {"test", NULL, SB_MAKER_UNKNOWN, TRUE, NULL},
        {"test", PAST, SB_MAKER_UNKNOWN, TRUE, expired},
        {"test", FUTURE, SB_MAKER_ENDED, TRUE, left},
        {"build", NULL, SB_MAKER_ENDED, FALSE, left},
    };
    g_autoptr(GDateTime) now = g_date_time_new_from_iso8601("2024-01-31T12:00:00Z", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const SbMetadata metadata = {.run = (char *)cases[i].run,
                                     .expires = (char *)cases[i].expires};
        g_test_message("case %zu", i);
        g_assert_cmpstr(sb_gc_judge_machine(&metadata, cases[i].maker, cases[i].was_started, now),
                        ==, cases[i].reason);
    }
}

static void test_intermediate(void)
{
    static const char *const good[] = {"check-0123abcd", "layer-0123456789ab"};
    static const char *const others[] = {
        "check-0123abc", "check-0123abcde",  "check-",          "layer-0123456789aB",
        "layer-cake",    "recheck-0123abcd", "debian-12-arm64", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(sb_gc_is_intermediate(good[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(sb_gc_is_intermediate(others[i]));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/gc-decision/machine", test_machine);
    g_test_add_func("/gc-decision/intermediate", test_intermediate);
    return g_test_run();
}
