/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/fleet-settings.h"
#include "findings.h"
#include "fleet-file/fleet-file.h"
#include "test.h"

#include <string.h>

static const char text[] = "fleet: f\n"
                           "image: i\n"
                           "machines:\n"
                           "  runner: {count: 2, vcpus: 1}\n"
                           "  db: ~\n"
                           "test:\n"
                           "  - {name: a, run: b}\n";

/* The file with SETTINGS; FINDINGS: what must be reported. (nullable) */
static SbFleetFile *parse(const SbFleetSettings *settings, const char *expected)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    SbFleetFile *file =
        sb_fleet_file_parse_with("f.yaml", text, strlen(text), settings, diagnostics);
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    if (!g_str_has_prefix(findings, expected) || (*findings && !*expected))
        g_error("'%s' is not the beginning of '%s'", expected, findings);
    g_assert_true((file != NULL) == !*expected);
    return file;
}

static SbFleetFile *with(const char *first, const char *second)
{
    const char *values[] = {first, second, NULL};
    const SbFleetSettings settings = {.values = values};
    return parse(&settings, "");
}

static void refuse(const char *setting, const char *finding)
{
    const char *values[] = {"image=j", setting, NULL};
    const SbFleetSettings settings = {.values = values};
    g_assert_null(parse(&settings, finding));
}

static const SbGroup *group(const SbFleetFile *file, guint index)
{
    return g_ptr_array_index(file->groups, index);
}

static void test_replaced(void)
{
    g_autoptr(SbFleetFile) file = with("machines.runner.count=4", "image=debian-13");
    g_assert_cmpuint(group(file, 0)->count, ==, 4);
    g_assert_cmpuint(group(file, 0)->spec.vcpus, ==, 1);
    g_assert_cmpstr(group(file, 1)->spec.image.name, ==, "debian-13");
    g_assert_cmpstr(file->name, ==, "f");
}

/* Keys that the file does not have, below a value that is empty or not there. */
static void test_added(void)
{
    g_autoptr(SbFleetFile) file = with("machines.db.memory=4 GiB", "defaults.vcpus=3");
    g_assert_cmpuint(group(file, 0)->spec.vcpus, ==, 1);
    g_assert_cmpuint(group(file, 1)->spec.vcpus, ==, 3);
    g_assert_cmpuint(group(file, 1)->spec.memory_bytes, ==, 4 * G_GUINT64_CONSTANT(1073741824));
}

static void test_later_wins(void)
{
    g_autoptr(SbFleetFile) file = with("fleet=a", "fleet=b");
    g_assert_cmpstr(file->name, ==, "b");
}

static void test_lifetime(void)
{
    g_autoptr(SbFleetFile) file = with("lifetime=2 h", "fleet=g");
    g_assert_cmpint(file->lifetime_ms, ==, 2 * 60 * 60 * 1000);
    g_autoptr(SbFleetFile) without = with("fleet=g", NULL);
    g_assert_cmpint(without->lifetime_ms, ==, 0);
    refuse("lifetime=1 s", "setting 'lifetime=1 s': lifetime must be");
}

static void test_whole_values(void)
{
    g_autoptr(SbFleetFile) file =
        with("test=[{name: x, run: y}, {name: z, run: y}]", "machines.db={count: 3}");
    g_assert_cmpuint(file->steps->len, ==, 2);
    g_assert_cmpuint(group(file, 1)->count, ==, 3);
}

static void test_refused(void)
{
    refuse("count", "setting 'count': write KEY=VALUE");
    refuse("=3", "setting '=3': write KEY=VALUE");
    refuse("image=", "setting 'image=': write KEY=VALUE");
    refuse("machines.runner.count=x",
           "setting 'machines.runner.count=x': count must be a whole number from 1 to 200");
    refuse("machines.runer.count=1",
           "setting 'machines.runer.count=1': the file has no group 'runer'");
    refuse("machines.runner.cuont=1", "setting 'machines.runner.cuont=1': unknown key 'cuont'");
    refuse("test.run=x", "setting 'test.run=x': 'test' is a list in the file: set it as a whole");
    refuse("image.path=x", "setting 'image.path=x': 'image' is a scalar in the file");
    refuse("imag=x", "setting 'imag=x': unknown key 'imag', did you mean 'image'?");
    refuse("image=[", "setting 'image=[':");
    refuse("fleet=A", "setting 'fleet=A': fleet name 'A' is not allowed");
}

static void test_place(void)
{
    g_autoptr(SbFleetFile) file = with("fleet=g", "image=j");
    g_autofree char *set = sb_fleet_file_place(file, group(file, 0)->spec.image.mark);
    g_assert_cmpstr(set, ==, "setting 'image=j'");
    g_autofree char *written = sb_fleet_file_place(file, group(file, 0)->mark);
    g_assert_cmpstr(written, ==, "f.yaml:4:3");
}

static void test_unique(void)
{
    const char *values[] = {"fleet=a-rather-long-name-of-a-fleet", NULL};
    const SbFleetSettings short_one = {.unique = "1234abcd"};
    const SbFleetSettings long_one = {.values = values, .unique = "1234abcd"};
    g_autoptr(SbFleetFile) file = parse(&short_one, "");
    g_assert_cmpstr(file->name, ==, "f-1234abcd");
    g_autoptr(SbFleetFile) cut = parse(&long_one, "");
    g_assert_cmpstr(cut->name, ==, "a-rather-long-na-1234abcd");
}

/* Settings do not hide what is wrong with the file itself. */
static void test_not_a_mapping(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    const char *values[] = {"fleet=a", NULL};
    const SbFleetSettings settings = {.values = values, .unique = "1234abcd"};
    g_assert_null(sb_fleet_file_parse_with("f.yaml", "[]", 2, &settings, diagnostics));
    assert_findings_at(diagnostics, "1:1");
}

/* A default counts if the file has the key neither in 'defaults' nor at its top. */
static void test_defaults(void)
{
    static const char *const defaults[] = {"defaults.vcpus=7", "defaults.login='other'",
                                           "defaults.disk='30 GiB'", NULL};
    static const char *const values[] = {"machines.m.count=2", NULL};
    const SbFleetSettings settings = {.values = values, .defaults = defaults};
    static const char file[] = "fleet: f\nimage: i\nlogin: tester\ndefaults: { disk: 20 GiB }\n"
                               "machines:\n  m:\n  n: { vcpus: 3 }\n";
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(SbFleetFile) fleet =
        sb_fleet_file_parse_with("f.yaml", file, strlen(file), &settings, diagnostics);
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    g_assert_cmpstr(findings, ==, "");
    g_assert_nonnull(fleet);
    const SbGroup *m = g_ptr_array_index(fleet->groups, 0),
                  *n = g_ptr_array_index(fleet->groups, 1);
    g_assert_cmpuint(m->spec.vcpus, ==, 7);
    g_assert_cmpuint(n->spec.vcpus, ==, 3);
    g_assert_cmpstr(m->spec.login, ==, "tester");
    g_assert_cmpuint(m->spec.disk_bytes >> 30, ==, 20);
    g_assert_cmpuint(m->count, ==, 2);
    g_autofree char *counting = g_strjoinv(" ", fleet->settings);
    g_assert_cmpstr(counting, ==, "defaults.vcpus=7 machines.m.count=2");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/fleet-settings/replaced", test_replaced);
    g_test_add_func("/fleet-settings/added", test_added);
    g_test_add_func("/fleet-settings/later", test_later_wins);
    g_test_add_func("/fleet-settings/lifetime", test_lifetime);
    g_test_add_func("/fleet-settings/defaults", test_defaults);
    g_test_add_func("/fleet-settings/whole", test_whole_values);
    g_test_add_func("/fleet-settings/refused", test_refused);
    g_test_add_func("/fleet-settings/place", test_place);
    g_test_add_func("/fleet-settings/unique", test_unique);
    g_test_add_func("/fleet-settings/not-a-mapping", test_not_a_mapping);
    return g_test_run();
}
