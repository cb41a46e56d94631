/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-files.h"
#include "test.h"

#define KIB G_GUINT64_CONSTANT(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TEN "0123456789"
#define FORTY TEN TEN TEN TEN

static void test_minimal(void)
{
    g_autoptr(SbFleetFile) fleet_file = parse("fleet: f\nimage: i\nmachines:\n  g:\n");
    g_assert_cmpstr(fleet_file->file, ==, "f.yaml");
    g_assert_cmpstr(fleet_file->name, ==, "f");
    g_assert_cmpuint(fleet_file->groups->len, ==, 1);
    const SbGroup *g = group(fleet_file, 0);
    g_assert_cmpstr(g->name, ==, "g");
    g_assert_cmpuint(g->mark.line, ==, 4);
    g_assert_cmpuint(g->mark.column, ==, 3);
    g_assert_cmpuint(g->count, ==, 1);
    g_assert_cmpuint(g->spec.vcpus, ==, 2);
    g_assert_cmpuint(g->spec.memory_bytes, ==, GIB);
    g_assert_cmpuint(g->spec.disk_bytes, ==, 10 * GIB);
    g_assert_cmpstr(g->spec.image.name, ==, "i");
    g_assert_cmpuint(g->spec.image.mark.line, ==, 2);
    g_assert_cmpuint(g->spec.image.mark.column, ==, 8);
    g_assert_cmpstr(g->spec.arch, ==, "aarch64");
    g_assert_cmpstr(g->spec.login, ==, "seedbed");
    g_assert_cmpint(g->spec.networks.items[0].kind, ==, SB_NETWORK_DEFAULT);
    g_assert_null(g->spec.networks.items[0].source);
    g_assert_null(g->spec.user_data.path);
    g_assert_null(g->spec.vendor_data.path);
    g_assert_null(g->spec.network_config.path);
}

static void test_every_key(void)
{
    g_autoptr(SbFleetFile) fleet_file = parse("fleet: faas\n"
                                              "machines:\n"
                                              "  runner:\n"
                                              "    count: 3\n"
                                              "    vcpus: 4\n"
                                              "    memory: 1.5 GiB\n"
                                              "    disk: 20 GiB\n"
                                              "    image: debian-12\n"
                                              "    arch: x86_64\n"
                                              "    login: _tester-1\n"
                                              "    network: bridge:br0\n"
                                              "    user-data: ../a b.yaml\n"
                                              "    vendor-data: 'v'\n"
                                              "    network-config: \"n\"\n");
    const SbGroup *g = group(fleet_file, 0);
    g_assert_cmpuint(g->count, ==, 3);
    g_assert_cmpuint(g->spec.vcpus, ==, 4);
    g_assert_cmpuint(g->spec.memory_bytes, ==, 1536 * MIB);
    g_assert_cmpuint(g->spec.disk_bytes, ==, 20 * GIB);
    g_assert_cmpstr(g->spec.image.name, ==, "debian-12");
    g_assert_cmpstr(g->spec.arch, ==, "x86_64");
    g_assert_cmpstr(g->spec.login, ==, "_tester-1");
    g_assert_cmpint(g->spec.networks.items[0].kind, ==, SB_NETWORK_BRIDGE);
    g_assert_cmpstr(g->spec.networks.items[0].source, ==, "br0");
    g_assert_cmpstr(g->spec.user_data.path, ==, "../a b.yaml");
    g_assert_cmpuint(g->spec.user_data.mark.line, ==, 12);
    g_assert_cmpuint(g->spec.user_data.mark.column, ==, 16);
    g_assert_cmpstr(g->spec.vendor_data.path, ==, "v");
    g_assert_cmpstr(g->spec.network_config.path, ==, "n");
    g_assert_cmpuint(g->spec.network_config.mark.line, ==, 14);
}

/* The nearest value wins: group, then defaults, then top, then the built-in default. The order in
 * the file does not matter. */
static void test_precedence(void)
{
    g_autoptr(SbFleetFile) fleet_file = parse(
        "machines: {a: , b: {vcpus: 8, image: own, login: own, network: nat, user-data: own}}\n"
        "defaults: {vcpus: 4, login: middle, network: 'existing:net', user-data: middle,\n"
        "           vendor-data: v, network-config: n, disk: 1 GiB, memory: 256 MiB}\n"
        "login: top\nimage: top\narch: x86_64\nfleet: f\n");
    const SbGroup *a = group(fleet_file, 0), *b = group(fleet_file, 1);
    g_assert_cmpuint(a->spec.vcpus, ==, 4);
    g_assert_cmpuint(b->spec.vcpus, ==, 8);
    g_assert_cmpstr(a->spec.image.name, ==, "top");
    g_assert_cmpstr(b->spec.image.name, ==, "own");
    g_assert_cmpstr(a->spec.login, ==, "middle");
    g_assert_cmpstr(b->spec.login, ==, "own");
    g_assert_cmpstr(a->spec.arch, ==, "x86_64");
    g_assert_cmpint(a->spec.networks.items[0].kind, ==, SB_NETWORK_EXISTING);
    g_assert_cmpstr(a->spec.networks.items[0].source, ==, "net");
    g_assert_cmpint(b->spec.networks.items[0].kind, ==, SB_NETWORK_NAT);
    g_assert_null(b->spec.networks.items[0].source);
    g_assert_cmpstr(a->spec.user_data.path, ==, "middle");
    g_assert_cmpuint(a->spec.user_data.mark.line, ==, 2);
    g_assert_cmpstr(b->spec.user_data.path, ==, "own");
    g_assert_cmpuint(b->spec.user_data.mark.line, ==, 1);
    g_assert_cmpstr(b->spec.vendor_data.path, ==, "v");
    g_assert_cmpstr(b->spec.network_config.path, ==, "n");
    g_assert_cmpuint(b->spec.disk_bytes, ==, GIB);
    g_assert_cmpuint(b->spec.memory_bytes, ==, 256 * MIB);
}

static void test_groups(void)
{
    g_autoptr(SbFleetFile) fleet_file =
        parse("fleet: f\nimage: i\ndefaults:\nmachines: {z: {count: 2}, a: ~, m: null, b: {}}\n");
    g_assert_cmpuint(fleet_file->groups->len, ==, 4);
    g_assert_cmpstr(group(fleet_file, 0)->name, ==, "z");
    g_assert_cmpstr(group(fleet_file, 1)->name, ==, "a");
    g_assert_cmpstr(group(fleet_file, 3)->name, ==, "b");
    g_assert_cmpuint(sb_fleet_file_machine_count(fleet_file), ==, 5);
}

static void test_line_ends(void)
{
    g_autoptr(SbFleetFile) fleet_file =
        parse("\357\273\277fleet: f\r\nimage: i\r\nmachines:\r\n  g:\r\n    vcpus: 3\r\n");
    g_assert_cmpstr(fleet_file->name, ==, "f");
    g_assert_cmpuint(group(fleet_file, 0)->spec.vcpus, ==, 3);
}

static void test_missing(void)
{
    refuse("fleet: f\nimage: i\n", "1:1");
    refuse("image: i\nmachines: {g: }\n", "1:1");
    refuse("{}", "1:1 1:1");
    refuse("fleet: f\nimage: i\nmachines:\n", "3:10");
    refuse("fleet: f\nimage: i\nmachines: {}\n", "3:11");
    refuse("fleet: f\nimage: i\nmachines: [g]\n", "3:11");
    refuse("fleet: f\nimage: i\ndefaults: 3\nmachines: {g: }\n", "3:11");
    refuse("fleet: f\nimage: i\ndefaults: [a]\nmachines: {g: }\n", "3:11");
}

/* The finding is at the group, because the image can be written there. Groups with an image, or
 * with a wrong one, do not have this finding. */
#define SUM "A1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"

static void test_image_source(void)
{
    g_autoptr(SbFleetFile) fleet_file =
        parse("fleet: f\nimage: {url: 'https://x/A_b.1.qcow2?y/z', sha256: " SUM "}\n"
              "machines: {a: , b: {image: own}}\n");
    const SbGroup *a = g_ptr_array_index(fleet_file->groups, 0);
    const SbGroup *b = g_ptr_array_index(fleet_file->groups, 1);
    g_assert_cmpstr(a->spec.image.name, ==, "a-b-1-a1a1a1a1");
    g_assert_cmpstr(a->spec.image.url, ==, "https://x/A_b.1.qcow2?y/z");
    g_assert_true(g_str_has_prefix(a->spec.image.digest.hex, "a1a1"));
    g_assert_cmpstr(b->spec.image.name, ==, "own");
    g_assert_null(b->spec.image.url);
    g_assert_null(b->spec.image.path);
    g_autoptr(SbFleetFile) by_path =
        parse("fleet: f\nimage: {path: '../a b/X?.qcow2.xz', sha256: " SUM "}\n"
              "machines: {a: {image: own}, b: }\n");
    a = g_ptr_array_index(by_path->groups, 0);
    b = g_ptr_array_index(by_path->groups, 1);
    g_assert_null(a->spec.image.path);
    g_assert_cmpstr(b->spec.image.name, ==, "x-qcow2-a1a1a1a1");
    g_assert_cmpstr(b->spec.image.path, ==, "../a b/X?.qcow2.xz");
    g_assert_null(b->spec.image.url);
    refuse("fleet: f\nimage: {path: x}\nmachines: {g: }\n", "2:8");
    refuse("fleet: f\nimage: {path: x, url: 'file:///x', sha256: " SUM "}\nmachines: {g: }\n",
           "2:8");
    refuse("fleet: f\nimage: {url: 'https://x/y'}\nmachines: {g: }\n", "2:8");
    refuse("fleet: f\nimage: {url: 'https://x/y', sha256: abc}\nmachines: {g: }\n", "2:37");
    refuse("fleet: f\nimage: {url: '/x/y', sha256: " SUM "}\nmachines: {g: }\n", "2:14");
    refuse("fleet: f\nimage: {url: 'https://x/y', sha: " SUM "}\nmachines: {g: }\n", "2:29");
}

static void test_missing_image(void)
{
    const char *text = "fleet: f\nmachines:\n  a:\n  b: {image: i}\n  c: {image: ../x}\n  d: {}\n";
    g_autoptr(SbDiagnostics) diagnostics = findings(text, strlen(text), "3:3 5:14 6:3");
    assert_finding_says(diagnostics, 0, "image: NAME");
    refuse("fleet: f\nimage: ../x\nmachines: {a: , b: }\n", "2:8");
    refuse("fleet: f\ndefaults: {image: ../x}\nmachines: {a: , b: }\n", "2:19");
    g_autoptr(SbFleetFile) fleet_file = parse("fleet: f\ndefaults: {image: i}\nmachines: {a: }\n");
    g_assert_cmpstr(group(fleet_file, 0)->spec.image.name, ==, "i");
}

static void test_unknown_keys(void)
{
    const char *text = "fleet: f\nimgae: i\nimage: i\ndefaults:\n  count: 2\n  vcpu: 2\n"
                       "machines:\n  g:\n    memroy: 1 GiB\n    fleet: x\n    <<: 1\ntests: []\n";
    g_autoptr(SbDiagnostics) diagnostics =
        findings(text, strlen(text), "2:1 5:3 6:3 9:5 10:5 11:5 12:1");
    assert_finding_says(diagnostics, 0,
                        "unknown key 'imgae', did you mean 'image'? (allowed here: fleet, image, ");
    assert_finding_says(diagnostics, 1, "unknown key 'count' (allowed here: image, ");
    assert_finding_says(diagnostics, 2, "did you mean 'vcpus'?");
    assert_finding_says(diagnostics, 3, "did you mean 'memory'?");
    assert_finding_says(diagnostics, 4, "unknown key 'fleet' (");
}

static void test_duplicates(void)
{
    refuse("fleet: f\nfleet: g\nimage: i\nmachines:\n  g: {vcpus: 1, vcpus: 2}\n  g: {count: x}\n",
           "2:1 5:17 6:3");
}

static void test_references(void)
{
    refuse("fleet: &f f\nimage: *f\nmachines: {g: !!map {vcpus: !x 0}}\n",
           "1:8 2:8 3:15 3:29 3:29");
    refuse("a: &a [x, x]\nb: &b [*a, *a]\nfleet: f\nimage: i\nmachines: {g: *b}\n",
           "1:1 1:4 2:1 2:4 2:8 2:12 5:15");
}

#define THIRTY TEN TEN TEN
#define LONG_NAMES "fleet: " THIRTY "\nimage: i\nmachines:\n  " THIRTY ": "

static void test_machine_names_fit(void)
{
    /* 30 + 1 + 30 + 1 + the digits of the count: 63 is the most. */
    g_autoptr(SbFleetFile) fleet_file = parse(LONG_NAMES "{count: 9}\n");
    g_assert_cmpuint(group(fleet_file, 0)->count, ==, 9);
    refuse(LONG_NAMES "{count: 10}\n", "4:3");
    refuse("fleet: " FORTY "\nimage: i\nmachines: {a: , " FORTY ": }\n", "3:17");
}

static void test_number_of_machines(void)
{
    g_autoptr(SbFleetFile) most =
        parse("fleet: f\nimage: i\nmachines: {a: {count: 100}, b: {count: 100}}\n");
    g_assert_cmpuint(sb_fleet_file_machine_count(most), ==, SB_FLEET_MAX_MACHINES);
    /* One finding at the group that is too many. The groups after it are checked too. */
    refuse("fleet: f\nimage: i\nmachines:\n  a: {count: 100}\n  b: {count: 101}\n  c:\n"
           "  d: {vcpus: 0}\n",
           "5:3 7:14");
}

static void test_number_of_groups(void)
{
    GString *text = g_string_new("fleet: f\nimage: i\nmachines:\n");
    for (guint i = 0; i < 9000; i++)
        g_string_append_printf(text, "  g%u:\n", i);
    refuse(text->str, "204:3");
    g_string_free(text, TRUE);
}

static void test_not_a_fleet_file(void)
{
    refuse("", "0:0");
    refuse("# comment\n", "0:0");
    refuse("---\n", "2:1");
    refuse("just text\n", "1:1");
    refuse("- a\n- b\n", "1:1");
    refuse("\177ELF\002\001\001", "1:1");
    refuse("\377\376f\n", "1:1");
    refuse("fleet: f\n\xff\n", "2:1");
    refuse("fleet: f\nimage: i\nmachines:\n\tg:\n", "4:1");
    refuse("fleet: f\nimage: i\nmachines: {g: }\n---\nfleet: f\n", "4:1");
    refuse_bytes("fleet: f\0\n", 10, "1:9");
    refuse_bytes(NULL, 0, "0:0");
    refuse_bytes("f\0l\0e\0e\0t\0", 10, "1:2");
    refuse("fleet: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n", "1:39");
}

static void test_large_files(void)
{
    g_autofree char *comment = g_strnfill(10 * 1024 * 1024, '#');
    g_autoptr(SbDiagnostics) large = findings(comment, 10 * 1024 * 1024, "0:0");
    assert_finding_says(large, 0, "at most 1 MiB");
    g_autoptr(SbDiagnostics) over = findings(comment, SB_FLEET_FILE_MAX_BYTES + 1, "0:0");
    assert_finding_says(over, 0, "at most 1 MiB");
    /* The largest file that is read has no content, which is another finding. */
    g_autoptr(SbDiagnostics) most = findings(comment, SB_FLEET_FILE_MAX_BYTES, "0:0");
    assert_finding_says(most, 0, "empty");
}

/* One mistake is one finding. All findings come together, in the order of the file. */
static void test_twenty_errors(void)
{
    const char *text = "machines:\n"
                       "  ../x:\n"
                       "    count: 0\n"
                       "    vcpus: 0\n"
                       "    memory: 2GB\n"
                       "    disk: 2\n"
                       "    image: A\n"
                       "    arch: arm\n"
                       "    login: root\n"
                       "    network: x\n"
                       "    user-data:\n"
                       "    vendor-data: ''\n"
                       "    network-config: []\n"
                       "  b: 3\n"
                       "  c: {ram: 1, cps: 2}\n"
                       "defaults: {vcpus: '2', memory: 1, disk: ~}\n"
                       "image: -rf\n"
                       "fleet: F\n";
    refuse(text, "2:3 3:12 4:12 5:13 6:11 7:12 8:11 9:12 10:14 11:15 12:18 13:21 14:6 15:7 15:15 "
                 "16:19 16:32 16:41 17:8 18:8");
}

/* Findings of other files that were there before do not count. */
static void test_earlier_findings(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_diagnostics_add(diagnostics, "other", (SbMark){1, 1}, "x");
    const char *text = "fleet: f\nimage: i\nmachines: {g: }\n";
    g_autoptr(SbFleetFile) fleet_file =
        sb_fleet_file_parse("f.yaml", text, strlen(text), diagnostics);
    g_assert_nonnull(fleet_file);
    g_assert_cmpuint(sb_diagnostics_count(diagnostics), ==, 1);
}

/* Also when the list of findings was full. */
static void test_earlier_findings_to_the_limit(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    for (guint i = 0; i < SB_DIAGNOSTICS_MAX; i++)
        sb_diagnostics_add(diagnostics, "other", (SbMark){1, 1}, "x");
    const char *text = "fleet: F\nimage: i\nmachines: {g: }\n";
    g_assert_null(sb_fleet_file_parse("f.yaml", text, strlen(text), diagnostics));
}

/* ---- layers ---- */

static void test_layers(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    const char *text = "fleet: f\nimage: i\nmachines: {g: }\nbuild:\n  - user-data: a.yaml\n"
                       "  - { vendor-data: v.yaml, user-data: b.yaml }\n";
    g_autoptr(SbFleetFile) file = sb_fleet_file_parse("f.yaml", text, strlen(text), diagnostics);
    g_assert_nonnull(file);
    g_assert_cmpuint(file->layers->len, ==, 2);
    const SbBuildLayer *first = g_ptr_array_index(file->layers, 0);
    g_assert_cmpstr(first->user_data.path, ==, "a.yaml");
    g_assert_cmpuint(first->user_data.mark.line, ==, 5);
    g_assert_null(first->vendor_data.path);
    const SbBuildLayer *second = g_ptr_array_index(file->layers, 1);
    g_assert_cmpstr(second->user_data.path, ==, "b.yaml");
    g_assert_cmpstr(second->vendor_data.path, ==, "v.yaml");

    g_autoptr(SbFleetFile) one =
        sb_fleet_file_of_one(file, "build-1", g_ptr_array_index(file->groups, 0), "vm", "base");
    g_assert_cmpuint(sb_fleet_file_machine_count(one), ==, 1);
    const SbGroup *group = g_ptr_array_index(one->groups, 0);
    g_assert_cmpstr(group->name, ==, "vm");
    g_assert_cmpstr(group->spec.image.name, ==, "base");
    g_assert_cmpstr(one->name, ==, "build-1");
}

static void test_bad_layers(void)
{
    static const struct {
        const char *build, *finding;
    } cases[] = {
        {"a.yaml", "f.yaml:4:8: build must be a list of layers, such as '- user-data: FILE'"},
        {"[a.yaml]", "f.yaml:4:9: a layer must be a mapping"},
        {"[{vendor-data: a}]", "f.yaml:4:9: the key 'user-data' of a layer is missing"},
        {"[{user-data: a, userdata: b}]", "f.yaml:4:24: unknown key 'userdata'"},
        {"[{user-data: }]", "f.yaml:4:"},
        {"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]",
         "f.yaml:4:8: build has 21 items, and 20 are allowed"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
        g_autofree char *text =
            g_strdup_printf("fleet: f\nimage: i\nmachines: {g: }\nbuild: %s\n", cases[i].build);
        g_assert_null(sb_fleet_file_parse("f.yaml", text, strlen(text), diagnostics));
        g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
        if (!g_str_has_prefix(findings, cases[i].finding))
            g_error("'%s' is not the beginning of '%s'", cases[i].finding, findings);
    }
}

static void test_keys(void)
{
    g_autofree const char **keys = sb_fleet_file_keys();
    static const char *const some[] = {"fleet",
                                       "image",
                                       "login",
                                       "arch",
                                       "defaults",
                                       "machines",
                                       "defaults.vcpus",
                                       "machines.GROUP.count",
                                       "machines.GROUP.network-config",
                                       "build.user-data"};
    for (gsize i = 0; i < G_N_ELEMENTS(some); i++)
        g_assert_true(g_strv_contains(keys, some[i]));
    g_assert_false(g_strv_contains(keys, "defaults.count"));
    g_assert_false(g_strv_contains(keys, "vcpus"));
    for (gsize i = 0; keys[i]; i++)
        g_assert_false(g_strv_contains(keys + i + 1, keys[i]));
}

/* The files that ship are examples: they must be right. */
static void test_shipped(void)
{
    const char *source = g_getenv("srcdir");
    g_autofree char *path = g_build_filename(source ? source : ".", "domains", NULL);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    g_assert_nonnull(folder);
    guint files = 0;
    for (const char *name = g_dir_read_name(folder); name; name = g_dir_read_name(folder)) {
        if (!g_str_has_suffix(name, ".yaml"))
            continue;
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
        g_autoptr(SbFleetFile) fleet_file = parse(text);
        for (guint i = 0; i < fleet_file->groups->len; i++) {
            const char *user_data = group(fleet_file, i)->spec.user_data.path;
            g_autofree char *named = user_data ? g_build_filename(path, user_data, NULL) : NULL;
            g_assert_true(!named || g_file_test(named, G_FILE_TEST_IS_REGULAR));
        }
        files++;
    }
    g_assert_cmpuint(files, >=, 2);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/fleet-file/minimal", test_minimal);
    g_test_add_func("/fleet-file/every-key", test_every_key);
    g_test_add_func("/fleet-file/precedence", test_precedence);
    g_test_add_func("/fleet-file/groups", test_groups);
    g_test_add_func("/fleet-file/line-ends", test_line_ends);
    g_test_add_func("/fleet-file/missing", test_missing);
    g_test_add_func("/fleet-file/image-source", test_image_source);
    g_test_add_func("/fleet-file/missing-image", test_missing_image);
    g_test_add_func("/fleet-file/unknown-keys", test_unknown_keys);
    g_test_add_func("/fleet-file/duplicates", test_duplicates);
    g_test_add_func("/fleet-file/references", test_references);
    g_test_add_func("/fleet-file/machine-names", test_machine_names_fit);
    g_test_add_func("/fleet-file/machines", test_number_of_machines);
    g_test_add_func("/fleet-file/number-of-groups", test_number_of_groups);
    g_test_add_func("/fleet-file/not-a-fleet-file", test_not_a_fleet_file);
    g_test_add_func("/fleet-file/large", test_large_files);
    g_test_add_func("/fleet-file/twenty-errors", test_twenty_errors);
    g_test_add_func("/fleet-file/earlier-findings", test_earlier_findings);
    g_test_add_func("/fleet-file/earlier-findings-limit", test_earlier_findings_to_the_limit);
    g_test_add_func("/fleet-file/layers", test_layers);
    g_test_add_func("/fleet-file/bad-layers", test_bad_layers);
    g_test_add_func("/fleet-file/keys", test_keys);
    g_test_add_func("/fleet-file/shipped", test_shipped);
    return g_test_run();
}
