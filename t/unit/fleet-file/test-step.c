/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-files.h"
#include "test.h"

#define HEAD "fleet: f\nimage: i\nmachines: {g: {count: 2}, h: }\ntest:\n"

static const SbTestStep *step(const SbFleetFile *file, guint index)
{
    g_assert_cmpuint(index, <, file->steps->len);
    return g_ptr_array_index(file->steps, index);
}

static void test_minimal(void)
{
    g_autoptr(SbFleetFile) none = parse("fleet: f\nimage: i\nmachines: {g: }\n");
    g_assert_cmpuint(none->steps->len, ==, 0);
    g_autoptr(SbFleetFile) empty = parse(HEAD "  []\n");
    g_assert_cmpuint(empty->steps->len, ==, 0);
    g_autoptr(SbFleetFile) file = parse(HEAD "  - {name: a, run: make check}\n");
    const SbTestStep *a = step(file, 0);
    g_assert_cmpstr(a->name, ==, "a");
    g_assert_cmpuint(a->mark.line, ==, 5);
    g_assert_cmpstr(a->run, ==, "make check");
    g_assert_cmpint(a->phase, ==, SB_PHASE_TEST);
    g_assert_null(a->on);
    g_assert_cmpint(a->results, ==, SB_RESULTS_TAP);
    g_assert_cmpint(a->timeout_ms, ==, 10 * 60 * 1000);
    g_assert_null(a->user);
    g_assert_null(a->workdir);
    g_assert_null(a->files);
    g_assert_false(a->channel || a->spread);
    g_assert_null(a->env);
    g_assert_cmpuint(a->copies->len + a->artifacts->len + a->needs->len, ==, 0);
}

static void test_every_key(void)
{
    g_autoptr(SbFleetFile) file = parse(HEAD "  - name: first\n"
                                             "    phase: setup\n"
                                             "    run: 'true'\n"
                                             "    results: exit\n"
                                             "  - name: second\n"
                                             "    on: h\n"
                                             "    copy: [{from: ../src, to: in}, file]\n"
                                             "    run: |\n"
                                             "      one\n"
                                             "      two\n"
                                             "    results: tap\n"
                                             "    timeout: 1.5 s\n"
                                             "    env: {A: 1, _b2: , C: 'x=y'}\n"
                                             "    user: root\n"
                                             "    workdir: in/a b\n"
                                             "    needs: first\n"
                                             "    matrix: [x, 'y z']\n"
                                             "    spread: true\n"
                                             "    channel: true\n"
                                             "    artifacts: ['*.log', /var/log/x]\n");
    g_assert_cmpint(step(file, 0)->phase, ==, SB_PHASE_SETUP);
    g_assert_cmpint(step(file, 0)->results, ==, SB_RESULTS_EXIT);
    const SbTestStep *b = step(file, 1);
    const SbFileCopy *tree = g_ptr_array_index(b->copies, 0), *alone = b->copies->pdata[1];
    g_assert_cmpstr(b->on, ==, "h");
    g_assert_cmpstr(tree->from, ==, "../src");
    g_assert_cmpstr(tree->to, ==, "in");
    g_assert_cmpuint(tree->mark.line, ==, 11);
    g_assert_cmpstr(alone->from, ==, "file");
    g_assert_cmpstr(alone->to, ==, ".");
    g_assert_cmpstr(b->run, ==, "one\ntwo\n");
    g_assert_cmpint(b->timeout_ms, ==, 1500);
    g_autofree char *env = g_strjoinv(" ", b->env);
    g_assert_cmpstr(env, ==, "A=1 _b2= C=x=y");
    g_assert_cmpstr(b->user, ==, "root");
    g_assert_cmpstr(b->workdir, ==, "in/a b");
    g_assert_cmpstr(b->needs->pdata[0], ==, "first");
    g_assert_cmpuint(b->matrix->len, ==, 2);
    g_assert_cmpstr(b->matrix->pdata[1], ==, "y z");
    g_assert_true(b->spread && b->channel);
    g_assert_cmpstr(b->artifacts->pdata[1], ==, "/var/log/x");
}

/* The only group need not be named. */
static void test_fresh(void)
{
    g_autoptr(SbFleetFile) file =
        parse("fleet: f\nimage: i\nmachines: {g: }\ntest:\n  - {name: a, run: x, fresh: true}\n");
    g_assert_true(step(file, 0)->fresh);
    g_assert_cmpstr(step(file, 0)->on, ==, "g");
}

static void test_refused(void)
{
    refuse(HEAD "  a: b\n", "5:3");
    refuse(HEAD "  - a\n", "5:5");
    refuse(HEAD "  - {}\n", "5:5 5:5");
    refuse(HEAD "  - {name: A, run: x}\n", "5:12");
    refuse(HEAD "  - {name: a, run: x}\n  - {name: a, run: x}\n", "6:12");
    refuse(HEAD "  - {name: a, run: }\n", "5:20");
    refuse(HEAD "  - {name: a, run: x, phase: last}\n", "5:30");
    refuse(HEAD "  - {name: a, run: x, on: k}\n", "5:27");
    refuse(HEAD "  - {name: a, run: x, copy: {to: b}}\n", "5:29");
    refuse(HEAD "  - {name: a, run: x, copy: {from: b, into: c}}\n", "5:39");
    refuse(HEAD "  - {name: a, run: x, results: junit}\n", "5:32");
    refuse(HEAD "  - {name: a, run: x, timeout: 5}\n", "5:32");
    refuse(HEAD "  - {name: a, run: x, timeout: 1 ms}\n", "5:32");
    refuse(HEAD "  - {name: a, run: x, timeout: 8 d}\n", "5:32");
    refuse(HEAD "  - {name: a, run: x, env: {1A: b}}\n", "5:29");
    refuse(HEAD "  - {name: a, run: x, env: [A]}\n", "5:28");
    refuse(HEAD "  - {name: a, run: x, user: -oX}\n", "5:29");
    refuse(HEAD "  - {name: a, run: x, workdir: \"a\\nb\"}\n", "5:32");
    refuse(HEAD "  - {name: a, run: x, needs: b}\n  - {name: b, run: x}\n", "5:30");
    refuse(HEAD "  - {name: c, run: x, phase: cleanup}\n  - {name: a, run: x, needs: c}\n", "6:30");
    refuse(HEAD "  - {name: a, run: x, matrix: [b, b]}\n", "5:35");
    refuse(HEAD "  - {name: a, run: x, matrix: [b], files: c, copy: d}\n", "5:43");
    refuse(HEAD "  - {name: a, run: x, files: c}\n", "5:30");
    refuse(HEAD "  - {name: a, run: x, spread: true}\n", "5:31");
    refuse(HEAD "  - {name: a, run: x, spread: 'true', matrix: [b]}\n", "5:31");
    refuse(HEAD "  - {name: a, run: x, fresh: true}\n", "5:30");
    refuse(HEAD "  - {name: a, run: x, on: g, fresh: true, phase: setup}\n", "5:37");
    refuse(HEAD "  - {name: a, run: x, on: g, fresh: true, spread: true, matrix: [b]}\n", "5:37");
    refuse(HEAD "  - {name: a, run: x, channel: true, results: exit}\n", "5:32");
    refuse(HEAD "  - {name: a, run: x, artifacts: ['']}\n", "5:35");
    refuse(HEAD "  - {name: a, rum: x}\n", "5:5 5:15");
}

static void test_too_much(void)
{
    g_autoptr(GString) text = g_string_new(HEAD);
    for (guint i = 0; i <= SB_TEST_MAX_STEPS; i++)
        g_string_append_printf(text, "  - {name: s%u, run: x}\n", i);
    refuse(text->str, "5:3");
    g_autofree char *filler = g_strnfill(SB_COMMAND_MAX_BYTES + 1, 'x');
    g_autofree char *long_run = g_strconcat(HEAD "  - {name: a, run: ", filler, "}\n", NULL);
    refuse(long_run, "5:20");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/test-step/minimal", test_minimal);
    g_test_add_func("/test-step/every-key", test_every_key);
    g_test_add_func("/test-step/fresh", test_fresh);
    g_test_add_func("/test-step/refused", test_refused);
    g_test_add_func("/test-step/too-much", test_too_much);
    return g_test_run();
}
