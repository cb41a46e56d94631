/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/examine.h"

#include "base/text.h"
#include "diagnose/local-facts.h"
#include "image/image.h"
#include "libvirt/console-log.h"
#include "libvirt/look.h"
#include "model/network-xml.h"

#include <string.h>

enum {
    CONSOLE_BYTES = 32 * 1024, /**< of its end, which a diagnosis looks at */
    CPU_US = 300 * 1000,       /**< what is between two readings at least */
};

SbFacts *sb_facts_of_domain(const SbHost *host, const SbDomain *domain)
{
    const SbMetadata *metadata = domain->metadata;
    SbFacts *facts = sb_facts_new();
    facts->machine = sb_facts_keep(facts, domain->name);
    facts->fleet = sb_facts_keep(facts, metadata->fleet);
    facts->network_kind = metadata->network;
    facts->address = sb_facts_keep(facts, metadata->address);
    facts->image = sb_facts_keep(facts, metadata->image);
    facts->image_volume = sb_facts_keep(facts, metadata->image_volume);
    facts->pool = sb_facts_keep(facts, metadata->pool);
    facts->host_cpus = sb_host_cpus(host);
    facts->stays = TRUE;
    return facts;
}

static void add_domain(virConnect *connection, const char *uuid, SbFacts *facts)
{
    g_auto(SbDomainLook) look = {.exists = SB_UNKNOWN};
    sb_look_at_domain(connection, uuid, &look);
    facts->exists = look.exists;
    facts->has_state = look.has_state;
    facts->state = look.state;
    facts->reason = look.reason;
    facts->link_is_up = look.link_is_up;
    facts->memory_kib = look.memory_kib;
    facts->is_emulated = look.is_emulated;
    facts->arch = sb_facts_keep(facts, look.arch);
    facts->mac = sb_facts_keep(facts, look.mac);
    facts->network = sb_facts_keep(facts, look.network);
    facts->disk_errors = sb_facts_keep(facts, look.disk_errors);
    /* Two readings: this one, and one that the caller has made before. */
    gint64 now_us = g_get_monotonic_time();
    if (facts->cpu_read_us > 0 && look.cpu_ns >= facts->cpu_ns &&
        now_us > facts->cpu_read_us + CPU_US)
        facts->cpu =
            (double)(look.cpu_ns - facts->cpu_ns) / 1000.0 / (double)(now_us - facts->cpu_read_us);
    facts->cpu_ns = look.cpu_ns;
    facts->cpu_read_us = now_us;
}

static void add_network(virConnect *connection, gboolean is_local, SbFacts *facts)
{
    if (!facts->network)
        return;
    SbNetworkLook look;
    gboolean is_own = sb_network_kind_is_own(facts->network_kind);
    sb_look_at_network(connection, facts->network, facts->mac, is_own ? facts->address : NULL,
                       &look);
    facts->network_exists = look.exists;
    facts->network_is_active = look.is_active;
    facts->is_reserved = look.is_reserved;
    facts->has_lease = look.has_lease;
    if (!is_local)
        return;
    if (is_own && look.is_active == SB_YES)
        facts->dnsmasq_runs = sb_local_dnsmasq_runs(facts->network);
    if (facts->address && facts->mac) {
        g_autofree char *other = sb_local_other_mac(facts->address, facts->mac);
        facts->other_mac = sb_facts_keep(facts, other);
    }
}

/* For a console that nobody has followed since the start. */
static void add_console(virConnect *connection, SbFacts *facts)
{
    g_autoptr(GError) error = NULL;
    sb_look_at_pool(connection, facts->pool, &facts->pool_is_active, &facts->pool_free_bytes);
    if (facts->pool_is_active != SB_YES)
        return;
    g_autoptr(SbPool) pool = sb_pool_open(connection, facts->pool, NULL, &error);
    g_autoptr(GBytes) bytes =
        pool ? sb_console_log_tail(pool, facts->machine, CONSOLE_BYTES, &error) : NULL;
    if (!bytes) {
        g_debug("%s", error->message);
        return;
    }
    g_autofree char *text =
        sb_text_sanitize(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    sb_facts_set_console(facts, text);
}

/* What was found out when the image was imported. It matters only if no kernel came. */
static void add_image(virConnect *connection, SbFacts *facts)
{
    if (!facts->console || sb_facts_console_stage(facts) != SB_STAGE_FIRMWARE ||
        facts->pool_is_active != SB_YES)
        return;
    g_autoptr(SbPool) pool = sb_pool_open(connection, facts->pool, NULL, NULL);
    g_autoptr(SbImage) image = pool ? sb_image_find(pool, facts->image, NULL) : NULL;
    g_autoptr(SbImageRecord) record = NULL;
    if (!image || g_strcmp0(image->volume, facts->image_volume) != 0 ||
        !sb_image_load_record(pool, image, &record, NULL) || !record)
        return;
    facts->image_arch = sb_facts_keep(facts, record->arch);
    facts->image_has_loader = sb_answer(record->arch != NULL);
}

void sb_examine_now(SbHost *host, const char *uuid, SbFacts *facts)
{
    g_auto(SbLease) lease = sb_lease_take(host, NULL);
    gboolean is_local = !sb_host_is_remote(host);
    if (lease.connection) {
        add_domain(lease.connection, uuid, facts);
        add_network(lease.connection, is_local, facts);
        sb_look_at_pool(lease.connection, facts->pool, &facts->pool_is_active,
                        &facts->pool_free_bytes);
        if (facts->wants_console && !facts->console)
            add_console(lease.connection, facts);
        add_image(lease.connection, facts);
        facts->host_free_kib = sb_look_for_free_kib(lease.connection);
    }
    if (!is_local)
        return;
    facts->load = sb_local_load();
    g_autofree char *log = sb_local_qemu_log(sb_host_is_privileged(host), facts->machine);
    facts->qemu_log = sb_facts_keep(facts, log);
}

SbDiagnosis *sb_diagnose_domain(const SbHost *host, virConnect *connection, const SbDomain *domain)
{
    g_autoptr(SbFacts) facts = sb_facts_of_domain(host, domain);
    add_domain(connection, domain->uuid, facts);
    if (facts->has_state && facts->state == VIR_DOMAIN_RUNNING)
        add_console(connection, facts);
    return sb_diagnose_end(facts);
}

/* ---- beside the main loop ---- */

struct SbExamination {
    SbHost *host;
    char *uuid;
    SbFacts *facts;
    SbExaminedFunc func;
    gpointer data;
    GThread *thread;
    guint done; /**< a source, once the thread is at its end */
};

static gboolean on_done(gpointer data)
{
    SbExamination *examination = data;
    g_clear_pointer(&examination->thread, g_thread_join);
    examination->done = 0;
    examination->func(g_steal_pointer(&examination->facts), examination->data);
    return G_SOURCE_REMOVE;
}

static gpointer in_thread(gpointer data)
{
    SbExamination *examination = data;
    sb_examine_now(examination->host, examination->uuid, examination->facts);
    /* The main thread joins this one before it reads or writes that. */
    examination->done = g_idle_add(on_done, examination);
    return NULL;
}

SbExamination *sb_examination_start(SbHost *host, const char *uuid, SbFacts *facts,
                                    SbExaminedFunc func, gpointer data)
{
    SbExamination *examination = g_new0(SbExamination, 1);
    examination->host = host;
    examination->uuid = g_strdup(uuid);
    examination->facts = facts;
    examination->func = func;
    examination->data = data;
    examination->thread = g_thread_new("examination", in_thread, examination);
    return examination;
}

void sb_examination_free(SbExamination *examination)
{
    if (!examination)
        return;
    if (examination->thread)
        g_thread_join(examination->thread);
    g_clear_handle_id(&examination->done, g_source_remove);
    sb_facts_free(examination->facts);
    g_free(examination->uuid);
    g_free(examination);
}
