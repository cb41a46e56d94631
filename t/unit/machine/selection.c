/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/selection.h"

#include "base/names.h"
#include "test.h"

#include <string.h>

/* A machine of FLEET and GROUP, with the number 1. */
static void add_machine(GPtrArray *domains, const char *fleet, const char *group)
{
    SbDomain *domain = g_new0(SbDomain, 1);
    domain->metadata = g_new0(SbMetadata, 1);
    domain->metadata->fleet = g_strdup(fleet);
    domain->metadata->group = g_strdup(group);
    domain->metadata->index = 1;
    domain->name = sb_metadata_machine_name(domain->metadata);
    g_ptr_array_add(domains, domain);
}

static GPtrArray *no_domains(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)sb_domain_free);
}

static void test_has(void)
{
    static const struct {
        const char *word;
        const char *fleet;
        gboolean has;
    } rows[] = {
        {"a-b", "a-b", TRUE},       {"a-b-c-1", "a-b", TRUE},      {"a-b/", "a-b", TRUE},
        {"a-b/c-1", "a-b", TRUE},   {"a", "a-b", FALSE},           {"a/", "a-b", FALSE},
        {"a/b-c-1", "a-b", FALSE},  {"a/b-c-1", "a", TRUE},        {"a-b/c-2", "a-b", FALSE},
        {"a-b-c-1/", "a-b", FALSE}, {"a-b-c-1/", "a-b-c-1", TRUE}, {"/a-b-c-1", "a-b", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_true(sb_selection_has(rows[i].word, rows[i].fleet, "a-b-c-1") == rows[i].has);
}

static void test_may_have(void)
{
    static const char *const may[] = {"a", "a/", "a-b", "a-b/", "a-b-c-1", "a/b-c-1", "a-b/c-1"};
    static const char *const cannot[] = {"b", "a-b-c-1/", "a-b-c-1-d", "", "a/b-1", "b/"};
    for (gsize i = 0; i < G_N_ELEMENTS(may); i++)
        g_assert_true(sb_selection_may_have(may[i], "a-b-c-1"));
    for (gsize i = 0; i < G_N_ELEMENTS(cannot); i++)
        g_assert_false(sb_selection_may_have(cannot[i], "a-b-c-1"));
}

static void parts_are(const char *word, const char *fleet, const char *machine)
{
    g_autofree char *found_fleet = sb_selection_fleet(word);
    g_autofree char *found_machine = sb_selection_machine(word);
    g_assert_cmpstr(found_fleet, ==, fleet);
    g_assert_cmpstr(found_machine, ==, machine);
}

static void test_parts(void)
{
    parts_are("a-b", "a-b", "a-b");
    parts_are("a-b/", "a-b", NULL);
    parts_are("a-b/c-1", NULL, "a-b-c-1");
}

static void refuse(const char *word, GQuark domain)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_selection_check_word(word, &error));
    g_assert_nonnull(error);
    g_assert_true(error->domain == domain);
}

static void test_words(void)
{
    static const char *const good[] = {"a", "a/", "a/b-1", "a-b-c-1"};
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(sb_selection_check_word(good[i], NULL));
    refuse("a/b/c", SB_SELECTION_ERROR);
    refuse("a//", SB_SELECTION_ERROR);
    refuse("", SB_NAMES_ERROR);
    refuse("/", SB_NAMES_ERROR);
    refuse("A/b-1", SB_NAMES_ERROR);
    refuse("../x", SB_NAMES_ERROR);
}

static void test_ambiguous(void)
{
    g_autoptr(GPtrArray) domains = no_domains();
    const char *words[] = {"x", "a-b-c-1", NULL};
    g_autoptr(GError) error = NULL;
    add_machine(domains, "a-b", "c");
    add_machine(domains, "a", "x");
    g_assert_true(sb_selection_check(words, domains, &error));
    g_assert_no_error(error);
    add_machine(domains, "a-b-c-1", "m");
    g_assert_false(sb_selection_check(words, domains, &error));
    g_assert_error(error, SB_SELECTION_ERROR, SB_SELECTION_ERROR_AMBIGUOUS);
    g_assert_nonnull(strstr(error->message, "'a-b/c-1'"));
    g_assert_nonnull(strstr(error->message, "'a-b-c-1/'"));
    g_clear_error(&error);
    words[1] = "a-b/c-1";
    g_assert_true(sb_selection_check(words, domains, &error));
    words[1] = "a-b-c-1/";
    g_assert_true(sb_selection_check(words, domains, &error));
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/selection/has", test_has);
    g_test_add_func("/selection/may-have", test_may_have);
    g_test_add_func("/selection/parts", test_parts);
    g_test_add_func("/selection/words", test_words);
    g_test_add_func("/selection/ambiguous", test_ambiguous);
    return g_test_run();
}
