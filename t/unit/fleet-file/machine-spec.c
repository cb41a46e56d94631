/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/fleet-file.h"
#include "test.h"

#include <string.h>

#define VOLUME "debian-12.0123456789abcdef.qcow2"

/* The keys that do not take part in the hash of a machine, and why. */
static const char *const not_hashed[] = {
    "image", /* the volume of the image takes part, and its name has the digest of the content */
    "warm",  /* how a machine starts does not change what it is */
    "start", /* the same */
    "count", /* how many machines there are does not change one of them */
    NULL,
};

/* A value, other than the default, for each key of a group. */
static const struct {
    const char *key, *value;
} values[] = {
    {"image", "other"},
    {"arch", "x86_64"},
    {"login", "tester"},
    {"count", "2"},
    {"vcpus", "3"},
    {"memory", "3 GiB"},
    {"disk", "11 GiB"},
    {"network", "nat"},
    {"warm", "true"},
    {"start", "cold"},
    {"user-data", "u.yaml"},
    {"vendor-data", "v"},
    {"network-config", "n"},
    {"cpu", "cortex-a72"},
    {"secure-boot", "true"},
    {"tpm", "true"},
    {"kernel", "{image: k, initrd: i, cmdline: c}"},
    {"env", "{A: 1}"},
    {"provision", "[{run: a}]"},
    {"shares", "[{from: a, to: /b}]"},
    {"disks", "[{name: d, size: 1 GiB}]"},
    {"networks", "[nat, user]"},
    {"ports", "[1:2]"},
};

static SbFleetFile *parse(const char *key, const char *value)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autofree char *text =
        g_strdup_printf("fleet: f\nimage: i\nmachines: {g: {%s: %s}}\n", key, value);
    SbFleetFile *file = sb_fleet_file_parse("f.yaml", text, strlen(text), diagnostics);
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    g_assert_cmpstr(findings, ==, "");
    return file;
}

static void fill(SbFileReference *reference)
{
    if (reference->path)
        reference->content = g_bytes_new(reference->path, strlen(reference->path));
}

/* The hash of the machines of a group that has KEY with VALUE. (transfer full) */
static char *hash_with(const char *key, const char *value)
{
    g_autoptr(SbFleetFile) file = parse(key, value);
    SbGroup *group = g_ptr_array_index(file->groups, 0);
    fill(&group->spec.user_data);
    fill(&group->spec.vendor_data);
    fill(&group->spec.network_config);
    return sb_machine_spec_hash(&group->spec, VOLUME);
}

static const char *value_of(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        if (strcmp(values[i].key, key) == 0)
            return values[i].value;
    g_error("the key '%s' needs a value in this test", key);
}

static void test_every_key_is_hashed(void)
{
    g_autofree char *plain = hash_with("count", "1");
    g_autofree const char **keys = sb_fleet_file_keys();
    guint seen = 0;
    for (gsize i = 0; keys[i]; i++) {
        if (!g_str_has_prefix(keys[i], "machines.GROUP."))
            continue;
        const char *key = keys[i] + strlen("machines.GROUP.");
        g_autofree char *hash = hash_with(key, value_of(key));
        gboolean is_same = strcmp(hash, plain) == 0;
        if (is_same != g_strv_contains(not_hashed, key))
            g_error("the key '%s' %s", key, is_same ? "does not change the hash" : "is hashed");
        seen++;
    }
    g_assert_cmpuint(seen, ==, G_N_ELEMENTS(values));
}

static void test_hash(void)
{
    SbMachineSpec spec;
    sb_machine_spec_init(&spec);
    g_autofree char *hash = sb_machine_spec_hash(&spec, VOLUME);
    g_autofree char *again = sb_machine_spec_hash(&spec, VOLUME);
    g_autofree char *other = sb_machine_spec_hash(&spec, "debian-12.fedcba9876543210.qcow2");
    g_assert_cmpstr(hash, ==, again);
    g_assert_cmpstr(hash, !=, other);
    g_assert_true(g_regex_match_simple("^[0-9a-f]{16}$", hash, 0, 0));
    /* The content counts, not the path; and it counts in which of the files it is. */
    spec.user_data.path = g_strdup("a.yaml");
    g_autofree char *unread = sb_machine_spec_hash(&spec, VOLUME);
    g_assert_cmpstr(hash, ==, unread);
    spec.user_data.content = g_bytes_new_static("text", 4);
    g_autofree char *with_user_data = sb_machine_spec_hash(&spec, VOLUME);
    g_assert_cmpstr(hash, !=, with_user_data);
    sb_file_reference_assign(&spec.vendor_data, &spec.user_data);
    sb_file_reference_clear(&spec.user_data);
    g_autofree char *with_vendor_data = sb_machine_spec_hash(&spec, VOLUME);
    g_assert_cmpstr(with_vendor_data, !=, with_user_data);
    sb_machine_spec_clear(&spec);
}

/* Every key of a copy has its own memory: clearing both would else free it twice. */
static void test_copy(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(SbFleetFile) file = parse(values[i].key, values[i].value);
        const SbGroup *group = g_ptr_array_index(file->groups, 0);
        g_autofree char *hash = sb_machine_spec_hash(&group->spec, VOLUME);
        SbMachineSpec copy;
        sb_machine_spec_copy(&copy, &group->spec);
        g_assert_cmpstr(copy.image.name, ==, group->spec.image.name);
        g_assert_true(copy.image.name != group->spec.image.name);
        g_assert_true(copy.login != group->spec.login);
        g_clear_pointer(&file, sb_fleet_file_free);
        g_autofree char *hash_of_copy = sb_machine_spec_hash(&copy, VOLUME);
        g_assert_cmpstr(hash, ==, hash_of_copy);
        sb_machine_spec_clear(&copy);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/machine-spec/every-key-is-hashed", test_every_key_is_hashed);
    g_test_add_func("/machine-spec/hash", test_hash);
    g_test_add_func("/machine-spec/copy", test_copy);
    return g_test_run();
}
