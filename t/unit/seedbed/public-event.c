/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "seedbed/event.h"

#include "creation/bring-up.h"
#include "seedbed/error.h"
#include "seedbed/public-event.h"

#include "test.h"

typedef struct {
    SeedbedEventKind kind;
    gsize length;
    const char *stage;
    int code; /**< -1: no error */
} Seen;

static void take(const SeedbedEvent *event, gpointer data)
{
    Seen *seen = data;
    const GError *error = seedbed_event_get_error(event);
    seen->kind = seedbed_event_get_kind(event);
    const char *text = seedbed_event_get_text(event, &seen->length);
    g_assert_true(!text || text[seen->length] == '\0');
    seen->stage = seedbed_event_get_stage(event);
    seen->code = error ? error->code : -1;
    g_assert_true(!error || error->domain == SEEDBED_ERROR);
}

static Seen tell(SbEvent event)
{
    Seen seen = {0};
    sb_public_event_tell(&event, take, &seen);
    return seen;
}

static void test_kinds(void)
{
    guint32 seen = 0;
    for (int kind = 0; kind <= SB_EVENT_TESTED; kind++)
        seen |= 1U << tell((SbEvent){.kind = kind}).kind;
    g_assert_cmphex(seen | 1U << SEEDBED_EVENT_OTHER, ==, (2U << SEEDBED_EVENT_SAID) - 1);
    g_assert_cmpint(tell((SbEvent){.kind = SB_EVENT_CONSOLE}).kind, ==, SEEDBED_EVENT_OTHER);
    g_assert_cmpint(tell((SbEvent){.kind = SB_EVENT_TESTED + 99}).kind, ==, SEEDBED_EVENT_OTHER);
}

static void test_text(void)
{
    g_assert_cmpuint(tell((SbEvent){.kind = SB_EVENT_NOTE}).length, ==, 0);
    g_assert_cmpuint(tell((SbEvent){.kind = SB_EVENT_LINE, .text = "\n"}).length, ==, 0);
    g_assert_cmpuint(tell((SbEvent){.kind = SB_EVENT_NOTE, .text = "four"}).length, ==, 4);
    g_assert_cmpuint(tell((SbEvent){.kind = SB_EVENT_LINE, .text = "a\0b\n", .length = 3}).length,
                     ==, 3);
}

static void test_stage(void)
{
    g_assert_null(tell((SbEvent){.kind = SB_EVENT_NOTE}).stage);
    g_assert_cmpstr(tell((SbEvent){.kind = SB_EVENT_STAGE, .stage = SB_STAGE_SSH_PORT}).stage, ==,
                    "ssh port");
}

static void test_error(void)
{
    g_autoptr(GError) error =
        g_error_new_literal(SB_BRING_UP_ERROR, SB_BRING_UP_ERROR_MACHINES, "m");
    g_assert_cmpint(tell((SbEvent){.kind = SB_EVENT_FINISHED}).code, ==, -1);
    g_assert_cmpint(tell((SbEvent){.kind = SB_EVENT_FINISHED, .error = error}).code, ==,
                    SEEDBED_ERROR_MACHINES);
    g_assert_true(error->domain == SB_BRING_UP_ERROR);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/public-event/every public kind is told, and unknown ones are other",
                    test_kinds);
    g_test_add_func("/public-event/a text has its length", test_text);
    g_test_add_func("/public-event/a stage has a name", test_stage);
    g_test_add_func("/public-event/an error has a public code", test_error);
    return g_test_run();
}
