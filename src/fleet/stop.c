/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/stop.h"

#include "base/array.h"
#include "base/error.h"
#include "machine/claim.h"
#include "machine/lookup.h"
#include "machine/power-off.h"

enum { ASK_MS = 2 * 60 * 1000 };

SB_DEFINE_ERROR(sb_stop_error, SB_ERRORS_NONE)

GPtrArray *sb_stop_find(SbHost *host, const char *const *names, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(host, error);
    g_autoptr(GPtrArray) domains =
        lease.connection ? sb_lookup_names(lease.connection, names, error) : NULL;
    if (!domains)
        return NULL;
    SB_EACH(const SbDomain, domain, domains) {
        SbMaker maker = sb_claim_maker(domain->metadata);
        if (sb_decide_claim(domain->metadata, maker, SB_RUN_UP) != SB_CLAIM_REFUSED)
            continue;
        g_autofree char *text = sb_claim_describe(domain->name, domain->metadata, maker);
        return sb_error_set_null(error, SB_STOP_ERROR, SB_STOP_ERROR_BUSY,
                                 "%s; nothing was touched", text);
    }
    return g_steal_pointer(&domains);
}

static void tell(const SbOperation *operation, SbEventKind kind, const SbDomain *domain,
                 const char *text)
{
    SbEvent event = {.kind = kind, .machine = domain->name, .text = text};
    sb_operation_tell(operation, &event);
}

/* ---- without asking ---- */

typedef struct {
    const GPtrArray *domains; /* of SbDomain */
    SbStopHow how;
} Ending;

static gboolean end_one(const SbOperation *operation, const SbDomain *domain, SbStopHow how,
                        GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    g_autoptr(virDomain) handle =
        lease.connection ? sb_domain_open(lease.connection, domain->uuid, error) : NULL;
    if (!handle ||
        (how == SB_STOP_SAVE && !sb_lookup_check_answers(operation->host, domain, error)) ||
        !(how == SB_STOP_SAVE ? sb_domain_save(handle, error) : sb_domain_stop(handle, error)))
        return FALSE;
    tell(operation, SB_EVENT_STEP, domain, how == SB_STOP_SAVE ? "saved" : "stopped");
    return TRUE;
}

/* Goes on after a failure: the error names each machine that was not stopped. */
static gboolean end_all(const SbOperation *operation, gpointer data, GError **error)
{
    const Ending *ending = data;
    g_autoptr(GString) failures = g_string_new(NULL);
    SB_EACH(const SbDomain, domain, ending->domains) {
        g_autoptr(GError) cause = NULL;
        if (g_cancellable_set_error_if_cancelled(operation->cancellable, error))
            return FALSE;
        if (!end_one(operation, domain, ending->how, &cause))
            g_string_append_printf(failures, "%s'%s' was not stopped: %s",
                                   failures->len > 0 ? "\n" : "", domain->name, cause->message);
    }
    if (failures->len > 0)
        g_set_error_literal(error, SB_STOP_ERROR, SB_STOP_ERROR_FAILED, failures->str);
    return failures->len == 0;
}

static gboolean end(const SbOperation *operation, const GPtrArray *domains, SbStopHow how,
                    GError **error)
{
    Ending ending = {domains, how};
    return domains->len == 0 || sb_operation_run_beside(operation, "stop", end_all, &ending, error);
}

/* ---- all of it ---- */

/* Asks RUNNING, and moves those that do not react to DEAF. */
static gboolean ask(const SbOperation *operation, const GPtrArray *running, gint64 limit_ms,
                    GPtrArray *deaf, GError **error)
{
    if (running->len == 0)
        return TRUE;
    g_autoptr(GPtrArray) late = sb_power_off(operation, running, limit_ms, error);
    if (!late)
        return FALSE;
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    SB_EACH(SbDomain, domain, running) {
        g_autoptr(virDomain) handle = NULL;
        if (!lease.connection ||
            !sb_domain_open_if_there(lease.connection, domain->uuid, &handle, error))
            return FALSE;
        if (!handle || sb_domain_is_off(handle))
            continue;
        tell(operation, SB_EVENT_NOTE, domain, "has not powered off, and is stopped");
        g_ptr_array_add(deaf, domain);
    }
    return TRUE;
}

static gboolean can_be_asked(const SbOperation *operation, const SbDomain *domain)
{
    gboolean answers = sb_lookup_check_answers(operation->host, domain, NULL);
    if (!answers)
        tell(operation, SB_EVENT_NOTE, domain,
             "cannot be asked, because a signal has stopped its QEMU process: it is ended");
    return answers && domain->state != VIR_DOMAIN_PAUSED;
}

gboolean sb_stop(const SbOperation *operation, const char *const *names,
                 const SbStopOptions *options, GError **error)
{
    g_autoptr(GPtrArray) domains = sb_stop_find(operation->host, names, error);
    if (!domains)
        return FALSE;
    g_autoptr(GPtrArray) running = g_ptr_array_new();
    g_autoptr(GPtrArray) others = g_ptr_array_new();
    SB_EACH(SbDomain, domain, domains) {
        if (!sb_domain_state_is_active(domain->state))
            tell(operation, SB_EVENT_NOTE, domain, "is off already");
        else if (options->how == SB_STOP_ASK && can_be_asked(operation, domain))
            g_ptr_array_add(running, domain);
        else
            g_ptr_array_add(others, domain);
    }
    gint64 limit_ms = options->timeout_ms > 0 ? options->timeout_ms : ASK_MS;
    return ask(operation, running, limit_ms, others, error) &&
           end(operation, others, options->how, error);
}
