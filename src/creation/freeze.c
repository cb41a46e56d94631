/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/freeze.h"

#include "base/capped-text.h"
#include "base/error.h"
#include "base/text.h"
#include "guest/guest-command-wait.h"
#include "guest/guest-command.h"
#include "guest/identity.h"
#include "guest/port-shell.h"
#include "image/warm-image.h"
#include "libvirt/domain-link.h"
#include "libvirt/memory-image.h"
#include "model/channel-names.h"
#include "model/volume-names.h"

/* An emulated guest that shares its CPUs with others takes minutes to write zeros. */
enum { LISTEN_MS = 5 * 60 * 1000, CONNECT_MS = 5 * 60 * 1000, QUIESCE_MS = 15 * 60 * 1000 };

SB_DEFINE_ERROR(sb_freeze_error, SB_ERRORS_NONE)

/* LISTEN is done before: it needs the main loop. */
typedef enum { UNPLUG, QUIESCE, SAVE, LAYER, RECORD, DONE } Phase;

typedef struct {
    const SbFreezeRequest *request;
    GCancellable *cancellable;
    gboolean is_privileged;
    const SbPool *pool;
    virDomain *domain;
    char *key;
} Freezing;

static void set_guest_error(GError **error, const SbDomain *domain, const char *words)
{
    g_set_error(error, SB_FREEZE_ERROR, SB_FREEZE_ERROR_GUEST, "'%s' cannot be frozen: %s",
                domain->name, words);
}

/* ---- by ssh ---- */

static void take_line(const SbEvent *event, gpointer data)
{
    sb_capped_text_add(data, event->text, event->length);
    sb_capped_text_add(data, "\n", 1);
}

static gboolean listen(const SbOperation *operation, const SbFreezeRequest *request, GError **error)
{
    g_autofree char *script = sb_identity_install_script(request->arch);
    g_autoptr(SbCappedText) output = sb_capped_text_new(1000, 1000);
    const SbGuestCommandRequest command = {
        .script = script, .user = "root", .timeout_ms = LISTEN_MS, .connect_ms = CONNECT_MS};
    const SbOperation listening = {operation->host, operation->cancellable, take_line, output};
    int status;
    if (!sb_guest_command_wait(&listening, request->access, request->domain->name, &command,
                               &status, error))
        return FALSE;
    if (status == 0)
        return TRUE;
    GString *text = sb_capped_text_get(output);
    g_autofree char *words = sb_text_sanitize(text->str, text->len);
    g_string_free(text, TRUE);
    set_guest_error(error, request->domain, g_strstrip(words));
    return FALSE;
}

/* ---- over the port, and on the libvirt host ---- */

static gboolean quiesce(Freezing *freezing, GError **error)
{
    const SbDomain *domain = freezing->request->domain;
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbPort) port = sb_port_open(freezing->domain, SB_RESULTS_CHANNEL, error);
    if (!port)
        return FALSE;
    g_autofree char *script =
        sb_identity_quiesce_script(domain->metadata->login, domain->metadata->client_key);
    if (sb_port_shell_run(port, script, QUIESCE_MS, freezing->cancellable, &cause))
        return TRUE;
    if (cause->domain == SB_PORT_SHELL_ERROR || cause->domain == SB_PORT_ERROR)
        set_guest_error(error, domain, cause->message);
    else
        g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

static gboolean unplug(Freezing *freezing, GError **error)
{
    return sb_domain_set_link(freezing->domain, FALSE, error);
}

/* The name is free: who freezes has the template's domain, which is the reservation. */
static gboolean save(Freezing *freezing, GError **error)
{
    g_autofree char *name = sb_warm_volume_name(freezing->key, SB_WARM_MEMORY_IMAGE);
    return sb_memory_image_save(freezing->domain, freezing->pool, name, error);
}

static gboolean copy_layer(Freezing *freezing, GError **error)
{
    const SbFreezeRequest *request = freezing->request;
    g_autofree char *overlay_name = sb_overlay_name(request->domain->name);
    g_autofree char *name = sb_warm_volume_name(freezing->key, SB_WARM_LAYER);
    SbVolumeSizes sizes;
    g_autoptr(virStorageVol) overlay = sb_volume_find(freezing->pool, overlay_name, error);
    if (!overlay || !sb_volume_sizes(overlay, &sizes, error))
        return FALSE;
    g_autoptr(xmlDoc) xml =
        sb_layer_volume_xml(name, sizes.capacity_bytes, request->image_path, request->image_format,
                            0444, freezing->is_privileged);
    g_autoptr(virStorageVol) layer = sb_volume_create_from(freezing->pool, xml, overlay, error);
    return layer != NULL;
}

static gboolean write_record(Freezing *freezing, GError **error)
{
    return sb_warm_image_publish(freezing->pool, freezing->request->record, freezing->is_privileged,
                                 error);
}

static gboolean (*const phases[DONE])(Freezing *freezing, GError **error) = {
    [UNPLUG] = unplug,    [QUIESCE] = quiesce,     [SAVE] = save,
    [LAYER] = copy_layer, [RECORD] = write_record,
};

static gboolean run_phases(Freezing *freezing, GError **error)
{
    if (!sb_warm_image_remove(freezing->pool, freezing->key, error))
        return FALSE;
    for (Phase phase = UNPLUG; phase < DONE; phase++)
        if (g_cancellable_set_error_if_cancelled(freezing->cancellable, error) ||
            !phases[phase](freezing, error))
            return FALSE;
    return TRUE;
}

static gboolean freeze(const SbOperation *operation, gpointer data, GError **error)
{
    const SbFreezeRequest *request = data;
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    virConnect *connection = lease.connection;
    g_autoptr(SbPool) pool =
        connection ? sb_pool_open(connection, request->domain->metadata->pool, NULL, error) : NULL;
    g_autoptr(virDomain) domain =
        pool ? sb_domain_open(connection, request->domain->uuid, error) : NULL;
    if (!domain)
        return FALSE;
    g_autofree char *key = sb_warm_recipe_key(&request->record->recipe);
    Freezing freezing = {.request = request,
                         .cancellable = operation->cancellable,
                         .is_privileged = sb_host_is_privileged(operation->host),
                         .pool = pool,
                         .domain = domain,
                         .key = key};
    if (run_phases(&freezing, error))
        return TRUE;
    g_autoptr(GError) left = NULL;
    if (!sb_warm_image_remove(pool, key, &left))
        g_prefix_error(error, "(parts of 'warm-%s' are left: %s) ", key, left->message);
    return FALSE;
}

gboolean sb_freeze_run(const SbOperation *operation, const SbFreezeRequest *request, GError **error)
{
    if (!listen(operation, request, error))
        return FALSE;
    /* Its link goes down next, and ssh would not see that for minutes. */
    sb_guest_command_forget_connection(request->access, request->domain->name);
    return sb_operation_run_beside(operation, "freeze", freeze, (gpointer)request, error);
}
