/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/user-config.h"
#include "fleet-file/fleet-file.h"
#include "test.h"

#include <string.h>

static GPtrArray *parse(const char *text, char **findings_out)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    GPtrArray *values = sb_user_config_parse("config.yaml", text, strlen(text), diagnostics);
    *findings_out = sb_diagnostics_to_string(diagnostics);
    return values;
}

static void test_values(void)
{
    g_autofree char *findings = NULL;
    g_autoptr(GPtrArray) values = parse(
        "pool: fast\nconnect: qemu:///session\ndefaults: { memory: 4 GiB, vcpus: 4 }\n", &findings);
    g_assert_cmpstr(findings, ==, "");
    g_assert_cmpuint(values->len, ==, 4);
    g_assert_cmpstr(sb_user_config_find(values, "connect")->text, ==, "qemu:///session");
    g_assert_cmpstr(sb_user_config_find(values, "defaults.memory")->text, ==, "4 GiB");
    g_assert_cmpuint(sb_user_config_find(values, "defaults.memory")->mark.line, ==, 3);
    g_assert_null(sb_user_config_find(values, "colours"));
}

static void refuses(const char *text, const char *finding)
{
    g_autofree char *findings = NULL;
    g_assert_null(parse(text, &findings));
    if (!strstr(findings, finding))
        g_error("'%s' is not in '%s'", finding, findings);
}

static void test_errors(void)
{
    refuses("pol: x\n", "config.yaml:1:1: unknown key 'pol', did you mean 'pool'?");
    refuses("pool: [a]\n", "config.yaml:1:7: pool must be a text");
    refuses("pool: ''\n", "config.yaml:1:7: pool must be");
    refuses("colours: red\n", "config.yaml:1:10: colours must be auto or never");
    refuses("defaults: 4\n", "config.yaml:1:11: defaults must be a mapping");
    refuses("defaults: { memory: 4 }\n", "config.yaml:1:21: memory: '4' is not a size");
    refuses("defaults: { vcpus: 0 }\n", "config.yaml:1:20: vcpus must be a whole number");
    /* A file would be relative to whatever fleet file is used. */
    refuses("defaults: { user-data: a }\n", "config.yaml:1:13: unknown key 'user-data'");
    refuses("- a\n", "the file must be a mapping");
    refuses("pool: a\npool: b\n", "config.yaml:2:1: ");
}

/* The table says what is used without the file. */
static void test_built_in(void)
{
    g_auto(SbMachineSpec) spec;
    sb_machine_spec_init(&spec);
    g_autofree char *vcpus = g_strdup_printf("%u", spec.vcpus);
    g_autofree char *memory = g_strdup_printf("%" G_GUINT64_FORMAT " GiB", spec.memory_bytes >> 30);
    g_autofree char *disk = g_strdup_printf("%" G_GUINT64_FORMAT " GiB", spec.disk_bytes >> 30);
    const struct {
        const char *key, *value;
    } expected[] = {{"defaults.arch", spec.arch},
                    {"defaults.login", spec.login},
                    {"defaults.vcpus", vcpus},
                    {"defaults.memory", memory},
                    {"defaults.disk", disk}};
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
        for (const SbConfigKey *key = sb_user_config_keys; key->key; key++)
            if (strcmp(key->key, expected[i].key) == 0)
                g_assert_cmpstr(key->built_in, ==, expected[i].value);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/user-config/values", test_values);
    g_test_add_func("/user-config/errors", test_errors);
    g_test_add_func("/user-config/built-in", test_built_in);
    return g_test_run();
}
