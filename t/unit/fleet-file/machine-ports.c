/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-ports.h"
#include "fleet-files.h"
#include "test.h"

static SbFleetFile *parse_ports(const char *list)
{
    g_autofree char *text =
        g_strdup_printf("fleet: f\nimage: i\nmachines: {g: {ports: %s}}\n", list);
    return parse(text);
}

static void check(const char *list, const char *expected)
{
    g_autoptr(SbFleetFile) file = parse_ports(list);
    g_autofree char *text = sb_machine_ports_to_text(group(file, 0)->spec.ports);
    g_assert_cmpstr(text, ==, expected);
}

static void test_read(void)
{
    check("[]", NULL);
    check("['8080:80']", "127.0.0.1:8080:80/tcp");
    check("[8080:80, 0:22]", "127.0.0.1:8080:80/tcp 127.0.0.1:0:22/tcp");
    check("['127.0.0.1:5353:53/udp', '0.0.0.0:443:443/tcp']",
          "127.0.0.1:5353:53/udp 0.0.0.0:443:443/tcp");
    check("['1:1', '1:1/udp', '127.0.0.2:1:1']",
          "127.0.0.1:1:1/tcp 127.0.0.1:1:1/udp 127.0.0.2:1:1/tcp");
}

static void test_wrong(void)
{
    static const char *const wrong[] = {
        "80",         "'80'",    "'8080:0'",    "'65536:80'",       "'x:80'",     "'8080:80/sctp'",
        "'8080: 80'", "'-1:80'", "'08080:80'",  "'[::1]:8080:80'",  "'a.b:1:2'",  "'1:2:3:4:5'",
        "':80'",      "'8080:'", "'1:1/tcp/x'", "'127.0.0.1:8080'", "'8080:80 '", "~",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *text =
            g_strdup_printf("fleet: f\nimage: i\nmachines: {g: {ports: [%s]}}\n", wrong[i]);
        g_test_message("%s", wrong[i]);
        refuse(text, "3:24");
    }
    refuse("fleet: f\nimage: i\nmachines: {g: {ports: '8080:80'}}\n", "3:23");
}

/* One port of the host leads to one machine. */
static void test_clashes(void)
{
    refuse("fleet: f\nimage: i\nmachines: {g: {ports: ['1:2', '1:3']}}\n", "3:31");
    refuse("fleet: f\nimage: i\nmachines:\n  g: {ports: ['1:2']}\n"
           "  h: {ports: ['3:2', '0.0.0.0:1:4']}\n",
           "5:22");
    refuse("fleet: f\nimage: i\nmachines: {g: {count: 2, ports: ['1:2']}}\n", "3:34");
    refuse("fleet: f\nimage: i\ndefaults: {ports: ['1:2']}\nmachines: {g: , h: }\n", "3:20");
    check("['0:22', '0:22', '1:22', '127.0.0.2:1:22']",
          "127.0.0.1:0:22/tcp 127.0.0.1:0:22/tcp 127.0.0.1:1:22/tcp 127.0.0.2:1:22/tcp");
    g_autoptr(SbFleetFile) file =
        parse("fleet: f\nimage: i\nmachines: {g: {count: 2, ports: ['0:2']}}\n");
    g_assert_cmpuint(group(file, 0)->spec.ports->len, ==, 1);
}

/* It comes from metadata, which others can write. */
static void test_text(void)
{
    static const char *const wrong[] = {"",
                                        " ",
                                        "8080:80",
                                        "127.0.0.1:8080:80",
                                        "127.0.0.1:8080:80/tcp ",
                                        "127.0.0.1:8080:80/tcp  127.0.0.1:8081:80/tcp",
                                        "127.0.0.1:8080:80/tcp\nquit"};
    g_autoptr(GArray) ports = sb_machine_ports_from_text("127.0.0.1:0:22/tcp 10.0.0.1:53:53/udp");
    g_assert_cmpuint(ports->len, ==, 2);
    const SbMachinePort *second = &g_array_index(ports, SbMachinePort, 1);
    g_assert_cmphex(second->address, ==, 0x0a000001);
    g_assert_cmpuint(second->port, ==, 53);
    g_assert_cmpuint(second->guest_port, ==, 53);
    g_assert_true(second->is_udp);
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_null(sb_machine_ports_from_text(wrong[i]));
}

static void test_too_many(void)
{
    g_autoptr(GString) text = g_string_new("fleet: f\nimage: i\nmachines: {g: {ports: [");
    g_autoptr(GString) metadata = g_string_new("127.0.0.1:1:1/tcp");
    for (guint i = 0; i <= SB_PORTS_MAX; i++) {
        g_string_append(text, "'0:1',");
        g_string_append(metadata, " 127.0.0.1:1:1/tcp");
    }
    g_string_append(text, "]}}\n");
    refuse(text->str, "3:23");
    g_assert_null(sb_machine_ports_from_text(metadata->str));
}

/* A template or a copy of a machine cannot have the same port of the host. */
static void test_of_one(void)
{
    g_autoptr(SbFleetFile) file = parse_ports("['8080:80', '0.0.0.0:53:53/udp']");
    g_autoptr(SbFleetFile) one = sb_fleet_file_of_one(file, "other", group(file, 0), "g", "i");
    g_autofree char *text = sb_machine_ports_to_text(group(one, 0)->spec.ports);
    g_assert_cmpstr(text, ==, "127.0.0.1:0:80/tcp 0.0.0.0:0:53/udp");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/machine-ports/read", test_read);
    g_test_add_func("/machine-ports/wrong", test_wrong);
    g_test_add_func("/machine-ports/clashes", test_clashes);
    g_test_add_func("/machine-ports/text", test_text);
    g_test_add_func("/machine-ports/too-many", test_too_many);
    g_test_add_func("/machine-ports/of-one", test_of_one);
    return g_test_run();
}
