#include "fleet/fleet.h"

#include "base/units.h"
#include "model/seed-parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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
    g_free(fleet);
}

/* Reads a regular file of at most MAX_BYTES; what is wrong otherwise, for a finding. A FIFO or a
 * device would block or never end, so they are not even read. */
static GBytes *read_file(const char *path, gsize max_bytes, char **problem_out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) {
        *problem_out = g_strdup_printf("cannot read '%s': %s", path, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    if (!S_ISREG(status.st_mode) || status.st_size > (goffset)max_bytes) {
        g_autofree char *limit = sb_size_format(max_bytes);
        *problem_out = S_ISREG(status.st_mode)
                           ? g_strdup_printf("'%s' is larger than %s", path, limit)
                           : g_strdup_printf("'%s' is not a file", path);
        close(fd);
        return NULL;
    }
    g_autofree char *content = g_malloc(status.st_size + 1);
    gsize length = 0;
    gssize got = 1;
    while (length < (gsize)status.st_size && got > 0) {
        got = read(fd, content + length, status.st_size - length);
        length += MAX(got, 0);
    }
    close(fd);
    if (got < 0) {
        *problem_out = g_strdup_printf("cannot read '%s': %s", path, g_strerror(errno));
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&content), length);
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
    g_autofree char *problem = NULL;
    GBytes *bytes = read_file(path, SB_INPUT_MAX_BYTES, &problem);
    if (!bytes)
        sb_diagnostics_add(diagnostics, file->file, reference->mark,
                           "%s (the path is relative to the fleet file)", problem);
    if (path_out)
        *path_out = g_steal_pointer(&path);
    return bytes;
}

static SbGroupInputs *read_inputs(const SbFleetFile *file, const SbGroup *group,
                                  SbDiagnostics *diagnostics)
{
    SbGroupInputs *inputs = g_new0(SbGroupInputs, 1);
    g_autofree char *user_data_path = NULL;
    inputs->user_data = read_reference(file, &group->user_data, &user_data_path, diagnostics);
    inputs->vendor_data = read_reference(file, &group->vendor_data, NULL, diagnostics);
    inputs->network_config = read_reference(file, &group->network_config, NULL, diagnostics);
    if (inputs->user_data) {
        gsize length;
        const char *data = g_bytes_get_data(inputs->user_data, &length);
        sb_user_data_check(user_data_path, data, length, diagnostics);
        sb_user_data_check_login(user_data_path, data, length, group->login, diagnostics);
    }
    return inputs;
}

SbFleet *sb_fleet_load(const char *path, SbDiagnostics *diagnostics)
{
    g_autofree char *problem = NULL;
    g_autoptr(GBytes) text = read_file(path, SB_FLEET_FILE_MAX_BYTES, &problem);
    if (!text) {
        sb_diagnostics_add(diagnostics, path, (SbMark){0, 0}, "%s", problem);
        return NULL;
    }
    gsize length;
    const char *data = g_bytes_get_data(text, &length);
    g_autoptr(SbFleet) fleet = g_new0(SbFleet, 1);
    fleet->file = sb_fleet_file_parse(path, data, length, diagnostics);
    if (!fleet->file)
        return NULL;
    fleet->inputs = g_ptr_array_new_with_free_func(group_inputs_free);
    for (guint i = 0; i < fleet->file->groups->len; i++)
        g_ptr_array_add(
            fleet->inputs,
            read_inputs(fleet->file, g_ptr_array_index(fleet->file->groups, i), diagnostics));
    return sb_diagnostics_count(diagnostics) == 0 ? g_steal_pointer(&fleet) : NULL;
}
