/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "findings.h"
#include "lint-text.h"
#include "test.h"

static void network(const char *text, const char *expected)
{
    sb_diagnostics_free(lint_text(SB_LINT_NETWORK_CONFIG, text, expected));
}

/* Asserts that the only finding is an error at MARK with PART in its message. */
static void network_says(const char *text, const char *mark, const char *part)
{
    g_autofree char *expected = g_strconcat(mark, " schema!", NULL);
    g_autoptr(SbDiagnostics) found = lint_text(SB_LINT_NETWORK_CONFIG, text, expected);
    assert_finding_says(found, 0, part);
}

static void test_version_1(void)
{
    network("version: 1\nconfig:\n"
            "  - {type: physical, name: eth0, mac_address: '52:54:00:12:34:56', mtu: 1500,\n"
            "     subnets: [{type: dhcp}, {type: static, address: 192.0.2.2/24, routes:\n"
            "       [{destination: 0.0.0.0/0, gateway: 192.0.2.1}]}]}\n"
            "  - {type: bond, name: b, bond_interfaces: [eth0], params: {bond-mode: 802.3ad}}\n"
            "  - {type: bridge, name: br0, bridge_interfaces: [b], params: {bridge_stp: 'off'}}\n"
            "  - {type: vlan, name: b.5, vlan_link: b, vlan_id: 5}\n"
            "  - {type: nameserver, address: [192.0.2.1], search: [example.com]}\n"
            "  - {type: route, destination: 198.51.100.0/24, gateway: 192.0.2.1, metric: 3}\n"
            "  - {type: loopback, name: lo, subnets: [{type: static, address: 127.0.0.1/8}]}\n",
            "");
    network("network:\n  version: 1\n  config: disabled\n", "");
    network_says("version: 1\nconfig: [{type: phisical, name: a}]\n", "2:17",
                 "did you mean 'physical'?");
    network_says("version: 1\nconfig: [{type: physical, nam: a, name: b}]\n", "2:27",
                 "did you mean 'name'?");
    network_says("version: 1\nconfig: [{type: physical, name: a, mac_address: 1-2}]\n", "2:49",
                 "an address such as '52:54:00:12:34:56'");
    network_says("version: 1\nconfig: [{type: physical, name: sixteencharacters}]\n", "2:33",
                 "must have at most 15");
    network_says("version: 1\nconfig: [{type: vlan, name: a, vlan_link: b, vlan_id: 5000}]\n",
                 "2:55", "at most 4094");
    network_says("version: 1\nconfig: [{type: route, gateway: 192.0.2.1}]\n", "2:10",
                 "the key 'destination' or 'network' is missing");
    network_says("version: 1\nconfig: [{type: physical, name: a, subnets: [{type: dhcpp}]}]\n",
                 "2:53", "did you mean 'dhcp'?");
    network_says("version: 1\n", "1:1", "the key 'config' is missing");
}

static void test_version_2(void)
{
    network("version: 2\nrenderer: networkd\nethernets:\n"
            "  all: {match: {name: 'e*'}, dhcp4: true, dhcp-identifier: mac}\n"
            "  eth1: {addresses: [192.0.2.2/24, '2001:db8::2/64'], nameservers: {addresses: "
            "[192.0.2.1]},\n"
            "    routes: [{to: default, via: 192.0.2.1}], mtu: 9000, set-name: lan}\n"
            "bonds: {bond0: {interfaces: [eth1], parameters: {mode: active-backup}}}\n"
            "bridges: {br0: {interfaces: [bond0], dhcp4: yes, parameters: {stp: false}}}\n"
            "vlans: {v5: {id: 5, link: br0, dhcp6: no}}\nwifis: {w: {}}\n",
            "");
    network("network: {version: 2, ethernets: {a: {dhcp4: true}}}\n", "");
    network("version: 2\nethernets: {a: {gateway4: 192.0.2.1}}\n", "2:17 deprecated");
    network_says("version: 2\nethernets: {a: {dhcp: true}}\n", "2:17", "did you mean 'dhcp4'?");
    network_says("version: 2\nethernets: {a: {addresses: [192.0.2.2]}}\n", "2:29",
                 "an address with its prefix, such as '192.0.2.1/24'");
    network_says("version: 2\nethernets: {a: {dhcp4: maybe}}\n", "2:24", "true");
    network_says("version: 2\nethernets: {a: {routes: [{to: default, by: x}]}}\n", "2:40",
                 "unknown key 'by'");
    network_says("version: 2\nbonds: {b: {routes: [{via: 192.0.2.1}]}}\n", "2:22",
                 "the key 'to' is missing");
    network_says("version: 2\nethernets: {a: {routing-policy: [{mark: 1}]}}\n", "2:34",
                 "the key 'from' or 'to' is missing");
    network("version: 2\nethernets: {a: {routing-policy: [{from: 192.0.2.0/24, table: 9}]}}\n", "");
    network_says("version: 2\nvlans: {a: {id: 5}}\n", "2:12", "the key 'link' is missing");
    network_says("version: 2\nbonds: {b: {parameters: {mode: acitve-backup}}}\n", "2:32",
                 "did you mean 'active-backup'?");
    network_says("version: 2\nethernet: {}\n", "2:1", "did you mean 'ethernets'?");
    network_says("network: {version: 2, ethernets: {a: {dhpc4: true}}}\n", "1:39",
                 "did you mean 'dhcp4'?");
}

static void test_network_of_no_version(void)
{
    network("config: disabled\n", "");
    network("network: {config: disabled}\n", "");
    network_says("version: 3\nethernets: {}\n", "1:10", "must be ");
    network_says("- a\n", "1:1", "must be a mapping");
    network_says("config: [a]\nversion: 1\n", "1:10", "must be a mapping");
    network("a: [\n", "2:1 yaml!");
    network("version: 2\nversion: 2\n", "2:1 duplicate-key");
    /* A network-config has its own schema, and no first line. */
    g_autoptr(SbDiagnostics) ignored = sb_diagnostics_new();
    g_autoptr(SbLinter) linter = sb_linter_new();
    sb_linter_set_schema(linter, sb_schema_load("s", "{maxProperties: 0}", 18, ignored));
    sb_diagnostics_free(lint_bytes(linter, SB_LINT_NETWORK_CONFIG, "version: 2\n", 11, ""));
    sb_diagnostics_free(
        lint_bytes(linter, SB_LINT_USER_DATA, "#cloud-config\na: b\n", 19, "2:1 schema!"));
}

static void meta_data(SbLinter *linter, const char *file, const char *text, const char *expected)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_lint(linter, SB_LINT_META_DATA, file, text, strlen(text), diagnostics);
    g_autofree char *found = findings_brief(diagnostics);
    g_assert_cmpstr(found, ==, expected);
}

static void test_meta_data(void)
{
    g_autoptr(SbLinter) linter = sb_linter_new();
    meta_data(linter, "a", "instance-id: i-1\nlocal-hostname: a\n", "");
    meta_data(linter, "b", "instance-id: i-2\n", "");
    meta_data(linter, "c", "{\"instance-id\": \"i-1\"}\n", "1:17 instance-id");
    /* The same file again is not another machine. */
    meta_data(linter, "a", "instance-id: i-1\n", "");
    meta_data(linter, "d", "local-hostname: a\n", "1:1 instance-id");
    meta_data(linter, "d", "instance-id:\n", "1:1 instance-id");
    meta_data(linter, "d", "[a]\n", "1:1 schema!");
    meta_data(linter, "d", "", "0:0 yaml!");
    g_autoptr(SbLinter) fresh = sb_linter_new();
    meta_data(fresh, "c", "instance-id: i-1\n", "");
}

/* Keys of later versions, and keys that were removed. */
static void test_version(void)
{
    const char *text = "#cloud-config\nusers: [{name: a, doas: [permit a]}]\nmigrate: true\n";
    static const struct {
        const char *version, *expected;
    } checks[] = {{NULL, "3:1 deprecated"},
                  {"22.4", "2:19 schema!"},
                  {"23.3", ""},
                  {"26.2", "3:1 unknown-key"}};
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        g_autoptr(SbLinter) linter = sb_linter_new();
        sb_linter_set_version(linter, sb_schema_version(checks[i].version));
        sb_diagnostics_free(
            lint_bytes(linter, SB_LINT_USER_DATA, text, strlen(text), checks[i].expected));
    }
}

/* A trap and the schema find the same fault at one place: it is reported once. */
static void test_said_once(void)
{
    sb_diagnostics_free(
        lint_text(SB_LINT_USER_DATA, "#cloud-config\nruncmd: [a: b]\n", "2:10 runcmd-map!"));
    g_autoptr(SbLinter) linter = sb_linter_new();
    sb_linter_disable(linter, "runcmd-map");
    sb_diagnostics_free(lint_bytes(linter, SB_LINT_USER_DATA, "#cloud-config\nruncmd: [a: b]\n", 29,
                                   "2:10 schema!"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/lint-config/version-1", test_version_1);
    g_test_add_func("/lint-config/version-2", test_version_2);
    g_test_add_func("/lint-config/network-of-no-version", test_network_of_no_version);
    g_test_add_func("/lint-config/meta-data", test_meta_data);
    g_test_add_func("/lint-config/version", test_version);
    g_test_add_func("/lint-config/said-once", test_said_once);
    return g_test_run();
}
