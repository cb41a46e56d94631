/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The values of each key of a fleet file, tested with whole files. The structure of the files is
 * tested in fleet-file.c.
 */
#include "fleet-files.h"
#include "test.h"

#define KIB G_GUINT64_CONSTANT(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)
#define TEN "0123456789"
#define FORTY TEN TEN TEN TEN

/* A file whose one group has KEY with VALUE in line 5: two columns behind KEY, or right behind the
 * colon where it is empty. (transfer full) */
static char *with_value(const char *key, const char *value)
{
    return g_strdup_printf("fleet: f\nimage: i\nmachines:\n  g:\n    %s: %s\n", key, value);
}

static SbFleetFile *parse_value(const char *key, const char *value)
{
    g_autofree char *text = with_value(key, value);
    return parse(text);
}

/* Asserts that VALUE is the one finding, with PART in its message, in a group and as a default. */
static void refuse_value_saying(const char *key, const char *value, const char *part)
{
    g_autofree char *text = with_value(key, value);
    g_autofree char *mark = g_strdup_printf("5:%zu", (*value ? 7 : 6) + strlen(key));
    g_autoptr(SbDiagnostics) in_group = findings(text, strlen(text), mark);
    assert_finding_says(in_group, 0, part);
    if (g_str_equal(key, "count"))
        return;
    g_autofree char *default_text = g_strdup_printf("fleet: f\nimage: i\ndefaults:\n  %s: %s\n"
                                                    "machines: {g: }\n",
                                                    key, value);
    g_autofree char *default_mark = g_strdup_printf("4:%zu", (*value ? 5 : 4) + strlen(key));
    g_autoptr(SbDiagnostics) in_defaults =
        findings(default_text, strlen(default_text), default_mark);
    assert_finding_says(in_defaults, 0, part);
}

static void refuse_values(const char *key, const char *const *values)
{
    for (gsize i = 0; values[i]; i++)
        refuse_value_saying(key, values[i], "");
}

static void test_integers(void)
{
    static const char *const bad_counts[] = {"0",
                                             "201",
                                             "100000",
                                             "-1",
                                             "+1",
                                             "\"2\"",
                                             "'2'",
                                             "02",
                                             "0x2",
                                             "2.0",
                                             "1e1",
                                             "1_0",
                                             "two",
                                             "~",
                                             "",
                                             "true",
                                             "[2]",
                                             "{2: }",
                                             "99999999999999999999",
                                             "2 3",
                                             NULL};
    static const char *const bad_vcpus[] = {"0", "257", "-1", "\"2\"", "2.5", "4294967298", NULL};
    refuse_values("count", bad_counts);
    refuse_values("vcpus", bad_vcpus);
    refuse_value_saying("count", "\"2\"", "write 2 without quotes");
    refuse_value_saying("count", "100000", "from 1 to 200");
    refuse_value_saying("vcpus", "[2]", "not a list");
    g_autoptr(SbFleetFile) least = parse_value("vcpus", "1");
    g_autoptr(SbFleetFile) most = parse_value("vcpus", "256");
    g_autoptr(SbFleetFile) crowd = parse_value("count", "200");
    g_assert_cmpuint(group(least, 0)->spec.vcpus, ==, 1);
    g_assert_cmpuint(group(most, 0)->spec.vcpus, ==, 256);
    g_assert_cmpuint(group(crowd, 0)->count, ==, 200);
}

static void test_sizes(void)
{
    static const char *const bad_memory[] = {
        "2GB", "2",   "-1",      "\"2\"",   "127 MiB",         "16.1 TiB", "0 B",
        "~",   "big", "1,5 GiB", "[2 GiB]", "99999999999 TiB", "2 gib",    NULL};
    static const char *const bad_disks[] = {"10", "1023 KiB", "64.1 TiB", "10 GB", NULL};
    refuse_values("memory", bad_memory);
    refuse_values("disk", bad_disks);
    refuse_value_saying("memory", "2GB", "write '2 GiB'");
    refuse_value_saying("memory", "2", "write a number and a unit");
    refuse_value_saying("memory", "1 MiB", "from 192 MiB to 16 TiB");
    g_autoptr(SbFleetFile) least = parse_value("memory", "192 MiB");
    g_autoptr(SbFleetFile) most = parse_value("memory", "\"16 TiB\"");
    g_autoptr(SbFleetFile) odd = parse_value("memory", "201326593 B");
    g_autoptr(SbFleetFile) disk = parse_value("disk", "1048577 B");
    g_assert_cmpuint(group(least, 0)->spec.memory_bytes, ==, 192 * MIB);
    g_assert_cmpuint(group(most, 0)->spec.memory_bytes, ==, 16 * TIB);
    g_assert_cmpuint(group(odd, 0)->spec.memory_bytes, ==, 192 * MIB + KIB);
    g_assert_cmpuint(group(disk, 0)->spec.disk_bytes, ==, MIB + KIB);
}

static void test_names(void)
{
    static const char *const bad[] = {"../x",      "-rf",
                                      "Debian",    "a-",
                                      "a/b",       "'a b'",
                                      "~",         "\"\"",
                                      "''",        "[a]",
                                      "\"a\\n\"",  "http://x/y.img",
                                      FORTY "abc", FORTY FORTY FORTY FORTY FORTY,
                                      NULL};
    refuse_values("image", bad);
    for (gsize i = 0; bad[i]; i++) {
        g_autofree char *top = g_strdup_printf("image: i\nmachines: {g: }\nfleet: %s\n", bad[i]);
        refuse(top, "3:8");
        g_autofree char *image = g_strdup_printf("fleet: f\nmachines: {g: }\nimage: %s\n", bad[i]);
        refuse(image, "3:8");
    }
    refuse("image: i\nmachines: {g: }\nfleet: {a: b}\n", "3:8");
    /* Names of images have characters that those of domains do not have. */
    refuse("image: i\nmachines: {g: }\nfleet: a.b\n", "3:8");
    refuse("image: i\nmachines: {g: }\nfleet: a_b\n", "3:8");
    g_autoptr(SbFleetFile) dotted = parse_value("image", "a.b_c");
    g_assert_cmpstr(group(dotted, 0)->spec.image.name, ==, "a.b_c");
    /* A word that YAML may read as something else is a name here. */
    g_autoptr(SbFleetFile) fleet_file = parse("fleet: 12\nimage: true\nmachines: {'no': }\n");
    g_assert_cmpstr(fleet_file->name, ==, "12");
    g_assert_cmpstr(group(fleet_file, 0)->spec.image.name, ==, "true");
    g_assert_cmpstr(group(fleet_file, 0)->name, ==, "no");
}

static void test_group_names(void)
{
    refuse("fleet: f\nimage: i\nmachines: {../x: , -rf: , ~: , '': , A: }\n",
           "3:12 3:20 3:27 3:32 3:38");
    refuse("fleet: f\nimage: i\nmachines:\n  " FORTY "abc:\n", "4:3");
    refuse("fleet: f\nimage: i\nmachines:\n  g: 3\n", "4:6");
    refuse("fleet: f\nimage: i\nmachines:\n  g: [a]\n", "4:6");
    refuse("fleet: f\nimage: i\nmachines:\n  g: ''\n", "4:6");
}

static void test_logins(void)
{
    static const char *const bad[] = {
        "root",     "-x",   "0a",    "a.b",     "a:b",
        "'a b'",    "Anna", "''",    "~",       "[a]",
        "\"a\\n\"", "a$",   "$(id)", "a" FORTY, "abcdefghijklmnopqrstuvwxyz0123456",
        NULL};
    refuse_values("login", bad);
    refuse_value_saying("login", "root", "cannot be root");
    g_autoptr(SbFleetFile) longest = parse_value("login", "abcdefghijklmnopqrstuvwxyz012345");
    g_assert_cmpuint(strlen(group(longest, 0)->spec.login), ==, 32);
    g_autoptr(SbFleetFile) shortest = parse_value("login", "_");
    g_assert_cmpstr(group(shortest, 0)->spec.login, ==, "_");
    refuse("fleet: f\nimage: i\nlogin: root\nmachines: {g: }\n", "3:8");
}

static void test_arch(void)
{
    static const char *const bad[] = {"arm64", "amd64", "AARCH64", "''", "~", "[aarch64]", NULL};
    refuse_values("arch", bad);
    refuse_value_saying("arch", "arm64", "aarch64 or x86_64, not 'arm64'");
    refuse("fleet: f\nimage: i\narch: arm\nmachines: {g: }\n", "3:7");
}

static void test_networks(void)
{
    static const struct {
        const char *value;
        SbNetworkKind kind;
        const char *source;
    } good[] = {
        {"nat", SB_NETWORK_NAT, NULL},
        {"isolated", SB_NETWORK_ISOLATED, NULL},
        {"'user'", SB_NETWORK_USER, NULL},
        {"existing:default", SB_NETWORK_EXISTING, "default"},
        {"existing:A_b.c-9", SB_NETWORK_EXISTING, "A_b.c-9"},
        {"existing:" FORTY TEN TEN "abcd", SB_NETWORK_EXISTING, FORTY TEN TEN "abcd"},
        {"bridge:br0", SB_NETWORK_BRIDGE, "br0"},
        {"bridge:fifteen-letters", SB_NETWORK_BRIDGE, "fifteen-letters"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(SbFleetFile) fleet_file = parse_value("network", good[i].value);
        g_assert_cmpint(group(fleet_file, 0)->spec.networks.items[0].kind, ==, good[i].kind);
        g_assert_cmpstr(group(fleet_file, 0)->spec.networks.items[0].source, ==, good[i].source);
    }
    static const char *const bad[] = {"default",
                                      "NAT",
                                      "none",
                                      "''",
                                      "~",
                                      "[nat]",
                                      "nat:x",
                                      "'user:'",
                                      "existing",
                                      "'existing:'",
                                      "bridge",
                                      "'bridge:'",
                                      "existing:-rf",
                                      "existing:..",
                                      "existing:a/b",
                                      "'existing:a b'",
                                      "existing:a'b",
                                      "existing:<a/>",
                                      "existing:a&b",
                                      "existing:a:b",
                                      "bridge:sixteen-letters1",
                                      "\"bridge:br0\\n\"",
                                      "default:x",
                                      "bridge:br,x=y",
                                      "existing:" FORTY TEN TEN "abcde",
                                      NULL};
    refuse_values("network", bad);
}

static void test_paths(void)
{
    static const char *const bad[] = {
        "''", "", "~", "[a]", "{a: b}", "\"a\\nb\"", "\"a\\tb\"", "\"\\x7f\"", "\"a\\e[2J\"", NULL};
    refuse_values("user-data", bad);
    refuse_values("vendor-data", bad);
    refuse_values("network-config", bad);
    g_autofree char *endless = g_strnfill(4096, 'a');
    refuse_value_saying("user-data", endless, "path");
    g_autoptr(SbFleetFile) absolute = parse_value("user-data", "/a/\303\244.yaml");
    g_assert_cmpstr(group(absolute, 0)->spec.user_data.path, ==, "/a/\303\244.yaml");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/fleet-file-values/integers", test_integers);
    g_test_add_func("/fleet-file-values/sizes", test_sizes);
    g_test_add_func("/fleet-file-values/names", test_names);
    g_test_add_func("/fleet-file-values/group-names", test_group_names);
    g_test_add_func("/fleet-file-values/logins", test_logins);
    g_test_add_func("/fleet-file-values/arch", test_arch);
    g_test_add_func("/fleet-file-values/networks", test_networks);
    g_test_add_func("/fleet-file-values/paths", test_paths);
    return g_test_run();
}
