/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* t/data/nft-ruleset.json is what nft 1.0.6 prints of a table that has rules of many forms. */
#include "diagnose/nft-rules.h"

#include "base/json.h"
#include "test.h"

#include <string.h>

static char *stop_in(const char *text, const SbFirewallPacket *packet)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) root = sb_json_load_object(text, strlen(text), strlen(text), &error);
    g_assert_no_error(error);
    return sb_nft_stop(root, packet);
}

#define INPUT(handle) "nft chain inet filter input, handle " handle
#define FORWARD "nft chain inet filter forward, "

/* clang-format off */
static const struct {
    SbFirewallPacket packet;
    const char *stop; /* NULL: nothing, or it is not known */
} packets[] = {
    {{"INPUT", "virbr1", NULL, "tcp", "new", NULL, NULL, 0, 22}, NULL},
    {{"INPUT", "virbr1", NULL, "tcp", "new", NULL, NULL, 0, 91}, INPUT("21")},
    {{"INPUT", "eth1", NULL, "tcp", "new", NULL, NULL, 0, 22}, INPUT("21")},
    {{"INPUT", "", NULL, "tcp", "new", NULL, NULL, 0, 22}, NULL},
    {{"INPUT", "lo", NULL, "tcp", "new", NULL, NULL, 0, 22}, NULL},
    {{"INPUT", "eth1", NULL, "tcp", "established", NULL, NULL, 22, 0}, NULL},
    {{"INPUT", "eth1", NULL, "tcp", "invalid", NULL, NULL, 22, 0}, INPUT("8")},
    {{"INPUT", "virbr1", NULL, "udp", "new", "0.0.0.0", "255.255.255.255", 68, 67}, INPUT("20")},
    {{"INPUT", "virbr1", NULL, "udp", "new", "192.168.5.1", NULL, 68, 67}, NULL},
    {{"INPUT", "virbr1", NULL, "udp", "new", NULL, NULL, 68, 67}, NULL},
    {{"INPUT", "eth1", NULL, "udp", "new", NULL, NULL, 0, 53}, INPUT("21")},
    {{"FORWARD", "virbr1", "wlan0", "tcp", "new", NULL, NULL, 0, 443}, FORWARD "handle 25"},
    {{"FORWARD", "virbr1", "", "tcp", "new", NULL, NULL, 0, 443}, FORWARD "policy drop"},
    {{"FORWARD", "eth0", "", "tcp", "new", NULL, "10.1.2.3", 443, 0}, FORWARD "policy drop"},
    {{"OUTPUT", NULL, "virbr1", "tcp", "new", NULL, "192.168.1.1", 0, 22},
     "nft chain inet filter output, handle 28"},
    {{"OUTPUT", NULL, "virbr1", "tcp", "new", NULL, "10.1.2.3", 0, 22}, NULL},
    {{"OUTPUT", NULL, "eth0", "tcp", "new", NULL, "192.168.1.1", 0, 22}, NULL},
};
/* clang-format on */

static void test_packets(void)
{
    g_autofree char *text = test_data("nft-ruleset.json", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(packets); i++) {
        g_test_message("%zu", i);
        g_autofree char *stop = stop_in(text, &packets[i].packet);
        g_assert_cmpstr(stop, ==, packets[i].stop);
    }
}

#define CHAIN                                                                                      \
    "{\"chain\": {\"family\": \"ip\", \"table\": \"t\", \"name\": \"c\", \"hook\": \"input\", "    \
    "\"type\": \"filter\", \"policy\": \"drop\"}}, "
#define RULE(expr)                                                                                 \
    "{\"nftables\": [" CHAIN "{\"rule\": {\"family\": \"ip\", \"table\": \"t\", \"chain\": "       \
    "\"c\", \"handle\": 7, \"expr\": " expr "}}]}"

/* What this program does not know keeps it from a verdict. */
static void test_unknown(void)
{
    static const char *const texts[] = {
        "{}",
        "{\"nftables\": 5}",
        "{\"nftables\": [5, {}, {\"chain\": 5}, {\"chain\": {\"hook\": \"input\"}}]}",
        RULE("[5]"),
        RULE("[{\"match\": 5}, {\"accept\": null}]"),
        RULE("[{\"match\": {\"op\": \"==\", \"left\": 5, \"right\": 5}}, {\"accept\": null}]"),
        RULE("[{\"xt\": null}, {\"accept\": null}]"),
        RULE("[{\"vmap\": {\"key\": {\"ct\": {\"key\": \"state\"}}, \"data\": {\"set\": [5]}}}]"),
        RULE("[{\"jump\": {\"target\": \"c\"}}]"),
    };
    const SbFirewallPacket packet = {
        .chain = "INPUT", .from = "x", .protocol = "tcp", .state = "new"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_test_message("%s", texts[i]);
        g_autofree char *stop = stop_in(texts[i], &packet);
        g_assert_null(stop);
    }
    g_autofree char *passed = stop_in(RULE("[{\"xt\": null}, {\"drop\": null}]"), &packet);
    g_assert_cmpstr(passed, ==, "nft chain ip t c, policy drop");
    g_autofree char *dropped = stop_in(RULE("[{\"counter\": null}, {\"drop\": null}]"), &packet);
    g_assert_cmpstr(dropped, ==, "nft chain ip t c, handle 7");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/nft-rules/packets", test_packets);
    g_test_add_func("/nft-rules/unknown", test_unknown);
    return g_test_run();
}
