/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/fleet.h"

#include "cloud-init/user-data-check.h"
#include "local/input-file.h"

/* What the reading of a fleet's files needs. */
typedef struct {
    const SbFleetFile *file;
    SbLinter *linter;
    GHashTable *linted; /* whether each file had no error */
    SbDiagnostics *diagnostics;
} Loading;

static void group_inputs_free(gpointer data)
{
    SbGroupInputs *inputs = data;
    g_clear_pointer(&inputs->user_data, g_bytes_unref);
    g_clear_pointer(&inputs->vendor_data, g_bytes_unref);
    g_clear_pointer(&inputs->network_config, g_bytes_unref);
    g_free(inputs);
}

void sb_fleet_free(SbFleet *fleet)
{
    g_clear_pointer(&fleet->file, sb_fleet_file_free);
    g_clear_pointer(&fleet->inputs, g_ptr_array_unref);
    g_clear_pointer(&fleet->layers, g_ptr_array_unref);
    g_free(fleet->digest);
    g_free(fleet);
}

static GBytes *read_reference(const SbFleetFile *file, const SbFileReference *reference,
                              char **path_out, SbDiagnostics *diagnostics)
{
    if (!reference->path)
        return NULL;
    g_autofree char *folder = g_path_get_dirname(file->file);
    g_autofree char *path = g_path_is_absolute(reference->path)
                                ? g_strdup(reference->path)
                                : g_build_filename(folder, reference->path, NULL);
    g_autoptr(GError) error = NULL;
    GBytes *bytes = sb_input_file_read(path, SB_INPUT_MAX_BYTES, &error);
    if (!bytes)
        sb_diagnostics_add(diagnostics, file->file, reference->mark,
                           "%s (the path is relative to the fleet file)", error->message);
    *path_out = g_steal_pointer(&path);
    return bytes;
}

/* Lints BYTES, and returns whether there was no error. What is found in a file that several groups
 * name is said once, unless their networks differ. */
static gboolean lint(Loading *loading, const SbGroup *group, SbLintKind kind, const char *path,
                     GBytes *bytes)
{
    gboolean is_offline = group->network == SB_NETWORK_ISOLATED;
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

static GBytes *read_and_lint(Loading *loading, const SbGroup *group,
                             const SbFileReference *reference, SbLintKind kind)
{
    g_autofree char *path = NULL;
    GBytes *bytes = read_reference(loading->file, reference, &path, loading->diagnostics);
    if (bytes)
        lint(loading, group, kind, path, bytes);
    return bytes;
}

static SbGroupInputs *read_inputs(Loading *loading, const SbGroup *group)
{
    SbGroupInputs *inputs = g_new0(SbGroupInputs, 1);
    g_autofree char *path = NULL;
    inputs->user_data =
        read_reference(loading->file, &group->user_data, &path, loading->diagnostics);
    /* What cloud-init can read must also go together with the harness. */
    if (inputs->user_data && lint(loading, group, SB_LINT_USER_DATA, path, inputs->user_data)) {
        gsize length;
        const char *data = g_bytes_get_data(inputs->user_data, &length);
        sb_user_data_check(path, data, length, loading->diagnostics);
        sb_user_data_check_login(path, data, length, group->login, loading->diagnostics);
    }
    inputs->vendor_data = read_and_lint(loading, group, &group->vendor_data, SB_LINT_USER_DATA);
    inputs->network_config =
        read_and_lint(loading, group, &group->network_config, SB_LINT_NETWORK_CONFIG);
    return inputs;
}

/* A layer is booted as a machine of the first group is. */
static SbGroupInputs *read_layer(Loading *loading, const SbBuildLayer *layer)
{
    SbGroup group = *(const SbGroup *)g_ptr_array_index(loading->file->groups, 0);
    group.user_data = layer->user_data;
    group.vendor_data = layer->vendor_data;
    group.network_config.path = NULL;
    return read_inputs(loading, &group);
}

SbFleet *sb_fleet_load(const char *path, SbDiagnostics *diagnostics)
{
    g_autoptr(SbLinter) linter = sb_linter_new();
    return sb_fleet_load_linted(path, linter, diagnostics);
}

SbFleet *sb_fleet_load_linted(const char *path, SbLinter *linter, SbDiagnostics *diagnostics)
{
    guint errors_before = sb_diagnostics_errors(diagnostics);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = sb_input_file_read(path, SB_FLEET_FILE_MAX_BYTES, &error);
    if (!text) {
        sb_diagnostics_add(diagnostics, path, (SbMark){0, 0}, "%s", error->message);
        return NULL;
    }
    gsize length;
    const char *data = g_bytes_get_data(text, &length);
    g_autoptr(SbFleet) fleet = g_new0(SbFleet, 1);
    fleet->file = sb_fleet_file_parse(path, data, length, diagnostics);
    if (!fleet->file)
        return NULL;
    fleet->digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, text);
    fleet->inputs = g_ptr_array_new_with_free_func(group_inputs_free);
    g_autoptr(GHashTable) linted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Loading loading = {fleet->file, linter, linted, diagnostics};
    for (guint i = 0; i < fleet->file->groups->len; i++)
        g_ptr_array_add(fleet->inputs,
                        read_inputs(&loading, g_ptr_array_index(fleet->file->groups, i)));
    fleet->layers = g_ptr_array_new_with_free_func(group_inputs_free);
    for (guint i = 0; i < fleet->file->layers->len; i++)
        g_ptr_array_add(fleet->layers,
                        read_layer(&loading, g_ptr_array_index(fleet->file->layers, i)));
    return sb_diagnostics_errors(diagnostics) == errors_before ? g_steal_pointer(&fleet) : NULL;
}
