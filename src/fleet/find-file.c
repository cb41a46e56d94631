/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/find-file.h"

#include "base/error.h"
#include "base/yaml.h"
#include "fleet-file/fleet-file-values.h"
#include "fleet-file/fleet-file.h"
#include "local/input-file.h"

#include <sys/stat.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_find_file_error, SB_ERRORS_ALL)

static const char *const names[] = {"seedbed.yaml", "fleet.yaml"};

/* Whoever can write into a folder above, such as /tmp, could leave a file there. */
static gboolean check_owner(const char *path, const struct stat *status, GError **error)
{
    if (status->st_uid == geteuid() || status->st_uid == 0)
        return TRUE;
    return sb_error_set(
        error, SB_FIND_FILE_ERROR, SB_FIND_FILE_ERROR_FOREIGN,
        "the fleet file '%s' belongs to another user: read it, and give its name to use it", path);
}

/* *PATH_OUT is NULL if FOLDER ("" or "../" several times) has none. FALSE with an error */
static gboolean find_in(const char *folder, char **path_out, GError **error)
{
    *path_out = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat(folder, names[i], NULL);
        struct stat status;
        if (stat(path, &status) < 0)
            continue;
        if (*path_out)
            g_set_error(error, SB_FIND_FILE_ERROR, SB_FIND_FILE_ERROR_TWO,
                        "there are '%s' and '%s': say which", *path_out, path);
        if (*path_out || !check_owner(path, &status, error)) {
            g_clear_pointer(path_out, g_free);
            return FALSE;
        }
        *path_out = g_steal_pointer(&path);
    }
    return TRUE;
}

static gboolean is_root(const char *folder)
{
    struct stat here, root;
    return stat(*folder ? folder : ".", &here) < 0 || stat("/", &root) < 0 ||
           (here.st_dev == root.st_dev && here.st_ino == root.st_ino);
}

char *sb_fleet_find_file(GError **error)
{
    g_autoptr(GString) folder = g_string_new(NULL);
    for (;;) {
        char *path;
        if (!find_in(folder->str, &path, error) || path)
            return path;
        if (is_root(folder->str))
            break;
        g_string_append(folder, "../");
    }
    return sb_error_set_null(
        error, SB_FIND_FILE_ERROR, SB_FIND_FILE_ERROR_NONE,
        "no '%s' or '%s' is in this folder or in one above it: give the name of a fleet file",
        names[0], names[1]);
}

char *sb_fleet_file_name(const char *path, SbDiagnostics *diagnostics)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = sb_input_file_read(path, SB_FLEET_FILE_MAX_BYTES, &error);
    if (!text) {
        sb_diagnostics_add(diagnostics, path, (SbMark){0, 0}, "%s", error->message);
        return NULL;
    }
    guint errors_before = sb_diagnostics_errors(diagnostics);
    g_autoptr(SbYamlNode) root = sb_yaml_parse(path, g_bytes_get_data(text, NULL),
                                               g_bytes_get_size(text), SB_YAML_STRICT, diagnostics);
    if (!root)
        return NULL;
    const SbYamlNode *named = sb_yaml_get(root, "fleet");
    const SbValueReader reader = {.file = path, .diagnostics = diagnostics};
    char *name = NULL;
    if (named)
        sb_value_name(&reader, "fleet", named, &name);
    else if (sb_diagnostics_errors(diagnostics) == errors_before)
        sb_value_complain(&reader, root, "the key 'fleet' is missing: write 'fleet: NAME'");
    return name;
}
