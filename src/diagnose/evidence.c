/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/evidence.h"

#include "base/array.h"
#include "base/error.h"
#include "cloud-init/lint.h"
#include "diagnose/evidence-files.h"
#include "diagnose/examine.h"
#include "diagnose/local-facts.h"
#include "diagnose/redact.h"
#include "libvirt/agent.h"
#include "libvirt/console-log.h"
#include "libvirt/look.h"
#include "libvirt/volume-stream.h"
#include "local/seed-iso.h"
#include "local/ssh.h"
#include "local/state-dir.h"
#include "local/tar.h"
#include "model/image-record.h"
#include "model/volume-names.h"
#include "rules/diagnosis.h"
#include "rules/evidence-lines.h"

#include <glib/gstdio.h>
#include <string.h>

SB_DEFINE_ERROR(sb_evidence_error, SB_ERRORS_NONE)

enum { KEPT_FOLDERS = 20, AGENT_SECONDS = 60 };
/* A new connection, and the commands of guest_script with 10 s for each. */
enum { SSH_SECONDS = 180 };

#define FOLDERS ".evidence"

/* One call of sb_evidence_collect(). */
typedef struct {
    const SbEvidenceRequest *request;
    virConnect *connection; /**< NULL: there is none */
    SbEvidenceFiles *files;
    gboolean is_lost; /**< the machine is off, or known to be beyond help */
} Collection;

char *sb_evidence_folder(const SbHost *host, const char *machine)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
    g_autofree char *parent = sb_state_dir_path(sb_host_uri(host), FOLDERS);
    g_autofree char *name = g_strdup_printf("%s.%s", time, machine);
    return g_build_filename(parent, name, NULL);
}

gboolean sb_evidence_write(const char *folder, const char *name, const char *text, GError **error)
{
    guint count;
    g_autofree char *clean = sb_redact(text, &count);
    return sb_state_dir_ensure(folder, error) && sb_state_dir_write(folder, name, clean, error);
}

static void add(const Collection *collection, const char *name, const char *what, const char *text)
{
    sb_evidence_files_add(collection->files, name, what, text);
}

static void add_bytes(const Collection *collection, const char *name, const char *what,
                      GBytes *bytes)
{
    gsize length = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    sb_evidence_files_add_bytes(collection->files, name, what, data, length);
}

/* ---- what this machine knows ---- */

/* What `up` has left: the fleet file as it was then, and how far the machine came. */
static void add_state(const Collection *collection)
{
    const SbDomain *domain = collection->request->domain;
    const SbHost *host = collection->request->host;
    g_autofree char *folder = sb_state_dir_path(sb_host_uri(host), domain->metadata->fleet);
    g_autofree char *history = g_strconcat(domain->name, SB_HISTORY_SUFFIX, NULL);
    const struct {
        const char *file, *name, *what;
    } files[] = {{SB_STATE_DIR_FLEET_FILE, "fleet.yaml", "the fleet file of the last 'up'"},
                 {history, "events.txt", "its stages and events, with their times"}};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(folder, files[i].file, NULL);
        g_autofree char *text = NULL;
        g_file_get_contents(path, &text, NULL, NULL);
        add(collection, files[i].name, files[i].what, text);
    }
    g_autofree char *log =
        sb_host_is_remote(host) ? NULL : sb_local_libvirtd_log(sb_host_is_privileged(host));
    add(collection, "libvirtd.log", "the end of libvirtd's log", log);
}

/* ---- what libvirt knows ---- */

static void add_finding(Collection *collection)
{
    const SbEvidenceRequest *request = collection->request;
    g_autoptr(SbFacts) facts = sb_facts_of_domain(request->host, request->domain);
    facts->is_thorough = TRUE;
    sb_examine_now(request->host, request->domain->uuid, facts);
    g_autoptr(SbDiagnosis) diagnosis = sb_diagnose_end(facts);
    collection->is_lost = diagnosis || !facts->has_state || facts->state != VIR_DOMAIN_RUNNING;
    g_autofree char *found = diagnosis ? sb_diagnosis_text(diagnosis, NULL) : NULL;
    add(collection, "finding.txt", "what failed",
        request->message ? request->message
        : found          ? found
                         : "nothing was found that keeps the machine from working");
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    sb_evidence_add_facts(lines, facts, ~SB_SHOW_TAIL);
    g_ptr_array_add(lines, NULL);
    g_autofree char *text = g_strjoinv("\n", (char **)lines->pdata);
    add(collection, "facts.txt", "domain, network, image, pool and host in words", text);
    add(collection, "qemu.log", "the end of QEMU's own log", facts->qemu_log);
}

static void add_libvirt(const Collection *collection)
{
    const SbDomain *domain = collection->request->domain;
    virConnect *connection = collection->connection;
    g_autofree char *versions = sb_look_for_versions(connection);
    g_autofree char *size = sb_look_for_host_size(connection);
    g_autofree char *host = g_strdup_printf("seedbed %s\nURI %s\n%s%s", PACKAGE_VERSION,
                                            sb_host_uri(collection->request->host), versions, size);
    add(collection, "versions.txt", "versions, URI, host", host);
    g_autofree char *xml = sb_look_for_domain_xml(connection, domain->uuid);
    add(collection, "domain.xml", "the domain", xml);
    g_autofree char *network = sb_look_for_network_xml(connection, domain->uuid);
    add(collection, "network.xml", "its network, with its leases", network);
    g_autofree char *volumes =
        sb_look_for_volumes_xml(connection, domain->metadata->pool, domain->name);
    add(collection, "pool.xml", "its pool and volumes", volumes);
    g_autofree char *image =
        sb_look_for_volumes_xml(connection, domain->metadata->pool, domain->metadata->image_volume);
    add(collection, "image.xml", "the pool and the image under its overlay", image);
}

/* ---- what is in the pool ---- */

/* Parts in base64 may have a key that no pattern finds: then only their length is shown. */
static void add_user_data(const Collection *collection, const char *name, GBytes *bytes)
{
    if (!bytes)
        return;
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    gboolean is_plain =
        !strstr(text, "Content-Transfer-Encoding: base64") && g_utf8_validate(text, -1, NULL);
    g_autofree char *length =
        g_strdup_printf("%zu bytes, with encoded parts: not shown\n", g_bytes_get_size(bytes));
    add(collection, name, "of the seed", is_plain ? text : length);
}

/* Which files the seed has, and what lint says of them. */
static void add_listing(const Collection *collection, const SbSeed *seed, guint others)
{
    const struct {
        const char *name;
        SbLintKind kind;
        GBytes *bytes;
    } all[] = {{"user-data", SB_LINT_USER_DATA, seed->user_data},
               {"vendor-data", SB_LINT_USER_DATA, seed->vendor_data},
               {"meta-data", SB_LINT_META_DATA, seed->meta_data},
               {"network-config", SB_LINT_NETWORK_CONFIG, seed->network_config}};
    g_autoptr(GString) listing = g_string_new(NULL);
    g_autoptr(SbLinter) linter = sb_linter_new();
    g_autoptr(SbDiagnostics) findings = sb_diagnostics_new();
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        if (!all[i].bytes)
            continue;
        gsize length;
        const char *data = g_bytes_get_data(all[i].bytes, &length);
        g_string_append_printf(listing, "%-15s %zu bytes\n", all[i].name, length);
        sb_lint(linter, all[i].kind, all[i].name, data ? data : "", length, findings);
    }
    g_string_append_printf(listing, "other files: %u\n", others);
    g_autofree char *text = sb_diagnostics_to_string(findings);
    add(collection, "seed.listing", "the files of the seed", listing->str);
    add(collection, "lint.txt", "what lint says about them", text);
}

static void add_seed(const Collection *collection, const SbPool *pool)
{
    g_autofree char *name = sb_seed_name(collection->request->domain->name);
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, NULL);
    g_autoptr(GBytes) image =
        volume ? sb_volume_download(volume, 0, SB_SEED_ISO_MAX_BYTES, NULL) : NULL;
    g_auto(SbSeed) seed = {.user_data = NULL};
    guint others = 0;
    if (!image || !sb_seed_iso_read(image, &seed, &others, NULL)) {
        add(collection, "seed.listing", "the seed cannot be read", NULL);
        return;
    }
    add_listing(collection, &seed, others);
    add_bytes(collection, "seed.meta-data", "of the seed", seed.meta_data);
    add_bytes(collection, "seed.network-config", "of the seed", seed.network_config);
    add_user_data(collection, "seed.user-data", seed.user_data);
    add_user_data(collection, "seed.vendor-data", seed.vendor_data);
}

static void add_console(const Collection *collection, const SbPool *pool)
{
    g_autoptr(SbConsoleLog) log = sb_console_log_new(collection->request->domain->name);
    g_autoptr(GBytes) bytes = sb_console_log_read(log, pool, NULL);
    add_bytes(collection, "console.txt", "the whole serial console", bytes);
}

/* What is recorded of the image: its digest, and where it is from. */
static void add_image(const Collection *collection, const SbPool *pool)
{
    g_autofree char *name =
        sb_image_record_volume(collection->request->domain->metadata->image_volume);
    g_autoptr(GBytes) bytes = NULL;
    if (!sb_volume_read_if_there(pool, name, SB_EVIDENCE_FILE_BYTES, &bytes, NULL))
        bytes = NULL;
    add_bytes(collection, "image.json", "the record of its image, with the digest", bytes);
}

static void add_from_pool(const Collection *collection)
{
    g_autoptr(SbPool) pool = sb_pool_open(collection->connection,
                                          collection->request->domain->metadata->pool, NULL, NULL);
    if (!pool) {
        add(collection, "console.txt", "the pool cannot be used", NULL);
        return;
    }
    add_console(collection, pool);
    add_image(collection, pool);
    add_seed(collection, pool);
}

/* ---- what the guest says ---- */

/* Each command is bounded, because a guest in trouble may never answer. */
static const char guest_script[] =
    "t() { echo; echo \"\\$ $*\"; timeout 10 \"$@\" 2>&1 || echo \"(exit status $?)\"; }; "
    "t cloud-init status --long; t uname -a; t uptime; t df -h; t free -m; t ip address; "
    "t ip route; t systemctl --no-pager --failed; t systemctl --no-pager list-jobs; "
    "t sudo -n dmesg -l emerg,alert,crit,err,warn; t sudo -n journalctl --no-pager -b -p 4 -n 300; "
    "t sudo -n tail -n 400 /var/log/cloud-init.log; "
    "t sudo -n tail -n 400 /var/log/cloud-init-output.log; true";

/* What the guest says over a new ssh connection; what ssh says of that is kept too. Only a guest
 * that was known to answer is given time. (transfer full) (nullable) */
static GBytes *ask_over_ssh(const Collection *collection)
{
    const SbEvidenceRequest *request = collection->request;
    const char *const options[] = {"-v",
                                   "-o",
                                   "BatchMode=yes",
                                   "-o",
                                   request->answers ? "ConnectTimeout=10" : "ConnectTimeout=3",
                                   "-o",
                                   "ControlPath=none",
                                   NULL};
    g_autoptr(GSubprocess) ssh =
        sb_ssh_spawn(request->ssh_config, request->domain->name, options,
                     request->answers ? guest_script : "true",
                     G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL);
    g_autoptr(GBytes) output = NULL, words = NULL;
    gboolean is_answer =
        ssh && sb_ssh_take_answer(ssh, SB_EVIDENCE_FILE_BYTES, SSH_SECONDS, &output, &words);
    add_bytes(collection, "ssh.txt", "what 'ssh -v' says of a login", words);
    return is_answer && request->answers ? g_steal_pointer(&output) : NULL;
}

static GBytes *ask_agent(const Collection *collection)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(virDomain) domain =
        sb_domain_open(collection->connection, collection->request->domain->uuid, &error);
    GBytes *output = domain ? sb_agent_run(domain, guest_script, AGENT_SECONDS, &error) : NULL;
    if (!output)
        g_debug("%s", error->message);
    return output;
}

/* By ssh, and otherwise by the guest agent. */
static void add_guest(const Collection *collection)
{
    const char *how = "over ssh";
    g_autoptr(GBytes) output =
        collection->request->ssh_config && !collection->is_lost ? ask_over_ssh(collection) : NULL;
    if (!output && collection->connection && !collection->is_lost) {
        output = ask_agent(collection);
        how = output ? "through its agent" : "over ssh or through its agent";
    }
    g_autofree char *what = g_strdup_printf("what the guest says about itself, %s", how);
    add_bytes(collection, "guest.txt", what, output);
}

/* ---- the folder ---- */

/* Their names begin with their time. */
static void remove_oldest(const char *parent)
{
    g_autoptr(GDir) directory = g_dir_open(parent, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while (directory && (name = g_dir_read_name(directory)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, sb_compare_texts);
    for (guint i = 0; i + KEPT_FOLDERS < names->len; i++) {
        g_autofree char *path = g_build_filename(parent, g_ptr_array_index(names, i), NULL);
        sb_state_dir_remove(path, NULL);
    }
}

gboolean sb_evidence_collect(const SbEvidenceRequest *request, const char *folder, GError **error)
{
    if (!sb_state_dir_ensure(folder, error))
        return FALSE;
    g_auto(SbLease) lease = sb_lease_take(request->host, NULL);
    g_autoptr(SbEvidenceFiles) files = sb_evidence_files_new(folder, request->domain->name);
    Collection collection = {.request = request, .connection = lease.connection, .files = files};
    add_finding(&collection);
    add_state(&collection);
    if (collection.connection) {
        add_libvirt(&collection);
        add_from_pool(&collection);
    }
    add_guest(&collection);
    g_autofree char *parent = g_path_get_dirname(folder);
    remove_oldest(parent);
    if (sb_evidence_files_finish(files, error))
        return TRUE;
    g_rmdir(folder); /* Only an empty one: what could be written is of use. */
    return FALSE;
}

char *sb_evidence_note(const SbEvidenceRequest *request, const char *folder)
{
    g_autoptr(GError) error = NULL;
    gboolean is_kept = sb_evidence_collect(request, folder, &error);
    return is_kept ? g_strdup_printf("\nthe whole evidence: %s", folder)
                   : g_strdup_printf("\nno evidence was kept: %s", error->message);
}

/* ---- the archive ---- */

gboolean sb_evidence_pack(const char *folder, const char *path, GError **error)
{
    g_autoptr(SbSourceFiles) files = sb_source_files(folder, error);
    if (!files)
        return FALSE;
    g_autofree char *part = g_strconcat(path, ".part", NULL);
    g_autoptr(GFile) file = g_file_new_for_path(part);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GFileOutputStream) output = g_file_replace(
        file, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, &cause);
    g_autoptr(GZlibCompressor) gzip = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
    g_autoptr(GOutputStream) stream =
        output ? g_converter_output_stream_new(G_OUTPUT_STREAM(output), G_CONVERTER(gzip)) : NULL;
    if (stream && sb_tar_write(files, stream, NULL, NULL, &cause) &&
        g_output_stream_close(stream, NULL, &cause) && g_rename(part, path) == 0)
        return TRUE;
    g_unlink(part);
    return sb_error_set(error, SB_EVIDENCE_ERROR, SB_EVIDENCE_ERROR_WRITE, "cannot write '%s': %s",
                        path, cause ? cause->message : g_strerror(EIO));
}
