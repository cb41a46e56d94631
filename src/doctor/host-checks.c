/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doctor/host-checks.h"

#include "base/array.h"
#include "base/subnet.h"
#include "base/units.h"
#include "base/xml.h"
#include "diagnose/examine.h"
#include "diagnose/local-facts.h"
#include "diagnose/way-out.h"
#include "doctor/rules.h"
#include "image/image-state.h"
#include "libvirt/host-routes.h"
#include "libvirt/libvirt.h"
#include "libvirt/look.h"
#include "libvirt/network.h"
#include "libvirt/survey.h"
#include "model/network-xml.h"
#include "model/platform.h"
#include "model/volume-names.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define GIB (G_GUINT64_CONSTANT(1) << 30)

enum { LIBVIRT_NEEDED = 8006000, QEMU_NEEDED = 6000000 };

/* The first line of the message is what happened, and the others are what can be done. */
static void report_no_connection(SbDoctor *doctor)
{
    const char *message = doctor->why_not ? doctor->why_not->message : "libvirtd does not answer";
    g_auto(GStrv) parts = g_strsplit(message, "\n", 2);
    sb_doctor_add(doctor, SB_HEALTH_BROKEN, parts[1] ? parts[1] : "what the message says", "%s",
                  parts[0]);
}

static void check_connection(SbDoctor *doctor)
{
    if (doctor->connection)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "libvirtd answers at %s",
                      sb_host_uri(doctor->host));
    else
        report_no_connection(doctor);
}

static void check_versions(SbDoctor *doctor)
{
    gulong libvirt, qemu;
    g_autoptr(GError) error = NULL;
    if (!sb_libvirt_versions(doctor->connection, &libvirt, &qemu, &error)) {
        sb_doctor_add(doctor, SB_HEALTH_WARNING, NULL, "%s", error->message);
        return;
    }
    g_autofree char *text = sb_look_for_versions(doctor->connection);
    g_strchomp(text);
    if (libvirt < LIBVIRT_NEEDED)
        sb_doctor_add(doctor, SB_HEALTH_BROKEN, "install libvirt 8.6 or newer",
                      "%s: it does not know firmware without a variable store", text);
    else if (qemu > 0 && qemu < QEMU_NEEDED)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, "install QEMU 6 or newer", "%s: never tried",
                      text);
    else
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "%s", text);
}

/* ---- platforms ---- */

static void check_platform(SbDoctor *doctor, const char *arch, const char *packages)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *xml =
        sb_domain_capabilities(doctor->connection, arch, sb_platform_machine(arch), &error);
    g_autoptr(SbPlatform) platform = xml ? sb_platform_from_domain_capabilities(xml, &error) : NULL;
    g_autofree char *install = g_strdup_printf("apt-get install %s", packages);
    if (!platform)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, install, "no %s machines: %s", arch,
                      error->message);
    else if (sb_platform_is_emulated(platform))
        sb_doctor_add(doctor, SB_HEALTH_WARNING,
                      "use a host of that architecture with KVM, or wait",
                      "%s machines are emulated: 10 to 20 times slower, minutes to boot", arch);
    else
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "%s machines: KVM, %s", arch,
                      platform->firmware_path);
}

static void check_aarch64(SbDoctor *doctor)
{
    check_platform(doctor, "aarch64", "qemu-system-arm qemu-efi-aarch64");
}

static void check_x86_64(SbDoctor *doctor)
{
    check_platform(doctor, "x86_64", "qemu-system-x86 ovmf");
}

/* ---- networks ---- */

/* A VPN or another network that came later may have taken the addresses. */
static void check_subnet(SbDoctor *doctor, const SbSurveyed *network)
{
    g_autoptr(xmlDoc) xml = network->xml ? sb_xml_parse(network->xml, NULL) : NULL;
    g_autofree char *bridge =
        xml ? sb_xml_attribute(xmlDocGetRootElement(xml), "bridge", "name") : NULL;
    if (!doctor->is_local || !bridge)
        return;
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(SbSubnet));
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(SbSubnet));
    /* Without those of the network's own bridge. */
    if (!sb_host_routes_add(others, bridge, NULL))
        return;
    sb_subnets_from_network_xml(network->xml, own);
    for (guint i = 0; i < own->len * others->len; i++) {
        const SbSubnet *subnet = &g_array_index(own, SbSubnet, i / others->len);
        const SbSubnet *route = &g_array_index(others, SbSubnet, i % others->len);
        /* The route with the longer prefix wins. */
        if (!sb_subnets_overlap(subnet, route) || route->prefix < subnet->prefix)
            continue;
        g_autofree char *address = sb_ipv4_format(subnet->address);
        g_autofree char *elsewhere = sb_ipv4_format(route->address);
        sb_doctor_add(doctor, SB_HEALTH_WARNING,
                      "end the VPN or the other network, or make the machines again: 'up' chooses "
                      "a subnet that is free",
                      "the network '%s' has %s/%u, and a route of this host leads elsewhere with "
                      "%s/%u: machines may not be reached",
                      network->name, address, subnet->prefix, elsewhere, route->prefix);
        return;
    }
}

static void check_network(SbDoctor *doctor, const SbSurveyed *network)
{
    g_autofree char *start = g_strdup_printf("virsh net-start %s", network->name);
    g_autofree char *autostart = g_strdup_printf("virsh net-autostart %s", network->name);
    g_autoptr(SbFleetNetwork) fleet = network->xml ? sb_fleet_network_from_xml(network->xml) : NULL;
    if (!network->is_active)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, start, "the network '%s' is not active",
                      network->name);
    else if (doctor->is_local && strstr(network->xml ? network->xml : "", "<dhcp>") &&
             sb_local_dnsmasq_runs(network->name) == SB_NO)
        sb_doctor_add(doctor, SB_HEALTH_BROKEN,
                      "destroy and start the network, and its machines after it",
                      "the network '%s' is active, but its dnsmasq does not run: no DHCP, no names",
                      network->name);
    else if (!network->has_autostart && !(fleet && fleet->fleet))
        sb_doctor_add(doctor, SB_HEALTH_WARNING, autostart,
                      "the network '%s' does not start when the host starts", network->name);
    else
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "the network '%s' is active", network->name);
}

/* Docker and ufw set the policy of the chain FORWARD to DROP, and guests then reach nothing, unless
 * libvirt's own rules are before it. Only root can see that. */
static void check_forward(SbDoctor *doctor)
{
    g_autoptr(GPtrArray) networks = sb_survey_networks(doctor->connection, NULL);
    guint checked = 0;
    for (guint i = 0; networks && i < networks->len && doctor->is_privileged; i++) {
        const SbSurveyed *network = g_ptr_array_index(networks, i);
        g_autoptr(xmlDoc) xml =
            network->is_active && network->xml ? sb_xml_parse(network->xml, NULL) : NULL;
        xmlNode *root = xml ? xmlDocGetRootElement(xml) : NULL;
        g_autofree char *mode = root ? sb_xml_attribute(root, "forward", "mode") : NULL;
        g_autofree char *bridge = root ? sb_xml_attribute(root, "bridge", "name") : NULL;
        if (!bridge || g_strcmp0(mode, "nat") != 0)
            continue;
        g_autofree char *stop = sb_way_out_host_stop(bridge);
        checked++;
        if (stop)
            sb_doctor_add(
                doctor, SB_HEALTH_WARNING,
                "iptables -P FORWARD ACCEPT, or restart libvirtd; libvirt 10.4 or newer "
                "also needs 'firewall_backend = \"iptables\"' in "
                "/etc/libvirt/network.conf, because its own tables cannot allow what "
                "another one drops",
                "the firewall drops what is forwarded for the network '%s', so its guests "
                "reach nothing outside: '%s'",
                network->name, stop);
    }
    if (checked > 0)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "the firewall was asked for %u network%s",
                      checked, checked == 1 ? "" : "s");
}

static void check_networks(SbDoctor *doctor)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) networks = sb_survey_networks(doctor->connection, &error);
    if (!networks) {
        sb_doctor_add(doctor, SB_HEALTH_WARNING, NULL, "%s", error->message);
        return;
    }
    if (networks->len == 0)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "no network yet: 'up' makes one");
    SB_EACH(const SbSurveyed, network, networks) {
        check_network(doctor, network);
        check_subnet(doctor, network);
    }
}

/* ---- pools ---- */

/* The first folder on the way to DIRECTORY that QEMU's own user may not pass, as far as its mode
 * says; NULL if it may pass all. (transfer full) */
static char *find_barrier(const char *directory)
{
    g_autofree char *parent = g_path_get_dirname(directory);
    g_autofree char *above =
        strcmp(directory, "/") == 0 || strcmp(directory, ".") == 0 ? NULL : find_barrier(parent);
    struct stat status;
    gboolean is_barrier = stat(directory, &status) == 0 && (status.st_mode & S_IXOTH) == 0 &&
                          getxattr(directory, "system.posix_acl_access", NULL, 0) < 0;
    return above ? g_steal_pointer(&above) : is_barrier ? g_strdup(directory) : NULL;
}

/* Whether QEMU, with the user and the confinement that libvirt gives it, gets at the files. */
static void check_pool_access(SbDoctor *doctor, const SbSurveyed *pool)
{
    if (!doctor->is_local || !doctor->is_privileged || !pool->directory)
        return;
    g_autofree char *barrier = find_barrier(pool->directory);
    g_autofree char *open = g_strdup_printf("chmod o+x '%s'", barrier ? barrier : "");
    if (barrier)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, open,
                      "QEMU's user may not pass '%s', on the way to the storage pool '%s'", barrier,
                      pool->name);
    if (sb_doctor_is_restricted(pool->directory) &&
        sb_survey_has_security(doctor->connection, "apparmor"))
        sb_doctor_add(doctor, SB_HEALTH_WARNING, "move the pool below /var/lib or /srv",
                      "AppArmor keeps QEMU from the folder of the storage pool '%s': %s",
                      pool->name, pool->directory);
}

static void check_pool(SbDoctor *doctor, const SbSurveyed *pool)
{
    g_autofree char *start = g_strdup_printf("virsh pool-start %s", pool->name);
    g_autofree char *make = g_strdup_printf("mkdir %s", pool->directory ? pool->directory : "");
    g_autofree char *size = sb_size_format(pool->free_bytes);
    gboolean is_ours = strcmp(pool->name, doctor->pool) == 0;
    SbHealth bad = is_ours ? SB_HEALTH_BROKEN : SB_HEALTH_WARNING;
    if (doctor->is_local && pool->directory && !g_file_test(pool->directory, G_FILE_TEST_IS_DIR))
        sb_doctor_add(doctor, bad, make, "the folder of the storage pool '%s' is gone: %s",
                      pool->name, pool->directory);
    else if (!pool->is_active)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, start, "the storage pool '%s' is not active",
                      pool->name);
    else if (pool->free_bytes < GIB / 8)
        sb_doctor_add(doctor, bad, "seedbed image list; seedbed image rm NAME",
                      "the storage pool '%s' is full: %s free", pool->name, size);
    else if (is_ours && pool->free_bytes < 5 * GIB)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, "seedbed image list; seedbed image rm NAME",
                      "the storage pool '%s' is nearly full: %s free", pool->name, size);
    else
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "the storage pool '%s': %s free", pool->name,
                      size);
}

static void check_pools(SbDoctor *doctor)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) pools = sb_survey_pools(doctor->connection, &error);
    gboolean is_there = FALSE;
    if (!pools) {
        sb_doctor_add(doctor, SB_HEALTH_WARNING, NULL, "%s", error->message);
        return;
    }
    SB_EACH(const SbSurveyed, pool, pools) {
        is_there |= strcmp(pool->name, doctor->pool) == 0;
        check_pool(doctor, pool);
        check_pool_access(doctor, pool);
    }
    if (!is_there)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL,
                      "no storage pool '%s' yet: the first image makes it", doctor->pool);
}

/* Only of a pool that is active: to open another one would start it. */
static SbPool *open_pool(SbDoctor *doctor)
{
    SbAnswer is_active;
    guint64 free_bytes;
    sb_look_at_pool(doctor->connection, doctor->pool, &is_active, &free_bytes);
    return is_active == SB_YES ? sb_pool_open(doctor->connection, doctor->pool, NULL, NULL) : NULL;
}

static void check_images(SbDoctor *doctor)
{
    g_autoptr(SbPool) pool = open_pool(doctor);
    g_autoptr(GPtrArray) states =
        pool ? sb_image_states(doctor->connection, pool, NULL, NULL) : NULL;
    guint good = 0;
    for (guint i = 0; states && i < states->len; i++) {
        const SbImageState *state = g_ptr_array_index(states, i);
        g_autofree char *remove = g_strdup_printf("seedbed image rm %s", state->image->name);
        if (state->is_unfinished)
            sb_doctor_add(doctor, SB_HEALTH_WARNING, remove,
                          "the image '%s' is not complete: an import goes on, or was cut off",
                          state->image->name);
        else if (state->problem)
            sb_doctor_add(doctor, SB_HEALTH_WARNING, remove, "the image '%s' cannot be used: %s",
                          state->image->name, state->problem);
        else if (!state->record)
            sb_doctor_add(doctor, SB_HEALTH_WARNING, "import it again, with --sha256",
                          "the image '%s' has no record: nobody knows where it is from",
                          state->image->name);
        else
            good++;
    }
    if (good > 0)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "%u image%s can be used", good,
                      good == 1 ? "" : "s");
}

/* ---- what is left, and what runs ---- */

static gboolean has_domain(const GPtrArray *domains, const char *volume)
{
    SB_EACH(const SbDomain, domain, domains) {
        g_autofree char *overlay = sb_overlay_name(domain->name);
        g_autofree char *seed = sb_seed_name(domain->name);
        if (strcmp(volume, overlay) == 0 || strcmp(volume, seed) == 0)
            return TRUE;
    }
    return FALSE;
}

static void check_leftovers(SbDoctor *doctor)
{
    g_autoptr(GPtrArray) domains = sb_domain_list(doctor->connection, NULL);
    g_autoptr(GPtrArray) fleets = sb_network_list_fleets(doctor->connection, NULL);
    g_autoptr(SbPool) pool = open_pool(doctor);
    g_autoptr(GPtrArray) volumes = pool ? sb_pool_list_names(pool, NULL) : NULL;
    if (!domains)
        return;
    for (guint i = 0; fleets && i < fleets->len; i++) {
        const char *fleet = g_ptr_array_index(fleets, i);
        g_autofree char *down = g_strdup_printf("seedbed down %s", fleet);
        gboolean is_used = FALSE;
        SB_EACH(const SbDomain, domain, domains)
            is_used |= strcmp(domain->metadata->fleet, fleet) == 0;
        if (!is_used)
            sb_doctor_add(doctor, SB_HEALTH_WARNING, down,
                          "the fleet '%s' has a network, but no machine", fleet);
    }
    for (guint i = 0; volumes && i < volumes->len; i++) {
        const char *volume = g_ptr_array_index(volumes, i);
        g_autofree char *remove =
            g_strdup_printf("virsh vol-delete --pool %s %s", doctor->pool, volume);
        if (g_str_has_suffix(volume, ".seed.iso") && !has_domain(domains, volume))
            sb_doctor_add(doctor, SB_HEALTH_WARNING, remove,
                          "the volume '%s' has no machine any more", volume);
    }
}

static void check_machines(SbDoctor *doctor)
{
    g_autoptr(GPtrArray) domains = sb_domain_list(doctor->connection, NULL);
    guint well = 0;
    for (guint i = 0; domains && i < domains->len; i++) {
        const SbDomain *domain = g_ptr_array_index(domains, i);
        if (!sb_domain_state_is_active(domain->state))
            continue;
        g_autoptr(SbFacts) facts = sb_facts_of_domain(doctor->host, domain);
        facts->is_thorough = TRUE;
        sb_examine_now(doctor->host, domain->uuid, facts);
        g_autoptr(SbDiagnosis) diagnosis = sb_diagnose_end(facts);
        if (diagnosis)
            sb_doctor_add(doctor, SB_HEALTH_WARNING, diagnosis->next, "the machine '%s': %s",
                          domain->name, diagnosis->cause);
        else if (sb_doctor_is_spinning(facts))
            sb_doctor_add(doctor, SB_HEALTH_WARNING,
                          "read its console with 'seedbed log', then 'seedbed down' it",
                          "the machine '%s' computes, but no kernel has printed anything",
                          domain->name);
        else
            well++;
    }
    if (well > 0)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL,
                      "%u machine%s, and libvirt knows nothing that is wrong", well,
                      well == 1 ? " runs" : "s run");
}

static void check_memory(SbDoctor *doctor)
{
    guint64 free_kib = sb_look_for_free_kib(doctor->connection);
    g_autofree char *size = sb_size_format(free_kib * 1024);
    if (free_kib > 0 && free_kib * 1024 < GIB)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, "stop machines, or give them less memory",
                      "the libvirt host has only %s of free memory", size);
    else if (free_kib > 0)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "%s of memory are free, %u CPUs", size,
                      sb_host_cpus(doctor->host));
}

static const SbCheck checks[] = {
    {"connection", "everything goes through libvirtd", FALSE, FALSE, check_connection},
    {"versions", "older ones lack what machines need, or have faults", TRUE, FALSE, check_versions},
    {"aarch64", "machines need an emulator and UEFI firmware; KVM makes them fast", TRUE, FALSE,
     check_aarch64},
    {"x86_64", "machines need an emulator and UEFI firmware; KVM makes them fast", TRUE, FALSE,
     check_x86_64},
    {"networks", "machines get their addresses there", TRUE, FALSE, check_networks},
    {"forward", "guests of a NAT network reach the outside through it", TRUE, TRUE, check_forward},
    {"pools", "images, disks and seeds are there", TRUE, FALSE, check_pools},
    {"images", "machines start from them", TRUE, FALSE, check_images},
    {"leftovers", "they take space and names", TRUE, FALSE, check_leftovers},
    {"machines", "a machine that is stuck takes CPU and memory", TRUE, FALSE, check_machines},
    {"memory", "guests that do not fit make the host swap", TRUE, FALSE, check_memory},
};

const SbCheck *sb_doctor_host_checks(gsize *count_out)
{
    *count_out = G_N_ELEMENTS(checks);
    return checks;
}
