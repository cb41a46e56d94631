/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "build/build-layer.h"

#include "base/capped-text.h"
#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "build/build-recipe.h"
#include "build/golden-image.h"
#include "creation/run-wait.h"
#include "guest/guest-command-wait.h"
#include "machine/claim.h"
#include "machine/keep-evidence.h"
#include "machine/power-off.h"
#include "machine/take-down.h"

#include <string.h>
#include <unistd.h>

enum {
    CONNECT_MS = 5 * 60 * 1000, /**< to a machine that ssh has reached before */
    CLEAN_MS = 30 * 60 * 1000,
    CHECK_MS = 60 * 60 * 1000,
    OFF_MS = 15 * 60 * 1000,
};

SB_DEFINE_ERROR(sb_build_machine_error, SB_ERRORS_NONE)

/* A machine that is up. */
typedef struct {
    const SbOperation *operation;
    const SbBuildMachine *request;
    SbFleetFile *fleet;
    char *name;
    SbDomain *domain;
    SbAccess *access;
} Booted;

static void step(const Booted *booted, const char *what)
{
    SbEvent event = {.kind = SB_EVENT_STEP, .machine = booted->name, .text = what};
    sb_operation_tell(booted->operation, &event);
}

/* ---- up and down ---- */

static void booted_clear(Booted *booted)
{
    g_clear_pointer(&booted->fleet, sb_fleet_file_free);
    g_clear_pointer(&booted->domain, sb_domain_free);
    g_clear_pointer(&booted->access, sb_access_free);
    g_clear_pointer(&booted->name, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Booted, booted_clear)

static void make_fleet(Booted *booted, const char *purpose)
{
    const SbBuildMachine *request = booted->request;
    g_autofree char *name = request->fleet ? g_strdup(request->fleet)
                                           : g_strdup_printf("%s-%08x", purpose, g_random_int());
    booted->fleet =
        sb_fleet_file_of_one(request->file, name, request->group, "vm", request->image->name);
    booted->name = sb_machine_name(name, "vm", 1);
}

static gboolean find_machine(Booted *booted, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(booted->operation->host, error);
    virConnect *connection = lease.connection;
    booted->domain = connection ? sb_domain_find(connection, booted->name, error) : NULL;
    g_autoptr(GPtrArray) domains = g_ptr_array_new();
    g_ptr_array_add(domains, booted->domain);
    booted->access = booted->domain ? sb_access_load(booted->operation->host, connection,
                                                     booted->fleet->name, domains, error)
                                    : NULL;
    if (!booted->access)
        return FALSE;
    if (strcmp(booted->domain->metadata->image_volume, booted->request->image->volume) == 0)
        return TRUE;
    return sb_error_set(error, SB_BUILD_MACHINE_ERROR, SB_BUILD_MACHINE_ERROR_BASE,
                        "the image '%s' was imported again during the build: try again",
                        booted->request->image->name);
}

/* A machine that is kept is for whoever looks into it. CAUSE says so, and whether that failed. */
static void release(const Booted *booted, GError **cause)
{
    g_autoptr(GError) left = NULL;
    g_auto(SbLease) lease = sb_lease_take(booted->operation->host, &left);
    if (lease.connection && !sb_claim_release(lease.connection, booted->name, &left) &&
        !g_error_matches(left, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        g_prefix_error(cause, "(%s) ", left->message);
}

static gboolean boot(Booted *booted, GError **error)
{
    g_autoptr(GError) cause = NULL;
    const SbBringUpOptions *options = &booted->request->up;
    while (!sb_bring_up_run(booted->operation, booted->fleet, options, NULL, &cause)) {
        if (sb_run_wait_after(booted->operation, booted->fleet, options, &cause))
            continue;
        if (options->keep)
            release(booted, &cause);
        return sb_error_pass(error, &cause);
    }
    return TRUE;
}

/* Removes the machine, also after a failure. With `keep`, a machine that failed stays, and CAUSE
 * says so. */
static gboolean take_down(const Booted *booted, GError **cause, GError **error)
{
    const char *names[] = {booted->fleet->name, NULL};
    if (*cause && booted->request->up.keep &&
        !g_cancellable_is_cancelled(booted->operation->cancellable)) {
        release(booted, cause);
        g_prefix_error(cause, "(the machine '%s' is kept: 'seedbed down %s' removes it) ",
                       booted->name, names[0]);
        g_propagate_error(error, g_steal_pointer(cause));
        return FALSE;
    }
    guint count = 0;
    const SbOperation removing = {.host = booted->operation->host};
    g_autoptr(GError) left = NULL;
    if (!sb_take_down_run(&removing, names, names, NULL, &count, &left))
        sb_error_append(cause, "\n%s", left->message);
    if (*cause)
        g_propagate_error(error, g_steal_pointer(cause));
    else if (left)
        g_propagate_error(error, g_steal_pointer(&left));
    else
        return TRUE;
    return FALSE;
}

/* ---- cleaning ---- */

static void take_line(const SbEvent *event, gpointer data)
{
    sb_capped_text_add(data, event->text, event->length);
    sb_capped_text_add(data, "\n", 1);
}

static gboolean clean(Booted *booted, GError **error)
{
    const SbMetadata *metadata = booted->domain->metadata;
    g_autofree char *script = sb_build_clean_script(metadata->login, metadata->client_key);
    g_autoptr(SbCappedText) output = sb_capped_text_new(2000, 2000);
    SbGuestCommandRequest request = {
        .script = script, .user = "root", .timeout_ms = CLEAN_MS, .connect_ms = CONNECT_MS};
    SbOperation cleaning = {booted->operation->host, booted->operation->cancellable, take_line,
                            output};
    int status;
    step(booted, "cleaning");
    if (!sb_guest_command_wait(&cleaning, booted->access, booted->name, &request, &status, error))
        return FALSE;
    if (status == 0)
        return TRUE;
    GString *text = sb_capped_text_get(output);
    g_autofree char *safe = sb_text_sanitize(text->str, text->len);
    g_string_free(text, TRUE);
    return sb_error_set(error, SB_BUILD_MACHINE_ERROR, SB_BUILD_MACHINE_ERROR_CLEAN,
                        "'%s' could not be made fit for an image: %s", booted->name,
                        g_strchomp(safe));
}

/* ---- powering off ---- */

/* A guest also ends when it crashes or when its disk fails. But then its disk lacks some of its
 * data. */
static gboolean check_off(const Booted *booted, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(booted->operation->host, error);
    virConnect *connection = lease.connection;
    g_autoptr(virDomain) domain =
        connection ? sb_domain_open(connection, booted->domain->uuid, error) : NULL;
    gboolean is_off = domain && sb_domain_has_shut_down(domain, error);
    return is_off;
}

static gboolean power_off(Booted *booted, GError **error)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, booted->domain);
    step(booted, "powering off");
    SbOperation silent = {booted->operation->host, booted->operation->cancellable, NULL, NULL};
    g_autoptr(GPtrArray) late = sb_power_off(&silent, one, OFF_MS, error);
    if (late && late->len == 0)
        return check_off(booted, error);
    if (late)
        g_set_error(error, SB_BUILD_MACHINE_ERROR, SB_BUILD_MACHINE_ERROR_OFF,
                    "'%s' does not power off: does it react to the power button (systemd-logind, "
                    "acpid), or have the guest agent?",
                    booted->name);
    return FALSE;
}

/* ---- all of it ---- */

static int pack(Booted *booted, GError **error)
{
    if (!find_machine(booted, error) || !clean(booted, error) || !power_off(booted, error))
        return -1;
    step(booted, "packing its disk");
    return sb_golden_image_pack(booted->operation, booted->domain, booted->request->image->path,
                                error);
}

/* Before the machine is taken back. The message of CAUSE (nullable) then names the folder. */
static void keep_evidence(const Booted *booted, GError **cause)
{
    gboolean is_stopped = g_cancellable_is_cancelled(booted->operation->cancellable);
    if (!*cause || is_stopped)
        return;
    const char *const names[] = {booted->name, NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = sb_keep_evidence(booted->operation, names, (*cause)->message, &error);
    g_autoptr(GError) before = g_steal_pointer(cause);
    *cause = g_error_new(before->domain, before->code, "%s\n%s: %s", before->message,
                         folder ? "the whole evidence" : "no evidence was kept",
                         folder ? folder : error->message);
}

int sb_build_machine_pack(const SbOperation *operation, const SbBuildMachine *machine,
                          GError **error)
{
    g_auto(Booted) booted = {.operation = operation, .request = machine};
    g_autoptr(GError) cause = NULL;
    make_fleet(&booted, "build");
    if (!boot(&booted, error))
        return -1;
    int fd = pack(&booted, &cause);
    keep_evidence(&booted, &cause);
    if (take_down(&booted, &cause, error))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static gboolean check(Booted *booted, const char *command, int *status_out, GError **error)
{
    SbGuestCommandRequest request = {
        .script = command, .timeout_ms = CHECK_MS, .connect_ms = CONNECT_MS};
    if (!find_machine(booted, error))
        return FALSE;
    step(booted, "checking");
    return sb_guest_command_wait(booted->operation, booted->access, booted->name, &request,
                                 status_out, error);
}

gboolean sb_build_machine_check(const SbOperation *operation, const SbBuildMachine *machine,
                                const char *command, int *status_out, GError **error)
{
    g_auto(Booted) booted = {.operation = operation, .request = machine};
    g_autoptr(GError) cause = NULL;
    make_fleet(&booted, "check");
    if (!boot(&booted, error))
        return FALSE;
    check(&booted, command, status_out, &cause);
    keep_evidence(&booted, &cause);
    return take_down(&booted, &cause, error);
}
