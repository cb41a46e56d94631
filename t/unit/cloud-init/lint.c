/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "findings.h"
#include "lint-text.h"
#include "test.h"

#include <gio/gio.h>

/* ---- every format, by its first line ---- */

static void test_cloud_config(void)
{
    lint_user_data("#cloud-config\npackages: [git]\n", "");
    lint_user_data("  \n#Cloud-Config\npackages: [git]\n", "");
    lint_user_data("#cloud-config\npackages: [1]\n", "2:12 schema!");
    lint_user_data("#cloud-config\npackage: [a]\n", "2:1 unknown-key!");
    lint_user_data("#cloud-config\n- a\n", "2:1 schema!");
    lint_user_data("#cloud-config\na: [\n", "3:1 yaml!");
    lint_user_data("#cloud-config\npackages:\n\t- a\n", "3:1 tab!");
    lint_user_data("#cloud-config\ntimezone: a\ntimezone: b\n", "3:1 duplicate-key");
    lint_user_data("#cloud-config\n", "0:0 yaml!");
}

static void test_header(void)
{
    lint_user_data("packages: [git]\n", "1:1 header!");
    lint_user_data("#cloudconfig\npackages: [git]\n", "1:1 header!");
    lint_user_data("# cloud-config\npackages: [git]\n", "1:1 header!");
    lint_user_data("\xef\xbb\xbf#cloud-config\npackages: [git]\n", "1:1 header!");
    lint_user_data("", "0:0 header!");
    lint_user_data("\n\n", "0:0 header!");
    g_autoptr(SbDiagnostics) near =
        lint_text(SB_LINT_USER_DATA, "#cloud-confg\na: b\n", "1:1 header!");
    assert_finding_says(near, 0, "write '#cloud-config'");
}

static void test_script(void)
{
    lint_user_data("#!/bin/sh\necho a: b\n", "");
    lint_user_data("#!/bin/sh", "");
    lint_user_data("#!/bin/sh\r\necho\r\n", "1:10 script");
    lint_user_data("#! /bin/sh\n", "");
    lint_user_data("#!bash\n", "1:3 script");
    lint_user_data("#!\n", "1:3 script");
    lint_user_data("\n#!/bin/sh\n", "2:1 header!");
}

static void test_boothook(void)
{
    lint_user_data("#cloud-boothook\n#!/bin/sh\necho\n", "");
    lint_user_data("#cloud-boothook\r\n#!/bin/sh\r\n", "1:16 script");
}

static void test_include(void)
{
    lint_user_data("#include\nhttps://example.com/a\n# x\n\nhttp://[::1]/b\n", "");
    lint_user_data("#include https://example.com/a\n", "");
    lint_user_data("#include-once\nftp://example.com/a\n", "");
    lint_user_data("#include\nexample.com/a\n", "2:1 include");
    lint_user_data("#include\n# nothing\n", "1:1 include");
    lint_user_data("#include", "1:1 include");
}

static void test_part_handler(void)
{
    lint_user_data(
        "#part-handler\ndef list_types():\n  pass\ndef handle_part(a, b, c, d):\n  pass\n", "");
    lint_user_data("#part-handler\ndef list_types():\n  pass\n", "1:1 part-handler");
    lint_user_data("#part-handler\n", "1:1 part-handler, 1:1 part-handler");
}

static void test_json_patch(void)
{
    lint_user_data("#cloud-config-jsonp\n[{\"op\": \"add\", \"path\": \"/a\", \"value\": [1]}]\n",
                   "");
    lint_user_data("#cloud-config-jsonp [{\"op\": \"remove\", \"path\": \"/a\"}]\n", "");
    lint_user_data("#cloud-config-jsonp\n{\"op\": \"add\"}\n", "2:1 schema!");
    g_autoptr(SbDiagnostics) op = lint_text(
        SB_LINT_USER_DATA, "#cloud-config-jsonp\n[{\"op\": \"ad\", \"path\": \"/\", \"value\": 1}]",
        "2:9 schema!");
    assert_finding_says(op, 0, "did you mean 'add'?");
    lint_user_data("#cloud-config-jsonp\n[\n{\"op\": \"copy\", \"path\": \"/a\"},\n"
                   "{\"op\": \"test\", \"path\": \"a\", \"value\": 1}]",
                   "3:1 schema!, 4:24 schema!");
    /* YAML, but not JSON. */
    lint_user_data("#cloud-config-jsonp\n[\n {op: add, path: /a, value: [b]}]\n", "3:3 schema!");
    lint_user_data("#cloud-config-jsonp\n\n[1,\n [}]\n", "4:3 yaml!");
    lint_user_data("#cloud-config-jsonp", "0:0 yaml!");
}

static void test_template(void)
{
    lint_user_data("## template: jinja\n#cloud-config\nhostname: {{ v1.region }}-a\n", "");
    lint_user_data("## template: jinja\n#cloud-config\npackages: [1]\ntimezone: {{ a }}\n",
                   "3:12 schema!");
    /* The value of the expression is unknown. */
    lint_user_data("## template: jinja\n#cloud-config\npackage_update: {{ a }}\n", "");
    lint_user_data("## template: jinja\n#cloud-config\n{% if a %}\npackages: 1\n{% endif %}\n", "");
    lint_user_data("## template: jinja\n#cloud-config\n{# not\nthere #}\npackages: 1\n",
                   "5:11 schema!");
    /* An expression that is not closed may go on anywhere. */
    lint_user_data("## template: jinja\n#cloud-config\npackages: {{ a\n}}\n", "");
    lint_user_data("## template: jinja\n#cloud-config\npackages: 1 {# a\n", "3:11 schema!");
    lint_user_data("## template: jinja\n#!bash\n", "2:3 script");
    lint_user_data("## template: jinja\npackages: [a]\n", "2:1 header!");
    lint_user_data("## template: jinja", "1:19 header!");
    lint_user_data("\n## template: jinja\n#cloud-config\n", "2:1 header!");
}

/* ---- what is not text ---- */

static void test_encoding(void)
{
    static const char utf16[] = "\xff\xfe#\0c\0";
    static const char nul[] = "#cloud-config\na: \"x\0y\"\n";
    static const char latin[] = "#cloud-config\na: \xc3\xa4\xe4\n";
    g_autoptr(SbLinter) linter = sb_linter_new();
    g_autoptr(SbDiagnostics) wide =
        lint_bytes(linter, SB_LINT_USER_DATA, utf16, sizeof utf16 - 1, "1:1 encoding!");
    assert_finding_says(wide, 0, "UTF-16");
    g_autoptr(SbDiagnostics) zero =
        lint_bytes(linter, SB_LINT_USER_DATA, nul, sizeof nul - 1, "2:6 encoding!");
    assert_finding_says(zero, 0, "NUL byte");
    g_autoptr(SbDiagnostics) byte =
        lint_bytes(linter, SB_LINT_USER_DATA, latin, sizeof latin - 1, "2:5 encoding!");
    assert_finding_says(byte, 0, "byte 0xe4");
    static const SbLintKind kinds[] = {SB_LINT_NETWORK_CONFIG, SB_LINT_META_DATA};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        sb_diagnostics_free(lint_bytes(linter, kinds[i], latin, sizeof latin - 1, "2:5 encoding!"));
}

static GBytes *gzip(const char *text)
{
    g_autoptr(GZlibCompressor) packer = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
    char packed[4096];
    gsize taken, made;
    g_assert_cmpint(g_converter_convert(G_CONVERTER(packer), text, strlen(text), packed,
                                        sizeof packed, G_CONVERTER_INPUT_AT_END, &taken, &made,
                                        NULL),
                    ==, G_CONVERTER_FINISHED);
    return g_bytes_new(packed, made);
}

static void test_gzip(void)
{
    g_autoptr(SbLinter) linter = sb_linter_new();
    g_autoptr(GBytes) packed = gzip("#cloud-config\npackages: [1]\n");
    gsize length;
    const char *data = g_bytes_get_data(packed, &length);
    sb_diagnostics_free(lint_bytes(linter, SB_LINT_USER_DATA, data, length, "2:12 schema!"));
    g_autoptr(SbDiagnostics) cut =
        lint_bytes(linter, SB_LINT_USER_DATA, data, length - 4, "0:0 gzip!");
    assert_finding_says(cut, 0, "damaged");
    sb_diagnostics_free(lint_bytes(linter, SB_LINT_USER_DATA, "\x1f\x8b", 2, "0:0 gzip!"));
}

/* ---- switching rules off ---- */

static void test_disable(void)
{
    const char *text = "#cloud-config\npassword: x\npackage: [a]\n";
    g_autoptr(SbLinter) linter = sb_linter_new();
    sb_diagnostics_free(lint_bytes(linter, SB_LINT_USER_DATA, text, strlen(text),
                                   "2:11 plain-password, 3:1 unknown-key!"));
    sb_linter_disable(linter, "plain-password");
    sb_diagnostics_free(
        lint_bytes(linter, SB_LINT_USER_DATA, text, strlen(text), "3:1 unknown-key!"));
    lint_user_data("#cloud-config\n# seedbed-lint: disable=plain-password\npassword: x\npack: 1\n",
                   "4:1 unknown-key!");
    lint_user_data("#cloud-config\n#  seedbed-lint: disable=nosuch,plain-password,unknown-key\n"
                   "password: x\npack: 1\n",
                   "");
    lint_user_data("packages: [git]\n# seedbed-lint: disable=header\n", "");
    lint_user_data("#cloud-config\npackages: [1] # seedbed-lint: disable=schema\n", "");
    lint_user_data("#!bash\n# seedbed-lint: disable=script\n", "");
}

/* Without the rule, tabs that libyaml accepts are not a finding; other tabs cannot be read. */
static void test_disable_tab(void)
{
    lint_user_data("#cloud-config\ntimezone:\tUTC\n", "2:10 tab!");
    lint_user_data("#cloud-config\n# seedbed-lint: disable=tab\ntimezone:\tUTC\n", "");
    lint_user_data("#cloud-config\n# seedbed-lint: disable=tab\npackages:\n\t- a\n", "4:1 yaml!");
}

/* Text that is not a comment switches nothing off. Rules that everything needs cannot be switched
 * off. */
static void test_not_disabled(void)
{
    lint_user_data("#cloud-config\npassword: 'seedbed-lint: disable=plain-password'\n",
                   "2:11 plain-password");
    lint_user_data("#cloud-config\na: [ # seedbed-lint: disable=yaml\n", "3:1 yaml!");
    lint_user_data("#cloud-config\n# disable=plain-password\npassword: x\n", "3:11 plain-password");
}

static void test_rules(void)
{
    for (const SbLintRule *rule = sb_lint_rules; rule->id; rule++) {
        g_assert_true(sb_lint_rule_find(rule->id) == rule);
        g_assert_cmpuint(strspn(rule->id, "abcdefghijklmnopqrstuvwxyz-"), ==, strlen(rule->id));
        g_assert_cmpuint(strlen(rule->summary), >, 10);
    }
    g_assert_null(sb_lint_rule_find("nosuch"));
}

/* The verdict and the numbers are right even if there are more findings than are kept. */
static void assert_many(const char *head, const char *before, const char *after, guint errors,
                        guint warnings)
{
    g_autoptr(GString) text = g_string_new(head);
    for (guint i = 0; i < 300; i++)
        g_string_append_printf(text, "%s%u%s\n", before, i, after);
    g_autoptr(SbLinter) linter = sb_linter_new();
    sb_linter_set_version(linter, sb_schema_version("22.4"));
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_lint(linter, SB_LINT_USER_DATA, "f", text->str, text->len, diagnostics);
    g_assert_cmpuint(sb_diagnostics_count(diagnostics), ==, SB_DIAGNOSTICS_MAX);
    g_assert_cmpuint(sb_diagnostics_errors(diagnostics), ==, errors);
    g_assert_cmpuint(sb_diagnostics_total(diagnostics), ==, errors + warnings);
}

static void test_many_findings(void)
{
    assert_many("#cloud-config\nusers:\n", "  - {name: a", ", shel: b}", 300, 0);
    assert_many("#cloud-config\n", "key", ": 1", 0, 300);
    assert_many("#cloud-config\npackages: [1]\n", "key", ": 1", 1, 300);
    assert_many("#cloud-config-archive\n- |\n #cloud-config\n", " key", ": 1", 0, 300);
}

/* ---- kinds ---- */

static void assert_kind(const char *file, const char *text, SbLintKind expected)
{
    g_assert_cmpint(sb_lint_kind(file, text, strlen(text)), ==, expected);
}

static void test_kind(void)
{
    assert_kind("a.yaml", "#cloud-config\nversion: 2\nethernets: {}\n", SB_LINT_USER_DATA);
    assert_kind("network-config", "#!/bin/sh\n", SB_LINT_USER_DATA);
    assert_kind("a.yaml", "packages: [a]\n", SB_LINT_USER_DATA);
    assert_kind("a.yaml", "", SB_LINT_USER_DATA);
    assert_kind("a.yaml", "# x\nfleet: a\nimage: b\n", SB_LINT_FLEET);
    assert_kind("a.yaml", "machines:\n  a:\n", SB_LINT_FLEET);
    assert_kind("a.yaml", "version: 2\nethernets: {}\n", SB_LINT_NETWORK_CONFIG);
    /* As cloud-init's own 50-cloud-init.yaml. */
    assert_kind("a.yaml", "# x\nnetwork:\n  version: 1\n", SB_LINT_NETWORK_CONFIG);
    assert_kind("a.yaml", "network: {version: 2, ethernets: {}}\n", SB_LINT_NETWORK_CONFIG);
    assert_kind("a.yaml", "{\"network\": {\"config\": \"disabled\"}}\n", SB_LINT_NETWORK_CONFIG);
    assert_kind("a.yaml", "network:\n  version: 2\n  ethernets: [\n", SB_LINT_NETWORK_CONFIG);
    assert_kind("a.yaml", "network:\n  version: 2\npackages: [a]\n", SB_LINT_USER_DATA);
    assert_kind("a.yaml", "network: {a: b}\n", SB_LINT_USER_DATA);
    assert_kind("a.yaml", "network: yes\n", SB_LINT_USER_DATA);
    assert_kind("user-data", "network:\n  version: 2\n", SB_LINT_USER_DATA);
    assert_kind("vendor-data.yaml", "version: 2\nethernets: {}\n", SB_LINT_USER_DATA);
    assert_kind("my-network.yaml", "network:\n  version: 1\n", SB_LINT_NETWORK_CONFIG);
    assert_kind("x/network-config", "a: b\n", SB_LINT_NETWORK_CONFIG);
    assert_kind("x/network-config.yaml", "", SB_LINT_NETWORK_CONFIG);
    assert_kind("a.yaml", "instance-id: a\n", SB_LINT_META_DATA);
    assert_kind("a.json", "{\"instance-id\": \"a\"}", SB_LINT_META_DATA);
    assert_kind("a.json", "{\"fleet\": \"a\", \"image\": \"b\"}", SB_LINT_FLEET);
    assert_kind("a.yaml", "instance-id: [\n", SB_LINT_META_DATA);
    assert_kind("meta-data", "", SB_LINT_META_DATA);
    assert_kind("meta-data/a", "x: y", SB_LINT_USER_DATA);
}

static void test_kind_named(void)
{
    SbLintKind kind = SB_LINT_FLEET;
    g_assert_false(sb_lint_kind_named("fleet", &kind));
    g_assert_false(sb_lint_kind_named("", &kind));
    g_assert_cmpint(kind, ==, SB_LINT_FLEET);
    g_assert_true(sb_lint_kind_named("vendor-data", &kind));
    g_assert_cmpint(kind, ==, SB_LINT_USER_DATA);
    g_assert_true(sb_lint_kind_named("network-config", &kind));
    g_assert_cmpint(kind, ==, SB_LINT_NETWORK_CONFIG);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/lint/cloud-config", test_cloud_config);
    g_test_add_func("/lint/header", test_header);
    g_test_add_func("/lint/script", test_script);
    g_test_add_func("/lint/boothook", test_boothook);
    g_test_add_func("/lint/include", test_include);
    g_test_add_func("/lint/part-handler", test_part_handler);
    g_test_add_func("/lint/json-patch", test_json_patch);
    g_test_add_func("/lint/template", test_template);
    g_test_add_func("/lint/encoding", test_encoding);
    g_test_add_func("/lint/gzip", test_gzip);
    g_test_add_func("/lint/disable", test_disable);
    g_test_add_func("/lint/disable-tab", test_disable_tab);
    g_test_add_func("/lint/not-disabled", test_not_disabled);
    g_test_add_func("/lint/rules", test_rules);
    g_test_add_func("/lint/many-findings", test_many_findings);
    g_test_add_func("/lint/kind", test_kind);
    g_test_add_func("/lint/kind-named", test_kind_named);
    return g_test_run();
}
