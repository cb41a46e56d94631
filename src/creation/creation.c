/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/creation.h"

#include "base/array.h"
#include "base/error.h"
#include "base/retry.h"
#include "cloud-init/seed-parts.h"
#include "creation/thaw.h"
#include "creation/undo.h"
#include "fleet-file/environment.h"
#include "libvirt/domain-network.h"
#include "libvirt/volume-stream.h"
#include "local/process-id.h"
#include "local/seed-iso.h"
#include "local/ssh-key.h"
#include "machine/claim.h"
#include "machine/link-check.h"
#include "machine/removal.h"
#include "model/volume-names.h"

/* How often, and every how many ms, to look whether another process has started the machine that it
 * defined: 2 minutes in all. libvirt's events go to the main loop, and this is a worker's thread.
 */
enum { OTHER_LOOKS = 600, OTHER_PAUSE_MS = 200 };

/* The connection may be what broke: a libvirtd that is restarted is back within seconds. */
enum { UNDO_TRIES = 20, UNDO_PAUSE_MS = 500 };

/* One machine that a worker makes. */
typedef struct {
    const SbCreation *shared;
    const SbPlannedMachine *planned;
    gpointer job;
    virConnect *connection;
    const SbWarmImage *warm; /**< (nullable) what it is thawed from; NULL: it boots */
} Making;

SB_DEFINE_ERROR(sb_creation_error, SB_ERRORS_NONE)

/* A network that is not seedbed's may give no address: the boot does not wait for it, unless it is
 * the one that ssh uses. */
static GBytes *make_network_config(const SbMachineNetworks *networks)
{
    SbSeedCard cards[SB_NETWORKS_MAX];
    for (guint i = 0; i < networks->count; i++) {
        SbNetworkKind kind = networks->items[i].kind;
        cards[i] = (SbSeedCard){
            .mac = networks->items[i].mac,
            .is_optional = i > 0 && (kind == SB_NETWORK_EXISTING || kind == SB_NETWORK_BRIDGE)};
    }
    return sb_seed_network_config(cards, networks->count);
}

static GBytes *build_seed(const SbMachine *machine, const SbPlannedMachine *planned,
                          const SbSshKey *host_key, GError **error)
{
    const SbMachineSpec *spec = &planned->spec;
    SbHarness harness = {
        .login = machine->metadata->login,
        .client_public_key = machine->metadata->client_key,
        .host_private_key = host_key->private_key,
        .host_public_key = host_key->public_key,
        .environment_path = SB_ENVIRONMENT_PATH,
    };
    g_autofree char *environment = sb_environment_script((const char *const *)spec->env);
    if (*environment)
        harness.environment = environment;
    g_autofree char *mount = sb_machine_shares_script(spec->shares);
    harness.boot_command = mount;
    g_autoptr(GBytes) user_data = sb_seed_user_data(spec->user_data.content, &harness);
    g_autoptr(GBytes) meta_data = sb_seed_meta_data(machine->uuid, machine->name);
    g_autoptr(GBytes) network_config = spec->network_config.content
                                           ? g_bytes_ref(spec->network_config.content)
                                           : make_network_config(&machine->spec.networks);
    g_autofree char *whose = g_strdup_printf("%s/%s-%u", machine->metadata->fleet,
                                             machine->metadata->group, machine->metadata->index);
    SbSeed seed = {user_data, meta_data, network_config, spec->vendor_data.content, whose};
    return sb_seed_iso_build(&seed, error);
}

gboolean sb_creation_ensure_networks(SbCreation *creation, virConnect *connection,
                                     gboolean made_out[SB_NETWORK_KINDS], GError **error)
{
    const SbFleetFile *fleet = creation->plan->fleet;
    g_autofree char *self = sb_process_id_self();
    for (SbNetworkKind kind = 0; kind < SB_NETWORK_KINDS; kind++) {
        g_autoptr(GPtrArray) hosts = NULL;
        if (sb_network_kind_is_own(kind))
            hosts = sb_plan_hosts_in_network(creation->plan, kind);
        if (!hosts)
            continue;
        const SbNetworkRequest request = {.fleet = fleet->name,
                                          .creator = self,
                                          .kind = kind,
                                          .subnet = sb_fleet_file_subnet(fleet, kind),
                                          .hosts = hosts,
                                          .with_own_routes = !sb_host_is_remote(creation->host)};
        creation->networks[kind] = sb_network_ensure(connection, &request, &made_out[kind], error);
        if (!creation->networks[kind])
            return FALSE;
    }
    return TRUE;
}

xmlDoc *sb_creation_overlay_xml(const SbMachine *machine)
{
    g_autofree char *name = sb_overlay_name(machine->name);
    return machine->layer_path
               ? sb_overlay_volume_xml(name, machine->spec.disk_bytes, machine->layer_path, "qcow2")
               : sb_overlay_volume_xml(name, machine->spec.disk_bytes, machine->image_path,
                                       machine->image_format);
}

xmlDoc *sb_creation_disk_xml(const SbMachine *machine, const SbMachineDisk *disk)
{
    g_autofree char *name = sb_disk_name(machine->name, disk->name);
    return sb_overlay_volume_xml(name, disk->size_bytes, disk->image_path, disk->image_format);
}

xmlDoc *sb_creation_file_xml(const char *path, guint64 bytes, gboolean is_privileged)
{
    g_autofree char *name = g_path_get_basename(path);
    return sb_upload_volume_xml(name, bytes, 0600, is_privileged);
}

/* If libvirt's answer is lost, the volume may exist. It is ours, because the domain's name is ours.
 */
static virStorageVol *make_volume(const SbPool *pool, xmlDoc *xml, const char *name, SbUndo *undo,
                                  GError **error)
{
    g_autoptr(GError) cause = NULL;
    virStorageVol *volume = sb_volume_create(pool, xml, &cause);
    if (volume)
        sb_undo_add_volume(undo, name);
    else if (!g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_EXISTS))
        sb_undo_add_unlisted_volume(undo, name);
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    return volume;
}

static gboolean make_overlay(const SbPool *pool, const SbMachine *machine, SbUndo *undo,
                             GError **error)
{
    g_autofree char *name = sb_overlay_name(machine->name);
    g_autoptr(xmlDoc) xml = sb_creation_overlay_xml(machine);
    g_autoptr(virStorageVol) volume = make_volume(pool, xml, name, undo, error);
    return volume != NULL;
}

static gboolean make_disks(const SbPool *pool, const SbMachine *machine, SbUndo *undo,
                           GError **error)
{
    SB_EACH(const SbMachineDisk, disk, machine->spec.disks) {
        g_autofree char *name = sb_disk_name(machine->name, disk->name);
        g_autoptr(xmlDoc) xml = sb_creation_disk_xml(machine, disk);
        g_autoptr(virStorageVol) volume = make_volume(pool, xml, name, undo, error);
        if (!volume)
            return FALSE;
    }
    return TRUE;
}

/* PATH (nullable): of a file that only this machine's QEMU reads. */
static gboolean make_file(const SbPool *pool, const char *path, GBytes *content,
                          gboolean is_privileged, SbUndo *undo, GError **error)
{
    if (!path)
        return TRUE;
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(xmlDoc) xml = sb_creation_file_xml(path, g_bytes_get_size(content), is_privileged);
    g_autoptr(virStorageVol) volume = make_volume(pool, xml, name, undo, error);
    return volume && sb_volume_upload_bytes(volume, content, error);
}

/* From memory, or with its CPUs stopped. */
static gboolean start(const Making *making, const SbPool *pool, const SbMachine *machine,
                      const SbSshKey *host_key, SbUndo *undo, GError **error)
{
    g_autofree char *log = sb_console_log_name(machine->name);
    g_autoptr(virDomain) domain = sb_domain_open(making->connection, machine->uuid, error);
    if (!domain)
        return FALSE;
    /* The log exists even if QEMU then fails to start. */
    sb_undo_add_unlisted_volume(undo, log);
    if (!making->warm)
        return sb_domain_start_paused(domain, error) &&
               sb_domain_forward_ports(domain, machine->metadata, error);
    const SbThaw thaw = {.connection = making->connection,
                         .pool = pool,
                         .is_privileged = sb_host_is_privileged(making->shared->host),
                         .warm = making->warm,
                         .machine = machine,
                         .host_key = host_key,
                         .cancellable = making->shared->cancellable};
    return sb_thaw_run(&thaw, undo, error) &&
           sb_domain_forward_ports(domain, machine->metadata, error);
}

/* All that a machine has before it starts. UNDO lists what was made, also after a failure. */
static gboolean make_all(const Making *making, const SbPool *pool, const SbMachine *machine,
                         GBytes *iso, SbUndo *undo, GError **error)
{
    const SbCreation *shared = making->shared;
    const SbMachineKernel *kernel = &machine->spec.kernel;
    gboolean is_privileged = sb_host_is_privileged(shared->host);
    g_autoptr(xmlDoc) xml = sb_machine_domain_xml(machine);
    /* Before it exists, because libvirt's answer may be lost. Nobody else has this UUID. */
    sb_undo_add_domain(undo, machine->uuid, machine->name);
    if (g_cancellable_set_error_if_cancelled(shared->cancellable, error) ||
        !sb_domain_define(making->connection, xml, error))
        return FALSE;
    if (shared->defined)
        shared->defined(making->job);
    return make_overlay(pool, machine, undo, error) && make_disks(pool, machine, undo, error) &&
           make_file(pool, machine->seed_path, iso, is_privileged, undo, error) &&
           make_file(pool, machine->kernel_path, kernel->image.content, is_privileged, undo,
                     error) &&
           make_file(pool, machine->initrd_path, kernel->initrd.content, is_privileged, undo,
                     error) &&
           !g_cancellable_set_error_if_cancelled(shared->cancellable, error);
}

static gboolean undo_once(const SbCreation *shared, const SbUndo *undo, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(shared->host, error);
    g_autoptr(SbPool) pool =
        lease.connection ? sb_pool_reopen(shared->plan->pool, lease.connection, error) : NULL;
    return pool && sb_undo_run(undo, lease.connection, pool, error);
}

/* Takes everything in UNDO back because of CAUSE. Returns that, with what is left. */
static GError *undo_with_patience(const SbCreation *shared, const SbUndo *undo, const char *name,
                                  GError *cause)
{
    SbRetry retry = {.tries = UNDO_TRIES, .pause_ms = UNDO_PAUSE_MS};
    g_autoptr(GError) left = NULL;
    do {
        g_clear_error(&left);
        if (undo_once(shared, undo, &left))
            return cause;
    } while ((g_error_matches(left, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_UNREACHABLE) ||
              g_error_matches(left, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_DISCONNECTED)) &&
             sb_retry_again(&retry));
    GError *told = g_error_new(
        cause->domain, cause->code,
        "%s\nand not all of it could be taken back (%s): 'seedbed down %s' does it later",
        cause->message, left->message, name);
    g_error_free(cause);
    return told;
}

static SbDomain *create(const Making *making, GError **error)
{
    const SbCreation *shared = making->shared;
    const SbPlannedMachine *planned = making->planned;
    g_autoptr(SbSshKey) host_key = sb_ssh_key_generate(error);
    if (!host_key)
        return NULL;
    g_autoptr(SbMachine) machine = sb_plan_machine(shared->plan, planned, shared->networks,
                                                   host_key->public_key, shared->client_key);
    if (!making->warm)
        g_clear_pointer(&machine->layer_path, g_free);
    g_autoptr(GBytes) iso = build_seed(machine, planned, host_key, error);
    g_autoptr(SbPool) pool =
        iso ? sb_pool_reopen(shared->plan->pool, making->connection, error) : NULL;
    if (!pool)
        return NULL;
    g_autoptr(SbUndo) undo = sb_undo_new();
    g_autoptr(GError) cause = NULL;
    SbDomain *domain = NULL;
    if (make_all(making, pool, machine, iso, undo, &cause) &&
        start(making, pool, machine, host_key, undo, &cause))
        domain = sb_domain_find(making->connection, machine->name, &cause);
    if (!domain)
        g_propagate_error(error,
                          undo_with_patience(shared, undo, machine->name, g_steal_pointer(&cause)));
    return domain;
}

/* Removes a machine whose maker ended before it started the machine. It is made again then. */
static gboolean clear_abandoned(const Making *making, SbDomain *domain, GError **error)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, domain);
    const SbOperation removing = {.host = making->shared->host};
    return sb_removal_run(&removing, one, error);
}

/* Another process has the name. Waits until its machine runs (then that is the machine), or until
 * it is clear that it never will: then *RETRY_OUT, and the name is free. */
static SbDomain *wait_for_other(const Making *making, gboolean *retry_out, GError **error)
{
    const char *name = making->planned->name;
    SbRetry retry = {.tries = OTHER_LOOKS,
                     .pause_ms = OTHER_PAUSE_MS,
                     .cancellable = making->shared->cancellable};
    do {
        g_autoptr(GError) cause = NULL;
        g_autoptr(SbDomain) domain = sb_domain_find(making->connection, name, &cause);
        gboolean is_left = FALSE;
        if (domain && !sb_claim_check(domain, making->shared->plan->run, &is_left, error))
            return NULL;
        if (domain && !is_left && sb_domain_state_is_active(domain->state))
            return g_steal_pointer(&domain);
        *retry_out = g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
        if (domain &&
            (is_left || sb_process_id_check(domain->metadata->creator) == SB_PROCESS_GONE))
            *retry_out = clear_abandoned(making, domain, &cause);
        if (*retry_out)
            return NULL;
        if (cause)
            return sb_error_pass_null(error, &cause);
    } while (sb_retry_again(&retry));
    if (!g_cancellable_set_error_if_cancelled(making->shared->cancellable, error))
        g_set_error(error, SB_CREATION_ERROR, SB_CREATION_ERROR_BUSY,
                    "another process defined '%s' and did not start it for 2 minutes: 'seedbed "
                    "down %s' removes it",
                    name, name);
    return NULL;
}

/* The warm image is not used any more, neither now nor later. */
static void give_up_warm(Making *making, const GError *why)
{
    const SbCreation *shared = making->shared;
    g_autoptr(SbPool) pool = sb_pool_reopen(shared->plan->pool, making->connection, NULL);
    if (pool)
        sb_warm_image_mark(pool, making->warm, why->message, sb_host_is_privileged(shared->host));
    making->warm = NULL;
    if (shared->thaw_failed)
        shared->thaw_failed(making->job, why);
}

static SbDomain *create_or_join(Making *making, gboolean *is_ours_out, GError **error)
{
    for (;;) {
        g_autoptr(GError) cause = NULL;
        SbDomain *domain = create(making, &cause);
        *is_ours_out = domain != NULL;
        if (domain)
            return domain;
        if (g_error_matches(cause, SB_THAW_ERROR, SB_THAW_ERROR_REFUSED)) {
            give_up_warm(making, cause);
            continue;
        }
        /* A volume that exists is another matter: the domain's name was ours. */
        g_autoptr(SbDomain) other = NULL;
        g_autoptr(GError) hidden = NULL;
        if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_EXISTS))
            other = sb_domain_find(making->connection, making->planned->name, &hidden);
        if (hidden && !g_error_matches(hidden, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
            sb_error_append(&cause, "\n%s", hidden->message);
        if (!other)
            return sb_error_pass_null(error, &cause);
        gboolean retry = FALSE;
        domain = wait_for_other(making, &retry, error);
        if (!retry)
            return domain;
    }
}

/* A machine that exists is wanted for a lifetime from now on. */
static gboolean renew(const Making *making, SbDomain *domain, GError **error)
{
    gint64 lifetime_ms = making->shared->plan->fleet->lifetime_ms;
    if (lifetime_ms == 0)
        return TRUE;
    g_autoptr(virDomain) handle = sb_domain_open(making->connection, domain->uuid, error);
    sb_metadata_set_lifetime(domain->metadata, lifetime_ms);
    return handle && sb_domain_set_metadata(handle, domain->metadata, error);
}

static SbDomain *start_existing(virConnect *connection, const SbPlannedMachine *planned,
                                GError **error)
{
    if (!sb_link_check(connection, planned->existing, error))
        return NULL;
    g_autoptr(virDomain) handle = sb_domain_open(connection, planned->existing->uuid, error);
    if (!handle || !sb_domain_start_paused(handle, error) ||
        !sb_domain_forward_ports(handle, planned->existing->metadata, error))
        return NULL;
    return sb_domain_find(connection, planned->name, error);
}

/* This run would only wait for it. Check now whether that can succeed. */
static SbDomain *join_existing(virConnect *connection, const SbPlannedMachine *planned,
                               GError **error)
{
    g_autoptr(SbDomain) domain = sb_domain_find(connection, planned->name, error);
    if (!domain || !sb_link_check(connection, domain, error))
        return NULL;
    /* 'virsh start' makes none. */
    g_autoptr(virDomain) handle = sb_domain_open(connection, domain->uuid, error);
    return handle && sb_domain_forward_ports(handle, domain->metadata, error)
               ? g_steal_pointer(&domain)
               : NULL;
}

SbDomain *sb_creation_run(const SbCreation *creation, const SbPlannedMachine *planned, gpointer job,
                          gboolean *is_ours_out, GError **error)
{
    *is_ours_out = FALSE;
    g_auto(SbLease) lease = sb_lease_take(creation->host, error);
    if (!lease.connection)
        return NULL;
    Making making = {creation, planned, job, lease.connection,
                     planned->warm ? planned->warm->image : NULL};
    if (planned->action == SB_ACTION_CREATE)
        return create_or_join(&making, is_ours_out, error);
    g_autoptr(SbDomain) domain = planned->action == SB_ACTION_START
                                     ? start_existing(lease.connection, planned, error)
                                     : join_existing(lease.connection, planned, error);
    return domain && renew(&making, domain, error) ? g_steal_pointer(&domain) : NULL;
}
