/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/source-files.h"

#include "base/array.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_source_files_error, SB_ERRORS_NONE)

void sb_source_files_free(SbSourceFiles *files)
{
    g_free(files->root);
    g_ptr_array_unref(files->names);
    g_free(files);
}

static gboolean add_name(SbSourceFiles *files, char *name, GError **error)
{
    g_ptr_array_add(files->names, name);
    if (files->names->len <= SB_SOURCE_FILES_MAX)
        return TRUE;
    return sb_error_set(error, SB_SOURCE_FILES_ERROR, SB_SOURCE_FILES_ERROR_MANY,
                        "'%s' has more than %d files: copy a part of it", files->root,
                        SB_SOURCE_FILES_MAX);
}

static char *join(const char *folder, const char *name)
{
    return *folder ? g_strconcat(folder, "/", name, NULL) : g_strdup(name);
}

/* ---- all files ---- */

static gboolean add_folder(SbSourceFiles *files, const char *folder, GError **error);

/* Sockets, devices and the like are not sources. */
static gboolean add_any(SbSourceFiles *files, char *name, GError **error)
{
    g_autofree char *path = g_build_filename(files->root, name, NULL);
    struct stat info;
    if (lstat(path, &info) != 0) {
        g_free(name);
        return TRUE; /* gone meanwhile */
    }
    if (S_ISDIR(info.st_mode)) {
        g_autofree char *folder = name;
        return add_folder(files, folder, error);
    }
    if (S_ISREG(info.st_mode) || S_ISLNK(info.st_mode))
        return add_name(files, name, error);
    g_free(name);
    return TRUE;
}

static gboolean add_folder(SbSourceFiles *files, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(files->root, folder, NULL);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) dir = g_dir_open(path, 0, &cause);
    if (!dir)
        return sb_error_set(error, SB_SOURCE_FILES_ERROR, SB_SOURCE_FILES_ERROR_READ, "%s",
                            cause->message);
    const char *name;
    gboolean is_empty = TRUE;
    while ((name = g_dir_read_name(dir))) {
        is_empty = FALSE;
        if (!add_any(files, join(folder, name), error))
            return FALSE;
    }
    return !is_empty || !*folder || add_name(files, g_strdup(folder), error);
}

/* ---- git ---- */

static gboolean add_checkout(SbSourceFiles *files, const char *folder, gboolean *is_checkout_out,
                             GError **error);

/* A folder in git's list is a checkout of its own: a submodule, or an untracked one. Git also lists
 * tracked files that were deleted. */
static gboolean add_listed(SbSourceFiles *files, const char *folder, const char *listed,
                           GError **error)
{
    g_autofree char *name = join(folder, listed);
    if (g_str_has_suffix(name, "/"))
        name[strlen(name) - 1] = '\0';
    g_autofree char *path = g_build_filename(files->root, name, NULL);
    struct stat info;
    if (lstat(path, &info) != 0)
        return TRUE;
    if (S_ISREG(info.st_mode) || S_ISLNK(info.st_mode))
        return add_name(files, g_steal_pointer(&name), error);
    gboolean is_checkout = TRUE;
    return !S_ISDIR(info.st_mode) || add_checkout(files, name, &is_checkout, error);
}

static GSubprocess *ask_git(const char *folder, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    /* This is about the folder, not about a repository that the environment names (in a hook). */
    static const char *const variables[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
                                            "GIT_PREFIX"};
    for (gsize i = 0; i < G_N_ELEMENTS(variables); i++)
        g_subprocess_launcher_unsetenv(launcher, variables[i]);
    g_subprocess_launcher_setenv(launcher, "GIT_OPTIONAL_LOCKS", "0", TRUE);
    g_subprocess_launcher_setenv(launcher, "LC_ALL", "C", TRUE);
    /* A repository's own configuration may name a program for that. */
    return g_subprocess_launcher_spawn(launcher, error, "git", "-c", "core.fsmonitor=false", "-C",
                                       folder, "ls-files", "-z", "--cached", "--others",
                                       "--exclude-standard", "--deduplicate", NULL);
}

static gboolean add_list(SbSourceFiles *files, const char *folder, GBytes *list, GError **error)
{
    gsize length;
    const char *text = g_bytes_get_data(list, &length), *end = text + length;
    while (text < end) {
        const char *nul = memchr(text, '\0', (gsize)(end - text));
        if (!nul)
            break;
        if (!add_listed(files, folder, text, error))
            return FALSE;
        text = nul + 1;
    }
    return TRUE;
}

/* Adds the files of FOLDER, if it is in a checkout. */
static gboolean add_checkout(SbSourceFiles *files, const char *folder, gboolean *is_checkout_out,
                             GError **error)
{
    g_autofree char *path = g_build_filename(files->root, folder, NULL);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GSubprocess) git = ask_git(path, &cause);
    g_autoptr(GBytes) list = NULL, errors = NULL;
    *is_checkout_out = FALSE;
    if (!git)
        return TRUE; /* without git nothing can be a checkout */
    if (!g_subprocess_communicate(git, NULL, NULL, &list, &errors, error))
        return FALSE;
    if (g_subprocess_get_if_exited(git) && g_subprocess_get_exit_status(git) == 0) {
        *is_checkout_out = TRUE;
        return add_list(files, folder, list, error);
    }
    gsize length;
    const char *data = g_bytes_get_data(errors, &length);
    g_autofree char *words = g_strndup(data ? data : "", length);
    if (strstr(words, "not a git repository"))
        return TRUE;
    return sb_error_set(error, SB_SOURCE_FILES_ERROR, SB_SOURCE_FILES_ERROR_GIT,
                        "git cannot list the files of '%s': %s", path, g_strstrip(words));
}

/* An empty list. *INFO_OUT is about PATH, which must be a file or a folder. */
static SbSourceFiles *files_new(const char *path, struct stat *info_out, GError **error)
{
    if (stat(path, info_out) != 0 || (!S_ISDIR(info_out->st_mode) && !S_ISREG(info_out->st_mode)))
        return sb_error_set_null(error, SB_SOURCE_FILES_ERROR, SB_SOURCE_FILES_ERROR_MISSING,
                                 "'%s' is not a file or folder", path);
    SbSourceFiles *files = g_new0(SbSourceFiles, 1);
    files->names = g_ptr_array_new_with_free_func(g_free);
    return files;
}

guint64 sb_source_files_bytes(const SbSourceFiles *files)
{
    guint64 bytes = 0;
    SB_EACH(const char, name, files->names) {
        g_autofree char *path = g_build_filename(files->root, name, NULL);
        struct stat info;
        if (lstat(path, &info) == 0 && S_ISREG(info.st_mode))
            bytes += (guint64)info.st_size;
    }
    return bytes;
}

SbSourceFiles *sb_source_files_all(const char *path, GError **error)
{
    struct stat info;
    g_autoptr(SbSourceFiles) files = files_new(path, &info, error);
    if (!files)
        return NULL;
    files->root = g_path_get_dirname(path);
    if (!add_any(files, g_path_get_basename(path), error))
        return NULL;
    g_ptr_array_sort(files->names, sb_compare_texts);
    return g_steal_pointer(&files);
}

SbSourceFiles *sb_source_files(const char *path, GError **error)
{
    struct stat info;
    g_autoptr(SbSourceFiles) files = files_new(path, &info, error);
    if (!files)
        return NULL;
    if (S_ISREG(info.st_mode)) {
        files->root = g_path_get_dirname(path);
        g_ptr_array_add(files->names, g_path_get_basename(path));
        return g_steal_pointer(&files);
    }
    files->root = g_strdup(path);
    gboolean is_checkout;
    if (!add_checkout(files, "", &is_checkout, error) ||
        (!is_checkout && !add_folder(files, "", error)))
        return NULL;
    g_ptr_array_sort(files->names, sb_compare_texts);
    return g_steal_pointer(&files);
}

/* ---- what they are ---- */

static gboolean set_read_error(const char *path, GError **error)
{
    return sb_error_set(error, SB_SOURCE_FILES_ERROR, SB_SOURCE_FILES_ERROR_READ,
                        "cannot read '%s': %s", path, g_strerror(errno));
}

static gboolean add_content(GChecksum *sum, const char *path, GError **error)
{
    enum { BLOCK_BYTES = 64 * 1024 };
    g_autofree guchar *block = g_malloc(BLOCK_BYTES);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gssize got = fd < 0 ? -1 : read(fd, block, BLOCK_BYTES);
    for (; got > 0; got = read(fd, block, BLOCK_BYTES))
        g_checksum_update(sum, block, got);
    gboolean is_read = got == 0 || set_read_error(path, error);
    if (fd >= 0)
        close(fd);
    return is_read;
}

static gboolean add_file(GChecksum *sum, const char *root, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(root, name, NULL);
    struct stat info;
    if (lstat(path, &info) != 0)
        return set_read_error(path, error);
    g_autofree char *target = S_ISLNK(info.st_mode) ? g_file_read_link(path, NULL) : NULL;
    /* With sizes, so that no two lists look like each other. */
    g_autofree char *head = g_strdup_printf(
        "%zu:%s %o %" G_GINT64_FORMAT "%s%s\n", strlen(name), name, (guint)info.st_mode,
        S_ISREG(info.st_mode) ? (gint64)info.st_size : 0, target ? " " : "", target ? target : "");
    g_checksum_update(sum, (const guchar *)head, (gssize)strlen(head));
    return !S_ISREG(info.st_mode) || add_content(sum, path, error);
}

char *sb_source_files_digest(const SbSourceFiles *files, GError **error)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint i = 0; i < files->names->len; i++)
        if (!add_file(sum, files->root, g_ptr_array_index(files->names, i), error))
            return NULL;
    return g_strdup(g_checksum_get_string(sum));
}
