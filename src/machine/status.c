/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/status.h"

#include "base/loop.h"
#include "base/units.h"
#include "diagnose/examine.h"
#include "guest/login.h"
#include "guest/ssh-port.h"
#include "libvirt/domain-network.h"
#include "machine/lookup.h"
#include "machine/snapshot-files.h"
#include "machine/unreached.h"
#include "rules/evidence-lines.h"

void sb_status_free(SbStatus *status)
{
    if (!status)
        return;
    g_free(status->state);
    g_clear_pointer(&status->verdict, sb_cloud_init_verdict_free);
    sb_diagnosis_free(status->diagnosis);
    g_clear_pointer(&status->ports, g_ptr_array_unref);
    g_clear_pointer(&status->snapshots, g_ptr_array_unref);
    g_free(status);
}

/* For the port, the login, and the answer: an emulated guest that is busy takes 20 s for a
 * connection. */
enum { WAIT_MS = 60 * 1000 };

/* One call of sb_status(). */
typedef struct {
    const SbOperation *operation;
    const SbDomain *domain;
    SbFacts *facts;
    SbLoop *loop;
    SbCloudInitVerdict *verdict;
    gboolean is_in;
    guint deadline;  /**< a source: of the port, the login, or the answer */
    GError *refusal; /**< (nullable) why the login failed */
} Asking;

static gboolean examine(gpointer data, GError **error)
{
    Asking *asking = data;
    sb_examine_now(asking->operation->host, asking->domain->uuid, asking->facts);
    return TRUE;
}

/* ---- port and login ---- */

static void on_port(SbSshPortState state, const char *said, gpointer data)
{
    Asking *asking = data;
    asking->facts->has_port = TRUE;
    asking->facts->port = state;
    asking->facts->said = sb_facts_keep(asking->facts, said);
    sb_loop_end(asking->loop);
}

static gboolean on_late(gpointer data)
{
    Asking *asking = data;
    asking->deadline = 0;
    g_autofree char *limit = sb_duration_format(WAIT_MS);
    if (!asking->facts->has_port && asking->facts->awaited == SB_STAGE_SSH_PORT)
        on_port(SB_SSH_PORT_CLOSED, NULL, asking);
    else if (asking->is_in)
        g_set_error(&asking->refusal, SB_LOGIN_ERROR, SB_LOGIN_ERROR_LATE,
                    "'cloud-init status' did not answer within %s", limit);
    else
        g_set_error(&asking->refusal, SB_SSH_ERROR, SB_SSH_ERROR_BROKEN,
                    "no login was completed within %s", limit);
    sb_loop_end(asking->loop);
    return G_SOURCE_REMOVE;
}

static void set_deadline(Asking *asking, guint ms)
{
    if (asking->deadline)
        g_source_remove(asking->deadline);
    asking->deadline = ms > 0 ? g_timeout_add(ms, on_late, asking) : 0;
}

/* FALSE if no ssh server answers. */
static gboolean look_at_port(Asking *asking, const char *address, guint16 port)
{
    g_autoptr(SbLoop) loop = sb_loop_new(asking->operation->cancellable, NULL, NULL);
    g_autoptr(GCancellable) looking = g_cancellable_new();
    asking->loop = loop;
    sb_ssh_port_look(address, port, looking, on_port, asking);
    set_deadline(asking, WAIT_MS);
    sb_loop_wait(loop);
    set_deadline(asking, 0);
    g_cancellable_cancel(looking);
    return asking->facts->has_port && asking->facts->port == SB_SSH_PORT_READY;
}

static void on_logged_in(gpointer data)
{
    Asking *asking = data;
    asking->is_in = TRUE;
    set_deadline(asking, WAIT_MS);
}

static void on_finished(SbCloudInitVerdict *verdict, const GError *error, gpointer data)
{
    Asking *asking = data;
    asking->verdict = verdict;
    asking->refusal = error ? g_error_copy(error) : NULL;
    asking->facts->ssh_config = NULL;
    sb_loop_end(asking->loop);
}

static gboolean log_in(Asking *asking, const SbAccess *access, GError **error)
{
    static const SbLoginCallbacks callbacks = {on_logged_in, NULL, on_finished};
    const SbLoginRequest request = {
        .config_path = sb_access_config_path(access),
        .machine = asking->domain->name,
        .flags = sb_host_ssh_proxy(asking->operation->host) ? SB_LOGIN_PROXIED : 0};
    g_autoptr(SbLoop) loop = sb_loop_new(asking->operation->cancellable, NULL, NULL);
    asking->loop = loop;
    g_autoptr(SbLogin) login = sb_login_start(&request, &callbacks, asking, error);
    if (!login)
        return FALSE;
    asking->facts->ssh_config = sb_facts_keep(asking->facts, request.config_path);
    set_deadline(asking, WAIT_MS);
    sb_loop_wait(loop);
    set_deadline(asking, 0);
    sb_facts_set_login(asking->facts, asking->refusal);
    return TRUE;
}

/* Where the machine is reached, and its cloud-init's verdict if it can be asked. */
static gboolean ask(Asking *asking, virConnect *connection, GError **error)
{
    SbHost *host = asking->operation->host;
    guint16 port;
    g_autofree char *address = sb_access_find(connection, asking->domain, &port, NULL);
    asking->facts->awaited = address ? SB_STAGE_SSH_PORT : SB_STAGE_ADDRESS;
    if (!address)
        return TRUE;
    asking->facts->address = sb_facts_keep(asking->facts, address);
    g_autoptr(SbAccess) access =
        sb_lookup_fleet_access(host, connection, asking->domain->metadata->fleet, error);
    if (!access)
        return FALSE;
    if (!sb_host_ssh_proxy(host) && !look_at_port(asking, address, port))
        return TRUE;
    asking->facts->awaited = SB_STAGE_SSH_LOGIN;
    return log_in(asking, access, error);
}

static gboolean conclude(Asking *asking, SbStatus *status, GError **error)
{
    if (g_cancellable_set_error_if_cancelled(asking->operation->cancellable, error))
        return FALSE;
    status->verdict = g_steal_pointer(&asking->verdict);
    if (status->verdict)
        return TRUE;
    status->diagnosis =
        sb_unreached_diagnose(asking->operation, asking->domain->uuid, asking->facts);
    return !g_cancellable_set_error_if_cancelled(asking->operation->cancellable, error);
}

SbStatus *sb_status(const SbOperation *operation, const char *name, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    g_autoptr(SbDomain) domain =
        lease.connection ? sb_lookup_machine(lease.connection, name, error) : NULL;
    if (!domain)
        return NULL;
    g_autoptr(SbStatus) status = g_new0(SbStatus, 1);
    status->ports = sb_domain_ports(lease.connection, domain);
    status->snapshots = sb_snapshot_names(lease.connection, domain);
    g_autoptr(SbFacts) facts = sb_facts_of_domain(operation->host, domain);
    facts->is_thorough = TRUE;
    Asking asking = {.operation = operation, .domain = domain, .facts = facts};
    gboolean is_asked = sb_loop_run_beside("examination", examine, &asking, error);
    status->state = sb_evidence_state(facts->has_state ? facts->state : domain->state,
                                      facts->has_state ? facts->reason : -1);
    status->diagnosis = sb_diagnose_end(facts);
    if (is_asked && !status->diagnosis)
        is_asked = ask(&asking, lease.connection, error) && conclude(&asking, status, error);
    g_clear_pointer(&asking.verdict, sb_cloud_init_verdict_free);
    g_clear_error(&asking.refusal);
    return is_asked ? g_steal_pointer(&status) : NULL;
}
