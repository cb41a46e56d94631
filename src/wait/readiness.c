/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/readiness.h"

#include "base/units.h"
#include "guest/ssh-port.h"
#include "wait/history.h"
#include "wait/machine-watch.h"
#include "wait/settled.h"
#include "wait/wait-login.h"

#include <string.h>

/* A login to a guest that does nothing else takes a few seconds, also an emulated one's. */
enum { LOGIN_US = 30 * 1000 * 1000 };

struct SbReadiness {
    const SbOperation *operation;
    SbAccess *access;
    SbReadinessOptions options;
    SbReadyFunc finished;
    SbMachineWatch *watch;
    GPtrArray *waits; /**< of Wait; those that are over stay until the end */
    guint vcpus;      /**< of all machines together */
};

/* One machine that is waited for. */
typedef struct {
    SbReadiness *all;
    SbReadyRequest request;
    SbWaitPhase phase;
    char *address; /**< once it is known, with `port` */
    guint16 port;
    SbStage stage;
    gint64 stage_us; /**< when the stage was reached, or the wait began */
    guint stage_deadline, total_deadline, pause; /**< sources; the last in SB_WAIT_PAUSE */
    GCancellable *looking;                       /**< (nullable) in SB_WAIT_PORT */
    SbWaitLogin *login;                          /**< (nullable) in SB_WAIT_LOGIN */
    char *doing; /**< (nullable) what cloud-init works at, with `vain` */
    SbGuestVain vain;
    char *settled; /**< (nullable) the boot in which cloud-init was done without a note */
    SbProvisioning *provisioning; /**< (nullable) in SB_WAIT_PROVISION */
    gboolean has_port;            /**< the next two are known */
    SbSshPortState port_state;
    char *said;           /**< (nullable) by a server at the port that is not ssh */
    GError *last_refusal; /**< (nullable) why the last login failed */
    SbWaitError code;     /**< of the failure, when its cause is found */
    char *late;           /**< (nullable) what was too late */
    guint nonsense;       /**< answers of cloud-init that made no sense, since the last other one */
    GError *failure;      /**< (nullable) in SB_WAIT_FAILED */
} Wait;

static void move(Wait *wait, SbWaitInput input);

static const char *name_of(const Wait *wait)
{
    return wait->request.domain->name;
}

/* Ends what the phase has begun. */
static void leave_phase(Wait *wait)
{
    g_clear_handle_id(&wait->pause, g_source_remove);
    g_cancellable_cancel(wait->looking);
    g_clear_object(&wait->looking);
    g_clear_pointer(&wait->login, sb_wait_login_free);
    g_clear_pointer(&wait->provisioning, sb_provisioning_free);
}

static void wait_free(gpointer data)
{
    Wait *wait = data;
    leave_phase(wait);
    g_clear_handle_id(&wait->stage_deadline, g_source_remove);
    g_clear_handle_id(&wait->total_deadline, g_source_remove);
    g_clear_error(&wait->last_refusal);
    g_clear_error(&wait->failure);
    g_free(wait->said);
    g_free(wait->doing);
    g_free(wait->late);
    g_free(wait->settled);
    g_free(wait->address);
    g_free(wait);
}

/* ---- failures ---- */

/* Ends the wait for the reason TEXT. */
static void fail(Wait *wait, SbWaitError code, const char *text)
{
    if (sb_wait_is_over(wait->phase))
        return;
    g_set_error(&wait->failure, SB_WAIT_ERROR, code, "'%s' is not ready: %s", name_of(wait), text);
    move(wait, SB_WAIT_GIVEN_UP);
}

/* The wait will end with CODE: its cause is looked for, and on_failed() comes. */
static void give_up(Wait *wait, SbWaitError code)
{
    wait->code = code;
    sb_machine_watch_give_up(wait->all->watch, name_of(wait));
}

/* ---- the stages of the boot, and how long they may take ---- */

/* The next stage. If a part of the console was not seen, wait for all stages up to ssh as one. */
static SbStage awaited_stage(const Wait *wait)
{
    if (wait->stage < SB_STAGE_SSH_PORT &&
        !sb_machine_watch_sees_all(wait->all->watch, name_of(wait)))
        return SB_STAGE_SSH_PORT;
    return wait->stage + 1;
}

static gint64 deadline_ms(const Wait *wait)
{
    gint64 sum = 0;
    for (SbStage stage = wait->stage + 1; stage <= awaited_stage(wait); stage++)
        sum += sb_stage_deadline_ms(stage, wait->request.is_emulated, wait->all->vcpus,
                                    sb_host_cpus(wait->all->operation->host));
    return sum;
}

/* LIMIT: (nullable) what else than the stage's own deadline was too short. */
static void fail_late(Wait *wait, const char *limit)
{
    g_autofree char *waited = sb_duration_format((g_get_monotonic_time() - wait->stage_us) / 1000);
    g_free(wait->late);
    wait->late =
        g_strdup_printf("%s%sthe stage '%s' was not reached in %s: ", limit ? limit : "",
                        limit ? ": " : "", sb_stage_rule(awaited_stage(wait))->name, waited);
    give_up(wait, SB_WAIT_ERROR_TIMEOUT);
}

static gboolean on_stage_deadline(gpointer data)
{
    Wait *wait = data;
    wait->stage_deadline = 0;
    fail_late(wait, NULL);
    return G_SOURCE_REMOVE;
}

static gboolean on_total_deadline(gpointer data)
{
    Wait *wait = data;
    wait->total_deadline = 0;
    g_autofree char *duration = sb_duration_format(wait->all->options.timeout_ms);
    g_autofree char *limit = g_strdup_printf("its %s are over", duration);
    fail_late(wait, limit);
    return G_SOURCE_REMOVE;
}

static void arm_stage_deadline(Wait *wait)
{
    g_clear_handle_id(&wait->stage_deadline, g_source_remove);
    if (wait->phase >= SB_WAIT_PROVISION || wait->stage >= SB_STAGE_READY)
        return;
    gint64 left_ms = deadline_ms(wait);
    wait->stage_deadline = g_timeout_add(MIN(left_ms, G_MAXUINT), on_stage_deadline, wait);
    SbEvent event = {.kind = SB_EVENT_AWAITS,
                     .machine = name_of(wait),
                     .stage = awaited_stage(wait),
                     .total = (guint64)left_ms};
    sb_operation_tell(wait->all->operation, &event);
}

static void reach(Wait *wait, SbStage stage)
{
    if (wait->phase == SB_WAIT_FAILED || stage <= wait->stage)
        return;
    wait->stage = stage;
    wait->stage_us = g_get_monotonic_time();
    SbEvent event = {.kind = SB_EVENT_STAGE,
                     .machine = name_of(wait),
                     .stage = stage,
                     .elapsed_ms = (wait->stage_us - wait->all->options.begun_us) / 1000};
    sb_operation_tell(wait->all->operation, &event);
    arm_stage_deadline(wait);
}

static void on_said(const char *machine, const char *line, gpointer data)
{
    const SbReadiness *all = data;
    sb_operation_tell(all->operation,
                      &(SbEvent){.kind = SB_EVENT_SAID, .machine = machine, .text = line});
}

/* ---- login ---- */

static void take_verdict(Wait *wait, const SbCloudInitVerdict *verdict)
{
    sb_history_tell_boot(wait->all->operation, name_of(wait), verdict->timeline);
    gboolean stays = wait->request.stays;
    const SbJudged machine = {wait->request.domain,
                              stays ? sb_access_directory(wait->all->access)
                                    : wait->request.evidence,
                              stays, !sb_host_is_remote(wait->all->operation->host)};
    g_autofree char *hint = NULL;
    g_autofree char *text = sb_verdict_judge(verdict, wait->all->options.demands, &machine, &hint);
    if (hint) {
        g_autofree char *with_hint = g_strdup_printf("%s\ntry: %s", text, hint);
        fail(wait, SB_WAIT_ERROR_CLOUD_INIT, with_hint);
        return;
    }
    if (text)
        sb_operation_note(wait->all->operation, name_of(wait), text);
    else
        wait->settled = g_strdup(verdict->boot_id);
    move(wait, SB_WAIT_LOGIN_DONE);
}

static void on_logged_in(gpointer data)
{
    reach(data, SB_STAGE_SSH_LOGIN);
}

static void on_doing(const char *what, SbGuestVain vain, gpointer data)
{
    Wait *wait = data;
    wait->vain = vain;
    g_free(wait->doing);
    wait->doing = g_strdup(what);
    on_said(name_of(wait), what, wait->all);
}

static void on_kept_in_vain(gpointer data)
{
    move(data, SB_WAIT_LOGIN_FAILED);
}

static void on_login_finished(SbCloudInitVerdict *taken, const GError *error, gpointer data)
{
    Wait *wait = data;
    g_autoptr(SbCloudInitVerdict) verdict = taken;
    g_clear_error(&wait->last_refusal);
    wait->nonsense = error && error->domain == SB_LOGIN_ERROR ? wait->nonsense + 1 : 0;
    if (!error) {
        if (verdict)
            take_verdict(wait, verdict);
        else
            move(wait, SB_WAIT_SETTLED);
        return;
    }
    SbLoginMeaning meaning = sb_wait_judge_login(error, wait->nonsense);
    wait->last_refusal = g_error_copy(error);
    if (meaning.is_final)
        give_up(wait, meaning.code);
    move(wait, SB_WAIT_LOGIN_FAILED);
}

static void log_in(Wait *wait)
{
    static const SbWaitLoginCallbacks callbacks = {{on_logged_in, on_doing, on_login_finished},
                                                   on_kept_in_vain};
    SbKeptShell *kept = sb_kept_shells_get(wait->all->options.shells, name_of(wait));
    const SbWaitLoginRequest request = {wait->all->operation->host, wait->all->access,
                                        wait->request.domain, kept};
    g_autoptr(GError) error = NULL;
    wait->login = sb_wait_login_new(&request, &callbacks, wait, &error);
    if (!wait->login)
        fail(wait, SB_WAIT_ERROR_STUCK, error->message);
}

/* ---- address and port ---- */

static void on_port(SbSshPortState state, const char *said, gpointer data)
{
    Wait *wait = data;
    wait->has_port = TRUE;
    wait->port_state = state;
    g_free(wait->said);
    wait->said = g_strdup(said);
    /* User networking takes every connection itself, whether the guest lives or not. */
    gboolean is_user = wait->request.domain->metadata->network == SB_NETWORK_USER;
    if (state != SB_SSH_PORT_SILENT && (!is_user || state == SB_SSH_PORT_READY))
        reach(wait, SB_STAGE_ADDRESS);
    if (state == SB_SSH_PORT_READY)
        reach(wait, SB_STAGE_SSH_PORT);
    move(wait, state == SB_SSH_PORT_READY ? SB_WAIT_PORT_ANSWERS : SB_WAIT_PORT_SILENT);
}

static void look_for_address(Wait *wait)
{
    virConnect *connection = sb_machine_watch_connection(wait->all->watch);
    if (!wait->address && connection)
        wait->address =
            sb_access_learn(wait->all->access, connection, wait->request.domain, &wait->port);
    if (!wait->address) {
        move(wait, SB_WAIT_ADDRESS_UNKNOWN);
        return;
    }
    /* If the address was not known beforehand, the guest has asked for it. */
    if (!wait->request.domain->metadata->address && wait->port == 22)
        reach(wait, SB_STAGE_ADDRESS);
    gboolean is_for_ssh = wait->request.warm ||
                          sb_wait_login_is_kept(wait->all->access, name_of(wait)) ||
                          sb_host_ssh_proxy(wait->all->operation->host);
    move(wait, is_for_ssh ? SB_WAIT_ADDRESS_FOR_SSH : SB_WAIT_ADDRESS_KNOWN);
}

/* ---- provisioning ---- */

static void on_provisioned(const GError *failure, gpointer data)
{
    Wait *wait = data;
    if (failure)
        fail(wait, SB_WAIT_ERROR_PROVISION, failure->message);
    else if (wait->request.provision.fleet_file && !wait->request.provision.is_changed)
        sb_settled_write(sb_access_directory(wait->all->access), wait->request.domain,
                         wait->settled);
    move(wait, SB_WAIT_PROVISIONED);
}

static void provision(Wait *wait)
{
    g_clear_handle_id(&wait->stage_deadline, g_source_remove); /* each step has its own time */
    if (wait->request.provision.steps)
        wait->provisioning =
            sb_provisioning_start(wait->all->operation, wait->all->access, wait->request.domain,
                                  &wait->request.provision, on_provisioned, wait);
    else
        on_provisioned(NULL, wait);
}

/* ---- phases ---- */

static gboolean on_pause_over(gpointer data)
{
    Wait *wait = data;
    wait->pause = 0;
    move(wait, SB_WAIT_PAUSE_OVER);
    return G_SOURCE_REMOVE;
}

static void end(Wait *wait)
{
    if (wait->phase == SB_WAIT_READY)
        reach(wait, SB_STAGE_READY);
    g_clear_handle_id(&wait->stage_deadline, g_source_remove);
    g_clear_handle_id(&wait->total_deadline, g_source_remove);
    sb_machine_watch_drop(wait->all->watch, name_of(wait));
    wait->all->finished(wait->request.job, wait->failure);
}

/* Moves on. Each phase begins here what it waits for. */
static void move(Wait *wait, SbWaitInput input)
{
    SbWaitPhase next = sb_wait_next(wait->phase, input);
    if (next == wait->phase)
        return;
    leave_phase(wait);
    wait->phase = next;
    switch (next) {
    case SB_WAIT_PAUSE:
        wait->pause = g_timeout_add(sb_wait_pause_ms(input), on_pause_over, wait);
        break;
    case SB_WAIT_ADDRESS:
        look_for_address(wait);
        break;
    case SB_WAIT_PORT:
        wait->looking = g_cancellable_new();
        sb_ssh_port_look(wait->address, wait->port, wait->looking, on_port, wait);
        break;
    case SB_WAIT_LOGIN:
        log_in(wait);
        break;
    case SB_WAIT_PROVISION:
        provision(wait);
        break;
    case SB_WAIT_READY:
    case SB_WAIT_FAILED:
        end(wait);
        break;
    }
}

/* ---- what is seen through libvirt ---- */

static Wait *find(const SbReadiness *all, const char *machine)
{
    for (guint i = 0; i < all->waits->len; i++)
        if (strcmp(name_of(g_ptr_array_index(all->waits, i)), machine) == 0)
            return g_ptr_array_index(all->waits, i);
    return NULL;
}

static void on_failed(const char *machine, const SbDiagnosis *diagnosis, gpointer data)
{
    Wait *wait = find(data, machine);
    g_autofree char *suffix =
        g_strdup_printf(" (last stage reached: %s)", sb_stage_rule(wait->stage)->name);
    g_autofree char *found = sb_diagnosis_text(diagnosis, suffix);
    g_autofree char *text = g_strconcat(wait->late ? wait->late : "", found, NULL);
    gboolean is_stopped = diagnosis->is_final && wait->code == SB_WAIT_ERROR_TIMEOUT;
    fail(wait, is_stopped ? SB_WAIT_ERROR_STOPPED : wait->code, text);
}

static void add_facts(const char *machine, SbFacts *facts, gpointer data)
{
    const Wait *wait = find(data, machine);
    facts->awaited = awaited_stage(wait);
    facts->idle_ms = wait->login ? 0 : sb_stage_idle_ms(facts->awaited, wait->request.is_emulated);
    facts->stays = wait->request.stays;
    facts->evidence = sb_facts_keep(facts, wait->request.evidence);
    if (!facts->address)
        facts->address = sb_facts_keep(facts, wait->address);
    facts->has_port = wait->has_port;
    facts->port = wait->port_state;
    facts->said = sb_facts_keep(facts, wait->said);
    facts->doing = sb_facts_keep(facts, wait->doing);
    facts->vain = wait->vain;
    if (wait->login && facts->awaited == SB_STAGE_SSH_LOGIN &&
        g_get_monotonic_time() - wait->stage_us > LOGIN_US)
        facts->ssh_config = sb_facts_keep(facts, sb_access_config_path(wait->all->access));
    sb_facts_set_login(facts, wait->last_refusal);
}

static void on_note(const char *text, gpointer data)
{
    sb_operation_note(((const SbReadiness *)data)->operation, NULL, text);
}

/* A guest may reset itself on its way: it grows its disk, or loads another kernel. What cloud-init
 * did not finish then is a part of its verdict. */
static void on_rebooted(const char *machine, gpointer data)
{
    const Wait *wait = find(data, machine);
    if (sb_wait_is_over(wait->phase))
        return;
    g_autofree char *text =
        g_strdup_printf("the guest rebooted before it was ready (last stage reached: %s)",
                        sb_stage_rule(wait->stage)->name);
    sb_operation_note(wait->all->operation, machine, text);
}

static void on_reached(const char *machine, SbStage stage, gpointer data)
{
    reach(find(data, machine), stage);
}

static void arm_all(gpointer data)
{
    const SbReadiness *all = data;
    for (guint i = 0; i < all->waits->len; i++)
        arm_stage_deadline(g_ptr_array_index(all->waits, i));
}

/* ---- the whole ---- */

SbReadiness *sb_readiness_new(const SbOperation *operation, SbAccess *access,
                              const SbReadinessOptions *options, SbReadyFunc finished,
                              GError **error)
{
    static const SbMachineWatchCallbacks callbacks = {.failed = on_failed,
                                                      .rebooted = on_rebooted,
                                                      .add_facts = add_facts,
                                                      .lost = arm_all,
                                                      .note = on_note,
                                                      .reached = on_reached,
                                                      .said = on_said,
                                                      .back = arm_all};
    g_autoptr(SbReadiness) all = g_new0(SbReadiness, 1);
    all->operation = operation;
    all->access = access;
    all->options = *options;
    all->finished = finished;
    all->waits = g_ptr_array_new_with_free_func(wait_free);
    all->watch = sb_machine_watch_new(operation->host, NULL, &callbacks, all, error);
    return all->watch ? g_steal_pointer(&all) : NULL;
}

void sb_readiness_free(SbReadiness *all)
{
    g_ptr_array_unref(all->waits);
    g_clear_pointer(&all->watch, sb_machine_watch_free);
    g_free(all);
}

void sb_readiness_add(SbReadiness *all, const SbReadyRequest *request)
{
    Wait *wait = g_new0(Wait, 1);
    wait->all = all;
    wait->request = *request;
    wait->code = SB_WAIT_ERROR_TIMEOUT;
    wait->stage_us = g_get_monotonic_time();
    g_ptr_array_add(all->waits, wait);
    /* It is in the boot of the frozen machine, whose cloud-init was done. */
    if (request->warm && request->warm->record->boot_id)
        sb_settled_write(sb_access_directory(all->access), request->domain,
                         request->warm->record->boot_id);
    all->vcpus += request->vcpus;
    sb_machine_watch_add(all->watch, request->domain, request->is_fresh);
    reach(wait, SB_STAGE_STARTED);
    /* The machines before it now share the host's CPUs with one more. */
    arm_all(all);
    if (all->options.timeout_ms > 0)
        wait->total_deadline =
            g_timeout_add(MIN(all->options.timeout_ms, G_MAXUINT), on_total_deadline, wait);
    move(wait, SB_WAIT_PAUSE_OVER);
}
