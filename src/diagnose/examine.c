/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/examine.h"

#include "base/sha256.h"
#include "base/text.h"
#include "base/workers.h"
#include "diagnose/account-problem.h"
#include "diagnose/local-facts.h"
#include "diagnose/login-step.h"
#include "diagnose/network-path.h"
#include "diagnose/seed-problem.h"
#include "diagnose/way-out.h"
#include "image/image-boot.h"
#include "libvirt/console-log.h"
#include "libvirt/look.h"
#include "libvirt/volume-stream.h"
#include "local/seed-iso.h"
#include "local/ssh-key.h"
#include "model/network-xml.h"
#include "model/volume-names.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    CONSOLE_BYTES = 32 * 1024, /**< of its end, which a diagnosis looks at */
    LOGIN_SECONDS = 12,        /**< after which a login to an idle guest hangs */
    CPU_US = 300 * 1000,       /**< what is between two readings at least */
    LATE_US = 2 * 1000 * 1000, /**< that an import may take for its last bytes, about */
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
    facts->account = sb_facts_keep(facts, metadata->login);
    g_autofree char *pinned =
        metadata->host_key ? sb_ssh_key_fingerprint(metadata->host_key) : NULL;
    facts->pinned_key = sb_facts_keep(facts, pinned);
    facts->client_key = sb_facts_keep(facts, metadata->client_key);
    facts->host_cpus = sb_host_cpus(host);
    facts->stays = TRUE;
    return facts;
}

/* Of a network that this host is in. */
static void add_path(const SbDomainLook *look, SbFacts *facts)
{
    if (!look->bridge || !facts->address)
        return;
    facts->bridge = sb_facts_keep(facts, look->bridge);
    SbNetworkPath path;
    sb_network_path_look(look->bridge, look->tap, facts->address,
                         sb_network_kind_is_own(facts->network_kind), &path);
    g_autofree char *mend = NULL;
    g_autofree char *problem = sb_network_path_problem(&path, &mend);
    facts->path_problem = sb_facts_keep(facts, problem);
    facts->path_mend = sb_facts_keep(facts, mend);
}

/* Only if something could be stopped by it: a program of the host is run for it. */
static void add_firewall(SbFacts *facts)
{
    if (!facts->bridge || !(sb_facts_port_is_closed(facts) || facts->has_lease == SB_NO))
        return;
    g_auto(SbFirewall) firewall;
    g_autofree char *ssh_stop = NULL, *dhcp_stop = NULL;
    sb_firewall_read(&firewall);
    sb_network_path_read_firewall(&firewall, facts->bridge, facts->address, &ssh_stop, &dhcp_stop);
    facts->firewall_rule = sb_facts_keep(facts, ssh_stop);
    facts->dhcp_firewall_rule = sb_facts_keep(facts, dhcp_stop);
}

void sb_examine_way_out(SbFacts *facts)
{
    g_auto(SbWayOut) way;
    g_autofree char *mend = NULL;
    sb_way_out_look(facts->network_kind, facts->address, &way);
    g_autofree char *problem = sb_way_out_problem(&way, &mend);
    facts->outside_problem = sb_facts_keep(facts, problem);
    facts->outside_mend = sb_facts_keep(facts, mend);
}

static gboolean is_stopped(const SbHost *host, const char *machine)
{
    return !sb_host_is_remote(host) &&
           sb_local_qemu_is_stopped(sb_host_is_privileged(host), machine);
}

static void add_domain(const SbHost *host, virConnect *connection, const char *uuid, SbFacts *facts)
{
    g_auto(SbDomainLook) look = {.exists = SB_UNKNOWN};
    gboolean is_local = !sb_host_is_remote(host);
    facts->qemu_is_stopped = is_stopped(host, facts->machine);
    sb_look_at_domain(connection, uuid, !facts->qemu_is_stopped, &look);
    if (is_local && look.has_state && look.state == VIR_DOMAIN_RUNNING)
        add_path(&look, facts);
    facts->exists = look.exists;
    facts->has_state = look.has_state;
    facts->state = look.state;
    facts->reason = look.reason;
    facts->link_is_up = look.link_is_up;
    facts->memory_kib = look.memory_kib;
    facts->is_emulated = look.is_emulated;
    facts->has_kernel = look.has_kernel;
    facts->arch = sb_facts_keep(facts, look.arch);
    facts->mac = sb_facts_keep(facts, look.mac);
    facts->network = sb_facts_keep(facts, look.network);
    facts->cdrom = sb_facts_keep(facts, look.cdrom);
    facts->disk_errors = sb_facts_keep(facts, look.disk_errors);
    /* Two readings: this one, and one that the caller has made before. */
    gint64 now_us = g_get_monotonic_time();
    gint64 waited_ns =
        is_local ? sb_local_qemu_waited_ns(sb_host_is_privileged(host), facts->machine) : -1;
    double passed_ns = 1000.0 * (double)(now_us - facts->cpu_read_us);
    gboolean is_second = facts->cpu_read_us > 0 && now_us > facts->cpu_read_us + CPU_US;
    if (is_second && look.cpu_ns >= facts->cpu_ns)
        facts->cpu = (double)(look.cpu_ns - facts->cpu_ns) / passed_ns;
    if (is_second && facts->waited_ns >= 0 && waited_ns >= facts->waited_ns)
        facts->starved = (double)(waited_ns - facts->waited_ns) / passed_ns;
    facts->waited_ns = waited_ns;
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
    facts->has_dhcp = look.has_dhcp;
    if (!is_local)
        return;
    if (is_own && look.is_active == SB_YES)
        facts->dnsmasq_runs = sb_local_dnsmasq_runs(facts->network);
    if (facts->address && facts->mac) {
        g_autofree char *other = sb_local_other_mac(facts->address, facts->mac);
        facts->other_mac = sb_facts_keep(facts, other);
    }
}

/* Of a guest that refuses the key, does not listen or does not answer, and that is not still about
 * to make the account, and to start its network and sshd. */
static void add_guest_words(virConnect *connection, const char *uuid, SbFacts *facts)
{
    SbSigns signs = sb_facts_signs(facts);
    gboolean is_denied = signs.has[SB_SIGN_LOGIN_DENIED];
    gboolean is_mute = signs.has[SB_SIGN_PORT_SILENT] && facts->address;
    if (!(is_denied || is_mute || signs.has[SB_SIGN_PORT_REFUSED]) ||
        !(facts->is_thorough || signs.has[SB_SIGN_SILENT]) || facts->qemu_is_stopped ||
        !facts->has_state || facts->state != VIR_DOMAIN_RUNNING)
        return;
    g_autoptr(virDomain) domain = sb_domain_open(connection, uuid, NULL);
    g_autofree char *account =
        domain && is_denied ? sb_account_problem(domain, facts->account, facts->client_key) : NULL;
    g_autofree char *sshd =
        domain && signs.has[SB_SIGN_PORT_REFUSED] ? sb_sshd_problem(domain) : NULL;
    g_autofree char *network =
        domain && is_mute ? sb_network_problem(domain, facts->address) : NULL;
    facts->account_problem = sb_facts_keep(facts, account);
    facts->sshd_problem = sb_facts_keep(facts, sshd);
    facts->network_problem = sb_facts_keep(facts, network);
}

/* Of a guest that does nothing else. */
static void add_login_step(SbFacts *facts)
{
    SbSigns signs = sb_facts_signs(facts);
    if (!facts->ssh_config || !signs.has[SB_SIGN_RESTS] ||
        !(facts->is_thorough || signs.has[SB_SIGN_SILENT]))
        return;
    g_autofree char *step = sb_login_step(facts->ssh_config, facts->machine, LOGIN_SECONDS);
    facts->login_step = sb_facts_keep(facts, step);
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
static void add_record(const SbPool *pool, gboolean is_local, SbFacts *facts)
{
    if (!facts->console || sb_facts_console_stage(facts) != SB_STAGE_FIRMWARE)
        return;
    g_autoptr(SbImage) image = sb_image_find(pool, facts->image, NULL);
    g_autoptr(SbImageRecord) record = NULL;
    if (!image || g_strcmp0(image->volume, facts->image_volume) != 0 ||
        !sb_image_load_record(pool, image, &record, NULL) || !record)
        return;
    facts->image_arch = sb_facts_keep(facts, record->arch);
    facts->image_has_loader = sb_answer(record->arch != NULL);
    g_auto(SbEfiBoot) boot = {.missing = NULL};
    if (!is_local || !sb_image_boot_look(image, &boot) || !boot.missing)
        return;
    facts->image_has_loader = SB_NO;
    facts->image_missing = sb_facts_keep(facts, boot.missing);
    facts->image_mend = boot.mend;
}

/* When the volume NAME was last written; 0: not known. */
static gint64 written_us(const SbPool *pool, const char *name, gboolean *is_missing_out)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, &error);
    g_autoptr(SbVolumeInfo) info = volume ? sb_volume_describe(volume, NULL) : NULL;
    *is_missing_out = g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
    return info ? info->modified_us : 0;
}

static gboolean hash_part(const guint8 *data, guint64 length, gpointer user_data, GError **error)
{
    sb_sha256_update(user_data, data, length);
    return TRUE;
}

/* Whether the content of the volume NAME has the digest in its name. */
static SbAnswer has_its_digest(const SbPool *pool, const char *name)
{
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, NULL);
    g_autoptr(SbSha256) hash = sb_sha256_new();
    if (!strchr(name, '.') || !volume || !sb_volume_read_all(volume, hash_part, hash, NULL))
        return SB_UNKNOWN;
    /* NAME.DIGEST.FORMAT, and the name of an image may have dots. */
    g_autofree char *whole = g_strndup(name, (gsize)(strrchr(name, '.') - name));
    const char *digest = strrchr(whole, '.');
    g_autofree char *sha256 = sb_sha256_finish(hash);
    return digest ? sb_answer(g_str_has_prefix(sha256, digest + 1)) : SB_UNKNOWN;
}

/* An image is never written again, and its record is written with it. To read all of an image takes
 * long, so that is only done if it was written to later, or if the firmware does not find the boot
 * loader that it had. */
static void add_image(const SbPool *pool, SbFacts *facts)
{
    g_autofree char *record = sb_image_record_volume(facts->image_volume);
    gboolean is_missing, has_no_record;
    gint64 image_us = written_us(pool, facts->image_volume, &is_missing);
    gint64 record_us = written_us(pool, record, &has_no_record);
    gboolean is_written = image_us > 0 && record_us > 0 && image_us > record_us + LATE_US;
    g_autofree char *problem = NULL;
    if (is_missing) {
        problem = g_strdup_printf("its volume '%s' is missing", facts->image_volume);
    } else if ((is_written || facts->image_has_loader == SB_YES) &&
               has_its_digest(pool, facts->image_volume) == SB_NO) {
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(image_us / G_USEC_PER_SEC);
        g_autofree char *text = g_date_time_format_iso8601(time);
        problem = g_strdup_printf("its volume '%s' was written to at %s, and its sha256 is another "
                                  "one now",
                                  facts->image_volume, text);
    }
    facts->image_problem = sb_facts_keep(facts, problem);
}

/* libvirt does not see that a file was removed until the pool is read again. */
static gboolean is_disk_gone(const SbPool *pool, const char *machine)
{
    g_autofree char *name = sb_overlay_name(machine);
    g_autofree char *path = sb_pool_path(pool, name);
    return path && access(path, F_OK) < 0 && errno == ENOENT;
}

static void add_seed(const SbPool *pool, SbFacts *facts)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) seed = NULL;
    g_autofree char *name = sb_seed_name(facts->machine);
    g_autofree char *problem = NULL;
    if (facts->arch && !facts->cdrom)
        problem = g_strdup("there is no medium in the cdrom drive of its domain");
    else if (!sb_volume_read_if_there(pool, name, SB_SEED_ISO_MAX_BYTES, &seed, &error))
        g_debug("%s", error->message);
    else
        problem =
            seed ? sb_seed_problem(seed) : g_strdup_printf("its volume '%s' is missing", name);
    facts->seed_problem = sb_facts_keep(facts, problem);
}

/* What is in the pool, if something is wrong. */
static void add_from_pool(virConnect *connection, gboolean is_local, SbFacts *facts)
{
    g_autoptr(SbDiagnosis) found = facts->is_thorough ? NULL : sb_diagnose_end(facts);
    if ((!facts->is_thorough && !found) || facts->pool_is_active != SB_YES)
        return;
    g_autoptr(SbPool) pool = sb_pool_open(connection, facts->pool, NULL, NULL);
    if (!pool)
        return;
    facts->disk_is_gone = is_local && is_disk_gone(pool, facts->machine);
    add_record(pool, is_local, facts);
    if (facts->image_volume)
        add_image(pool, facts);
    add_seed(pool, facts);
}

void sb_examine_now(SbHost *host, const char *uuid, SbFacts *facts)
{
    g_auto(SbLease) lease = sb_lease_take(host, NULL);
    gboolean is_local = !sb_host_is_remote(host);
    if (lease.connection) {
        add_domain(host, lease.connection, uuid, facts);
        add_network(lease.connection, is_local, facts);
        add_firewall(facts);
        add_guest_words(lease.connection, uuid, facts);
        add_login_step(facts);
        sb_look_at_pool(lease.connection, facts->pool, &facts->pool_is_active,
                        &facts->pool_free_bytes);
        if (facts->is_thorough && !facts->console)
            add_console(lease.connection, facts);
        add_from_pool(lease.connection, is_local, facts);
        facts->host_free_kib = sb_look_for_free_kib(lease.connection);
    }
    if (!is_local)
        return;
    if (facts->is_thorough && facts->awaited == SB_STAGE_READY)
        sb_examine_way_out(facts);
    facts->load = sb_local_load();
    g_autofree char *log = sb_local_qemu_log(sb_host_is_privileged(host), facts->machine);
    facts->qemu_log = sb_facts_keep(facts, log);
}

SbDiagnosis *sb_diagnose_domain(const SbHost *host, virConnect *connection, const SbDomain *domain)
{
    g_autoptr(SbFacts) facts = sb_facts_of_domain(host, domain);
    add_domain(host, connection, domain->uuid, facts);
    if (facts->has_state && facts->state == VIR_DOMAIN_RUNNING)
        add_console(connection, facts);
    return sb_diagnose_end(facts);
}

SbDiagnosis *sb_diagnose_qemu(const SbHost *host, const SbDomain *domain)
{
    g_autoptr(SbFacts) facts = sb_facts_of_domain(host, domain);
    facts->qemu_is_stopped = is_stopped(host, facts->machine);
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
    examination->thread = sb_worker_start("examination", in_thread, examination, NULL);
    /* Where this process gets no more threads, the main loop waits. */
    if (!examination->thread)
        in_thread(examination);
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
