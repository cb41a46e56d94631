/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/unreached.h"

#include "base/array.h"
#include "base/loop.h"
#include "diagnose/examine.h"
#include "guest/access.h"
#include "guest/guest-command.h"
#include "machine/lookup.h"

/* What is between two readings of what QEMU uses: see diagnose/examine.c. */
enum { READINGS_MS = 400 };

typedef struct {
    SbHost *host;
    char *uuid;
    SbFacts *facts;
} Look;

static void look_free(gpointer data)
{
    Look *look = data;
    sb_facts_free(look->facts);
    g_free(look->uuid);
    g_free(look);
}

static gboolean examine_all(gpointer data, GError **error)
{
    const GPtrArray *looks = data;
    for (guint i = 0; i < looks->len; i++) {
        const Look *look = g_ptr_array_index(looks, i);
        sb_examine_now(look->host, look->uuid, look->facts);
    }
    return TRUE;
}

static gboolean on_time(gpointer data)
{
    sb_loop_end(data);
    return G_SOURCE_REMOVE;
}

/* FALSE if it was cancelled. */
static gboolean pause_ms(const SbOperation *operation, gint64 ms)
{
    if (ms > 0) {
        g_autoptr(SbLoop) loop = sb_loop_new(operation->cancellable, NULL, NULL);
        guint timer = g_timeout_add((guint)ms, on_time, loop);
        sb_loop_wait(loop);
        if (g_cancellable_is_cancelled(operation->cancellable))
            g_source_remove(timer);
    }
    return !g_cancellable_is_cancelled(operation->cancellable);
}

/* Reads the domains of LOOKS once, and again if they were not read long enough before. */
static gboolean look_twice(const SbOperation *operation, GPtrArray *looks)
{
    gint64 newest_us = 0;
    SB_EACH(const Look, look, looks)
        newest_us = MAX(newest_us, look->facts->cpu_read_us);
    if (newest_us == 0) {
        if (!sb_loop_run_beside("examination", examine_all, looks, NULL))
            return FALSE;
        newest_us = g_get_monotonic_time();
    }
    gint64 passed_ms = (g_get_monotonic_time() - newest_us) / 1000;
    return pause_ms(operation, READINGS_MS - passed_ms) &&
           sb_loop_run_beside("examination", examine_all, looks, NULL);
}

/* The console knows better how far the boot came. */
static void find_stage(SbFacts *facts)
{
    SbStage shown = sb_facts_console_stage(facts);
    gboolean is_unseen = facts->awaited == SB_STAGE_SSH_PORT && facts->port == SB_SSH_PORT_SILENT;
    if (shown == SB_STAGE_FIRMWARE && (is_unseen || facts->awaited == SB_STAGE_ADDRESS))
        facts->awaited = SB_STAGE_KERNEL;
    else if (is_unseen)
        facts->awaited = SB_STAGE_ADDRESS;
}

static SbDiagnosis *diagnose(SbFacts *facts)
{
    facts->is_glance = TRUE;
    if (facts->awaited == SB_STAGE_NONE)
        return sb_diagnose_end(facts);
    find_stage(facts);
    return sb_diagnose(facts);
}

SbDiagnosis *sb_unreached_diagnose(const SbOperation *operation, const char *uuid, SbFacts *facts)
{
    Look look = {operation->host, (char *)uuid, facts};
    g_autoptr(GPtrArray) looks = g_ptr_array_new();
    g_ptr_array_add(looks, &look);
    return look_twice(operation, looks) ? diagnose(facts) : NULL;
}

/* ---- after a command ---- */

/* What ssh's words WHY tell of the port and the login. */
static void set_ssh(SbFacts *facts, const char *why)
{
    facts->has_port = TRUE;
    facts->port = sb_ssh_port_of_words(why);
    facts->awaited = facts->port == SB_SSH_PORT_READY ? SB_STAGE_SSH_LOGIN : SB_STAGE_SSH_PORT;
    if (facts->port != SB_SSH_PORT_READY)
        return;
    g_autoptr(GError) refusal = NULL;
    sb_ssh_set_error(&refusal, facts->machine, why);
    sb_facts_set_login(facts, refusal);
}

static gboolean never_began(const GError *failure)
{
    return g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_UNREACHABLE);
}

gboolean sb_unreached_is(const GError *failure)
{
    return never_began(failure) ||
           g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_LOST);
}

static Look *look_new(const SbOperation *operation, const SbUnreached *item)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, NULL);
    g_autoptr(SbDomain) domain =
        lease.connection ? sb_lookup_machine(lease.connection, item->machine, NULL) : NULL;
    if (!domain)
        return NULL;
    Look *look = g_new0(Look, 1);
    *look = (Look){operation->host, g_strdup(domain->uuid),
                   sb_facts_of_domain(operation->host, domain)};
    look->facts->is_thorough = TRUE;
    guint16 port;
    g_autofree char *address = sb_access_find(lease.connection, domain, &port, NULL);
    look->facts->address = sb_facts_keep(look->facts, address);
    if (never_began(*item->failure))
        set_ssh(look->facts, (*item->failure)->message);
    return look;
}

static void explain(const SbUnreached *item, const SbDiagnosis *diagnosis)
{
    GError *failure = *item->failure;
    g_ptr_array_insert(diagnosis->evidence, 0, g_steal_pointer(&failure->message));
    g_autofree char *text = sb_diagnosis_text(diagnosis, NULL);
    failure->message =
        g_strdup_printf(never_began(failure) ? "'%s' was not reached: %s" : "'%s' was lost: %s",
                        item->machine, text);
}

void sb_unreached_explain(const SbOperation *operation, const SbUnreached *items, guint count)
{
    g_autoptr(GPtrArray) looks = g_ptr_array_new_with_free_func(look_free);
    g_autoptr(GPtrArray) explained = g_ptr_array_new();
    for (guint i = 0; i < count; i++) {
        Look *look = look_new(operation, &items[i]);
        if (!look)
            continue;
        g_ptr_array_add(looks, look);
        g_ptr_array_add(explained, (gpointer)&items[i]);
    }
    if (looks->len == 0 || !look_twice(operation, looks))
        return;
    for (guint i = 0; i < looks->len; i++) {
        const Look *look = g_ptr_array_index(looks, i);
        g_autoptr(SbDiagnosis) diagnosis = diagnose(look->facts);
        if (diagnosis)
            explain(g_ptr_array_index(explained, i), diagnosis);
    }
}
