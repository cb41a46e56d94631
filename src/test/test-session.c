/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-session.h"

#include "base/array.h"
#include "base/error.h"
#include "fleet/down.h"
#include "fleet/up.h"
#include "guest/access.h"
#include "guest/kept-shell.h"
#include "machine/claim.h"
#include "machine/keep-evidence.h"
#include "tap/flaky.h"
#include "test/step-results.h"
#include "test/test-facts.h"
#include "test/test-run.h"
#include "test/test-sources.h"
#include "wait/history.h"

#include <string.h>

/* ---- the work ---- */

SbTestWork *sb_test_work_new(const SbFleetFile *file, const SbTestSelection *selection,
                             SbDiagnostics *diagnostics, GError **error)
{
    g_autoptr(SbTestWork) work = g_new0(SbTestWork, 1);
    work->selection = *selection;
    work->inputs = sb_test_sources_find(file, diagnostics);
    if (work->inputs)
        work->runs = sb_test_plan(file, work->inputs, selection, error);
    return work->runs ? g_steal_pointer(&work) : NULL;
}

void sb_test_work_free(SbTestWork *work)
{
    if (!work)
        return;
    g_clear_pointer(&work->runs, g_ptr_array_unref);
    g_clear_pointer(&work->inputs, g_ptr_array_unref);
    g_free(work);
}

/* ---- the session ---- */

/* One call of sb_test(). */
typedef struct {
    const SbOperation *operation;
    const SbFleetFile *fleet;
    const SbTestWork *work;
    const SbTestOptions *options;
    SbReport *report;
    GPtrArray *made;   /**< of char *: machines */
    gboolean is_alone; /**< all machines of the fleet are made by this run */
    gboolean is_emulated;
    GString *accelerators;
    GHashTable *failures; /**< machine to why it did not come up */
} Session;

static void session_clear(Session *session)
{
    g_ptr_array_unref(session->made);
    g_hash_table_unref(session->failures);
    g_string_free(session->accelerators, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Session, session_clear)

static void tell(const Session *session, SbEventKind kind, const char *text)
{
    SbEvent event = {.kind = kind, .text = text};
    sb_operation_tell(session->operation, &event);
}

/* ---- up ---- */

static void add_planned(Session *session, const SbEvent *event)
{
    g_autofree char *name = sb_test_facts_accelerator(event->platform);
    session->is_alone &= event->number == SB_ACTION_CREATE;
    session->is_emulated |= sb_platform_is_emulated(event->platform);
    if (!strstr(session->accelerators->str, name))
        g_string_append_printf(session->accelerators, "%s%s",
                               session->accelerators->len ? "; " : "", name);
}

static void on_event(const SbEvent *event, gpointer data)
{
    Session *session = data;
    if (event->kind == SB_EVENT_PLANNED)
        add_planned(session, event);
    else if (event->kind == SB_EVENT_SURPLUS)
        session->is_alone = FALSE;
    else if (event->kind == SB_EVENT_MADE && event->number)
        g_ptr_array_add(session->made, g_strdup(event->machine));
    else if (event->kind == SB_EVENT_MADE)
        session->is_alone = FALSE;
    else if (event->kind == SB_EVENT_FINISHED && event->error)
        g_hash_table_replace(session->failures, g_strdup(event->machine),
                             g_strdup(event->error->message));
    sb_operation_tell(session->operation, event);
}

/* No machine could be used: that is the result of each run. */
static void add_not_run(const Session *session, const GError *error)
{
    const GPtrArray *runs = session->work->runs;
    SB_EACH(const SbTestRun, run, runs) {
        const char *why =
            run->machine ? g_hash_table_lookup(session->failures, run->machine) : NULL;
        g_autofree char *reason =
            why ? g_strdup(why) : g_strdup_printf("not run: %s", error->message);
        SbSuite *suite = sb_step_results_not_run(run, FALSE, reason);
        sb_test_run_tell_not_run(session->operation, suite);
        sb_report_add_suite(session->report, suite);
    }
}

/* ---- the run ---- */

static gboolean is_in_file(const SbFleetFile *file, const SbMetadata *metadata)
{
    SB_EACH(const SbGroup, group, file->groups)
        if (strcmp(metadata->group, group->name) == 0 && metadata->index <= group->count)
            return strcmp(metadata->fleet, file->name) == 0;
    return FALSE;
}

/* The machines that FILE has, with what libvirt knows about them: of SbDomain. (transfer full) */
static GPtrArray *own_domains(virConnect *connection, const SbFleetFile *file, GError **error)
{
    GPtrArray *domains = sb_domain_list(connection, error);
    for (guint i = domains ? domains->len : 0; i > 0; i--) {
        const SbDomain *domain = g_ptr_array_index(domains, i - 1);
        if (!is_in_file(file, domain->metadata))
            g_ptr_array_remove_index(domains, i - 1);
    }
    return domains;
}

static gboolean run_steps(const Session *session, const GPtrArray *domains, SbAccess *access,
                          GHashTable *shells, GError **error)
{
    SbTestRunRequest request = {.runs = session->work->runs,
                                .access = access,
                                .shells = shells,
                                .fleet = session->fleet,
                                .pool_name = session->options->pool_name,
                                .domains = domains,
                                .jobs = session->options->jobs,
                                .artifacts = session->options->artifacts,
                                .is_emulated = session->is_emulated};
    if (!sb_test_run_all(session->operation, &request, session->report, error))
        return FALSE;
    if (session->work->selection.repeat > 1)
        sb_report_mark_flaky(session->report);
    return TRUE;
}

/* How the machines booted that this run has made. */
static void add_boots(const Session *session, const GPtrArray *domains, const char *directory)
{
    SB_EACH(const SbDomain, domain, domains) {
        if (!g_ptr_array_find_with_equal_func(session->made, domain->name, g_str_equal, NULL))
            continue;
        g_autoptr(GPtrArray) entries = sb_history_read(directory, domain->name);
        g_autoptr(GPtrArray) spans = sb_history_spans(entries, NULL);
        SB_EACH(const SbHistorySpan, span, spans) {
            const SbReportSpan copy = {domain->name, (char *)span->lane, span->name, span->from_ms,
                                       span->to_ms};
            sb_report_add_span(session->report, &copy);
        }
    }
}

/* FALSE if the fleet did not come up, or could not be used. */
static gboolean up_and_run(Session *session, GError **error)
{
    g_autoptr(GHashTable) shells = sb_kept_shells_new();
    SbUpOptions options = {.run = SB_RUN_TEST,
                           .wait_for_run = session->options->wait_for_run,
                           .pool_name = session->options->pool_name,
                           .shells = shells};
    SbOperation up = {session->operation->host, session->operation->cancellable, on_event, session};
    const SbFleetFile *file = session->fleet;
    g_autoptr(GError) cause = NULL;
    gboolean is_up = sb_up(&up, session->fleet, &options, &cause);
    g_autoptr(GPtrArray) domains = NULL;
    g_autoptr(SbAccess) access = NULL;
    {
        g_auto(SbLease) lease = sb_lease_take(up.host, cause ? NULL : &cause);
        virConnect *connection = lease.connection;
        if (connection)
            domains = own_domains(connection, file, cause ? NULL : &cause);
        sb_test_facts_add(session->report, connection, session->fleet, domains,
                          session->accelerators->len ? session->accelerators->str : NULL,
                          &session->work->selection);
        if (is_up && domains)
            access = sb_access_load(up.host, connection, file->name, domains, &cause);
    }
    if (access)
        add_boots(session, domains, sb_access_directory(access));
    if (access && run_steps(session, domains, access, shells, &cause))
        return TRUE;
    add_not_run(session, cause);
    return sb_error_pass(error, &cause);
}

/* ---- down ---- */

/* The machines that this made, and the fleet with them if it made all of it. */
static gboolean take_down(Session *session, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    if (session->is_alone && session->made->len > 0)
        g_ptr_array_add(names, session->fleet->name);
    for (guint i = 0; i < session->made->len && !session->is_alone; i++)
        g_ptr_array_add(names, g_ptr_array_index(session->made, i));
    g_ptr_array_add(names, NULL);
    guint count;
    return names->len == 1 ||
           sb_down(session->operation, (const char *const *)names->pdata, &count, error);
}

/* The machines stay for whoever looks into them, and so they do not belong to this run any more. */
static gboolean release(const Session *session, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(session->operation->host, error);
    if (!lease.connection)
        return FALSE;
    SB_EACH(const char, name, session->made) {
        g_autoptr(GError) cause = NULL;
        /* A machine that did not come up is gone. */
        if (sb_claim_release(lease.connection, name, &cause) ||
            g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
            continue;
        return sb_error_pass(error, &cause);
    }
    return TRUE;
}

static gboolean keeps(const Session *session, SbTestResult result)
{
    gboolean is_stopped = g_cancellable_is_cancelled(session->operation->cancellable);
    return session->options->keep == SB_KEEP_ALWAYS ||
           (session->options->keep == SB_KEEP_ON_FAILURE && result != SB_TEST_PASSED &&
            !is_stopped);
}

static SbTestResult result_of(const SbReport *report)
{
    return sb_report_is_broken(report) ? SB_TEST_BROKEN
           : sb_report_is_bad(report)  ? SB_TEST_FAILED
                                       : SB_TEST_PASSED;
}

/* About the machines that this run made, before they are taken back. */
static void keep_evidence(const Session *session, SbTestResult result)
{
    gboolean is_stopped = g_cancellable_is_cancelled(session->operation->cancellable);
    if (result != SB_TEST_BROKEN || is_stopped || session->made->len == 0)
        return;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    SB_EACH(char, name, session->made)
        if (!g_hash_table_contains(session->failures, name))
            g_ptr_array_add(names, name);
    g_ptr_array_add(names, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *folder =
        names->len > 1
            ? sb_keep_evidence(session->operation, (const char *const *)names->pdata, NULL, &error)
            : NULL;
    if (!folder)
        return;
    g_autofree char *note = g_strdup_printf("the evidence: %s", folder);
    tell(session, SB_EVENT_NOTE, note);
}

SbTestResult sb_test(const SbOperation *operation, const SbFleetFile *fleet, const SbTestWork *work,
                     const SbTestOptions *options, SbReport *report, GError **error)
{
    g_auto(Session) session = {.operation = operation,
                               .fleet = fleet,
                               .work = work,
                               .options = options,
                               .report = report,
                               .is_alone = TRUE};
    session.accelerators = g_string_new(NULL);
    session.made = g_ptr_array_new_with_free_func(g_free);
    session.failures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GError) cause = NULL, left = NULL;
    SbTestResult result = up_and_run(&session, &cause) ? result_of(report) : SB_TEST_BROKEN;
    if (!cause || !sb_error_is_input(cause))
        tell(&session, SB_EVENT_TESTED, NULL);
    if (keeps(&session, result)) {
        g_autofree char *note = g_strdup_printf(
            "the machines stay: 'seedbed list' shows them, 'seedbed down %s' removes them",
            fleet->name);
        tell(&session, SB_EVENT_NOTE, note);
        if (!release(&session, &left))
            result = SB_TEST_BROKEN;
    } else {
        keep_evidence(&session, result);
        if (!take_down(&session, &left))
            result = SB_TEST_BROKEN;
    }
    if (cause && left)
        g_set_error(error, cause->domain, cause->code, "%s\n%s", cause->message, left->message);
    else if (cause || left)
        g_propagate_error(error, cause ? g_steal_pointer(&cause) : g_steal_pointer(&left));
    return result;
}
