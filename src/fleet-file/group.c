/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/group.h"

#include "base/array.h"
#include "base/subnet.h"

void sb_group_free(SbGroup *group)
{
    g_free(group->name);
    sb_machine_spec_clear(&group->spec);
    g_free(group);
}

SbGroup *sb_group_copy(const SbGroup *group)
{
    SbGroup *copy = g_memdup2(group, sizeof *group);
    copy->name = g_strdup(group->name);
    sb_machine_spec_copy(&copy->spec, &group->spec);
    return copy;
}

/* ---- addresses ---- */

static gboolean uses(const GPtrArray *groups, SbNetworkKind kind)
{
    SB_EACH(const SbGroup, group, groups)
        if (sb_machine_networks_have(&group->spec.networks, kind))
            return TRUE;
    return FALSE;
}

guint32 sb_groups_subnet(const GPtrArray *groups, guint32 subnet, SbNetworkKind kind)
{
    enum { NEXT = 256 };
    if (subnet == 0 || kind != SB_NETWORK_ISOLATED)
        return subnet;
    gboolean has_nat = uses(groups, SB_NETWORK_NAT) || uses(groups, SB_NETWORK_DEFAULT);
    return subnet + (has_nat ? NEXT : 0);
}

/* The group that has the address of NETWORK too: an earlier one, or NULL. */
static const SbGroup *find_twin(const GPtrArray *groups, const SbMachineNetwork *network)
{
    SB_EACH(const SbGroup, group, groups)
        for (guint i = 0; i < group->spec.networks.count; i++) {
            const SbMachineNetwork *other = &group->spec.networks.items[i];
            if (other == network)
                return NULL;
            if (other->kind == network->kind && g_strcmp0(other->address, network->address) == 0)
                return group;
        }
    return NULL;
}

/* Why nobody of GROUP can have the fixed address of NETWORK; NULL: somebody can. (transfer full) */
static char *refuse_address(const GPtrArray *groups, const SbGroup *group,
                            const SbMachineNetwork *network, guint32 subnet)
{
    enum { GATEWAY = 1, BROADCAST = 255 };
    const char *text = network->address, *name = group->name ? group->name : "";
    guint32 address = 0;
    sb_ipv4_parse(text, &address);
    g_autofree char *range = sb_ipv4_format(subnet);
    const SbGroup *twin = find_twin(groups, network);
    if (subnet == 0)
        return g_strdup("a fixed address needs the subnet that it is in: write 'subnet: "
                        "10.84.0.0/24' at the top");
    if ((address & 0xffffff00) != subnet)
        return g_strdup_printf("%s is not in %s/24, the subnet of '%s'", text, range,
                               sb_network_kind_name(network->kind));
    if ((address & 0xff) <= GATEWAY || (address & 0xff) == BROADCAST)
        return g_strdup_printf("%s cannot be the address of a machine: .0 is the subnet, .1 the "
                               "host, and .255 all machines",
                               text);
    if (twin)
        return g_strdup_printf("the group '%s' has the address %s already",
                               twin->name ? twin->name : "", text);
    return group->count == 1
               ? NULL
               : g_strdup_printf("the group '%s' has %u machines, and only one can have the "
                                 "address %s",
                                 name, group->count, text);
}

/* ---- ports ---- */

/* The group that wants PORT of the host too: an earlier one, or GROUP itself if an earlier port of
 * its own is the same, or NULL. */
static const SbGroup *find_clash(const GPtrArray *groups, const SbMachinePort *port)
{
    SB_EACH(const SbGroup, group, groups)
        for (guint i = 0; group->spec.ports && i < group->spec.ports->len; i++) {
            const SbMachinePort *other = &g_array_index(group->spec.ports, SbMachinePort, i);
            if (other == port)
                return NULL;
            if (sb_machine_ports_clash(other, port))
                return group;
        }
    return NULL;
}

static void check_port(const SbValueReader *reader, const GPtrArray *groups, const SbGroup *group,
                       const SbMachinePort *port)
{
    const SbYamlNode node = {.mark = port->mark};
    const SbGroup *other = find_clash(groups, port);
    if (other)
        sb_value_complain(reader, &node, "the group '%s' has the port %u of the host already",
                          other->name ? other->name : "", port->port);
    else if (group->count > 1 && port->port != 0)
        sb_value_complain(reader, &node,
                          "the group '%s' has %u machines, and only one can have the port %u of "
                          "the host: write '0:%u', and each gets a free one",
                          group->name ? group->name : "", group->count, port->port,
                          port->guest_port);
}

static void check_ports(const SbValueReader *reader, const GPtrArray *groups)
{
    SB_EACH(const SbGroup, group, groups)
        for (guint i = 0; group->spec.ports && i < group->spec.ports->len; i++)
            check_port(reader, groups, group, &g_array_index(group->spec.ports, SbMachinePort, i));
}

void sb_groups_check(const SbValueReader *reader, const GPtrArray *groups, guint32 subnet)
{
    SB_EACH(const SbGroup, group, groups)
        for (guint i = 0; i < group->spec.networks.count; i++) {
            const SbMachineNetwork *network = &group->spec.networks.items[i];
            if (!network->address)
                continue;
            g_autofree char *refusal = refuse_address(
                groups, group, network, sb_groups_subnet(groups, subnet, network->kind));
            const SbYamlNode node = {.mark = network->mark};
            if (refusal)
                sb_value_complain(reader, &node, "%s", refusal);
        }
    check_ports(reader, groups);
}
