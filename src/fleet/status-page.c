/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/status-page.h"

#include "base/array.h"
#include "base/page.h"
#include "base/text.h"
#include "base/units.h"
#include "base/xml.h"
#include "libvirt/console-log.h"
#include "local/state-dir.h"
#include "machine/lookup.h"
#include "machine/status.h"
#include "wait/history.h"

#include <string.h>

enum { CONSOLE_BYTES = 256 * 1024 };

/* What the page shows of one machine. */
typedef struct {
    char *name;
    char *state;      /* in a line */
    char *finding;    /* (nullable) what is wrong */
    char *console;    /* (nullable) */
    GPtrArray *spans; /* of SbHistorySpan */
} Shown;

static void shown_free(gpointer data)
{
    Shown *shown = data;
    g_free(shown->name);
    g_free(shown->state);
    g_free(shown->finding);
    g_free(shown->console);
    g_ptr_array_unref(shown->spans);
    g_free(shown);
}

/* ---- asking ---- */

static void take_status(Shown *shown, const SbStatus *status)
{
    const SbCloudInitVerdict *verdict = status->verdict;
    if (!verdict) {
        shown->state = g_strdup(status->state);
        shown->finding =
            status->diagnosis ? sb_diagnosis_text(status->diagnosis, NULL) : g_strdup("no answer");
        return;
    }
    if (verdict->is_absent) {
        shown->state = g_strdup("running, without cloud-init");
        return;
    }
    shown->state = g_strdup_printf("%s; cloud-init %s: %s", status->state, verdict->version,
                                   sb_cloud_init_state_name(verdict->state));
    g_autofree char *failures = sb_cloud_init_failures_text(verdict);
    if (verdict->state == SB_CLOUD_INIT_ERROR)
        shown->finding = g_strdup_printf("cloud-init failed:%s", failures);
}

static char *read_console(const SbOperation *operation, const SbDomain *domain)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, NULL);
    g_autoptr(SbPool) pool =
        lease.connection ? sb_pool_open(lease.connection, domain->metadata->pool, NULL, NULL)
                         : NULL;
    g_autoptr(GBytes) bytes =
        pool ? sb_console_log_tail(pool, domain->name, CONSOLE_BYTES, NULL) : NULL;
    return bytes ? sb_text_sanitize(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
}

/* (transfer full) NULL if it was cancelled */
static Shown *ask(const SbOperation *operation, const SbDomain *domain, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbStatus) status = sb_status(operation, domain->name, &cause);
    if (g_cancellable_set_error_if_cancelled(operation->cancellable, error))
        return NULL;
    Shown *shown = g_new0(Shown, 1);
    shown->name = g_strdup(domain->name);
    if (status) {
        take_status(shown, status);
    } else {
        shown->state = g_strdup("it cannot be asked");
        shown->finding = g_strdup(cause->message);
    }
    shown->console = read_console(operation, domain);
    g_autofree char *directory =
        sb_state_dir_path(sb_host_uri(operation->host), domain->metadata->fleet);
    g_autoptr(GPtrArray) entries = sb_history_read(directory, domain->name);
    shown->spans =
        sb_history_spans(entries, status && status->verdict ? status->verdict->timeline : NULL);
    return shown;
}

/* ---- the page ---- */

static void add_findings(xmlNode *body, const GPtrArray *all)
{
    xmlNode *list = NULL;
    SB_EACH(const Shown, shown, all) {
        if (!shown->finding)
            continue;
        if (!list) {
            sb_xml_add_text(body, "h2", "What is wrong");
            list = sb_xml_add(body, "ul", NULL);
        }
        g_autofree char *target = g_strdup_printf("#%s", shown->name);
        g_autofree char *first = g_strndup(shown->finding, strcspn(shown->finding, "\n"));
        g_autofree char *words = g_strdup_printf(": %s", first);
        xmlNode *item = sb_xml_add(list, "li", NULL);
        xmlNode *link = sb_xml_add_text(item, "a", shown->name);
        xmlNewProp(link, BAD_CAST "href", BAD_CAST target);
        sb_page_add(item, "span", NULL, words);
    }
}

/* A machine has its own scale: it may have been made days after another one. */
static void add_boot(xmlNode *details, const Shown *shown)
{
    g_autoptr(GPtrArray) bars = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
    SB_EACH(const SbHistorySpan, span, shown->spans) {
        g_autofree char *took = sb_duration_format(span->to_ms - span->from_ms);
        SbPageBar *bar = g_new0(SbPageBar, 1);
        *bar = (SbPageBar){.row = shown->name,
                           .lane = span->lane,
                           .class_name = "boot",
                           .title = g_strdup_printf("%s (%s)", span->name, took),
                           .from_ms = span->from_ms,
                           .to_ms = span->to_ms};
        g_ptr_array_add(titles, (gpointer)bar->title);
        g_ptr_array_add(bars, bar);
    }
    sb_page_add_timeline(details, bars);
    xmlNode *table =
        bars->len > 0
            ? sb_xml_add(sb_page_add_folded(details, FALSE, "Stages and modules"), "table", NULL)
            : NULL;
    SB_EACH(const SbHistorySpan, span, shown->spans) {
        g_autofree char *took = sb_duration_format(span->to_ms - span->from_ms);
        xmlNode *row = sb_xml_add(table, "tr", NULL);
        sb_page_add(row, "td", "faint", span->lane);
        sb_xml_add_text(row, "td", span->name);
        sb_page_add(row, "td", "time", took);
    }
}

static void add_machine(xmlNode *body, const Shown *shown)
{
    xmlNode *details =
        sb_xml_add(body, "details", "class", shown->finding ? "machine bad" : "machine", "id",
                   shown->name, "open", shown->finding ? "open" : NULL, NULL);
    xmlNode *summary = sb_page_add(details, "summary", shown->finding ? "failed" : "passed", NULL);
    g_autofree char *state = g_strdup_printf(" %s", shown->state);
    sb_page_add(summary, "span", "word", shown->name);
    sb_page_add(summary, "span", "faint", state);
    if (shown->finding)
        sb_xml_add_text(details, "pre", shown->finding);
    add_boot(details, shown);
    if (shown->console)
        sb_xml_add_text(sb_page_add_folded(details, FALSE, "The end of the console"), "pre",
                        shown->console);
}

static char *make_page(const char *name, const GPtrArray *all)
{
    guint bad = 0;
    SB_EACH(const Shown, shown, all)
        bad += shown->finding != NULL;
    g_autofree char *title =
        bad == 0 ? g_strdup_printf("%s: all is well", name)
                 : g_strdup_printf("%s: %u of %u machines need a look", name, bad, all->len);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "seen at %Y-%m-%d %H:%M:%S UTC");
    xmlNode *body;
    g_autoptr(xmlDoc) page = sb_page_new(title, &body);
    xmlNode *heading = sb_page_add(body, "h1", bad > 0 ? "failed" : "passed", NULL);
    sb_page_add(heading, "span", "word", title);
    sb_page_add(body, "p", "faint", time);
    add_findings(body, all);
    sb_xml_add_text(body, "h2", "Machines");
    SB_EACH(const Shown, shown, all)
        add_machine(body, shown);
    return sb_page_to_text(page);
}

static GPtrArray *find(const SbOperation *operation, const char *const *names, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    return lease.connection ? sb_lookup_names(lease.connection, names, error) : NULL;
}

char *sb_status_page(const SbOperation *operation, const char *const *names, gboolean *is_well_out,
                     GError **error)
{
    g_autoptr(GPtrArray) domains = find(operation, names, error);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(shown_free);
    gboolean is_well = TRUE;
    if (!domains)
        return NULL;
    SB_EACH(const SbDomain, domain, domains) {
        Shown *shown = ask(operation, domain, error);
        if (!shown)
            return NULL;
        g_ptr_array_add(all, shown);
        is_well &= !shown->finding;
    }
    *is_well_out = is_well;
    return make_page(names[0], all);
}
