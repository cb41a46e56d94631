/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/machine-decision.h"

#include "base/array.h"
#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "base/units.h"

#include <string.h>

/* The version of libvirt that lets virtiofsd refuse to write. */
#define READ_ONLY_SHARES 11000000

SB_DEFINE_ERROR(sb_plan_error, SB_ERROR(SB_PLAN_ERROR_REFUSED))

/* Returns FALSE. */
G_GNUC_PRINTF(4, 5)
static gboolean refuse(GError **error, const SbFleetFile *file, SbMark mark, const char *format,
                       ...)
{
    SB_TEXT_FORMAT(message, format);
    g_autofree char *place = sb_fleet_file_place(file, mark);
    return sb_error_set(error, SB_PLAN_ERROR, SB_PLAN_ERROR_REFUSED, "%s: %s", place, message);
}

enum { MIB_BYTES = 1024 * 1024 };

/* Why BYTES are not enough for IMAGE, and what is. (transfer full) */
static char *too_small(guint64 bytes, const SbImageSource *source, const SbImageFacts *image)
{
    g_autofree char *size = sb_size_format(bytes);
    g_autofree char *needed = sb_size_format(image->virtual_bytes);
    guint64 mib = image->virtual_bytes / MIB_BYTES + (image->virtual_bytes % MIB_BYTES > 0);
    return g_strdup_printf(
        "is %s, but its image '%s' has %s: a disk can only grow; write %" G_GUINT64_FORMAT
        " MiB or more",
        size, source->name, needed, mib);
}

static gboolean decide_source(const SbFleetFile *file, const SbImageSource *source,
                              const SbImageFacts *image, GError **error)
{
    return (!source->url && !source->path) || image->has_wanted_digest ||
           refuse(
               error, file, source->mark,
               "the image '%s' of the pool has another sha256; 'seedbed up' fetches the right one",
               source->name);
}

gboolean sb_decide_image(const SbFleetFile *file, const SbGroup *group, const SbImageFacts *image,
                         GError **error)
{
    const SbMachineSpec *spec = &group->spec;
    if (!decide_source(file, &spec->image, image, error))
        return FALSE;
    /* The firmware would find nothing to boot. */
    if (image->arch && strcmp(image->arch, spec->arch) != 0)
        return refuse(error, file, spec->image.mark,
                      "the image '%s' is for %s, but the machines of '%s' are %s: write 'arch: "
                      "%s', or take another image",
                      spec->image.name, image->arch, group->name, spec->arch, image->arch);
    if (spec->disk_bytes >= image->virtual_bytes)
        return TRUE;
    g_autofree char *why = too_small(spec->disk_bytes, &spec->image, image);
    return refuse(error, file, group->mark, "the 'disk' of '%s' %s", group->name, why);
}

gboolean sb_decide_disk(const SbFleetFile *file, const SbMachineDisk *disk,
                        const SbImageFacts *image, GError **error)
{
    if (!decide_source(file, &disk->image, image, error))
        return FALSE;
    if (disk->size_bytes == 0 || disk->size_bytes >= image->virtual_bytes)
        return TRUE;
    g_autofree char *why = too_small(disk->size_bytes, &disk->image, image);
    return refuse(error, file, disk->mark, "the 'size' of the disk '%s' %s", disk->name, why);
}

static gboolean decide_cpu(const SbFleetFile *file, const SbGroup *group,
                           const SbPlatform *platform, GError **error)
{
    const char *cpu = group->spec.cpu;
    const char *const *models = (const char *const *)platform->cpu_models;
    if (!cpu)
        return TRUE;
    if (strcmp(cpu, SB_CPU_HOST) == 0)
        return platform->has_host_cpu ||
               refuse(error, file, group->mark,
                      "'cpu: host' of '%s' needs KVM, and libvirt does not offer it here for %s "
                      "machines: leave out 'cpu', or name a model",
                      group->name, platform->arch);
    if (g_strv_contains(models, cpu))
        return TRUE;
    const char *nearest = sb_nearest_name(cpu, models);
    g_autofree char *known = g_strjoinv(", ", platform->cpu_models);
    return refuse(error, file, group->mark,
                  "libvirt has no CPU model '%s' here for %s machines of type '%s'%s%s%s (it has: "
                  "%s)",
                  cpu, platform->arch, platform->virt_type, nearest ? ", did you mean '" : "",
                  nearest ? nearest : "", nearest ? "'?" : "", *known ? known : "none");
}

static guint64 content_bytes(const SbFileReference *file)
{
    return file->content ? g_bytes_get_size(file->content) : 0;
}

/* The firmware says nothing if it has no room for them, and starts what is on the disk. */
static gboolean decide_kernel(const SbFleetFile *file, const SbGroup *group, GError **error)
{
    const SbMachineKernel *kernel = &group->spec.kernel;
    guint64 bytes = content_bytes(&kernel->image) + content_bytes(&kernel->initrd);
    if (bytes < group->spec.memory_bytes)
        return TRUE;
    g_autofree char *size = sb_size_format(bytes);
    g_autofree char *memory = sb_size_format(group->spec.memory_bytes);
    return refuse(error, file, kernel->image.mark,
                  "the kernel and the initrd of '%s' have %s, and its 'memory' is %s: give it more "
                  "memory, several times what they have",
                  group->name, size, memory);
}

gboolean sb_decide_hardware(const SbFleetFile *file, const SbGroup *group,
                            const SbPlatform *platform, GError **error)
{
    if (!decide_cpu(file, group, platform, error) || !decide_kernel(file, group, error))
        return FALSE;
    if (group->spec.has_secure_boot && !platform->has_secure_boot)
        return refuse(error, file, group->mark,
                      "'secure-boot' of '%s' needs UEFI firmware with secure boot for %s machines, "
                      "and libvirt has none here: install %s on the host where libvirtd runs",
                      group->name, platform->arch, sb_platform_firmware_packages(platform->arch));
    if (group->spec.has_tpm && !platform->tpm_model)
        return refuse(error, file, group->mark,
                      "'tpm' of '%s' needs an emulated TPM, and libvirt has none here: install "
                      "swtpm and swtpm-tools on the host where libvirtd runs",
                      group->name);
    return TRUE;
}

gboolean sb_decide_vcpus(const SbFleetFile *file, const SbGroup *group, guint vcpus_max,
                         GError **error)
{
    return group->spec.vcpus <= vcpus_max ||
           refuse(error, file, group->mark,
                  "'%s' has %u vcpus, but %s machines of this host have at most %u", group->name,
                  group->spec.vcpus, group->spec.arch, vcpus_max);
}

static gboolean check_network(const SbFleetFile *file, SbMark mark, const SbHostFacts *host,
                              SbNetworkKind kind, GError **error)
{
    if (sb_network_kind_is_own(kind) && !host->is_privileged)
        return refuse(error, file, mark,
                      "'network: %s' needs a libvirtd with privileges, and '%s' has none: write "
                      "'network: user', or connect to qemu:///system",
                      sb_network_kind_name(kind), host->uri);
    if (kind == SB_NETWORK_USER && host->is_remote)
        return refuse(error, file, mark,
                      "'network: user' is reached over the loopback of the libvirt host, and '%s' "
                      "is another machine: write 'network: nat'",
                      host->uri);
    return TRUE;
}

/* The guest must not get a way out that its file does not show. */
static gboolean add_network_for_ports(const SbFleetFile *file, const SbGroup *group,
                                      const SbHostFacts *host, SbMachineNetworks *networks,
                                      GError **error)
{
    const SbMachinePort *port = &g_array_index(group->spec.ports, SbMachinePort, 0);
    if (host->is_remote)
        return refuse(error, file, port->mark,
                      "ports are those of the libvirt host, and '%s' is another machine: remove "
                      "'ports', and use 'seedbed ssh -L 8080:127.0.0.1:%u MACHINE'",
                      host->uri, port->guest_port);
    if (sb_machine_networks_have(networks, SB_NETWORK_USER))
        return TRUE;
    if (sb_machine_networks_have(networks, SB_NETWORK_ISOLATED) && networks->count == 1)
        return refuse(error, file, port->mark,
                      "ports need user networking, and that leads outside, but '%s' is isolated: "
                      "use the machine's address instead, or write 'networks: [isolated, user]'",
                      group->name);
    if (networks->count == SB_NETWORKS_MAX)
        return refuse(error, file, port->mark,
                      "ports need one more network, and '%s' has %d already: remove one",
                      group->name, SB_NETWORKS_MAX);
    networks->items[networks->count++] = (SbMachineNetwork){.kind = SB_NETWORK_USER};
    return TRUE;
}

gboolean sb_decide_networks(const SbFleetFile *file, const SbGroup *group, const SbHostFacts *host,
                            SbMachineNetworks *networks, GError **error)
{
    for (guint i = 0; i < networks->count; i++) {
        SbMachineNetwork *network = &networks->items[i];
        if (network->kind == SB_NETWORK_DEFAULT)
            network->kind = host->is_privileged ? SB_NETWORK_NAT : SB_NETWORK_USER;
        if (!check_network(file, group->mark, host, network->kind, error))
            return FALSE;
    }
    return !group->spec.ports || add_network_for_ports(file, group, host, networks, error);
}

/* Why HOST has no virtiofs for SHARE; NULL: it has. */
static const char *refuse_virtiofs(const SbMachineShare *share, const SbHostFacts *host,
                                   const SbPlatform *platform)
{
    if (!host->is_privileged)
        return "virtiofs needs a libvirtd with privileges: connect to qemu:///system";
    if (!platform->has_virtiofs)
        return "QEMU or libvirt has no virtiofs here: install virtiofsd on the host";
    /* Before, only the guest itself could refuse to write. */
    if (share->is_read_only && host->libvirt_version < READ_ONLY_SHARES)
        return "libvirt before 11.0 cannot keep a guest from writing to a share by virtiofs: write "
               "'read-only: false' if this guest may";
    return NULL;
}

gboolean sb_decide_shares(const SbFleetFile *file, const SbGroup *group, const SbHostFacts *host,
                          const SbPlatform *platform, GError **error)
{
    SB_EACH(const SbMachineShare, share, group->spec.shares) {
        if (host->is_remote)
            return refuse(error, file, share->mark,
                          "a share is a folder of the libvirt host, and '%s' is another machine: "
                          "remove 'shares', and use 'seedbed copy'",
                          host->uri);
        const char *refusal = share->is_9p ? NULL : refuse_virtiofs(share, host, platform);
        if (refusal)
            return refuse(error, file, share->mark,
                          "%s; or write 'driver: 9p' if the guest's kernel has 9p", refusal);
        if (share->is_9p && !platform->has_9p)
            return refuse(error, file, share->mark,
                          "QEMU has no 9p here: remove 'driver: 9p', or use 'seedbed copy'");
    }
    return TRUE;
}

const char *sb_run_name(SbRun run)
{
    static const char *const names[] = {[SB_RUN_UP] = "up",
                                        [SB_RUN_TEST] = "test",
                                        [SB_RUN_BUILD] = "build",
                                        [SB_RUN_COMMAND] = "run"};
    return names[run];
}

SbClaim sb_decide_claim(const SbMetadata *metadata, SbMaker maker, SbRun run)
{
    if (maker == SB_MAKER_SELF)
        return SB_CLAIM_SHARED;
    if (!metadata->run)
        return run >= SB_RUN_BUILD ? SB_CLAIM_REFUSED : SB_CLAIM_SHARED;
    return maker == SB_MAKER_ENDED ? SB_CLAIM_LEFT : SB_CLAIM_REFUSED;
}

char *sb_claim_describe(const char *name, const SbMetadata *metadata, SbMaker maker)
{
    if (!metadata->run)
        return g_strdup_printf("'%s' exists, and this run only uses machines that it makes", name);
    guint pid = sb_metadata_creator_pid(metadata);
    const char *host = metadata->creator_host ? metadata->creator_host : "an unknown host";
    if (maker == SB_MAKER_RUNS)
        return g_strdup_printf("'%s' belongs to a '%s' that is at work (process %u on '%s')", name,
                               metadata->run, pid, host);
    return g_strdup_printf("'%s' belongs to a '%s' that may be at work (process %u on '%s', which "
                           "cannot be seen from here; if it has ended, 'seedbed down %s' removes "
                           "the machine)",
                           name, metadata->run, pid, host, name);
}

static SbAction action_for(const SbDomainFacts *domain)
{
    if (domain->is_paused)
        return SB_ACTION_START;
    if (domain->is_active)
        return SB_ACTION_NONE;
    /* The process that made the domain may have been killed before it started it. */
    return domain->was_started ? SB_ACTION_START : SB_ACTION_CREATE;
}

SbMachineDecision sb_decide_machine(const SbMachineWanted *wanted, const SbMachineFacts *facts,
                                    GString *conflicts)
{
    SbMachineDecision decision = {.action = SB_ACTION_CREATE};
    if (facts->domain) {
        const SbMetadata *metadata = facts->domain->metadata;
        if (strcmp(metadata->fleet, wanted->fleet) != 0)
            g_string_append_printf(conflicts, "\nthe domain '%s' belongs to the fleet '%s'",
                                   wanted->name, metadata->fleet);
        decision.is_changed = strcmp(metadata->spec_hash, wanted->spec_hash) != 0;
        decision.claim = sb_decide_claim(metadata, facts->domain->maker, wanted->run);
        if (decision.claim != SB_CLAIM_LEFT)
            decision.action = action_for(facts->domain);
        if (decision.claim == SB_CLAIM_REFUSED) {
            g_autofree char *text = sb_claim_describe(wanted->name, metadata, facts->domain->maker);
            g_string_append_printf(conflicts, "\n%s", text);
        }
    } else if (facts->foreign_domain) {
        g_string_append_printf(conflicts, "\n%s", facts->foreign_domain);
    } else {
        SB_EACH(const char, volume, facts->volumes) {
            g_string_append_printf(conflicts,
                                   "\nthe volume '%s' is there, but no domain '%s': if nothing "
                                   "needs it, 'seedbed down %s' or 'virsh vol-delete --pool %s %s'",
                                   volume, wanted->name, wanted->name, wanted->pool, volume);
        }
    }
    return decision;
}

gboolean sb_decide_is_surplus(const SbFleetFile *file, const SbMetadata *metadata)
{
    if (strcmp(metadata->fleet, file->name) != 0)
        return FALSE;
    SB_EACH(const SbGroup, group, file->groups)
        if (strcmp(group->name, metadata->group) == 0)
            return metadata->index > group->count;
    return TRUE;
}
