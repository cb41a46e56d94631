/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/seed-meta.h"
#include "test.h"

#include <string.h>

static GBytes *bytes(const char *text)
{
    return g_bytes_new_static(text, strlen(text));
}

/* The instance-id for a seed of these parts, each of which may be NULL. (transfer full) */
static char *id_of(const char *user, const char *network, const char *vendor, const char *hostname)
{
    g_autoptr(GBytes) user_data = user ? bytes(user) : NULL;
    g_autoptr(GBytes) network_config = network ? bytes(network) : NULL;
    g_autoptr(GBytes) vendor_data = vendor ? bytes(vendor) : NULL;
    const SbSeedMeta content = {user_data, network_config, vendor_data, hostname};
    g_autoptr(GBytes) meta_data = sb_seed_meta_make(&content);
    char *id = sb_seed_meta_text(meta_data, "instance-id");
    g_autofree char *name = sb_seed_meta_text(meta_data, "local-hostname");
    g_assert_true(g_str_has_prefix(id, "seed-"));
    g_assert_cmpuint(strlen(id), ==, strlen("seed-") + 16);
    g_assert_cmpstr(name, ==, hostname);
    return id;
}

static void test_same_content(void)
{
    g_autofree char *one = id_of("a", "b", "c", "d");
    g_autofree char *other = id_of("a", "b", "c", "d");
    g_assert_cmpstr(one, ==, other);
}

static void test_other_content(void)
{
    const char *const contents[][4] = {
        {"a", NULL, NULL, NULL}, {NULL, "a", NULL, NULL}, {NULL, NULL, "a", NULL},
        {"b", NULL, NULL, NULL}, {"a", "b", NULL, NULL},  {"ab", NULL, NULL, NULL},
        {"a", NULL, NULL, "b"},  {"a", NULL, "b", NULL},
    };
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(contents); i++) {
        const char *const *content = contents[i];
        g_assert_true(
            g_hash_table_add(seen, id_of(content[0], content[1], content[2], content[3])));
    }
}

static void test_text(void)
{
    g_autoptr(GBytes) good = bytes("{\"instance-id\": \"i-1\", \"list\": [1]}\n");
    g_autofree char *id = sb_seed_meta_text(good, "instance-id");
    g_assert_cmpstr(id, ==, "i-1");
    g_assert_null(sb_seed_meta_text(good, "list"));
    g_assert_null(sb_seed_meta_text(good, "nosuch"));
    g_assert_null(sb_seed_meta_text(NULL, "instance-id"));
    g_autoptr(GBytes) bad = bytes("{\"instance-id\": ");
    g_assert_null(sb_seed_meta_text(bad, "instance-id"));
    g_autoptr(GBytes) empty = bytes("");
    g_assert_null(sb_seed_meta_text(empty, "instance-id"));
}

static void test_hostname(void)
{
    static const char *const good[] = {"a", "web-1.example.com", "A1"};
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(sb_seed_meta_is_hostname(good[i]));
    static const char *const bad[] = {"", "-a", ".a", "a b", "a_b", "\303\251", "a\n", "a\"b"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(sb_seed_meta_is_hostname(bad[i]));
    g_autofree char *longest = g_strnfill(253, 'a');
    g_autofree char *too_long = g_strnfill(254, 'a');
    g_assert_true(sb_seed_meta_is_hostname(longest));
    g_assert_false(sb_seed_meta_is_hostname(too_long));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/seed-meta/same-content-same-id", test_same_content);
    g_test_add_func("/seed-meta/other-content-other-id", test_other_content);
    g_test_add_func("/seed-meta/text-of-a-key", test_text);
    g_test_add_func("/seed-meta/hostname", test_hostname);
    return g_test_run();
}
