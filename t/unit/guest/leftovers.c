/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/leftovers.h"

#include "test.h"

#include <string.h>

static void check(const char *text, const char *expected)
{
    g_autofree char *names = sb_leftovers_names(text, strlen(text));
    g_assert_cmpstr(names, ==, expected);
}

static void test_names(void)
{
    check("", NULL);
    check("312 yes \n", "yes (312)");
    check("312 yes\n315 sleep 60 \n", "yes (312), sleep 60 (315)");
    /* What is not a line of the script, such as a message of the login, is not a name. */
    check("Welcome!\n\n 7 x\n7x\n312\n", NULL);
}

/* The guest chooses the names. */
static void test_hostile_names(void)
{
    check("1 \033[2Ja\n", "a (1)");
    check("1 0123456789012345678901234567890123456789012345678901234567890123456789\n",
          "012345678901234567890123456789012345678901234567890123456789 (1)");
    check("12345678901 a\n", NULL);
    check("1 a\n2 b\n3 c\n4 d\n5 e\n6 f\n7 g\n", "a (1), b (2), c (3), d (4), e (5) and 2 more");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/leftovers/names", test_names);
    g_test_add_func("/leftovers/hostile-names", test_hostile_names);
    return g_test_run();
}
