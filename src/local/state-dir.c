/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/state-dir.h"

#include "base/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_state_dir_error, SB_ERRORS_NONE)

/* "qemu:///system" becomes "qemu-system", "qemu+ssh://a@b/system" "qemu+ssh-a@b-system". Parameters
 * only say how to get there, and may change; all but the path of a local socket. */
static char *folder_for_uri(const char *uri)
{
    GString *folder = g_string_new(NULL);
    const char *query = strchr(uri, '?');
    const char *end = query && !strstr(query, "socket=") ? query : uri + strlen(uri);
    for (const char *c = uri; c < end; c++) {
        if (g_ascii_isalnum(*c) || strchr("+@._", *c))
            g_string_append_c(folder, *c);
        else if (folder->len && folder->str[folder->len - 1] != '-')
            g_string_append_c(folder, '-');
    }
    return g_string_free(folder, FALSE);
}

char *sb_state_dir_root(void)
{
    return g_build_filename(g_get_user_state_dir(), "seedbed", NULL);
}

char *sb_state_dir_path(const char *uri, const char *fleet)
{
    g_autofree char *root = sb_state_dir_root(), *folder = folder_for_uri(uri);
    return g_build_filename(root, folder, fleet, NULL);
}

/* ---- folders that are opened without following links ---- */

/* The folders that are ours: seedbed, LIBVIRT and FLEET. What is above them is the user's matter.
 */
enum { OWN_FOLDERS = 3 };

static gboolean refuse(GError **error, const char *path, const char *why)
{
    return sb_error_set(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE, "cannot use '%s': %s",
                        path, why);
}

/* Opens the folder PATH, whose last OWN components are ours. *FD_OUT is -1 if it does not exist.
 * FALSE with an error, also if one of ours is a link or belongs to another user. */
static gboolean open_folder(const char *path, guint own, int *fd_out, GError **error)
{
    int parent = AT_FDCWD, fd;
    g_autofree char *above = g_path_get_dirname(path), *name = g_path_get_basename(path);
    *fd_out = -1;
    if (own > 0 && !open_folder(above, own - 1, &parent, error))
        return FALSE;
    if (parent == -1)
        return TRUE;
    fd = openat(parent, own > 0 ? name : path,
                O_RDONLY | O_DIRECTORY | O_CLOEXEC | (own > 0 ? O_NOFOLLOW : 0));
    int code = errno;
    if (parent >= 0)
        close(parent);
    if (fd < 0 && code == ENOENT)
        return TRUE;
    if (fd < 0)
        return refuse(error, path,
                      code == ENOTDIR || code == ELOOP ? "it is a link, or not a folder"
                                                       : g_strerror(code));
    struct stat status;
    if (own > 0 && (fstat(fd, &status) < 0 || status.st_uid != geteuid())) {
        close(fd);
        return refuse(error, path, "it belongs to another user");
    }
    *fd_out = fd;
    return TRUE;
}

gboolean sb_state_dir_check_own(const char *path, guint own, GError **error)
{
    int fd;
    if (!open_folder(path, own, &fd, error))
        return FALSE;
    if (fd >= 0)
        close(fd);
    return TRUE;
}

GPtrArray *sb_state_dir_list(const char *folder, gint64 before_us, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    int fd;
    if (!open_folder(folder, OWN_FOLDERS - 1, &fd, error))
        return NULL;
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (fd >= 0 && !dir) {
        refuse(error, folder, g_strerror(errno));
        close(fd);
        return NULL;
    }
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        struct stat status;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISDIR(status.st_mode) && status.st_mtim.tv_sec * G_USEC_PER_SEC < before_us)
            g_ptr_array_add(names, g_strdup(entry->d_name));
    }
    if (dir)
        closedir(dir);
    return g_steal_pointer(&names);
}

/* FALSE with an error that says WHY, if the folder PATH, or one of ours above it, is another
 * user's, or if its mode has one of BITS. */
static gboolean check_closed(const char *path, guint own, mode_t bits, const char *why,
                             GError **error)
{
    int fd;
    struct stat status = {.st_mode = bits};
    if (!open_folder(path, own, &fd, error))
        return FALSE;
    gboolean is_known = fd >= 0 && fstat(fd, &status) == 0;
    if (fd >= 0)
        close(fd);
    /* In a sticky folder, such as /tmp, nobody can replace what belongs to others. */
    if (status.st_mode & S_ISVTX)
        bits &= ~(mode_t)022;
    return (is_known && !(status.st_mode & bits)) || refuse(error, path, why);
}

gboolean sb_state_dir_ensure(const char *directory, GError **error)
{
    /* ssh_config(5) has no way to write them; a "${" begins a variable there. */
    if (strpbrk(directory, "\"\\\n") || strstr(directory, "${")) {
        return sb_error_set(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE,
                            "the folder '%s' has a quote, a backslash, a line break or '${' in its "
                            "name, which ssh cannot use: set XDG_STATE_HOME to another one",
                            directory);
    }
    g_autofree char *above = g_path_get_dirname(directory), *root = g_path_get_dirname(above);
    const char *writable = "others can write into it, and replace what is in it ('chmod go-w')";
    /* First: else folders would be made where a prepared link leads. */
    if (!sb_state_dir_check_own(directory, OWN_FOLDERS, error))
        return FALSE;
    if (g_mkdir_with_parents(directory, 0700) < 0) {
        g_autofree char *why = g_strdup_printf(
            "%s\ntry: set XDG_STATE_HOME to a folder that you can write to", g_strerror(errno));
        return refuse(error, directory, why);
    }
    return check_closed(directory, OWN_FOLDERS, 077,
                        "it must be a folder that nobody else can enter: it holds "
                        "the fleet's key ('chmod 700', or remove it)",
                        error) &&
           check_closed(above, OWN_FOLDERS - 1, 022, writable, error) &&
           check_closed(root, OWN_FOLDERS - 2, 022, writable, error);
}

gboolean sb_state_dir_write(const char *directory, const char *name, const char *text,
                            GError **error)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *present = NULL;
    g_autoptr(GError) cause = NULL;
    /* Most commands write what is there. To write it again would wait for the disk. */
    if (g_file_get_contents(path, &present, NULL, NULL) && strcmp(present, text) == 0)
        return TRUE;
    if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &cause))
        return TRUE;
    return sb_error_set(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE, "cannot write '%s': %s",
                        path, cause->message);
}

/* ---- removal ---- */

static gboolean remove_file(int folder, const char *directory, const char *name, GError **error)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
        return TRUE;
    return sb_error_set(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE,
                        "cannot remove '%s/%s': %s", directory, name, g_strerror(errno));
}

/* FOLDER is the open DIRECTORY. Folders in it are not ours. */
static gboolean remove_files(int folder, const char *directory, GError **error)
{
    DIR *dir = fdopendir(dup(folder));
    if (!dir)
        return refuse(error, directory, g_strerror(errno));
    gboolean is_done = TRUE;
    const struct dirent *entry;
    rewinddir(dir);
    while (is_done && (entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            is_done = remove_file(folder, directory, entry->d_name, error);
    closedir(dir);
    return is_done;
}

/* PARENT is the folder that DIRECTORY is in, FOLDER is DIRECTORY itself. */
static gboolean remove_folder(int parent, int folder, const char *directory, GError **error)
{
    /* Until it is empty: an ssh that just begins or ends makes files in it, too. */
    enum { TRIES = 10 };
    g_autofree char *name = g_path_get_basename(directory);
    for (guint i = 1; i <= TRIES; i++) {
        if (!remove_files(folder, directory, error))
            return FALSE;
        if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
            return TRUE;
        if (errno != ENOTEMPTY)
            break;
    }
    return sb_error_set(error, SB_STATE_DIR_ERROR, SB_STATE_DIR_ERROR_FILE,
                        "cannot remove '%s': %s", directory, g_strerror(errno));
}

gboolean sb_state_dir_remove(const char *directory, GError **error)
{
    int parent, folder = -1;
    g_autofree char *above = g_path_get_dirname(directory);
    gboolean is_done = open_folder(above, OWN_FOLDERS - 1, &parent, error) &&
                       open_folder(directory, OWN_FOLDERS, &folder, error) &&
                       (folder < 0 || remove_folder(parent, folder, directory, error));
    if (parent >= 0)
        close(parent);
    if (folder >= 0)
        close(folder);
    return is_done;
}

gboolean sb_state_dir_forget_machine(const char *directory, const char *machine, GError **error)
{
    static const char *const suffixes[] = {".sock", SB_SETTLED_SUFFIX, SB_HISTORY_SUFFIX,
                                           SB_CLOUD_INIT_LOG_SUFFIX, SB_CLOUD_INIT_OUTPUT_SUFFIX};
    int folder;
    if (!open_folder(directory, OWN_FOLDERS, &folder, error))
        return FALSE;
    gboolean is_done = TRUE;
    for (gsize i = 0; folder >= 0 && is_done && i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *name = g_strconcat(machine, suffixes[i], NULL);
        is_done = remove_file(folder, directory, name, error);
    }
    if (folder >= 0)
        close(folder);
    return is_done;
}
