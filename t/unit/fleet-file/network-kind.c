/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/network-kind.h"
#include "test.h"

static void test_names(void)
{
    for (guint kind = SB_NETWORK_DEFAULT; kind <= SB_NETWORK_BRIDGE; kind++) {
        SbNetworkKind again;
        g_assert_true(sb_network_kind_from_name(sb_network_kind_name(kind), &again));
        g_assert_cmpint(again, ==, kind);
    }
    SbNetworkKind untouched = SB_NETWORK_USER;
    g_assert_false(sb_network_kind_from_name("bridged", &untouched));
    g_assert_false(sb_network_kind_from_name("", &untouched));
    g_assert_cmpint(untouched, ==, SB_NETWORK_USER);
}

static void test_own(void)
{
    for (SbNetworkKind kind = SB_NETWORK_DEFAULT; kind <= SB_NETWORK_BRIDGE; kind++)
        g_assert_true(sb_network_kind_is_own(kind) ==
                      (kind == SB_NETWORK_NAT || kind == SB_NETWORK_ISOLATED));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/network-kind/names", test_names);
    g_test_add_func("/network-kind/own", test_own);
    return g_test_run();
}
