/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-ports.h"

#include "base/subnet.h"

#include <string.h>

#define LOOPBACK 0x7f000001u /* 127.0.0.1 */
#define ANY 0u               /* 0.0.0.0 */

char *sb_machine_port_text(const SbMachinePort *port)
{
    g_autofree char *address = sb_ipv4_format(port->address);
    return g_strdup_printf("%s:%u:%u/%s", address, port->port, port->guest_port,
                           port->is_udp ? "udp" : "tcp");
}

char *sb_machine_ports_to_text(const GArray *ports)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; ports && i < ports->len; i++) {
        g_autofree char *one = sb_machine_port_text(&g_array_index(ports, SbMachinePort, i));
        g_string_append_printf(text, "%s%s", i ? " " : "", one);
    }
    return text->len > 0 ? g_strdup(text->str) : NULL;
}

gboolean sb_machine_ports_clash(const SbMachinePort *a, const SbMachinePort *b)
{
    return a->port == b->port && a->port != 0 && a->is_udp == b->is_udp &&
           (a->address == b->address || a->address == ANY || b->address == ANY);
}

/* ---- one port ---- */

/* In decimal, without a sign or leading zeros. */
static gboolean parse_number(const char *text, guint minimum, guint16 *number_out)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, minimum, G_MAXUINT16, &number, NULL) ||
        (text[0] == '0' && text[1]))
        return FALSE;
    *number_out = (guint16)number;
    return TRUE;
}

static gboolean parse_port(const char *text, SbMachinePort *port)
{
    g_auto(GStrv) halves = g_strsplit(text, "/", -1);
    if (g_strv_length(halves) < 1 || g_strv_length(halves) > 2)
        return FALSE;
    port->is_udp = halves[1] && strcmp(halves[1], "udp") == 0;
    g_auto(GStrv) parts = g_strsplit(halves[0], ":", -1);
    guint count = g_strv_length(parts);
    port->address = LOOPBACK;
    return (!halves[1] || port->is_udp || strcmp(halves[1], "tcp") == 0) &&
           (count == 2 || (count == 3 && sb_ipv4_parse(parts[0], &port->address))) &&
           parse_number(parts[count - 2], 0, &port->port) &&
           parse_number(parts[count - 1], 1, &port->guest_port);
}

GArray *sb_machine_ports_from_text(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, " ", SB_PORTS_MAX + 1);
    g_autoptr(GArray) ports = g_array_new(FALSE, TRUE, sizeof(SbMachinePort));
    for (gsize i = 0; parts[i]; i++) {
        SbMachinePort port = {0};
        if (!parse_port(parts[i], &port))
            return NULL;
        g_array_append_val(ports, port);
    }
    g_autofree char *again = sb_machine_ports_to_text(ports);
    return g_strcmp0(again, text) == 0 ? g_steal_pointer(&ports) : NULL;
}

/* ---- reading ---- */

static void read_item(const SbValueReader *reader, const SbYamlNode *node, GArray *ports)
{
    const char *wanted = "[ADDRESS:]PORT:GUEST-PORT, with /udp at the end for UDP, such as "
                         "'8080:80' or '127.0.0.1:5353:53/udp'";
    SbMachinePort port = {.mark = node->mark};
    const char *text = sb_value_text(reader, "a port", node, wanted);
    if (text && parse_port(text, &port))
        g_array_append_val(ports, port);
    else if (text)
        sb_value_refuse(reader, "a port", node, wanted);
}

static void own(gpointer field)
{
    GArray **ports = field;
    *ports = *ports ? g_array_copy(*ports) : NULL;
}

static void clear(gpointer field)
{
    g_clear_pointer((GArray **)field, g_array_unref);
}

static void describe(gconstpointer field, GString *text)
{
    g_autofree char *ports = sb_machine_ports_to_text(*(GArray *const *)field);
    g_string_append(text, ports ? ports : "");
}

static void read_ports(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       gpointer field)
{
    guint before = sb_diagnostics_total(reader->diagnostics);
    const GPtrArray *items =
        sb_value_items(reader, key, node, "a list of ports, such as [ '8080:80' ]", SB_PORTS_MAX);
    g_autoptr(GArray) made = g_array_new(FALSE, TRUE, sizeof(SbMachinePort));
    for (guint i = 0; items && i < items->len; i++)
        read_item(reader, g_ptr_array_index(items, i), made);
    if (sb_diagnostics_total(reader->diagnostics) > before)
        return;
    clear(field);
    *(GArray **)field = made->len > 0 ? g_steal_pointer(&made) : NULL;
}

const SbFieldType sb_machine_ports_type = {read_ports, own, clear, describe};
