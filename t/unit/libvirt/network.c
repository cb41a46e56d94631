/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/network.h"
#include "test.h"

#define SUBNET 0x0a530700u /* 10.83.7.0 */

static SbFleetNetwork *example(void)
{
    return sb_fleet_network_new("seedbed-f", "0a3f7b1c-1111-4222-8333-444455556666", "f",
                                SB_NETWORK_NAT, SUBNET);
}

static void want(GPtrArray *hosts, const char *name, const char *address)
{
    g_ptr_array_add(hosts, sb_network_host_new(name, NULL, address));
}

static void assert_address(const SbFleetNetwork *network, const char *name, const char *address)
{
    const SbNetworkHost *host = sb_fleet_network_find_host(network, name);
    g_assert_nonnull(host);
    g_assert_cmpstr(host->address, ==, address);
}

/* Nobody else gets an address that the file gives to one. */
static void test_fixed_first(void)
{
    g_autoptr(SbFleetNetwork) network = example();
    g_autoptr(GPtrArray) hosts =
        g_ptr_array_new_with_free_func((GDestroyNotify)sb_network_host_free);
    g_autoptr(GError) error = NULL;
    want(hosts, "f-a-1", NULL);
    want(hosts, "f-b-1", "10.83.7.10");
    g_assert_true(sb_network_reserve_all(network, hosts, &error));
    g_assert_no_error(error);
    assert_address(network, "f-a-1", "10.83.7.11");
    assert_address(network, "f-b-1", "10.83.7.10");
    /* Again, as each `up` does. */
    g_assert_true(sb_network_reserve_all(network, hosts, &error));
    g_assert_cmpuint(network->hosts->len, ==, 2);
}

/* NAME wants ADDRESS beside f-a-1, which has .11. */
static void refuse(const char *name, const char *address, const char *reason)
{
    g_autoptr(SbFleetNetwork) network = example();
    g_autoptr(GPtrArray) hosts =
        g_ptr_array_new_with_free_func((GDestroyNotify)sb_network_host_free);
    g_autoptr(GError) error = NULL;
    sb_fleet_network_reserve(network, "f-a-1", "52:54:00:00:00:01", "10.83.7.11");
    want(hosts, name, address);
    g_assert_false(sb_network_reserve_all(network, hosts, &error));
    g_assert_error(error, SB_NETWORK_ERROR, SB_NETWORK_ERROR_TAKEN);
    if (!strstr(error->message, reason))
        g_error("'%s' is not in '%s'", reason, error->message);
}

static void test_taken(void)
{
    refuse("f-b-1", "10.83.7.11", "the network 'seedbed-f' has 10.83.7.11 reserved for 'f-a-1'");
    refuse("f-a-1", "10.83.7.12", "'f-a-1' cannot have the address 10.83.7.12: the network");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/network/fixed-first", test_fixed_first);
    g_test_add_func("/network/taken", test_taken);
    return g_test_run();
}
