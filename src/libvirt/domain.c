/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain.h"

#include "base/error.h"
#include "base/retry.h"
#include "model/volume-names.h"

#include <libvirt/libvirt-qemu.h>
#include <stdlib.h>
#include <string.h>

SB_DEFINE_ERROR(sb_domain_error, SB_ERRORS_NONE)

void sb_domain_free(SbDomain *domain)
{
    g_free(domain->name);
    g_free(domain->uuid);
    g_clear_pointer(&domain->metadata, sb_metadata_free);
    g_free(domain->cmdline);
    g_free(domain->folder);
    g_free(domain);
}

const char *sb_domain_state_name(virDomainState state)
{
    static const char *const names[] = {
        [VIR_DOMAIN_NOSTATE] = "no state",     [VIR_DOMAIN_RUNNING] = "running",
        [VIR_DOMAIN_BLOCKED] = "idle",         [VIR_DOMAIN_PAUSED] = "paused",
        [VIR_DOMAIN_SHUTDOWN] = "in shutdown", [VIR_DOMAIN_SHUTOFF] = "shut off",
        [VIR_DOMAIN_CRASHED] = "crashed",      [VIR_DOMAIN_PMSUSPENDED] = "pmsuspended",
    };
    return (gsize)state < G_N_ELEMENTS(names) ? names[state] : "unknown";
}

gboolean sb_domain_state_is_active(virDomainState state)
{
    return state != VIR_DOMAIN_SHUTOFF && state != VIR_DOMAIN_CRASHED &&
           state != VIR_DOMAIN_NOSTATE;
}

/* The folder of the first disk or console log in DEVICES (nullable) that is called as one of
 * machine NAME. (transfer full) (nullable) */
static char *find_folder(xmlNode *devices, const char *name)
{
    static const char *const kinds[][3] = {{"disk", "source", "file"}, {"serial", "log", "file"}};
    for (gsize i = 0; devices && i < G_N_ELEMENTS(kinds); i++)
        for (xmlNode *device = sb_xml_first(devices, kinds[i][0]); device;
             device = sb_xml_next(device, kinds[i][0])) {
            g_autofree char *path = sb_xml_attribute(device, kinds[i][1], kinds[i][2]);
            g_autofree char *file = path ? g_path_get_basename(path) : NULL;
            g_autofree char *machine = file ? sb_machine_of_volume(file) : NULL;
            if (g_strcmp0(machine, name) == 0)
                return g_path_get_dirname(path);
        }
    return NULL;
}

/* A domain is ours if it has our metadata, and the name in it is its own. */
static SbDomain *describe(virDomain *domain, GError **error)
{
    const char *name = virDomainGetName(domain);
    g_autofree char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    if (!xml)
        return sb_libvirt_set_error_null(error, "cannot read about the domain '%s'", name);
    g_autoptr(SbMetadata) metadata = sb_metadata_parse(xml, NULL);
    g_autofree char *own_name = metadata ? sb_metadata_machine_name(metadata) : NULL;
    if (g_strcmp0(own_name, name) != 0)
        return sb_error_set_null(
            error, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_FOREIGN,
            "the domain '%s' exists, but seedbed did not make it: rename the fleet or "
            "the group, or remove that domain with virsh",
            name);
    int state = VIR_DOMAIN_NOSTATE;
    if (virDomainGetState(domain, &state, NULL, 0) < 0)
        return sb_libvirt_set_error_null(error, "cannot read the state of the domain '%s'", name);
    char uuid[VIR_UUID_STRING_BUFLEN];
    virDomainGetUUIDString(domain, uuid);
    SbDomain *described = g_new0(SbDomain, 1);
    described->name = g_strdup(name);
    described->uuid = g_strdup(uuid);
    described->state = state;
    described->metadata = g_steal_pointer(&metadata);
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, NULL);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    described->cmdline = root ? sb_xml_text(root, "os/cmdline") : NULL;
    described->folder = find_folder(root ? sb_xml_find(root, "devices") : NULL, name);
    return described;
}

static int compare_domains(gconstpointer a, gconstpointer b)
{
    const SbMetadata *first = (*(SbDomain *const *)a)->metadata;
    const SbMetadata *second = (*(SbDomain *const *)b)->metadata;
    int order = strcmp(first->fleet, second->fleet);
    if (order == 0)
        order = strcmp(first->group, second->group);
    return order ? order : (first->index > second->index) - (first->index < second->index);
}

/* Foreign domains, and those that were removed since the listing, are passed over. */
static gboolean add_domain(GPtrArray *domains, virDomain *domain, GError **error)
{
    g_autoptr(GError) cause = NULL;
    SbDomain *described = describe(domain, &cause);
    if (described)
        g_ptr_array_add(domains, described);
    if (!cause || g_error_matches(cause, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_FOREIGN) ||
        g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        return TRUE;
    return sb_error_pass(error, &cause);
}

GPtrArray *sb_domain_list(virConnect *connection, GError **error)
{
    g_autofree virDomainPtr *all = NULL;
    int count = virConnectListAllDomains(connection, &all, 0);
    if (count < 0)
        return sb_libvirt_set_error_null(error, "cannot list the domains");
    g_autoptr(GPtrArray) domains = g_ptr_array_new_with_free_func((GDestroyNotify)sb_domain_free);
    gboolean is_whole = TRUE;
    for (int i = 0; i < count; i++) {
        is_whole = is_whole && add_domain(domains, all[i], error);
        virDomainFree(all[i]);
    }
    g_ptr_array_sort(domains, compare_domains);
    return is_whole ? g_steal_pointer(&domains) : NULL;
}

SbDomain *sb_domain_find(virConnect *connection, const char *name, GError **error)
{
    g_autoptr(virDomain) domain = virDomainLookupByName(connection, name);
    if (!domain)
        return sb_libvirt_set_error_null(error,
                                         sb_libvirt_last_is(VIR_ERR_NO_DOMAIN)
                                             ? "no machine '%s'"
                                             : "cannot look for the machine '%s'",
                                         name);
    return describe(domain, error);
}

virDomain *sb_domain_open(virConnect *connection, const char *uuid, GError **error)
{
    virDomain *domain = virDomainLookupByUUIDString(connection, uuid);
    if (!domain)
        sb_libvirt_set_error(error, "cannot find the domain '%s'", uuid);
    return domain;
}

gboolean sb_domain_open_if_there(virConnect *connection, const char *uuid, virDomain **domain_out,
                                 GError **error)
{
    g_autoptr(GError) cause = NULL;
    *domain_out = sb_domain_open(connection, uuid, &cause);
    if (!cause || g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        return TRUE;
    return sb_error_pass(error, &cause);
}

gboolean sb_domain_is_off(virDomain *domain)
{
    gboolean is_off = virDomainIsActive(domain) == 0;
    virResetLastError();
    return is_off;
}

gboolean sb_domain_disk_errors(virDomain *domain, char **errors_out, GError **error)
{
    int disks = virDomainGetDiskErrors(domain, NULL, 0, 0);
    g_autofree virDomainDiskError *failed = g_new0(virDomainDiskError, MAX(disks, 1));
    int count = disks > 0 ? virDomainGetDiskErrors(domain, failed, (unsigned int)disks, 0) : disks;
    if (count < 0)
        return sb_libvirt_set_error(error, "cannot ask for the disks of '%s' that failed",
                                    virDomainGetName(domain));
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < count; i++) {
        g_string_append_printf(text, "%s%s: %s", i ? ", " : "", failed[i].disk,
                               failed[i].error == VIR_DOMAIN_DISK_ERROR_NO_SPACE
                                   ? "no space left"
                                   : "input/output error");
        free(failed[i].disk);
    }
    *errors_out = count > 0 ? g_strdup(text->str) : NULL;
    return TRUE;
}

gboolean sb_domain_is_connected(virDomain *domain)
{
    gboolean is_connected = virConnectIsAlive(virDomainGetConnect(domain)) == 1;
    virResetLastError();
    return is_connected;
}

/* Whether the last error says that the host lacks an emulator. */
static gboolean is_impossible(void)
{
    return sb_libvirt_last_is(VIR_ERR_INVALID_ARG) || sb_libvirt_last_is(VIR_ERR_NO_SUPPORT) ||
           sb_libvirt_last_is(VIR_ERR_CONFIG_UNSUPPORTED);
}

char *sb_domain_capabilities(virConnect *connection, const char *arch, const char *machine,
                             GError **error)
{
    char *xml = virConnectGetDomainCapabilities(connection, NULL, arch, machine, NULL, 0);
    if (!xml)
        sb_libvirt_set_error(error,
                             is_impossible()
                                 ? "the libvirt host cannot run %s guests (install "
                                   "'qemu-system-arm' for aarch64, 'qemu-system-x86' for x86_64; "
                                   "if it is there, 'chmod 755' lets it run)"
                                 : "cannot ask libvirt what its host can do for '%s' guests",
                             arch);
    return xml;
}

static gboolean has_uuid(virDomain *domain, const char *uuid)
{
    char found[VIR_UUID_STRING_BUFLEN];
    return virDomainGetUUIDString(domain, found) == 0 && g_ascii_strcasecmp(found, uuid) == 0;
}

gboolean sb_domain_check_name(virConnect *connection, const char *name, const char *uuid,
                              gboolean *is_replaced_out, GError **error)
{
    g_autoptr(virDomain) named = virDomainLookupByName(connection, name);
    *is_replaced_out = named && (!uuid || !has_uuid(named, uuid));
    if (named)
        return TRUE;
    virError *cause = virSaveLastError();
    return sb_libvirt_is_fine(sb_libvirt_is_absence(cause), cause, error,
                              "cannot see which domain is called '%s' now", name);
}

/* The first validations of a libvirtd, if they run at the same time, can disturb each other:
 * libxml2 sets up the types of schemas without a lock, and one call finds none ("Unable to parse
 * RNG"). In 27 of 28 cases the next call finds them. Otherwise that libvirtd can never validate
 * again: then define the domain without validation. */
static virDomain *define_validated(virConnect *connection, const char *xml)
{
    SbRetry retry = {.tries = 3, .pause_ms = 50};
    do {
        virDomain *domain = virDomainDefineXMLFlags(connection, xml, VIR_DOMAIN_DEFINE_VALIDATE);
        if (domain || !strstr(virGetLastErrorMessage(), "Unable to parse RNG"))
            return domain;
    } while (sb_retry_again(&retry));
    return virDomainDefineXMLFlags(connection, xml, 0);
}

gboolean sb_domain_define(virConnect *connection, xmlDoc *document, GError **error)
{
    g_autofree char *xml = sb_xml_to_string(document);
    g_autoptr(virDomain) domain = define_validated(connection, xml);
    if (domain)
        return TRUE;
    virError *cause = virSaveLastError();
    g_autofree char *name = sb_xml_text(xmlDocGetRootElement(document), "name");
    g_autofree char *uuid = sb_xml_text(xmlDocGetRootElement(document), "uuid");
    /* libvirt has no code of its own for a name that is taken. And only its answer may be lost:
     * nobody else has this UUID. */
    g_autoptr(virDomain) existing = virDomainLookupByName(connection, name);
    gboolean is_defined = existing && uuid && has_uuid(existing, uuid);
    if (sb_libvirt_is_fine(existing != NULL, cause, error, "cannot define the domain '%s'", name) &&
        !is_defined)
        g_set_error(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_EXISTS,
                    "the domain '%s' exists already", name);
    return is_defined;
}

/* A call failed with *CAUSE, perhaps only because all was so already, and that cannot be seen: then
 * *CAUSE is why not. */
static void cannot_see(virError **cause)
{
    virFreeError(*cause);
    *cause = virSaveLastError();
}

/* Whether DOMAIN is ACTIVE (1) or off (0), after a call for that failed with *CAUSE. */
static gboolean is_now(virDomain *domain, int active, virError **cause)
{
    int answer = virDomainIsActive(domain);
    if (answer < 0)
        cannot_see(cause);
    return answer == active;
}

gboolean sb_domain_start_paused(virDomain *domain, GError **error)
{
    if (virDomainCreateWithFlags(domain, VIR_DOMAIN_START_PAUSED) == 0)
        return TRUE;
    virError *cause = virSaveLastError();
    gboolean is_started = is_now(domain, 1, &cause);
    return sb_libvirt_is_fine(is_started, cause, error, "cannot start the domain '%s'",
                              virDomainGetName(domain));
}

gboolean sb_domain_resume(virDomain *domain, GError **error)
{
    if (virDomainResume(domain) == 0)
        return TRUE;
    virError *cause = virSaveLastError();
    int state = VIR_DOMAIN_NOSTATE;
    if (virDomainGetState(domain, &state, NULL, 0) < 0)
        cannot_see(&cause);
    return sb_libvirt_is_fine(state == VIR_DOMAIN_RUNNING, cause, error,
                              "cannot let the domain '%s' run", virDomainGetName(domain));
}

gboolean sb_domain_shut_down(virDomain *domain, GError **error)
{
    if (virDomainShutdown(domain) == 0)
        return TRUE;
    virError *cause = virSaveLastError();
    gboolean is_off = is_now(domain, 0, &cause);
    return sb_libvirt_is_fine(is_off, cause, error, "cannot power '%s' off",
                              virDomainGetName(domain));
}

gboolean sb_domain_has_shut_down(virDomain *domain, GError **error)
{
    static const char *const ends[] = {
        [VIR_DOMAIN_SHUTOFF_DESTROYED] = "somebody destroyed it",
        [VIR_DOMAIN_SHUTOFF_CRASHED] = "its guest crashed",
        [VIR_DOMAIN_SHUTOFF_FAILED] = "its QEMU process died",
    };
    int state, reason;
    if (virDomainGetState(domain, &state, &reason, 0) < 0)
        return sb_libvirt_set_error(error, "cannot read the state of the domain '%s'",
                                    virDomainGetName(domain));
    if (state == VIR_DOMAIN_SHUTOFF && reason == VIR_DOMAIN_SHUTOFF_SHUTDOWN)
        return TRUE;
    gboolean is_known = state == VIR_DOMAIN_SHUTOFF && reason >= 0 &&
                        (gsize)reason < G_N_ELEMENTS(ends) && ends[reason];
    return sb_error_set(error, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_NOT_OFF,
                        "'%s' has not powered off as it was asked to: %s", virDomainGetName(domain),
                        is_known ? ends[reason] : sb_domain_state_name((virDomainState)state));
}

void sb_domain_halt(virDomain *domain)
{
    virDomainSuspend(domain);
    virResetLastError();
}

gboolean sb_domain_stop(virDomain *domain, GError **error)
{
    if (virDomainDestroyFlags(domain, 0) == 0)
        return TRUE;
    if (sb_libvirt_last_is(VIR_ERR_NO_DOMAIN)) {
        virResetLastError();
        return TRUE;
    }
    virError *cause = virSaveLastError();
    gboolean is_off = is_now(domain, 0, &cause) || sb_libvirt_is_absence(cause);
    return sb_libvirt_is_fine(is_off, cause, error, "cannot stop the domain '%s'",
                              virDomainGetName(domain));
}

gboolean sb_domain_save(virDomain *domain, GError **error)
{
    if (virDomainManagedSave(domain, 0) == 0)
        return TRUE;
    virError *cause = virSaveLastError();
    gboolean is_off = is_now(domain, 0, &cause);
    return sb_libvirt_is_fine(is_off, cause, error, "cannot save the memory of '%s'",
                              virDomainGetName(domain));
}

gboolean sb_domain_undefine(virDomain *domain, GError **error)
{
    if (virDomainUndefineFlags(
            domain, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
                        VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | VIR_DOMAIN_UNDEFINE_NVRAM) == 0)
        /* libvirt may just have got to a start that a client asked for before it was killed. */
        return sb_domain_stop(domain, error);
    if (sb_libvirt_last_is(VIR_ERR_NO_DOMAIN)) {
        virResetLastError();
        return TRUE;
    }
    return sb_libvirt_set_error(error, "cannot undefine the domain '%s'", virDomainGetName(domain));
}

gboolean sb_domain_set_metadata(virDomain *domain, const SbMetadata *metadata, GError **error)
{
    g_autofree char *xml = sb_metadata_to_xml(metadata);
    guint flags = VIR_DOMAIN_AFFECT_CONFIG;
    if (virDomainIsActive(domain) == 1)
        flags |= VIR_DOMAIN_AFFECT_LIVE;
    if (virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, xml, SB_METADATA_PREFIX,
                             SB_METADATA_URI, flags) == 0)
        return TRUE;
    return sb_libvirt_set_error(error, "cannot write the metadata of '%s'",
                                virDomainGetName(domain));
}

char *sb_domain_monitor(virDomain *domain, const char *command, GError **error)
{
    char *reply = NULL;
    if (virDomainQemuMonitorCommand(domain, command, &reply, VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP) <
        0)
        return sb_libvirt_set_error_null(error, "QEMU's monitor of '%s' did not take '%s'",
                                         virDomainGetName(domain), command);
    return reply ? reply : g_strdup("");
}
