/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/list.h"

#include "machine/lookup.h"
#include "machines.h"
#include "model/network-xml.h"
#include "test.h"

static SbHost *host;
static virConnect *connection;

static SbList *list(const char *name, GError **error)
{
    const char *names[] = {name, NULL};
    return sb_list(host, connection, names, error);
}

static const SbListedMachine *machine(const SbList *of, guint index)
{
    g_assert_cmpuint(of->machines->len, >, index);
    return g_ptr_array_index(of->machines, index);
}

static void make_network(const char *fleet)
{
    g_autofree char *name = sb_fleet_network_name(fleet, SB_NETWORK_NAT);
    g_autofree char *uuid = g_uuid_string_random();
    g_autoptr(SbFleetNetwork) network =
        sb_fleet_network_new(name, uuid, fleet, SB_NETWORK_NAT, 0x0a530700);
    g_autoptr(xmlDoc) document = sb_fleet_network_xml(network);
    g_autofree char *xml = sb_xml_to_string(document);
    g_autoptr(virNetwork) defined = virNetworkDefineXML(connection, xml);
    g_assert_nonnull(defined);
}

static void test_all(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbList) all = list(NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->machines->len, ==, 3);
    g_assert_cmpstr(machine(all, 0)->domain->name, ==, "a-m-1");
    g_assert_cmpstr(machine(all, 2)->domain->name, ==, "b-m-2");
    g_assert_cmpuint(all->bare_fleets->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(all->bare_fleets, 0), ==, "left");
}

static void test_named(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbList) one = list("b", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(one->machines->len, ==, 2);
    g_assert_cmpuint(one->bare_fleets->len, ==, 0);
    g_assert_null(list("none", &error));
    g_assert_error(error, SB_LOOKUP_ERROR, SB_LOOKUP_ERROR_UNKNOWN);
}

/* A machine that is off has no address, but a port for whoever asks. */
static void test_address(void)
{
    g_autoptr(virDomain) domain = virDomainLookupByName(connection, "a-m-1");
    g_autoptr(SbList) off = list("a", NULL);
    g_assert_null(machine(off, 0)->address);
    g_assert_cmpuint(machine(off, 0)->port, ==, 22);
    g_assert_cmpint(virDomainCreate(domain), ==, 0);
    g_autoptr(SbList) on = list("a", NULL);
    g_assert_cmpstr(machine(on, 0)->address, ==, "10.83.7.10");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    connection = machines_connect();
    host = sb_host_open("test:///default", NULL);
    g_assert_nonnull(host);
    machine_define(connection, "b", 2);
    machine_define(connection, "a", 1);
    machine_define(connection, "b", 1);
    make_network("left");
    make_network("b");
    g_test_add_func("/list/all machines, and fleets that only have a network", test_all);
    g_test_add_func("/list/only the machines of one fleet", test_named);
    g_test_add_func("/list/the reserved address, while the machine runs", test_address);
    int status = g_test_run();
    sb_host_free(host);
    virConnectClose(connection);
    return status;
}
