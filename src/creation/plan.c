/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/plan.h"

#include "base/array.h"
#include "base/error.h"
#include "base/names.h"
#include "local/process-id.h"
#include "machine/claim.h"
#include "model/mac.h"
#include "model/volume-names.h"

#include <string.h>
#include <unistd.h>

static void planned_machine_free(gpointer data)
{
    SbPlannedMachine *planned = data;
    g_free(planned->name);
    g_free(planned->spec_hash);
    sb_machine_spec_clear(&planned->spec);
    g_clear_pointer(&planned->existing, sb_domain_free);
    g_free(planned);
}

void sb_plan_free(SbPlan *plan)
{
    g_clear_pointer(&plan->pool, sb_pool_free);
    g_clear_pointer(&plan->machines, g_ptr_array_unref);
    g_clear_pointer(&plan->surplus, g_ptr_array_unref);
    g_clear_pointer(&plan->choices, g_ptr_array_unref);
    g_clear_pointer(&plan->images, g_hash_table_unref);
    g_clear_pointer(&plan->platforms, g_hash_table_unref);
    g_free(plan);
}

/* The image of SOURCE, with the facts about it for a decision. *RECORD_OUT keeps them alive. */
static const SbImage *look_at_image(SbPlan *plan, const SbImageSource *source, SbImageFacts *facts,
                                    SbImageRecord **record_out, GError **error)
{
    SbImage *image = g_hash_table_lookup(plan->images, source->name);
    if (!image) {
        image = sb_image_find(plan->pool, source->name, error);
        if (!image) {
            g_autofree char *place = sb_fleet_file_place(plan->fleet, source->mark);
            g_prefix_error(error, "%s: ", place);
            return NULL;
        }
        g_hash_table_insert(plan->images, g_strdup(source->name), image);
    }
    if (!sb_image_load_record(plan->pool, image, record_out, error))
        return NULL;
    const SbImageRecord *record = *record_out;
    *facts =
        (SbImageFacts){.arch = record ? record->arch : NULL,
                       .virtual_bytes = image->virtual_bytes,
                       .has_wanted_digest = (source->url || source->path) &&
                                            sb_image_has_digest(image, record, &source->digest)};
    return image;
}

static const SbImage *resolve_image(SbPlan *plan, const SbGroup *group, GError **error)
{
    SbImageFacts facts;
    g_autoptr(SbImageRecord) record = NULL;
    const SbImage *image = look_at_image(plan, &group->spec.image, &facts, &record, error);
    return image && sb_decide_image(plan->fleet, group, &facts, error) ? image : NULL;
}

/* Writes the images as the pool has them into DISKS (nullable). */
static gboolean resolve_disks(SbPlan *plan, const GPtrArray *disks, GError **error)
{
    SB_EACH(SbMachineDisk, disk, disks) {
        SbImageFacts facts;
        g_autoptr(SbImageRecord) record = NULL;
        if (!disk->image.name)
            continue;
        const SbImage *image = look_at_image(plan, &disk->image, &facts, &record, error);
        if (!image || !sb_decide_disk(plan->fleet, disk, &facts, error))
            return FALSE;
        disk->image_volume = g_strdup(image->volume);
        disk->image_path = g_strdup(image->path);
        disk->image_format = g_strdup(image->format);
        disk->size_bytes = MAX(disk->size_bytes, image->virtual_bytes);
    }
    return TRUE;
}

static const SbPlatform *resolve_platform(SbPlan *plan, virConnect *connection,
                                          const SbGroup *group, GError **error)
{
    SbPlatform *platform = g_hash_table_lookup(plan->platforms, group->spec.arch);
    if (!platform) {
        g_autofree char *xml = sb_domain_capabilities(connection, group->spec.arch,
                                                      sb_platform_machine(group->spec.arch), error);
        platform = xml ? sb_platform_from_domain_capabilities(xml, error) : NULL;
        if (!platform)
            return NULL;
        g_hash_table_insert(plan->platforms, g_strdup(group->spec.arch), platform);
    }
    gboolean fits = sb_decide_vcpus(plan->fleet, group, platform->vcpus_max, error) &&
                    sb_decide_hardware(plan->fleet, group, platform, error);
    return fits ? platform : NULL;
}

static gboolean look_for_volume(const SbPool *pool, const char *name, gboolean *is_there_out,
                                GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, &cause);
    *is_there_out = volume != NULL;
    if (volume || g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        return TRUE;
    return sb_error_pass(error, &cause);
}

/* A domain that is shut off was stopped; or it was never started, because the process that made it
 * was killed. The first start makes the log of the console. */
static gboolean was_ever_started(const SbPlan *plan, const char *machine, gboolean *was_started_out,
                                 GError **error)
{
    g_autofree char *log = sb_console_log_name(machine);
    if (!look_for_volume(plan->pool, log, was_started_out, error))
        return FALSE;
    return *was_started_out || (sb_pool_refresh(plan->pool, error) &&
                                look_for_volume(plan->pool, log, was_started_out, error));
}

/* The names of those of the machine's volumes that are there; NULL with an error. */
static GPtrArray *find_volumes(const SbPlan *plan, const SbPlannedMachine *planned, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    const GPtrArray *disks = planned->spec.disks;
    g_ptr_array_add(found, sb_overlay_name(planned->name));
    g_ptr_array_add(found, sb_seed_name(planned->name));
    if (planned->spec.kernel.image.path)
        g_ptr_array_add(found, sb_kernel_name(planned->name));
    if (planned->spec.kernel.initrd.path)
        g_ptr_array_add(found, sb_initrd_name(planned->name));
    for (guint i = 0; disks && i < disks->len; i++)
        g_ptr_array_add(found, sb_disk_name(planned->name,
                                            ((SbMachineDisk *)g_ptr_array_index(disks, i))->name));
    for (guint i = found->len; i > 0; i--) {
        gboolean is_there;
        if (!look_for_volume(plan->pool, g_ptr_array_index(found, i - 1), &is_there, error))
            return NULL;
        if (!is_there)
            g_ptr_array_remove_index(found, i - 1);
    }
    return g_steal_pointer(&found);
}

/* What is in the way of a plan. */
typedef struct {
    GString *text;   /* a line for each thing */
    guint all, busy; /* of them belong to another run */
} Conflicts;

/* Finds the domain of MACHINE, or, if there is none, its VOLUMES_OUT. FALSE, unless a domain was
 * found. */
static gboolean find_domain(const SbPlan *plan, virConnect *connection, SbPlannedMachine *planned,
                            GPtrArray **volumes_out, GError **error)
{
    g_autoptr(GError) cause = NULL;
    planned->existing = sb_domain_find(connection, planned->name, &cause);
    if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND)) {
        g_autoptr(GError) hidden = NULL;
        *volumes_out = find_volumes(plan, planned, &hidden);
        gboolean look_again = *volumes_out && (*volumes_out)->len > 0;
        if (look_again || hidden)
            g_clear_error(&cause);
        /* Another process may have just made the machine. It makes the domain first. */
        if (look_again)
            planned->existing = sb_domain_find(connection, planned->name, &cause);
        else if (hidden)
            cause = g_steal_pointer(&hidden);
    }
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    return planned->existing != NULL;
}

static gboolean compare_with_host(const SbPlan *plan, virConnect *connection,
                                  SbPlannedMachine *planned, Conflicts *conflicts, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GPtrArray) volumes = NULL;
    SbDomainFacts domain;
    SbMachineFacts facts = {0};
    if (find_domain(plan, connection, planned, &volumes, &cause)) {
        virDomainState state = planned->existing->state;
        domain = (SbDomainFacts){.metadata = planned->existing->metadata,
                                 .is_active = sb_domain_state_is_active(state),
                                 .is_paused = state == VIR_DOMAIN_PAUSED};
        if (!domain.is_active && !was_ever_started(plan, planned->name, &domain.was_started, error))
            return FALSE;
        domain.maker = sb_claim_maker(domain.metadata);
        facts.domain = &domain;
    } else if (g_error_matches(cause, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_FOREIGN)) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): NULL matches no error */
        facts.foreign_domain = cause->message;
    } else if (!g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND)) {
        return sb_error_pass(error, &cause);
    }
    facts.volumes = volumes;
    const SbMachineWanted wanted = {planned->name, plan->fleet->name, plan->pool->name,
                                    planned->spec_hash, plan->run};
    gsize before = conflicts->text->len;
    SbMachineDecision decision = sb_decide_machine(&wanted, &facts, conflicts->text);
    planned->action = decision.action;
    planned->is_changed = decision.is_changed;
    planned->claim = decision.claim;
    conflicts->all += conflicts->text->len > before;
    conflicts->busy += facts.domain && decision.claim == SB_CLAIM_REFUSED && domain.metadata->run;
    return TRUE;
}

/* SPEC has its network decided. (transfer none) */
static const SbWarmChoice *choose_warm(SbPlan *plan, virConnect *connection,
                                       const SbMachineSpec *spec, const SbImage *image,
                                       const SbPlatform *platform, GError **error)
{
    SbWarmChoice *choice = sb_warm_choice_new(connection, plan->pool, spec, image, platform, error);
    if (choice)
        g_ptr_array_add(plan->choices, choice);
    return choice;
}

static gboolean plan_group(SbPlan *plan, SbHost *host, virConnect *connection, const SbGroup *group,
                           Conflicts *conflicts, GError **error)
{
    const SbFleetFile *file = plan->fleet;
    gulong libvirt;
    if (!sb_libvirt_versions(connection, &libvirt, NULL, error))
        return FALSE;
    const SbHostFacts facts = {.uri = sb_host_uri(host),
                               .is_privileged = sb_host_is_privileged(host),
                               .is_remote = sb_host_is_remote(host),
                               .libvirt_version = libvirt};
    g_auto(SbMachineSpec) spec = {0};
    sb_machine_spec_copy(&spec, &group->spec);
    if (!sb_decide_networks(file, group, &facts, &spec.networks, error))
        return FALSE;
    const SbImage *image = resolve_image(plan, group, error);
    const SbPlatform *platform = image ? resolve_platform(plan, connection, group, error) : NULL;
    if (!platform || !sb_decide_shares(file, group, &facts, platform, error) ||
        !resolve_disks(plan, spec.disks, error))
        return FALSE;
    const SbWarmChoice *warm = choose_warm(plan, connection, &spec, image, platform, error);
    if (!warm)
        return FALSE;
    g_autofree char *hash = sb_machine_spec_hash(&spec, image->volume);
    for (guint index = 1; index <= group->count; index++) {
        SbPlannedMachine *planned = g_new0(SbPlannedMachine, 1);
        g_ptr_array_add(plan->machines, planned);
        planned->name = sb_machine_name(file->name, group->name, index);
        planned->index = index;
        planned->group = group;
        planned->image = image;
        planned->platform = platform;
        planned->warm = warm;
        sb_machine_spec_copy(&planned->spec, &spec);
        planned->spec_hash = g_strdup(hash);
        if (!compare_with_host(plan, connection, planned, conflicts, error))
            return FALSE;
    }
    return TRUE;
}

/* A run owns the whole fleet, and removes the network with it. So a machine of the fleet that is
 * not in its file is in the way too. */
static void check_surplus(const SbPlan *plan, const SbDomain *domain, Conflicts *conflicts)
{
    SbMaker maker = sb_claim_maker(domain->metadata);
    if (!domain->metadata->run ||
        sb_decide_claim(domain->metadata, maker, plan->run) != SB_CLAIM_REFUSED)
        return;
    g_autofree char *text = sb_claim_describe(domain->name, domain->metadata, maker);
    g_string_append_printf(conflicts->text, "\n%s", text);
    conflicts->all++;
    conflicts->busy++;
}

static gboolean find_surplus(SbPlan *plan, virConnect *connection, Conflicts *conflicts,
                             GError **error)
{
    g_autoptr(GPtrArray) domains = sb_domain_list(connection, error);
    if (!domains)
        return FALSE;
    SB_EACH(const SbDomain, domain, domains) {
        if (!sb_decide_is_surplus(plan->fleet, domain->metadata))
            continue;
        g_ptr_array_add(plan->surplus, g_strdup(domain->name));
        check_surplus(plan, domain, conflicts);
    }
    return TRUE;
}

/* Without the default pool, there is no image either. An import makes this pool, but no other: so
 * the message is about the image. */
static SbPool *open_pool(virConnect *connection, const char *name, const SbFleetFile *fleet,
                         GError **error)
{
    const SbGroup *group = g_ptr_array_index(fleet->groups, 0);
    g_autoptr(GError) cause = NULL;
    SbPool *pool = sb_image_pool_open(connection, name, group->spec.image.name, &cause);
    g_autofree char *place = sb_fleet_file_place(fleet, group->spec.image.mark);
    if (g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN))
        g_prefix_error(&cause, "%s: ", place);
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    return pool;
}

SbPlan *sb_plan_new(SbHost *host, virConnect *connection, const char *pool_name,
                    const SbFleetFile *fleet, SbRun run, GError **error)
{
    g_autoptr(SbPlan) plan = g_new0(SbPlan, 1);
    plan->fleet = fleet;
    plan->run = run;
    plan->machines = g_ptr_array_new_with_free_func(planned_machine_free);
    plan->surplus = g_ptr_array_new_with_free_func(g_free);
    plan->choices = g_ptr_array_new_with_free_func((GDestroyNotify)sb_warm_choice_free);
    plan->images =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)sb_image_free);
    plan->platforms =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)sb_platform_free);
    plan->pool = open_pool(connection, pool_name, fleet, error);
    if (!plan->pool)
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    Conflicts conflicts = {.text = text};
    for (guint i = 0; i < fleet->groups->len; i++)
        if (!plan_group(plan, host, connection, g_ptr_array_index(fleet->groups, i), &conflicts,
                        error))
            return NULL;
    if (!find_surplus(plan, connection, &conflicts, error))
        return NULL;
    if (conflicts.all == 0)
        return g_steal_pointer(&plan);
    return sb_error_set_null(error, SB_PLAN_ERROR,
                             conflicts.busy == conflicts.all ? SB_PLAN_ERROR_BUSY
                                                             : SB_PLAN_ERROR_FOREIGN,
                             "the fleet '%s' cannot be made, and nothing was touched:%s%s",
                             fleet->name, text->str, conflicts.busy > 0 ? "\n" SB_CLAIM_HINT : "");
}

GPtrArray *sb_plan_hosts_in_network(const SbPlan *plan, SbNetworkKind kind)
{
    g_autoptr(GPtrArray) hosts =
        g_ptr_array_new_with_free_func((GDestroyNotify)sb_network_host_free);
    SB_EACH(const SbPlannedMachine, planned, plan->machines) {
        const SbMachineNetworks *networks = &planned->spec.networks;
        for (guint i = 0; i < networks->count; i++)
            if (networks->items[i].kind == kind)
                g_ptr_array_add(
                    hosts, sb_network_host_new(planned->name, NULL, networks->items[i].address));
    }
    return hosts->len > 0 ? g_steal_pointer(&hosts) : NULL;
}

static SbMetadata *metadata_for(const SbPlan *plan, const SbPlannedMachine *planned,
                                const char *address, const char *host_key, const char *client_key)
{
    SbMetadata *metadata = g_new0(SbMetadata, 1);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    metadata->fleet = g_strdup(plan->fleet->name);
    metadata->group = g_strdup(planned->group->name);
    metadata->index = planned->index;
    metadata->image = g_strdup(planned->image->name);
    metadata->image_volume = g_strdup(planned->image->volume);
    metadata->pool = g_strdup(plan->pool->name);
    metadata->owner_uid = geteuid();
    metadata->created = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    sb_metadata_set_lifetime(metadata, plan->fleet->lifetime_ms);
    metadata->spec_hash = g_strdup(planned->spec_hash);
    metadata->network = planned->spec.networks.items[0].kind;
    metadata->address = g_strdup(address);
    metadata->ports = sb_machine_ports_to_text(planned->spec.ports);
    metadata->login = g_strdup(planned->spec.login);
    metadata->host_key = g_strdup(host_key);
    metadata->client_key = g_strdup(client_key);
    metadata->creator = sb_process_id_self();
    metadata->creator_host = sb_metadata_host_name(g_get_host_name());
    metadata->run = plan->run == SB_RUN_UP ? NULL : g_strdup(sb_run_name(plan->run));
    return metadata;
}

/* Connects network card NUMBER of MACHINE. The address that it gets, or NULL. (transfer none) */
static const char *connect_card(SbMachine *machine, guint number,
                                SbFleetNetwork *const networks[SB_NETWORK_KINDS])
{
    SbMachineNetwork *network = &machine->spec.networks.items[number];
    const SbFleetNetwork *own = networks[network->kind];
    const SbNetworkHost *reserved = own ? sb_fleet_network_find_host(own, machine->name) : NULL;
    g_autofree char *salt =
        number ? g_strdup_printf("%s#%u", machine->name, number) : g_strdup(machine->name);
    if (own)
        network->source = g_strdup(own->name);
    /* With user networking, each machine is alone, and a frozen memory knows the MAC address. */
    network->mac = reserved                           ? g_strdup(reserved->mac)
                   : network->kind == SB_NETWORK_USER ? sb_mac_derive("user", "")
                                                      : sb_mac_derive(machine->uuid, salt);
    return reserved ? reserved->address : NULL;
}

SbMachine *sb_plan_machine(const SbPlan *plan, const SbPlannedMachine *planned,
                           SbFleetNetwork *const networks[SB_NETWORK_KINDS], const char *host_key,
                           const char *client_key)
{
    g_autofree char *overlay = sb_overlay_name(planned->name);
    g_autofree char *seed = sb_seed_name(planned->name);
    g_autofree char *kernel = sb_kernel_name(planned->name);
    g_autofree char *initrd = sb_initrd_name(planned->name);
    g_autofree char *log = sb_console_log_name(planned->name);
    SbMachine *machine = g_new0(SbMachine, 1);
    machine->name = g_strdup(planned->name);
    /* Always a new UUID: for cloud-init, a new instance-id means a first boot. */
    machine->uuid = g_uuid_string_random();
    sb_machine_spec_copy(&machine->spec, &planned->spec);
    const char *address = connect_card(machine, 0, networks);
    for (guint i = 1; i < machine->spec.networks.count; i++)
        connect_card(machine, i, networks);
    machine->overlay_path = sb_pool_path(plan->pool, overlay);
    if (planned->warm->image) {
        g_autofree char *layer = sb_warm_volume_name(planned->warm->key, SB_WARM_LAYER);
        machine->layer_path = sb_pool_path(plan->pool, layer);
    }
    SB_EACH(SbMachineDisk, disk, machine->spec.disks) {
        g_autofree char *volume = sb_disk_name(machine->name, disk->name);
        disk->path = sb_pool_path(plan->pool, volume);
    }
    machine->image_path = g_strdup(planned->image->path);
    machine->image_format = g_strdup(planned->image->format);
    machine->seed_path = sb_pool_path(plan->pool, seed);
    if (planned->spec.kernel.image.path)
        machine->kernel_path = sb_pool_path(plan->pool, kernel);
    if (planned->spec.kernel.initrd.path)
        machine->initrd_path = sb_pool_path(plan->pool, initrd);
    machine->console_log_path = sb_pool_path(plan->pool, log);
    machine->metadata = metadata_for(plan, planned, address, host_key, client_key);
    machine->platform = planned->platform;
    return machine;
}

gboolean sb_plan_check_key(const SbPlan *plan, const char *client_key, const char *directory,
                           GError **error)
{
    SB_EACH(const SbPlannedMachine, planned, plan->machines) {
        if (!planned->existing || planned->action == SB_ACTION_CREATE ||
            strcmp(planned->existing->metadata->client_key, client_key) == 0)
            continue;
        return sb_error_set(
            error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_KEY,
            "'%s' exists and was made with another key than the one in '%s' (another user made it, "
            "or the folder was deleted): 'seedbed down %s' removes it",
            planned->name, directory, planned->name);
    }
    return TRUE;
}

SbProvisionInput sb_plan_provision(const SbPlan *plan, const SbPlannedMachine *planned)
{
    return (SbProvisionInput){planned->spec.provision, plan->fleet->file, planned->is_changed};
}

/* Others may use these machines: an 'up' must not take them out of the files for a moment. */
SbAccess *sb_plan_access(const SbPlan *plan, const SbHost *host, virConnect *connection)
{
    SbAccess *access = sb_access_new(host, plan->fleet->name);
    SB_EACH(const SbPlannedMachine, planned, plan->machines)
        if (planned->existing)
            sb_access_add_domain(access, connection, planned->existing);
    return access;
}
