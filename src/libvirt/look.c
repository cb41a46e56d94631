/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/look.h"

#include "base/units.h"
#include "base/xml.h"
#include "libvirt/domain.h"

#include <string.h>

void sb_domain_look_clear(SbDomainLook *look)
{
    g_clear_pointer(&look->arch, g_free);
    g_clear_pointer(&look->cdrom, g_free);
    g_clear_pointer(&look->disk_errors, g_free);
    g_clear_pointer(&look->mac, g_free);
    g_clear_pointer(&look->network, g_free);
    g_clear_pointer(&look->bridge, g_free);
    g_clear_pointer(&look->tap, g_free);
}

/* ---- domain ---- */

static char *find_cdrom(xmlNode *devices)
{
    for (xmlNode *disk = sb_xml_first(devices, "disk"); disk; disk = sb_xml_next(disk, "disk")) {
        g_autofree char *device = sb_xml_attribute(disk, NULL, "device");
        if (g_strcmp0(device, "cdrom") == 0)
            return sb_xml_attribute(disk, "source", "file");
    }
    return NULL;
}

static void read_xml(virDomain *domain, SbDomainLook *look)
{
    g_autofree char *xml = virDomainGetXMLDesc(domain, 0);
    g_autoptr(xmlDoc) document = xml ? sb_xml_parse(xml, NULL) : NULL;
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (!root)
        return;
    g_autofree char *type = sb_xml_attribute(root, NULL, "type");
    look->is_emulated = g_strcmp0(type, "qemu") == 0;
    look->arch = sb_xml_attribute(root, "os/type", "arch");
    look->has_kernel = sb_xml_find(root, "os/kernel") != NULL;
    xmlNode *devices = sb_xml_find(root, "devices");
    look->cdrom = devices ? find_cdrom(devices) : NULL;
    xmlNode *interface = devices ? sb_xml_first(devices, "interface") : NULL;
    if (!interface)
        return;
    look->mac = sb_xml_attribute(interface, "mac", "address");
    look->network = sb_xml_attribute(interface, "source", "network");
    look->bridge = sb_xml_attribute(interface, "source", "bridge");
    look->tap = sb_xml_attribute(interface, "target", "dev");
    g_autofree char *state = sb_xml_attribute(interface, "link", "state");
    look->link_is_up = sb_answer(g_strcmp0(state, "down") != 0);
}

void sb_look_at_domain(virConnect *connection, const char *uuid, gboolean asks_qemu,
                       SbDomainLook *look_out)
{
    *look_out = (SbDomainLook){.exists = SB_UNKNOWN};
    g_autoptr(GError) error = NULL;
    g_autoptr(virDomain) domain = NULL;
    if (!sb_domain_open_if_there(connection, uuid, &domain, &error))
        return;
    look_out->exists = sb_answer(domain != NULL);
    if (!domain)
        return;
    int state, reason;
    virDomainInfo info;
    look_out->has_state = virDomainGetState(domain, &state, &reason, 0) == 0;
    if (look_out->has_state) {
        look_out->state = (virDomainState)state;
        look_out->reason = reason;
    }
    if (virDomainGetInfo(domain, &info) == 0) {
        look_out->cpu_ns = info.cpuTime;
        look_out->memory_kib = info.maxMem;
    }
    if (asks_qemu && look_out->has_state && sb_domain_state_is_active(look_out->state) &&
        !sb_domain_disk_errors(domain, &look_out->disk_errors, &error))
        g_debug("%s", error->message);
    read_xml(domain, look_out);
    virResetLastError();
}

/* ---- network ---- */

static SbAnswer look_for_lease(virNetwork *network, const char *mac)
{
    g_autofree virNetworkDHCPLeasePtr *leases = NULL;
    int count = virNetworkGetDHCPLeases(network, mac, &leases, 0);
    for (int i = 0; i < count; i++)
        virNetworkDHCPLeaseFree(leases[i]);
    return count < 0 ? SB_UNKNOWN : sb_answer(count > 0);
}

/* Of a network that is connected with a bridge or a card of the host, somebody else may give
 * addresses. */
static SbAnswer look_for_dhcp(xmlNode *network)
{
    static const char *const own_modes[] = {"nat", "route", "open", NULL};
    g_autofree char *mode = sb_xml_attribute(network, "forward", "mode");
    if (sb_xml_first(network, "forward") && mode && !g_strv_contains(own_modes, mode))
        return SB_UNKNOWN;
    return sb_answer(sb_xml_find(network, "ip/dhcp") != NULL);
}

/* The `<host mac ip>` of the network's first DHCP server. */
static SbAnswer look_for_reservation(xmlNode *network, const char *mac, const char *address)
{
    xmlNode *dhcp = sb_xml_find(network, "ip/dhcp");
    xmlNode *host = dhcp ? sb_xml_first(dhcp, "host") : NULL;
    for (; host; host = sb_xml_next(host, "host")) {
        g_autofree char *host_mac = sb_xml_attribute(host, NULL, "mac");
        g_autofree char *host_address = sb_xml_attribute(host, NULL, "ip");
        if (host_mac && g_ascii_strcasecmp(host_mac, mac) == 0 &&
            g_strcmp0(host_address, address) == 0)
            return SB_YES;
    }
    return SB_NO;
}

static void read_network(virNetwork *network, const char *mac, const char *address,
                         SbNetworkLook *look)
{
    g_autofree char *xml = virNetworkGetXMLDesc(network, 0);
    g_autoptr(xmlDoc) document = xml ? sb_xml_parse(xml, NULL) : NULL;
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (!root)
        return;
    look->has_dhcp = look_for_dhcp(root);
    if (mac && address)
        look->is_reserved = look_for_reservation(root, mac, address);
}

void sb_look_at_network(virConnect *connection, const char *name, const char *mac,
                        const char *address, SbNetworkLook *look_out)
{
    *look_out = (SbNetworkLook){.exists = SB_UNKNOWN};
    g_autoptr(virNetwork) network = virNetworkLookupByName(connection, name);
    if (!network) {
        look_out->exists = sb_libvirt_last_is(VIR_ERR_NO_NETWORK) ? SB_NO : SB_UNKNOWN;
        virResetLastError();
        return;
    }
    look_out->exists = SB_YES;
    int is_active = virNetworkIsActive(network);
    look_out->is_active = is_active < 0 ? SB_UNKNOWN : sb_answer(is_active == 1);
    if (mac && is_active == 1)
        look_out->has_lease = look_for_lease(network, mac);
    read_network(network, mac, address, look_out);
    virResetLastError();
}

/* ---- pool and host ---- */

void sb_look_at_pool(virConnect *connection, const char *name, SbAnswer *is_active_out,
                     guint64 *free_bytes_out)
{
    *is_active_out = SB_UNKNOWN;
    *free_bytes_out = G_MAXUINT64;
    g_autoptr(virStoragePool) pool = virStoragePoolLookupByName(connection, name);
    int is_active = pool ? virStoragePoolIsActive(pool) : -1;
    virStoragePoolInfo info;
    if (is_active >= 0)
        *is_active_out = sb_answer(is_active == 1);
    if (is_active == 1 && virStoragePoolGetInfo(pool, &info) == 0)
        *free_bytes_out = info.available;
    virResetLastError();
}

guint64 sb_look_for_free_kib(virConnect *connection)
{
    virNodeMemoryStats stats[8];
    int count = G_N_ELEMENTS(stats);
    guint64 free_kib = 0;
    if (virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, NULL, &count, 0) < 0 ||
        count > (int)G_N_ELEMENTS(stats) ||
        virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &count, 0) < 0)
        count = 0;
    for (int i = 0; i < count; i++)
        if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_TOTAL) != 0)
            free_kib += stats[i].value;
    virResetLastError();
    return free_kib;
}

/* ---- for reading ---- */

char *sb_look_for_versions(virConnect *connection)
{
    unsigned long libvirt = 0, hypervisor = 0;
    virConnectGetLibVersion(connection, &libvirt);
    virConnectGetVersion(connection, &hypervisor);
    virResetLastError();
    g_autofree char *qemu = hypervisor == 0
                                ? g_strdup("of a version that libvirt does not tell")
                                : g_strdup_printf("%lu.%lu.%lu", hypervisor / 1000000,
                                                  hypervisor / 1000 % 1000, hypervisor % 1000);
    return g_strdup_printf("libvirt %lu.%lu.%lu, QEMU %s\n", libvirt / 1000000,
                           libvirt / 1000 % 1000, libvirt % 1000, qemu);
}

char *sb_look_for_host_size(virConnect *connection)
{
    virNodeInfo node = {.cpus = 0};
    virNodeGetInfo(connection, &node);
    virResetLastError();
    g_autofree char *memory = sb_size_format((guint64)node.memory * 1024);
    return g_strdup_printf("host: %s, %u CPUs, %s of memory\n", node.model, node.cpus, memory);
}

char *sb_look_for_domain_xml(virConnect *connection, const char *uuid)
{
    g_autoptr(virDomain) domain = sb_domain_open(connection, uuid, NULL);
    char *found = domain ? virDomainGetXMLDesc(domain, 0) : NULL;
    virResetLastError();
    return found;
}

char *sb_look_for_network_xml(virConnect *connection, const char *uuid)
{
    g_auto(SbDomainLook) look = {.exists = SB_UNKNOWN};
    sb_look_at_domain(connection, uuid, FALSE, &look);
    g_autoptr(virNetwork) network =
        look.network ? virNetworkLookupByName(connection, look.network) : NULL;
    g_autofree char *xml = network ? virNetworkGetXMLDesc(network, 0) : NULL;
    if (!xml)
        return NULL;
    GString *text = g_string_new(xml);
    g_autofree virNetworkDHCPLeasePtr *leases = NULL;
    int count = virNetworkGetDHCPLeases(network, NULL, &leases, 0);
    for (int i = 0; i < count; i++) {
        g_string_append_printf(text, "lease: %s %s %s\n", leases[i]->mac, leases[i]->ipaddr,
                               leases[i]->hostname ? leases[i]->hostname : "");
        virNetworkDHCPLeaseFree(leases[i]);
    }
    virResetLastError();
    return g_string_free(text, FALSE);
}

char *sb_look_for_volumes_xml(virConnect *connection, const char *name, const char *prefix)
{
    g_autoptr(virStoragePool) pool = virStoragePoolLookupByName(connection, name);
    g_autofree char *xml = pool ? virStoragePoolGetXMLDesc(pool, 0) : NULL;
    if (!xml)
        return NULL;
    GString *text = g_string_new(xml);
    g_autofree virStorageVolPtr *volumes = NULL;
    int count = virStoragePoolListAllVolumes(pool, &volumes, 0);
    for (int i = 0; i < count; i++) {
        g_autofree char *volume = g_str_has_prefix(virStorageVolGetName(volumes[i]), prefix)
                                      ? virStorageVolGetXMLDesc(volumes[i], 0)
                                      : NULL;
        g_string_append(text, volume ? volume : "");
        virStorageVolFree(volumes[i]);
    }
    virResetLastError();
    return g_string_free(text, FALSE);
}
