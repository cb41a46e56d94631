/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-networks.h"

#include "base/array.h"
#include "base/subnet.h"

#include <string.h>

#define WANTED "nat, isolated, user, existing:NETWORK or bridge:BRIDGE"

static void network_clear(SbMachineNetwork *network)
{
    g_clear_pointer(&network->source, g_free);
    g_clear_pointer(&network->address, g_free);
    g_clear_pointer(&network->mac, g_free);
}

static void own(gpointer field)
{
    SbMachineNetworks *networks = field;
    for (guint i = 0; i < networks->count; i++) {
        SbMachineNetwork *network = &networks->items[i];
        network->source = g_strdup(network->source);
        network->address = g_strdup(network->address);
        network->mac = g_strdup(network->mac);
    }
}

static void clear(gpointer field)
{
    SbMachineNetworks *networks = field;
    for (guint i = 0; i < networks->count; i++)
        network_clear(&networks->items[i]);
}

static void describe(gconstpointer field, GString *text)
{
    const SbMachineNetworks *networks = field;
    for (guint i = 0; i < networks->count; i++) {
        const SbMachineNetwork *network = &networks->items[i];
        g_string_append_printf(text, "%s%s %s%s%s", i ? ", " : "",
                               sb_network_kind_name(network->kind),
                               network->source ? network->source : "-", network->address ? " " : "",
                               network->address ? network->address : "");
    }
}

gboolean sb_machine_networks_have(const SbMachineNetworks *networks, SbNetworkKind kind)
{
    for (guint i = 0; i < networks->count; i++)
        if (networks->items[i].kind == kind)
            return TRUE;
    return FALSE;
}

/* ---- reading ---- */

/* The most characters of a source. For a bridge, it is the kernel's IFNAMSIZ without the NUL. */
static gsize longest_source(SbNetworkKind kind)
{
    return kind == SB_NETWORK_BRIDGE ? 15 : 64;
}

/* SOURCE becomes an attribute of libvirt's XML, and libvirt gives the name of a bridge to the
 * kernel: a name that is also an option or a path is refused. */
static gboolean is_network_source(const char *source, SbNetworkKind kind)
{
    gsize length = strlen(source);
    return length > 0 && length <= longest_source(kind) && source[0] != '-' && source[0] != '.' &&
           strspn(source, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-") == length;
}

/* FALSE: it has added a finding. */
static gboolean read_kind(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          SbMachineNetwork *network)
{
    const char *text = sb_value_text(reader, key, node, WANTED);
    if (!text)
        return FALSE;
    const char *colon = strchr(text, ':');
    g_autofree char *word = colon ? g_strndup(text, colon - text) : g_strdup(text);
    if (!sb_network_kind_from_name(word, &network->kind) || network->kind == SB_NETWORK_DEFAULT ||
        (network->kind == SB_NETWORK_EXISTING || network->kind == SB_NETWORK_BRIDGE) !=
            (colon != NULL))
        return sb_value_refuse(reader, key, node, WANTED);
    network->source = colon ? g_strdup(colon + 1) : NULL;
    if (!colon || is_network_source(colon + 1, network->kind))
        return TRUE;
    return sb_value_complain(reader, node,
                             "%s '%.80s' is not allowed: after '%s:' use 1 to %zu of A-Z, a-z, "
                             "0-9, '.', '_' and '-', with neither '-' nor '.' first",
                             key, text, word, longest_source(network->kind));
}

static gboolean read_address(const SbValueReader *reader, const SbYamlNode *node,
                             SbMachineNetwork *network)
{
    guint32 address;
    const char *wanted = "an IPv4 address, such as 10.84.0.20";
    const char *text = sb_value_text(reader, "address", node, wanted);
    if (!text)
        return FALSE;
    if (!sb_ipv4_parse(text, &address))
        return sb_value_refuse(reader, "address", node, wanted);
    if (!sb_network_kind_is_own(network->kind))
        return sb_value_complain(reader, node,
                                 "only in the fleet's own networks, nat and isolated, seedbed "
                                 "gives out addresses: remove 'address'");
    network->address = g_strdup(text);
    network->mark = node->mark;
    return TRUE;
}

static gboolean read_mapping(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                             SbMachineNetwork *network)
{
    static const char *const keys[] = {"kind", "address", NULL};
    const SbYamlNode *kind = sb_yaml_get(node, "kind"), *address = sb_yaml_get(node, "address");
    guint before = sb_diagnostics_total(reader->diagnostics);
    sb_value_check_keys(reader, node, keys);
    if (!kind)
        sb_value_complain(reader, node, "%s needs a kind: write 'kind: nat' in it", key);
    if (!kind || !read_kind(reader, "kind", kind, network) ||
        (address && !read_address(reader, address, network)))
        return FALSE;
    return sb_diagnostics_total(reader->diagnostics) == before;
}

static gboolean read_item(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          SbMachineNetwork *network)
{
    network->mark = node->mark;
    return node->kind == SB_YAML_MAPPING ? read_mapping(reader, key, node, network)
                                         : read_kind(reader, key, node, network);
}

static void read_one(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                     gpointer field)
{
    SbMachineNetwork read = {0};
    if (!read_item(reader, key, node, &read)) {
        network_clear(&read);
        return;
    }
    clear(field);
    *(SbMachineNetworks *)field = (SbMachineNetworks){.items = {read}, .count = 1};
}

const SbFieldType sb_machine_network_type = {read_one, own, clear, describe};

/* Networks that a machine can be in once. */
static gboolean is_single(SbNetworkKind kind)
{
    return sb_network_kind_is_own(kind) || kind == SB_NETWORK_USER;
}

static void read_all(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                     gpointer field)
{
    const char *wanted = "a list of networks, each " WANTED;
    guint before = sb_diagnostics_total(reader->diagnostics);
    const GPtrArray *items = sb_value_items(reader, key, node, wanted, SB_NETWORKS_MAX);
    SbMachineNetworks read = {0};
    SB_EACH(const SbYamlNode, item, items) {
        SbMachineNetwork *network = &read.items[read.count];
        if (!read_item(reader, "a network", item, network)) {
            network_clear(network);
            *network = (SbMachineNetwork){0};
            continue;
        }
        if (is_single(network->kind) && sb_machine_networks_have(&read, network->kind))
            sb_value_complain(reader, item, "a machine can be in the network '%s' only once",
                              sb_network_kind_name(network->kind));
        read.count++;
    }
    if (sb_diagnostics_total(reader->diagnostics) == before && read.count == 0)
        sb_value_complain(reader, node, "%s must have at least one network", key);
    if (sb_diagnostics_total(reader->diagnostics) > before) {
        clear(&read);
        return;
    }
    clear(field);
    *(SbMachineNetworks *)field = read;
}

const SbFieldType sb_machine_networks_type = {read_all, NULL, NULL, NULL};
