/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/names.h"
#include "test.h"

#include <string.h>

#define TEN "0123456789"
#define FORTY TEN TEN TEN TEN

static void test_valid(void)
{
    static const char *const names[] = {"a", "0", "faas", "debian-12-arm64", "a--b", FORTY "ab"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_true(sb_name_is_valid(names[i]));
        g_assert_true(sb_name_check("fleet", names[i], &error));
        g_assert_no_error(error);
    }
}

static void test_invalid(void)
{
    static const char *const names[] = {
        "",          "-",
        "a-",        "-a",
        "-rf",       "../x",
        "a/b",       "a.b",
        "a_b",       "A",
        "a b",       " a",
        "a\n",       "a\0341",
        "a;b",       "a'b",
        "a\"b",      "<a>",
        "a&b",       "\303\251",
        "a\xff",     "~",
        "$(id)",     "a,b=c",
        FORTY "abc", FORTY FORTY FORTY FORTY FORTY,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(sb_name_is_valid(names[i]));
        g_assert_false(sb_machine_name_is_valid(names[i]) && strlen(names[i]) <= SB_NAME_MAX);
        g_assert_false(sb_name_check("fleet", names[i], &error));
        g_assert_error(error, SB_NAMES_ERROR, SB_NAMES_ERROR_INVALID);
    }
}

static void test_image_names(void)
{
    static const char *const valid[] = {"a",    "debian-12",          "debian_12.4",
                                        "a..b", "a.0123456789abcdef", FORTY "ab"};
    static const char *const invalid[] = {"",        ".a",    "a.",    "_a",   "a-",
                                          "A",       "a/b",   "a b",   "a\n",  "a.raw",
                                          "a.qcow2", "a.img", "a.iso", "../a", FORTY "abc"};
    for (gsize i = 0; i < G_N_ELEMENTS(valid); i++)
        g_assert_true(sb_image_name_check(valid[i], NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(invalid); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(sb_image_name_check(invalid[i], &error));
        g_assert_error(error, SB_NAMES_ERROR, SB_NAMES_ERROR_INVALID);
    }
}

/* A message is shown on a terminal: a long or hostile name must not fill it or control it. */
static void test_message_is_harmless(void)
{
    g_autofree char *name = g_strnfill(100000, '\033');
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_name_check("fleet", name, &error));
    g_assert_cmpuint(strlen(error->message), <, 300);
    g_assert_null(strchr(error->message, '\033'));
    g_assert_true(g_str_has_prefix(error->message, "fleet name '"));
}

static void test_machine_name(void)
{
    g_autofree char *name = sb_machine_name("faas", "runner", 12);
    g_assert_cmpstr(name, ==, "faas-runner-12");
    g_assert_true(sb_machine_name_is_valid(name));
    g_assert_true(sb_machine_name_is_valid(FORTY TEN TEN "abc"));
    g_assert_false(sb_machine_name_is_valid(FORTY TEN TEN "abcd"));
    g_assert_false(sb_machine_name_is_valid("faas-runner-"));
    g_assert_false(sb_machine_name_is_valid("faas.runner"));
    g_assert_false(sb_machine_name_is_valid(""));
}

/* The fleet file relies on it: two groups of one fleet never make the same machine name. */
static void test_machine_names_differ(void)
{
    static const char *const groups[] = {"a", "a-1", "a-1-1", "a1", "1", "1-1", "a--1"};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++)
        for (guint index = 1; index <= 200; index++)
            g_assert_true(g_hash_table_add(seen, sb_machine_name("a", groups[i], index)));
}

static void test_nearest(void)
{
    static const char *const candidates[] = {"memory", "vcpus", "user-data", "disk", "arch", NULL};
    static const struct {
        const char *word;
        const char *nearest;
    } cases[] = {
        {"memory", "memory"}, {"memroy", "memory"},       {"mem", NULL},
        {"cpus", "vcpus"},    {"vcpu", "vcpus"},          {"vcpux", "vcpus"},
        {"vpcus", "vcpus"},   {"user_data", "user-data"}, {"userdata", "user-data"},
        {"dsik", NULL},       {"disc", "disk"},           {"march", "arch"},
        {"", NULL},           {"zzzzzzz", NULL},          {"memxxx", NULL},
        {"memoxx", "memory"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(sb_nearest_name(cases[i].word, candidates), ==, cases[i].nearest);
}

static void test_nearest_of_none_and_of_long(void)
{
    static const char *const none[] = {NULL};
    static const char *const longest[] = {FORTY TEN TEN "abc", NULL};
    g_autofree char *word = g_strnfill(100000, 'a');
    g_assert_null(sb_nearest_name("a", none));
    g_assert_null(sb_nearest_name(word, longest));
    g_assert_cmpstr(sb_nearest_name(FORTY TEN TEN "abd", longest), ==, longest[0]);
    g_assert_null(sb_nearest_name(FORTY TEN TEN "abcd", longest));
}

/* The best candidate, not the first one that is near enough. */
static void test_nearest_is_nearest(void)
{
    static const char *const candidates[] = {"image-a", "images", "image", "imagee", NULL};
    g_assert_cmpstr(sb_nearest_name("image", candidates), ==, "image");
    g_assert_cmpstr(sb_nearest_name("images1", candidates), ==, "images");
    static const char *const as_near[] = {"cpu", "vcpus", "vcpux", NULL};
    g_assert_cmpstr(sb_nearest_name("vcpu", as_near), ==, "vcpus");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/names/valid", test_valid);
    g_test_add_func("/names/invalid", test_invalid);
    g_test_add_func("/names/images", test_image_names);
    g_test_add_func("/names/message", test_message_is_harmless);
    g_test_add_func("/names/machine", test_machine_name);
    g_test_add_func("/names/machines-differ", test_machine_names_differ);
    g_test_add_func("/names/nearest", test_nearest);
    g_test_add_func("/names/nearest-edges", test_nearest_of_none_and_of_long);
    g_test_add_func("/names/nearest-best", test_nearest_is_nearest);
    return g_test_run();
}
