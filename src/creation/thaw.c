/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/thaw.h"

#include "base/error.h"
#include "guest/guest-clock.h"
#include "guest/identity.h"
#include "guest/port-shell.h"
#include "libvirt/domain-link.h"
#include "libvirt/domain.h"
#include "libvirt/memory-image.h"
#include "model/channel-names.h"
#include "model/device-addresses.h"
#include "model/volume-names.h"

#include <string.h>

/* It takes a second; many emulated guests at one time take longer. */
enum { TELL_MS = 3 * 60 * 1000 };

SB_DEFINE_ERROR(sb_thaw_error, SB_ERRORS_NONE)

typedef enum { COPY, HEAD, RESTORE, DELETE, SELF, CLOCK, LINK, NETWORK, DONE } Phase;

typedef struct {
    const SbThaw *thaw;
    SbUndo *undo;
    char *memory; /**< the volume with the copy */
    virDomain *domain;
    SbPort *port; /**< from SELF on */
    SbIdentity identity;
} Thawing;

static void thawing_clear(Thawing *thawing)
{
    g_clear_pointer(&thawing->port, sb_port_free);
    g_clear_pointer(&thawing->domain, virDomainFree);
    g_clear_pointer(&thawing->memory, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Thawing, thawing_clear)

static gboolean copy_memory(Thawing *thawing, GError **error)
{
    const SbThaw *thaw = thawing->thaw;
    g_autofree char *frozen = sb_warm_volume_name(thaw->warm->key, SB_WARM_MEMORY_IMAGE);
    sb_undo_add_unlisted_volume(thawing->undo, thawing->memory);
    return sb_memory_image_copy(thaw->pool, frozen, thawing->memory, 0600, thaw->is_privileged,
                                error);
}

/* libvirt does not compare the XML with the memory. */
static gboolean check_addresses(const char *frozen_xml, const char *xml, GError **error)
{
    g_autofree char *frozen = sb_device_addresses(frozen_xml, error);
    g_autofree char *wanted = frozen ? sb_device_addresses(xml, error) : NULL;
    if (!wanted)
        return FALSE;
    if (strcmp(frozen, wanted) == 0)
        return TRUE;
    return sb_error_set(error, SB_THAW_ERROR, SB_THAW_ERROR_REFUSED,
                        "its devices are at other addresses than those of the new machine");
}

static gboolean write_head(Thawing *thawing, GError **error)
{
    const SbPool *pool = thawing->thaw->pool;
    g_autoptr(SbSavedImage) saved = sb_memory_image_read(pool, thawing->memory, error);
    g_autofree char *defined = saved ? sb_memory_image_domain_xml(thawing->domain, error) : NULL;
    if (!defined || !check_addresses(saved->xml, defined, error))
        return FALSE;
    g_autofree char *xml = sb_domain_xml_with_link(defined, FALSE, error);
    g_autoptr(GBytes) head = xml ? sb_saved_image_head(saved, xml, error) : NULL;
    return head && sb_memory_image_write(pool, thawing->memory, head, error);
}

static gboolean restore(Thawing *thawing, GError **error)
{
    const SbThaw *thaw = thawing->thaw;
    return sb_memory_image_restore(thaw->connection, thaw->pool, thawing->memory, FALSE, error);
}

static gboolean delete_copy(Thawing *thawing, GError **error)
{
    return sb_volume_delete(thawing->thaw->pool, thawing->memory, error);
}

static gboolean tell_self(Thawing *thawing, GError **error)
{
    thawing->port = sb_port_open(thawing->domain, SB_RESULTS_CHANNEL, error);
    g_autofree char *script = sb_identity_self_script(&thawing->identity);
    return thawing->port &&
           sb_port_shell_run(thawing->port, script, TELL_MS, thawing->thaw->cancellable, error);
}

static gboolean tell_time(Thawing *thawing, GError **error)
{
    gint64 told_us;
    guint told = 0;
    do {
        g_autofree char *script =
            g_strdup_printf("date -s @%" G_GINT64_FORMAT " >/dev/null\n", sb_guest_clock_now());
        told_us = g_get_monotonic_time();
        if (!sb_port_shell_run(thawing->port, script, TELL_MS, thawing->thaw->cancellable, error))
            return FALSE;
    } while (++told < SB_GUEST_CLOCK_TRIES &&
             !sb_guest_clock_is_right(told_us, g_get_monotonic_time()));
    return TRUE;
}

static gboolean set_link_up(Thawing *thawing, GError **error)
{
    return sb_domain_set_link(thawing->domain, TRUE, error);
}

static gboolean tell_network(Thawing *thawing, GError **error)
{
    g_autofree char *script = sb_identity_network_script(&thawing->identity);
    return sb_port_shell_run(thawing->port, script, TELL_MS, thawing->thaw->cancellable, error);
}

/* Whether a failure is the warm image's fault, unless libvirt or the user went meanwhile. */
static const struct {
    gboolean (*run)(Thawing *thawing, GError **error);
    gboolean is_refusal;
} phases[DONE] = {
    [COPY] = {copy_memory, FALSE},   [HEAD] = {write_head, TRUE},      [RESTORE] = {restore, TRUE},
    [DELETE] = {delete_copy, FALSE}, [SELF] = {tell_self, TRUE},       [CLOCK] = {tell_time, TRUE},
    [LINK] = {set_link_up, FALSE},   [NETWORK] = {tell_network, TRUE},
};

/* A host without memory is not the warm image's fault either. What libvirt says of the warm image,
 * it says when it starts from it: another call that fails is libvirt's fault. */
static gboolean is_other_fault(Phase phase, const GError *error)
{
    return (phase != RESTORE && error->domain == SB_LIBVIRT_ERROR) ||
           g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_DISCONNECTED) ||
           g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_UNREACHABLE) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
           strstr(error->message, g_strerror(ENOMEM)) || strstr(error->message, g_strerror(ENOSPC));
}

static void fail(Phase phase, GError *cause, GError **error)
{
    if (phases[phase].is_refusal && !is_other_fault(phase, cause)) {
        g_set_error_literal(error, SB_THAW_ERROR, SB_THAW_ERROR_REFUSED, cause->message);
        g_error_free(cause);
    } else {
        g_propagate_error(error, cause);
    }
}

gboolean sb_thaw_run(const SbThaw *thaw, SbUndo *undo, GError **error)
{
    const SbMachine *machine = thaw->machine;
    const SbMachineNetworks *networks = &machine->spec.networks;
    char *macs[SB_NETWORKS_MAX + 1] = {NULL};
    for (guint i = 0; i < networks->count; i++)
        macs[i] = networks->items[i].mac;
    g_auto(Thawing) thawing = {.thaw = thaw, .undo = undo};
    thawing.memory = sb_memory_name(machine->name);
    thawing.identity = (SbIdentity){.name = machine->name,
                                    .uuid = machine->uuid,
                                    .macs = macs,
                                    .login = machine->metadata->login,
                                    .client_key = machine->metadata->client_key,
                                    .host_private_key = thaw->host_key->private_key,
                                    .host_public_key = thaw->host_key->public_key};
    thawing.domain = sb_domain_open(thaw->connection, machine->uuid, error);
    if (!thawing.domain)
        return FALSE;
    for (Phase phase = COPY; phase < DONE; phase++) {
        GError *cause = NULL;
        if (!g_cancellable_set_error_if_cancelled(thaw->cancellable, &cause) &&
            phases[phase].run(&thawing, &cause))
            continue;
        fail(phase, cause, error);
        return FALSE;
    }
    return TRUE;
}
