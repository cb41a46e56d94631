/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/snapshot.h"

#include "base/array.h"
#include "base/error.h"
#include "fleet-file/machine-disks.h"
#include "guest/guest-clock.h"
#include "guest/guest-command.h"
#include "libvirt/domain-network.h"
#include "libvirt/memory-image.h"
#include "libvirt/volume-stream.h"
#include "machine/lookup.h"
#include "machine/snapshot-files.h"
#include "model/volume-names.h"

#include <string.h>

SB_DEFINE_ERROR(sb_snapshot_error, SB_ERRORS_ALL)

/* One piece of work in another thread. */
typedef struct {
    const char *machine;
    char *name; /**< (nullable) of the snapshot; found if it was not given */
    gboolean (*function)(gpointer work, GError **error);
    virConnect *connection;
    const SbPool *pool;
    gboolean is_privileged;
    SbDomain *domain;
    virDomain *handle;
    GPtrArray *known;       /**< of SbSnapshotRecord */
    SbSnapshotRecord *used; /**< the snapshot that was restored */
} Work;

static void work_clear(Work *work)
{
    g_clear_pointer(&work->name, g_free);
    g_clear_pointer(&work->domain, sb_domain_free);
    g_clear_pointer(&work->used, sb_snapshot_record_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

static gboolean run_beside(const SbOperation *operation, gpointer data, GError **error)
{
    Work *work = data;
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    work->connection = lease.connection;
    work->is_privileged = sb_host_is_privileged(operation->host);
    work->domain =
        lease.connection ? sb_lookup_machine(lease.connection, work->machine, error) : NULL;
    g_autoptr(SbPool) pool =
        work->domain ? sb_pool_open(lease.connection, work->domain->metadata->pool, NULL, error)
                     : NULL;
    g_autoptr(virDomain) handle =
        pool && sb_lookup_check_answers(operation->host, work->domain, error)
            ? sb_domain_open(lease.connection, work->domain->uuid, error)
            : NULL;
    g_autoptr(GPtrArray) known = handle ? sb_snapshot_list(pool, work->domain, error) : NULL;
    if (!known)
        return FALSE;
    work->pool = pool;
    work->handle = handle;
    work->known = known;
    return work->function(work, error);
}

static gboolean run(const SbOperation *operation, Work *work, GError **error)
{
    return sb_operation_run_beside(operation, "snapshot", run_beside, work, error);
}

/* (transfer none) (nullable) */
static const SbSnapshotRecord *find_known(const Work *work, const char *name)
{
    SB_EACH(const SbSnapshotRecord, record, work->known)
        if (strcmp(record->name, name) == 0)
            return record;
    return NULL;
}

static void set_unknown(const Work *work, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);
    SB_EACH(const SbSnapshotRecord, record, work->known)
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", record->name);
    g_set_error(error, SB_SNAPSHOT_ERROR, SB_SNAPSHOT_ERROR_UNKNOWN,
                "'%s' has no snapshot%s%s%s (%s%s): 'seedbed snapshot %s' makes one", work->machine,
                work->name ? " '" : "", work->name ? work->name : "", work->name ? "'" : "",
                names->len ? "there is " : "there is none", names->str, work->machine);
}

/* ---- volumes ---- */

static gboolean remove_volumes(const Work *work, const char *name, GError **error)
{
    g_autoptr(GPtrArray) volumes = sb_snapshot_volumes(work->pool, work->machine, name, error);
    if (!volumes)
        return FALSE;
    SB_EACH(const char, volume, volumes)
        if (!sb_volume_delete(work->pool, volume, error))
            return FALSE;
    return TRUE;
}

/* Copies the qcow2 FROM, with its base, to a volume NAME. */
static gboolean copy_disk(const Work *work, const char *from, const char *name, gboolean is_frozen,
                          GError **error)
{
    g_autoptr(virStorageVol) source = sb_volume_find(work->pool, from, error);
    g_autoptr(SbVolumeInfo) info = source ? sb_volume_describe(source, error) : NULL;
    if (!info)
        return FALSE;
    g_autoptr(xmlDoc) xml =
        is_frozen ? sb_layer_volume_xml(name, info->capacity_bytes, info->backing_path,
                                        info->backing_format, 0400, work->is_privileged)
                  : sb_overlay_volume_xml(name, info->capacity_bytes, info->backing_path,
                                          info->backing_format);
    g_autoptr(virStorageVol) copy = sb_volume_create_from(work->pool, xml, source, error);
    return copy != NULL;
}

static gboolean write_record(const Work *work, gboolean has_memory, GError **error)
{
    g_autoptr(SbSnapshotRecord) record =
        sb_snapshot_record_new(work->name, work->domain->uuid, has_memory);
    g_autofree char *json = sb_snapshot_record_to_json(record);
    g_autofree char *name = sb_snapshot_volume_name(work->machine, work->name, SB_SNAPSHOT_RECORD);
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(xmlDoc) xml =
        sb_upload_volume_xml(name, g_bytes_get_size(bytes), 0644, work->is_privileged);
    g_autoptr(virStorageVol) volume = sb_volume_create(work->pool, xml, error);
    return volume && sb_volume_upload_bytes(volume, bytes, error);
}

/* ---- taking ---- */

static gboolean choose_name(Work *work, GError **error)
{
    for (guint number = 1; !work->name; number++) {
        g_autofree char *name = g_strdup_printf("%u", number);
        if (!find_known(work, name))
            work->name = g_steal_pointer(&name);
    }
    if (!find_known(work, work->name))
        return TRUE;
    return sb_error_set(
        error, SB_SNAPSHOT_ERROR, SB_SNAPSHOT_ERROR_EXISTS,
        "'%s' has a snapshot '%s' already: 'seedbed snapshot --remove %s %s' removes it",
        work->machine, work->name, work->machine, work->name);
}

/* Calls FUNCTION with each disk beside the first that is called as one of OWNER: the machine, or a
 * snapshot of it. */
static gboolean for_each_disk(const Work *work, const char *owner,
                              gboolean (*function)(const Work *work, const char *disk,
                                                   const char *volume, GError **error),
                              GError **error)
{
    g_autoptr(GPtrArray) volumes = sb_pool_list_names(work->pool, error);
    if (!volumes)
        return FALSE;
    SB_EACH(const char, volume, volumes) {
        g_autofree char *disk = sb_disk_of_volume(owner, volume);
        if (disk && !function(work, disk, volume, error))
            return FALSE;
    }
    return TRUE;
}

/* The volume with the copy of DISK. (transfer full) */
static char *copy_name(const Work *work, const char *disk)
{
    g_autofree char *prefix = sb_snapshot_prefix(work->machine, work->name);
    return sb_disk_name(prefix, disk);
}

static gboolean keep_more(const Work *work, const char *disk, const char *volume, GError **error)
{
    g_autofree char *copy = copy_name(work, disk);
    return copy_disk(work, volume, copy, TRUE, error);
}

static gboolean keep_disks(const Work *work, gboolean has_memory, GError **error)
{
    g_autofree char *overlay = sb_overlay_name(work->machine);
    g_autofree char *disk = sb_snapshot_volume_name(work->machine, work->name, SB_SNAPSHOT_DISK);
    return copy_disk(work, overlay, disk, TRUE, error) &&
           for_each_disk(work, work->machine, keep_more, error) &&
           write_record(work, has_memory, error);
}

/* The ports that lead to the machine end with its QEMU. */
static gboolean start_from(const Work *work, const char *memory, gboolean is_paused, GError **error)
{
    return sb_memory_image_restore(work->connection, work->pool, memory, is_paused, error) &&
           sb_domain_forward_ports(work->handle, work->domain->metadata, error);
}

static gboolean go_on(const Work *work, const char *memory, gboolean is_paused, GError **error)
{
    if (start_from(work, memory, is_paused, error))
        return TRUE;
    g_prefix_error(
        error, "the snapshot was taken, but '%s' is off now ('seedbed restore %s' tries again): ",
        work->machine, work->machine);
    return FALSE;
}

static gboolean take_running(const Work *work, GError **error)
{
    g_autofree char *memory =
        sb_snapshot_volume_name(work->machine, work->name, SB_SNAPSHOT_MEMORY);
    gboolean is_paused = work->domain->state == VIR_DOMAIN_PAUSED;
    if (!sb_memory_image_save(work->handle, work->pool, memory, error))
        return FALSE;
    g_autoptr(GError) cause = NULL;
    gboolean is_kept = keep_disks(work, TRUE, &cause);
    if (go_on(work, memory, is_paused, is_kept ? error : NULL) && is_kept)
        return TRUE;
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

static gboolean take(gpointer data, GError **error)
{
    Work *work = data;
    /* What a snapshot that was cut off has left has no record, and so no name that is known. */
    if (!choose_name(work, error) || !remove_volumes(work, work->name, error))
        return FALSE;
    gboolean is_active = sb_domain_state_is_active(work->domain->state);
    g_autoptr(GError) cause = NULL;
    if (is_active ? take_running(work, &cause) : keep_disks(work, FALSE, &cause))
        return TRUE;
    /* If the machine is off, the snapshot is the only thing to go on from. */
    g_autoptr(GError) left = NULL;
    if ((!is_active || !sb_domain_is_off(work->handle)) && !remove_volumes(work, work->name, &left))
        sb_error_append(&cause, "\nand not all of it could be taken back: %s", left->message);
    return sb_error_pass(error, &cause);
}

/* ---- going back ---- */

static gboolean find_wanted(Work *work, GError **error)
{
    const SbSnapshotRecord *found = NULL;
    if (work->name)
        found = find_known(work, work->name);
    else if (work->known->len > 0)
        found = g_ptr_array_index(work->known, work->known->len - 1);
    if (!found) {
        set_unknown(work, error);
        return FALSE;
    }
    if (!work->name)
        work->name = g_strdup(found->name);
    work->used = sb_snapshot_record_new(found->name, found->uuid, found->has_memory);
    g_free(work->used->created);
    work->used->created = g_strdup(found->created);
    return TRUE;
}

static gboolean has_copy(const Work *work, const char *disk, G_GNUC_UNUSED const char *volume,
                         GError **error)
{
    g_autofree char *copy = copy_name(work, disk);
    g_autoptr(virStorageVol) kept = sb_volume_find(work->pool, copy, error);
    return kept != NULL;
}

static gboolean put_back(const Work *work, const char *disk, const char *copy, GError **error)
{
    g_autofree char *volume = sb_disk_name(work->machine, disk);
    return sb_volume_delete(work->pool, volume, error) &&
           copy_disk(work, copy, volume, FALSE, error);
}

static gboolean restore(gpointer data, GError **error)
{
    Work *work = data;
    if (!find_wanted(work, error))
        return FALSE;
    g_autofree char *overlay = sb_overlay_name(work->machine);
    g_autofree char *disk = sb_snapshot_volume_name(work->machine, work->name, SB_SNAPSHOT_DISK);
    g_autofree char *memory =
        sb_snapshot_volume_name(work->machine, work->name, SB_SNAPSHOT_MEMORY);
    /* Before anything goes: whether there is something to go back to. */
    g_autofree char *prefix = sb_snapshot_prefix(work->machine, work->name);
    g_autoptr(virStorageVol) kept = sb_volume_find(work->pool, disk, error);
    if (!kept || !for_each_disk(work, work->machine, has_copy, error) ||
        !sb_domain_stop(work->handle, error) || !sb_volume_delete(work->pool, overlay, error) ||
        !copy_disk(work, disk, overlay, FALSE, error) ||
        !for_each_disk(work, prefix, put_back, error))
        return FALSE;
    return !work->used->has_memory || start_from(work, memory, FALSE, error);
}

static gboolean remove_one_or_all(gpointer data, GError **error)
{
    Work *work = data;
    if (work->name && !find_known(work, work->name)) {
        set_unknown(work, error);
        return FALSE;
    }
    return remove_volumes(work, work->name, error);
}

/* ---- the guest, afterwards ---- */

/* The guest was away for a while: its clock is late, and its connections may be dead. */
static void wake(const SbOperation *operation, const char *machine)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbAccess) access = NULL;
    {
        g_auto(SbLease) lease = sb_lease_take(operation->host, &error);
        access = lease.connection
                     ? sb_lookup_access(operation->host, lease.connection, machine, &error)
                     : NULL;
    }
    if (access)
        sb_guest_command_forget_connection(access, machine);
    if (access && sb_guest_clock_set(operation, access, machine, &error))
        return;
    g_autofree char *text = g_strdup_printf("its clock could not be set: %s", error->message);
    sb_operation_note(operation, machine, text);
}

/* ---- all of it ---- */

gboolean sb_snapshot_take(const SbOperation *operation, const char *machine, const char *name,
                          char **name_out, GError **error)
{
    g_auto(Work) work = {.machine = machine, .name = g_strdup(name), .function = take};
    if (!run(operation, &work, error))
        return FALSE;
    if (work.domain->state == VIR_DOMAIN_RUNNING)
        wake(operation, machine);
    *name_out = g_steal_pointer(&work.name);
    return TRUE;
}

gboolean sb_snapshot_restore(const SbOperation *operation, const char *machine, const char *name,
                             SbSnapshotRecord **used_out, GError **error)
{
    g_auto(Work) work = {.machine = machine, .name = g_strdup(name), .function = restore};
    if (!run(operation, &work, error))
        return FALSE;
    if (work.used->has_memory)
        wake(operation, machine);
    *used_out = g_steal_pointer(&work.used);
    return TRUE;
}

gboolean sb_snapshot_remove(const SbOperation *operation, const char *machine, const char *name,
                            GError **error)
{
    g_auto(Work) work = {.machine = machine, .name = g_strdup(name), .function = remove_one_or_all};
    return run(operation, &work, error);
}
