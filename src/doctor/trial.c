/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doctor/trial.h"

#include "base/text.h"
#include "libvirt/domain.h"
#include "libvirt/network.h"
#include "libvirt/trial.h"
#include "local/process-id.h"
#include "model/mac.h"
#include "model/machine.h"

#include <string.h>
#include <unistd.h>

/* AAVMF and OVMF print a line of their own first, then what they boot. */
#define FIRMWARE_WORD "BdsDxe"

/* Emulated on a busy host it takes long. */
enum { TRIAL_S = 90, SHOWN_LINES = 3 };

#define MIB (G_GUINT64_CONSTANT(1) << 20)

/* A machine as `up` makes them, without disks. */
static SbMachine *make_machine(const SbPlatform *platform, const char *name, const char *network)
{
    SbMachine *machine = g_new0(SbMachine, 1);
    machine->name = g_strdup(name);
    machine->uuid = g_uuid_string_random();
    machine->spec.arch = g_strdup(platform->arch);
    machine->spec.vcpus = 1;
    machine->spec.memory_bytes = 256 * MIB;
    machine->spec.networks.count = 1;
    machine->spec.networks.items[0] =
        (SbMachineNetwork){.kind = network ? SB_NETWORK_NAT : SB_NETWORK_USER,
                           .source = g_strdup(network),
                           .mac = sb_mac_derive(machine->uuid, "")};
    machine->platform = platform;
    return machine;
}

static void try_machine(SbDoctor *doctor, const char *arch, const char *name, const char *network)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *capabilities =
        sb_domain_capabilities(doctor->connection, arch, sb_platform_machine(arch), NULL);
    g_autoptr(SbPlatform) platform =
        capabilities ? sb_platform_from_domain_capabilities(capabilities, NULL) : NULL;
    if (!platform)
        return; /* another check says so */
    g_autoptr(SbMachine) machine = make_machine(platform, name, network);
    xmlDoc *xml = sb_machine_domain_xml(machine);
    g_autofree char *console = NULL;
    gint64 begun_us = g_get_monotonic_time();
    gboolean is_done =
        sb_trial_boot(doctor->connection, xml, FIRMWARE_WORD, TRIAL_S, &console, &error);
    xmlFreeDoc(xml);
    if (!is_done) {
        sb_doctor_add(doctor, SB_HEALTH_BROKEN,
                      "what the message says; see also libvirtd's log, and "
                      "/var/log/libvirt/qemu on the libvirt host",
                      "an %s machine without disks: %s", arch, error->message);
    } else if (!strstr(console, FIRMWARE_WORD)) {
        g_autofree char *last = sb_text_last_lines(console, SHOWN_LINES);
        g_autofree char *shown = sb_text_one_line(*last ? last : "nothing");
        sb_doctor_add(doctor, SB_HEALTH_BROKEN,
                      "install another version of the firmware (qemu-efi-aarch64, ovmf) or of QEMU",
                      "an %s machine starts, but its firmware did not come to booting in %d s; it "
                      "printed: %s",
                      arch, TRIAL_S, shown);
    } else {
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL,
                      "an %s machine without disks comes to its firmware in %.1f s", arch,
                      (double)(g_get_monotonic_time() - begun_us) / 1e6);
    }
}

/* The name of a network that this call has made; NULL if that failed, or this libvirtd makes
 * none. */
static char *make_network(SbDoctor *doctor, const char *fleet)
{
    g_autofree char *creator = sb_process_id_self();
    g_autoptr(GPtrArray) nobody = g_ptr_array_new();
    const SbNetworkRequest request = {.fleet = fleet,
                                      .creator = creator,
                                      .kind = SB_NETWORK_NAT,
                                      .hosts = nobody,
                                      .with_own_routes = doctor->is_local};
    g_autoptr(GError) error = NULL;
    gboolean is_new;
    g_autoptr(SbFleetNetwork) network =
        sb_network_ensure(doctor->connection, &request, &is_new, &error);
    if (network) {
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "a network can be made and started");
        return g_strdup(network->name);
    }
    sb_doctor_add(doctor, SB_HEALTH_BROKEN, "what the message says", "no network can be made: %s",
                  error->message);
    return NULL;
}

static void check_trial(SbDoctor *doctor)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("doctor-%ld", (long)getpid());
    g_autofree char *network = doctor->is_privileged ? make_network(doctor, name) : NULL;
    g_autofree char *down = g_strdup_printf("seedbed down %s", name);
    try_machine(doctor, "aarch64", name, network);
    try_machine(doctor, "x86_64", name, network);
    if (network && !sb_network_remove(doctor->connection, name, SB_NETWORK_NAT, &error))
        sb_doctor_add(doctor, SB_HEALTH_WARNING, down, "the trial network is left: %s",
                      error->message);
}

static const SbCheck checks[] = {
    {"trial", "a machine without disks needs all that others need, but an image", TRUE, FALSE,
     check_trial},
};

const SbCheck *sb_doctor_trial_checks(gsize *count_out)
{
    *count_out = G_N_ELEMENTS(checks);
    return checks;
}
