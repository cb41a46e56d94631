/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/provision.h"

#include "fleet-files.h"
#include "test.h"

#define HEAD "fleet: f\nimage: i\nmachines: {g: {provision: "

static const GPtrArray *steps_of(const SbFleetFile *file)
{
    const GPtrArray *steps = group(file, 0)->spec.provision;
    g_assert_nonnull(steps);
    return steps;
}

static void test_keys(void)
{
    g_autoptr(SbFleetFile) file =
        parse(HEAD "[{name: one, run: 'echo 1', user: root, timeout: 2 min},"
                   " {copy: {from: ../x, to: y}}, {copy: z, user: bob}]}}\n");
    const GPtrArray *steps = steps_of(file);
    g_assert_cmpuint(steps->len, ==, 3);
    const SbProvisionStep *run = steps->pdata[0], *copy = steps->pdata[1],
                          *file_only = steps->pdata[2];
    g_assert_cmpstr(run->run, ==, "echo 1");
    g_assert_cmpstr(run->user, ==, "root");
    g_assert_cmpint(run->timeout_ms, ==, 2 * 60 * 1000);
    g_assert_cmpstr(copy->copy->from, ==, "../x");
    g_assert_cmpstr(copy->copy->to, ==, "y");
    g_assert_cmpint(copy->timeout_ms, ==, 30 * 60 * 1000);
    g_assert_cmpstr(file_only->copy->to, ==, ".");
    g_assert_cmpstr(file_only->user, ==, "bob");
    g_autofree char *first = sb_provision_label(steps, 0);
    g_autofree char *second = sb_provision_label(steps, 1);
    g_assert_cmpstr(first, ==, "provision step 1 of 3 (one)");
    g_assert_cmpstr(second, ==, "provision step 2 of 3 (copy ../x)");
    g_autoptr(SbFleetFile) none = parse(HEAD "[]}}\n");
    g_assert_null(group(none, 0)->spec.provision);
}

static void test_refusals(void)
{
    refuse(HEAD "x}}\n", "3:27");
    refuse(HEAD "[x]}}\n", "3:28");
    refuse(HEAD "[{}]}}\n", "3:28");
    refuse(HEAD "[{run: a, copy: b}]}}\n", "3:28");
    refuse(HEAD "[{run: ''}]}}\n", "3:34");
    refuse(HEAD "[{run: a, on: b}]}}\n", "3:37");
    refuse(HEAD "[{run: a, user: 'b c'}]}}\n", "3:43");
    refuse(HEAD "[{run: a, timeout: 2 d}]}}\n", "3:46");
    refuse(HEAD "[{copy: {to: a}}]}}\n", "3:35");
}

static char *digest_of(const char *text)
{
    g_autofree char *whole = g_strconcat(HEAD, text, "}}\n", NULL);
    g_autoptr(SbFleetFile) file = parse(whole);
    return sb_provision_digest(steps_of(file));
}

/* All that a step does, and no more. */
static void test_digest(void)
{
    static const char *const same[] = {"[{run: a}, {run: b}]", "[{run: a, name: x}, {run: b}]",
                                       "[{run: a, timeout: 1 h}, {run: b}]"};
    static const char *const others[] = {"[{run: b}, {run: a}]", "[{run: a}]", "[{run: ab}]",
                                         "[{run: a, user: root}, {run: b}]",
                                         "[{run: a}, {copy: b}]"};
    g_autofree char *first = digest_of(same[0]);
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *digest = digest_of(same[i]);
        g_assert_cmpstr(digest, ==, first);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *digest = digest_of(others[i]);
        g_assert_cmpstr(digest, !=, first);
    }
}

static void test_decision(void)
{
    g_autoptr(SbFleetFile) file = parse(HEAD "[{run: a}, {run: b}]}}\n");
    const GPtrArray *steps = steps_of(file);
    g_autofree char *digest = sb_provision_digest(steps);
    g_autofree char *other = g_strnfill(64, 'a');
    const struct {
        const char *digest, *rest;
        gboolean is_changed;
        SbProvisionDecision decision;
        guint next;
    } cases[] = {
        {"", "", FALSE, SB_PROVISION_GO_ON, 0},
        {"", "", TRUE, SB_PROVISION_DONE, 0},
        {digest, " 0 2", FALSE, SB_PROVISION_GO_ON, 0},
        {digest, " 1 2", FALSE, SB_PROVISION_GO_ON, 1},
        {digest, " 2 2", FALSE, SB_PROVISION_DONE, 0},
        {digest, " 3 9", FALSE, SB_PROVISION_OTHER, 0},
        {other, " 1 3", TRUE, SB_PROVISION_OTHER, 0},
        {other, " 3 3", TRUE, SB_PROVISION_DONE, 0},
        {"; reboot", "", FALSE, SB_PROVISION_OTHER, 0},
        {digest, " x", FALSE, SB_PROVISION_OTHER, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *record = g_strconcat(cases[i].digest, cases[i].rest, NULL);
        guint next = 99;
        g_assert_cmpint(sb_provision_decide(steps, record, cases[i].is_changed, &next), ==,
                        cases[i].decision);
        if (cases[i].decision == SB_PROVISION_GO_ON)
            g_assert_cmpuint(next, ==, cases[i].next);
    }
    g_assert_cmpint(sb_provision_decide(NULL, "", FALSE, NULL), ==, SB_PROVISION_DONE);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/provision/keys", test_keys);
    g_test_add_func("/provision/refusals", test_refusals);
    g_test_add_func("/provision/digest", test_digest);
    g_test_add_func("/provision/decision", test_decision);
    return g_test_run();
}
