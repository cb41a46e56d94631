/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/ci-commands.h"
#include "test.h"

static void test_defuse(void)
{
    static const struct {
        const char *text;
        const char *safe;
    } cases[] = {
        {"", ""},
        {"plain\ntext\n", "plain\ntext\n"},
        {"::error::x", ": :error::x"},
        {"a\n::set-env name=x::y\nb", "a\n: :set-env name=x::y\nb"},
        {"  \t::error::x", "  \t: :error::x"},
        /* Blanks that are not ASCII's, which .NET trims too. */
        {"\302\240\343\200\200::error::x", "\302\240\343\200\200: :error::x"},
        {"std::string and ::x", "std::string and ::x"},
        {":::", ": ::"},
        {"##[error]x", "# #[error]x"},
        {"x ##[error]y", "x # #[error]y"},
        {"##vso[task.complete]", "# #vso[task.complete]"},
        {"##teamcity[testFailed]", "# #teamcity[testFailed]"},
        {"###[group]", "## #[group]"},
        {"## heading", "## heading"},
        {"##", "##"},
        {"##vso", "##vso"},
        {"##\n[x]", "##\n[x]"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *safe = sb_ci_commands_defuse(cases[i].text);
        g_assert_cmpstr(safe, ==, cases[i].safe);
        g_autofree char *again = sb_ci_commands_defuse(safe);
        g_assert_cmpstr(again, ==, safe);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/ci-commands/defuse", test_defuse);
    return g_test_run();
}
