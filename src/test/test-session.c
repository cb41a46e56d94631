/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-session.h"

#include "machine/take-down.h"
#include "tap/flaky.h"
#include "test/step-results.h"
#include "test/test-facts.h"

#include <string.h>

struct SbTestSession {
    SbHost *host;
    const SbFleetFile *fleet;
    const GPtrArray *runs;
    /* while it runs */
    SbEventFunc event;
    gpointer event_data;
    const SbTestRunCallbacks *callbacks;
    gpointer data;
    GPtrArray *made;   /**< of char *: machines */
    gboolean is_alone; /**< the plan is made, and no machine of the fleet is somebody else's, or of
                          an earlier run */
    gboolean is_emulated;
    GString *accelerators;
    GHashTable *failures; /**< machine to why it did not come up */
};

SbTestSession *sb_test_session_new(SbHost *host, const SbFleetFile *fleet, const GPtrArray *runs)
{
    SbTestSession *session = g_new0(SbTestSession, 1);
    session->host = host;
    session->fleet = fleet;
    session->runs = runs;
    session->accelerators = g_string_new(NULL);
    session->made = g_ptr_array_new_with_free_func(g_free);
    session->failures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return session;
}

void sb_test_session_free(SbTestSession *session)
{
    g_ptr_array_unref(session->made);
    g_hash_table_unref(session->failures);
    g_string_free(session->accelerators, TRUE);
    g_free(session);
}

/* ---- up ---- */

static void add_planned(SbTestSession *session, const SbEvent *event)
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
    SbTestSession *session = data;
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
    session->event(event, session->event_data);
}

/* No machine could be used: each run has that as its result. */
static void add_not_run(const SbTestSession *session, SbReport *report, const GError *error)
{
    for (guint i = 0; i < session->runs->len; i++) {
        const SbTestRun *run = g_ptr_array_index(session->runs, i);
        const char *why =
            run->machine ? g_hash_table_lookup(session->failures, run->machine) : NULL;
        g_autofree char *reason =
            why ? g_strdup(why) : g_strdup_printf("not run: %s", error->message);
        g_autofree char *name = sb_step_results_name(run, run->machine ? run->machine : "any");
        SbSuite *suite = sb_suite_not_run(name, FALSE, reason);
        suite->host = g_strdup(run->machine);
        session->callbacks->finished(run, NULL, suite, session->data);
        sb_report_add_suite(report, suite);
    }
}

/* ---- the run ---- */

/* The machines of FLEET that its file has, of all that libvirt has. (transfer full) */
static GPtrArray *own_domains(virConnect *connection, const SbFleetFile *file, GError **error)
{
    g_autoptr(GPtrArray) all = sb_domain_list(connection, error);
    if (!all)
        return NULL;
    GPtrArray *own = g_ptr_array_new_with_free_func((GDestroyNotify)sb_domain_free);
    for (guint i = 0; i < all->len; i++) {
        SbDomain *domain = g_ptr_array_index(all, i);
        for (guint j = 0; j < file->groups->len; j++) {
            const SbGroup *group = g_ptr_array_index(file->groups, j);
            if (strcmp(domain->metadata->fleet, file->name) == 0 &&
                strcmp(domain->metadata->group, group->name) == 0 &&
                domain->metadata->index <= group->count) {
                all->pdata[i] = NULL;
                g_ptr_array_add(own, domain);
                break;
            }
        }
    }
    g_ptr_array_set_free_func(all, NULL);
    for (guint i = 0; i < all->len; i++)
        if (all->pdata[i])
            sb_domain_free(all->pdata[i]);
    return own;
}

static gboolean run_steps(SbTestSession *session, const GPtrArray *domains, const SbAccess *access,
                          const SbTestOptions *options, GCancellable *cancellable, SbReport *report,
                          GError **error)
{
    SbTestRunOptions run_options = options->run;
    run_options.is_emulated = session->is_emulated;
    SbTestWork work = {.runs = session->runs, .access = access, .domains = domains};
    return sb_test_run_all(session->host, &work, &run_options, session->callbacks, session->data,
                           cancellable, report, error);
}

gboolean sb_test_session_run(SbTestSession *session, const SbTestOptions *options,
                             SbEventFunc event, gpointer event_data,
                             const SbTestRunCallbacks *callbacks, gpointer data,
                             GCancellable *cancellable, SbReport *report, GError **error)
{
    g_autoptr(GError) cause = NULL;
    SbOperation operation = {session->host, cancellable, on_event, session};
    session->event = event;
    session->event_data = event_data;
    session->callbacks = callbacks;
    session->data = data;
    session->is_alone = TRUE;
    const SbFleetFile *file = session->fleet;
    gboolean is_up = sb_up(&operation, session->fleet, &options->up, &cause);
    g_autoptr(GPtrArray) domains = NULL;
    g_autoptr(SbAccess) access = NULL;
    {
        g_auto(SbLease) lease = sb_lease_take(session->host, cause ? NULL : &cause);
        virConnect *connection = lease.connection;
        if (connection)
            domains = own_domains(connection, file, cause ? NULL : &cause);
        sb_test_facts_add(report, connection, session->fleet, domains,
                          session->accelerators->len ? session->accelerators->str : NULL,
                          &options->selection);
        if (is_up && domains)
            access = sb_access_load(session->host, connection, file->name, domains, &cause);
    }
    if (access && run_steps(session, domains, access, options, cancellable, report, &cause)) {
        if (options->selection.repeat > 1)
            sb_report_mark_flaky(report);
        return TRUE;
    }
    add_not_run(session, report, cause);
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

gboolean sb_test_session_take_down(SbTestSession *session, SbRemovedFunc removed, gpointer data,
                                   GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    if (session->is_alone && session->made->len > 0)
        g_ptr_array_add(names, session->fleet->name);
    for (guint i = 0; i < session->made->len && !session->is_alone; i++)
        g_ptr_array_add(names, g_ptr_array_index(session->made, i));
    g_ptr_array_add(names, NULL);
    guint count;
    return names->len == 1 ||
           sb_down(session->host, (const char *const *)names->pdata, removed, data, &count, error);
}
