/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/mac.h"
#include "test.h"

static void test_derive(void)
{
    static const char uuid[] = "6f1a3c1e-8f0f-4a2b-9d6e-1c2d3e4f5a6b";
    g_autofree char *mac = sb_mac_derive(uuid, "");
    g_autofree char *again = sb_mac_derive(uuid, "");
    g_autofree char *salted = sb_mac_derive(uuid, "1");
    g_autofree char *other = sb_mac_derive("6f1a3c1e-8f0f-4a2b-9d6e-1c2d3e4f5a6", "b");
    g_autofree char *other_again = sb_mac_derive(uuid, "b");
    g_assert_true(g_regex_match_simple("^52:54:00(:[0-9a-f]{2}){3}$", mac, 0, 0));
    /* Machines that run must keep theirs when seedbed is updated. */
    g_assert_cmpstr(mac, ==, "52:54:00:02:20:13");
    g_assert_cmpstr(mac, ==, again);
    g_assert_cmpstr(mac, !=, salted);
    g_assert_cmpstr(other, !=, mac);
    g_assert_cmpstr(other, !=, other_again);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mac/derive", test_derive);
    return g_test_run();
}
