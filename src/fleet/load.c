/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/load.h"

#include "base/array.h"
#include "cloud-init/user-data-check.h"
#include "fleet-file/fleet-file-values.h"
#include "local/input-file.h"
#include "local/source-files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The reading of the files of one fleet file. */
typedef struct {
    const SbFleetFile *file;
    SbLinter *linter;
    GHashTable *linted;   /* whether each file had no error */
    GHashTable *contents; /* of GBytes, by path: groups can share a file */
    SbDiagnostics *diagnostics;
    const SbFleetSettings *settings; /* (nullable) NULL: the file is only linted */
} Loading;

static void complain(const Loading *loading, SbMark mark, const char *message)
{
    SbValueReader reader = {loading->file->file, loading->diagnostics,
                            (const char *const *)loading->file->settings};
    SbYamlNode named = {.mark = mark};
    sb_value_complain(&reader, &named, "%s (the path is relative to the fleet file)", message);
}

/* Reads the file of REFERENCE, if it has one. (transfer full) (nullable) its path */
static char *read_reference(const Loading *loading, SbFileReference *reference, gsize max_bytes)
{
    if (!reference->path)
        return NULL;
    g_autofree char *path = sb_file_reference_path(loading->file->file, reference->path);
    g_autoptr(GError) error = NULL;
    GBytes *known = g_hash_table_lookup(loading->contents, path);
    reference->content = known ? g_bytes_ref(known) : sb_input_file_read(path, max_bytes, &error);
    if (error)
        complain(loading, reference->mark, error->message);
    else if (!known)
        g_hash_table_insert(loading->contents, g_strdup(path), g_bytes_ref(reference->content));
    return g_steal_pointer(&path);
}

/* Whether none of NETWORKS leads outside. */
static gboolean is_isolated(const SbMachineNetworks *networks)
{
    for (guint i = 0; i < networks->count; i++)
        if (networks->items[i].kind != SB_NETWORK_ISOLATED)
            return FALSE;
    return TRUE;
}

/* Lints BYTES, and returns whether there was no error. The findings of a file that several groups
 * name are added once, unless the networks of the groups differ. */
static gboolean lint(const Loading *loading, const SbGroup *group, SbLintKind kind,
                     const char *path, GBytes *bytes)
{
    gboolean is_offline = is_isolated(&group->spec.networks);
    g_autofree char *key = g_strdup_printf("%d%d %s", is_offline, kind, path);
    gpointer is_good = NULL;
    if (g_hash_table_lookup_extended(loading->linted, key, NULL, &is_good))
        return GPOINTER_TO_INT(is_good);
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    guint errors_before = sb_diagnostics_errors(loading->diagnostics);
    sb_linter_set_offline(loading->linter, is_offline);
    sb_lint(loading->linter, kind, path, data, length, loading->diagnostics);
    is_good = GINT_TO_POINTER(sb_diagnostics_errors(loading->diagnostics) == errors_before);
    g_hash_table_insert(loading->linted, g_steal_pointer(&key), is_good);
    return GPOINTER_TO_INT(is_good);
}

static void read_and_lint(const Loading *loading, const SbGroup *group, SbFileReference *reference,
                          SbLintKind kind)
{
    g_autofree char *path = read_reference(loading, reference, SB_INPUT_MAX_BYTES);
    if (reference->content)
        lint(loading, group, kind, path, reference->content);
}

static void read_user_data(const Loading *loading, const SbGroup *group, SbFileReference *reference)
{
    g_autofree char *path = read_reference(loading, reference, SB_INPUT_MAX_BYTES);
    /* User-data that cloud-init can read must also go together with the harness. */
    if (reference->content && lint(loading, group, SB_LINT_USER_DATA, path, reference->content)) {
        gsize length;
        const char *data = g_bytes_get_data(reference->content, &length);
        sb_user_data_check(path, data, length, loading->diagnostics);
        sb_user_data_check_login(path, data, length, group->spec.login, loading->diagnostics);
    }
}

/* Groups can share their steps. */
static void read_copies(const Loading *loading, const GPtrArray *steps)
{
    SB_EACH(SbProvisionStep, step, steps) {
        if (!step->copy || step->digest)
            continue;
        g_autofree char *path = sb_file_reference_path(loading->file->file, step->copy->from);
        g_autoptr(GError) error = NULL;
        g_autoptr(SbSourceFiles) files = sb_source_files(path, &error);
        step->digest = files ? sb_source_files_digest(files, &error) : NULL;
        if (!step->digest)
            complain(loading, step->copy->mark, error->message);
    }
}

static void read_kernel(const Loading *loading, SbGroup *group)
{
    SbMachineKernel *kernel = &group->spec.kernel;
    g_autofree char *path = read_reference(loading, &kernel->image, SB_KERNEL_MAX_BYTES);
    g_autofree char *initrd = read_reference(loading, &kernel->initrd, SB_KERNEL_MAX_BYTES);
    g_autofree char *refusal =
        kernel->image.content ? sb_machine_kernel_refusal(kernel->image.content, group->spec.arch)
                              : NULL;
    g_autofree char *message = refusal ? g_strdup_printf("'%s' %s", path, refusal) : NULL;
    if (message)
        complain(loading, kernel->image.mark, message);
}

/* The folder at PATH without symbolic links; NULL with an error. (transfer full) */
static char *find_folder(const char *path, GError **error)
{
    char *resolved = realpath(path, NULL);
    g_autofree char *found = g_strdup(resolved);
    gboolean is_folder = found && g_file_test(found, G_FILE_TEST_IS_DIR);
    if (!is_folder)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR, "cannot share '%s': %s", path,
                    found ? "it is not a folder" : g_strerror(errno));
    free(resolved);
    return is_folder ? g_steal_pointer(&found) : NULL;
}

/* Whether PATH is FOLDER or below it. Both have no symbolic links. */
static gboolean is_below(const char *path, const char *folder)
{
    gsize length = strcmp(folder, "/") == 0 ? 0 : strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* A fleet file can come from somebody else: it may not name any folder. */
static void check_share(const Loading *loading, const SbMachineShare *share)
{
    const char *allowed = loading->settings->shares;
    g_autofree char *folder = sb_file_reference_path(loading->file->file, ".");
    g_autoptr(GError) error = NULL;
    g_autofree char *own = find_folder(folder, &error);
    g_autofree char *other = allowed && !error ? find_folder(allowed, &error) : NULL;
    if (!error && (is_below(share->path, own) || (other && is_below(share->path, other))))
        return;
    g_autofree char *message =
        error ? g_strdup(error->message)
              : g_strdup_printf("'%s' is not below the folder of the fleet file%s%s%s: 'shares: "
                                "FOLDER' in your config.yaml allows what is below FOLDER",
                                share->path, other ? " and not below '" : "", other ? other : "",
                                other ? "'" : "");
    complain(loading, share->mark, message);
}

/* Groups can share them. */
static void find_shares(const Loading *loading, const GPtrArray *shares)
{
    SB_EACH(SbMachineShare, share, shares) {
        if (share->path)
            continue;
        g_autofree char *path = sb_file_reference_path(loading->file->file, share->from);
        g_autoptr(GError) error = NULL;
        share->path = find_folder(path, &error);
        if (!share->path)
            complain(loading, share->mark, error->message);
        else if (loading->settings)
            check_share(loading, share);
    }
}

static void read_files(const Loading *loading)
{
    const SbFleetFile *file = loading->file;
    SB_EACH(SbGroup, group, file->groups) {
        read_user_data(loading, group, &group->spec.user_data);
        read_and_lint(loading, group, &group->spec.vendor_data, SB_LINT_USER_DATA);
        read_and_lint(loading, group, &group->spec.network_config, SB_LINT_NETWORK_CONFIG);
        read_copies(loading, group->spec.provision);
        read_kernel(loading, group);
        find_shares(loading, group->spec.shares);
    }
    /* A layer is booted in the way of the first group. */
    const SbGroup *first = g_ptr_array_index(file->groups, 0);
    SB_EACH(SbBuildLayer, layer, file->layers) {
        read_user_data(loading, first, &layer->user_data);
        read_and_lint(loading, first, &layer->vendor_data, SB_LINT_USER_DATA);
    }
}

static SbFleetFile *load_text(const char *path, GBytes *text, const SbFleetSettings *settings,
                              SbLinter *linter, SbDiagnostics *diagnostics)
{
    guint errors_before = sb_diagnostics_errors(diagnostics);
    gsize length;
    const char *data = g_bytes_get_data(text, &length);
    g_autoptr(SbFleetFile) file =
        sb_fleet_file_parse_with(path, data, length, settings, diagnostics);
    if (!file)
        return NULL;
    g_autoptr(GHashTable) linted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) contents =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    const Loading loading = {file, linter, linted, contents, diagnostics, settings};
    read_files(&loading);
    return sb_diagnostics_errors(diagnostics) == errors_before ? g_steal_pointer(&file) : NULL;
}

SbFleetFile *sb_fleet_load_text(const char *path, const char *text, const SbFleetSettings *settings,
                                SbDiagnostics *diagnostics)
{
    g_autoptr(SbLinter) linter = sb_linter_new();
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    return load_text(path, bytes, settings, linter, diagnostics);
}

SbFleetFile *sb_fleet_load(const char *path, const SbFleetSettings *settings,
                           SbDiagnostics *diagnostics)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = sb_input_file_read(path, SB_FLEET_FILE_MAX_BYTES, &error);
    if (!text) {
        sb_diagnostics_add(diagnostics, path, (SbMark){0, 0}, "%s", error->message);
        return NULL;
    }
    g_autoptr(SbLinter) linter = sb_linter_new();
    return load_text(path, text, settings, linter, diagnostics);
}

SbFleetFile *sb_fleet_load_linted(const char *path, GBytes *text, SbLinter *linter,
                                  SbDiagnostics *diagnostics)
{
    return load_text(path, text, NULL, linter, diagnostics);
}
