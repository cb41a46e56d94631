/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/evidence.h"

#include "base/error.h"
#include "base/text.h"
#include "diagnose/diagnosis.h"
#include "diagnose/evidence-lines.h"
#include "diagnose/examine.h"
#include "diagnose/redact.h"
#include "libvirt/console-log.h"
#include "libvirt/look.h"
#include "libvirt/volume-stream.h"
#include "local/seed-iso.h"
#include "local/ssh.h"
#include "local/state-dir.h"
#include "local/tar.h"
#include "model/volume-names.h"

#include <glib/gstdio.h>
#include <string.h>

SB_DEFINE_ERROR(sb_evidence_error, SB_ERRORS_NONE)

/* With about ten files, less than 50 MB. */
enum { FILE_BYTES = 4 * 1024 * 1024, KEPT_FOLDERS = 20 };

#define FOLDERS ".evidence"

/* One call of sb_evidence_collect(). */
typedef struct {
    const SbEvidenceRequest *request;
    virConnect *connection; /**< NULL: there is none */
    const char *folder;
    GString *index;
    guint redacted;
    GError *error; /**< (nullable) a file cannot be written */
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

/* Writes the file NAME with the end of TEXT (nullable: it is not known), made safe to show. WHAT it
 * is goes into the index. */
static void add(Collection *collection, const char *name, const char *what, const char *text)
{
    g_autofree char *file = g_strdup_printf("%s.%s", collection->request->domain->name, name);
    if (!text || !*text) {
        g_string_append_printf(collection->index, "%-34s nothing: %s\n", file, what);
        return;
    }
    gsize length = strlen(text);
    gsize skipped = length > FILE_BYTES ? length - FILE_BYTES : 0;
    g_autofree char *safe = sb_text_sanitize(text + skipped, length - skipped);
    guint count;
    g_autofree char *clean = sb_redact(safe, &count);
    collection->redacted += count;
    g_string_append_printf(collection->index, "%-34s %s%s", file, what,
                           skipped ? " (only its end)" : "");
    if (count > 0)
        g_string_append_printf(collection->index, " (secrets removed: %u)", count);
    g_string_append_c(collection->index, '\n');
    if (!collection->error)
        sb_state_dir_write(collection->folder, file, clean, &collection->error);
}

/* ---- what libvirt knows ---- */

static void add_finding(Collection *collection)
{
    const SbEvidenceRequest *request = collection->request;
    g_autoptr(SbFacts) facts = sb_facts_of_domain(request->host, request->domain);
    facts->wants_console = TRUE;
    sb_examine_now(request->host, request->domain->uuid, facts);
    g_autoptr(SbDiagnosis) diagnosis = sb_diagnose_end(facts);
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

static void add_libvirt(Collection *collection)
{
    const SbDomain *domain = collection->request->domain;
    virConnect *connection = collection->connection;
    g_autofree char *versions = sb_look_for_versions(connection);
    g_autofree char *host =
        g_strdup_printf("seedbed %s\nURI %s\n%shost CPUs: %u\n", PACKAGE_VERSION,
                        sb_host_uri(collection->request->host), versions ? versions : "",
                        sb_host_cpus(collection->request->host));
    add(collection, "versions.txt", "versions, URI, host", host);
    g_autofree char *xml = sb_look_for_domain_xml(connection, domain->uuid);
    add(collection, "domain.xml", "the domain", xml);
    g_autofree char *network = sb_look_for_network_xml(connection, domain->uuid);
    add(collection, "network.xml", "its network, with its leases", network);
    g_autofree char *volumes =
        sb_look_for_volumes_xml(connection, domain->metadata->pool, domain->name);
    add(collection, "pool.xml", "its pool and volumes", volumes);
}

/* ---- what is in the pool ---- */

static void add_bytes(Collection *collection, const char *name, const char *what, GBytes *bytes)
{
    g_autofree char *text =
        bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
    add(collection, name, what, text);
}

/* Parts in base64 may have a key that no pattern finds: then only their length is shown. */
static void add_user_data(Collection *collection, GBytes *bytes)
{
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    gboolean is_plain =
        !strstr(text, "Content-Transfer-Encoding: base64") && g_utf8_validate(text, -1, NULL);
    g_autofree char *length =
        g_strdup_printf("%zu bytes, with encoded parts: not shown\n", g_bytes_get_size(bytes));
    add(collection, "seed.user-data", "the seed's user-data", is_plain ? text : length);
}

static void add_seed(Collection *collection, const SbPool *pool)
{
    g_autofree char *name = sb_seed_name(collection->request->domain->name);
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, NULL);
    g_autoptr(GBytes) image =
        volume ? sb_volume_download(volume, 0, SB_SEED_ISO_MAX_BYTES, NULL) : NULL;
    g_auto(SbSeed) seed = {.user_data = NULL};
    if (!image || !sb_seed_iso_read(image, &seed, NULL, NULL)) {
        add(collection, "seed.meta-data", "the seed cannot be read", NULL);
        return;
    }
    add_bytes(collection, "seed.meta-data", "the seed's meta-data", seed.meta_data);
    add_bytes(collection, "seed.network-config", "the seed's network-config", seed.network_config);
    if (seed.user_data)
        add_user_data(collection, seed.user_data);
}

static void add_console(Collection *collection, const SbPool *pool)
{
    g_autoptr(SbConsoleLog) log = sb_console_log_new(pool, collection->request->domain->name);
    g_autoptr(GBytes) bytes = sb_console_log_read(log, NULL);
    /* A guest may also print NULs, where a string would end. */
    g_autofree char *text =
        bytes ? sb_text_sanitize(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
    add(collection, "console.txt", "the whole serial console", text);
}

static void add_from_pool(Collection *collection)
{
    g_autoptr(SbPool) pool = sb_pool_open(collection->connection,
                                          collection->request->domain->metadata->pool, NULL, NULL);
    if (!pool) {
        add(collection, "console.txt", "the pool cannot be used", NULL);
        return;
    }
    add_console(collection, pool);
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

static void add_guest(Collection *collection)
{
    static const char *const options[] = {"-o", "BatchMode=yes", "-o", "ConnectTimeout=10", NULL};
    const SbEvidenceRequest *request = collection->request;
    g_autoptr(GSubprocess) ssh =
        request->ssh_config
            ? sb_ssh_spawn(request->ssh_config, request->domain->name, options, guest_script,
                           G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, NULL)
            : NULL;
    g_autoptr(GBytes) output = NULL;
    if (ssh)
        g_subprocess_communicate(ssh, NULL, NULL, &output, NULL, NULL);
    add_bytes(collection, "guest.txt", "what the guest says about itself, over ssh", output);
}

/* ---- the folder ---- */

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Their names begin with their time. */
static void remove_oldest(const char *parent)
{
    g_autoptr(GDir) directory = g_dir_open(parent, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while (directory && (name = g_dir_read_name(directory)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i + KEPT_FOLDERS < names->len; i++) {
        g_autofree char *path = g_build_filename(parent, g_ptr_array_index(names, i), NULL);
        sb_state_dir_remove(path, NULL);
    }
}

static gboolean finish(Collection *collection, GError **error)
{
    g_string_append_printf(collection->index,
                           "\nPrivate keys, password hashes, passwords and tokens of the usual "
                           "forms were looked for in every file; removed: %u.\n",
                           collection->redacted);
    g_autofree char *parent = g_path_get_dirname(collection->folder);
    remove_oldest(parent);
    if (collection->error) {
        g_propagate_error(error, collection->error);
        return FALSE;
    }
    g_autofree char *name = g_strdup_printf("%s.index.txt", collection->request->domain->name);
    return sb_state_dir_write(collection->folder, name, collection->index->str, error);
}

gboolean sb_evidence_collect(const SbEvidenceRequest *request, const char *folder, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(request->host, NULL);
    g_autoptr(GString) index = g_string_new(NULL);
    Collection collection = {
        .request = request, .connection = lease.connection, .folder = folder, .index = index};
    if (!sb_state_dir_ensure(folder, error))
        return FALSE;
    g_string_append_printf(index, "evidence about the machine '%s'\n\n", request->domain->name);
    add_finding(&collection);
    if (collection.connection) {
        add_libvirt(&collection);
        add_from_pool(&collection);
    }
    add_guest(&collection);
    return finish(&collection, error);
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
    g_autoptr(GFileOutputStream) output =
        g_file_replace(file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, &cause);
    g_autoptr(GZlibCompressor) gzip = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
    g_autoptr(GOutputStream) stream =
        output ? g_converter_output_stream_new(G_OUTPUT_STREAM(output), G_CONVERTER(gzip)) : NULL;
    if (stream && sb_tar_write(files, stream, NULL, &cause) &&
        g_output_stream_close(stream, NULL, &cause) && g_rename(part, path) == 0)
        return TRUE;
    g_unlink(part);
    g_set_error(error, SB_EVIDENCE_ERROR, SB_EVIDENCE_ERROR_WRITE, "cannot write '%s': %s", path,
                cause ? cause->message : g_strerror(EIO));
    return FALSE;
}
