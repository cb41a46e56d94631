/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/examine.h"

#include "base/loop.h"

#include "test.h"
#include "threads.h"

/* The domain 'test' of libvirt's test driver. */
static const char uuid[] = "6695eb01-f6a4-8304-79aa-97f2502e193f";

typedef struct {
    SbLoop *loop;
    SbFacts *facts;
} Seen;

static void on_examined(SbFacts *facts, gpointer data)
{
    Seen *seen = data;
    seen->facts = facts;
    sb_loop_end(seen->loop);
}

static void examine(gboolean has_threads)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbHost) host = sb_host_open("test:///default", &error);
    g_assert_no_error(error);
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    Seen seen = {.loop = loop};
    SbFacts *facts = sb_facts_new();
    facts->machine = "test";
    gsize usual = has_threads ? 0 : refuse_threads();
    g_autoptr(SbExamination) examination =
        sb_examination_start(host, uuid, facts, on_examined, &seen);
    g_assert_null(seen.facts);
    sb_loop_wait(loop);
    if (!has_threads)
        set_stack_bytes(usual);
    g_assert_true(seen.facts == facts);
    g_assert_cmpint(facts->exists, ==, SB_YES);
    g_assert_true(facts->has_state);
    g_clear_pointer(&examination, sb_examination_free);
    sb_facts_free(facts);
}

static void beside_the_loop(void)
{
    examine(TRUE);
}

static void without_a_thread(void)
{
    examine(FALSE);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/examine/beside-the-loop", beside_the_loop);
    g_test_add_func("/examine/without-a-thread", without_a_thread);
    return g_test_run();
}
