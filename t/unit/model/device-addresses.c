/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/device-addresses.h"
#include "base/xml.h"
#include "test.h"

#define DOMAIN(name, bus, more)                                                                    \
    "<domain><name>" name "</name><devices><emulator>/q</emulator>"                                \
    "<disk><address type='pci' bus='" bus "' slot='0x00'/></disk>"                                 \
    "<interface><mac address='x'/></interface>" more "</devices></domain>"

static void test_text(void)
{
    g_autofree char *text = sb_device_addresses(DOMAIN("a", "0x01", ""), NULL);
    g_assert_cmpstr(text, ==, "emulator\ndisk type=pci bus=0x01 slot=0x00\ninterface\n");
}

static void test_differences(void)
{
    g_autofree char *one = sb_device_addresses(DOMAIN("a", "0x01", ""), NULL);
    g_autofree char *other_name = sb_device_addresses(DOMAIN("b", "0x01", ""), NULL);
    g_autofree char *other_slot = sb_device_addresses(DOMAIN("a", "0x02", ""), NULL);
    g_autofree char *one_more = sb_device_addresses(DOMAIN("a", "0x01", "<rng/>"), NULL);
    g_assert_cmpstr(one, ==, other_name);
    g_assert_cmpstr(one, !=, other_slot);
    g_assert_cmpstr(one, !=, one_more);
}

static void test_refuses(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_device_addresses("<domain>", &error));
    g_assert_error(error, SB_XML_ERROR, SB_XML_ERROR_PARSE);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/device-addresses/text", test_text);
    g_test_add_func("/device-addresses/differences", test_differences);
    g_test_add_func("/device-addresses/refuses", test_refuses);
    return g_test_run();
}
