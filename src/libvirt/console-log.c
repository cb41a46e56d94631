/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/console-log.h"

#include "base/error.h"
#include "libvirt/volume-stream.h"
#include "model/volume-names.h"

/* virtlogd begins a new file after 2 MiB, unless it is told otherwise. */
enum { PART_MAX_BYTES = 16 * 1024 * 1024 };

struct SbConsoleLog {
    char *machine;
    char *volume;       /**< the current file */
    guint64 read_bytes; /**< of the current file */
    gboolean is_begun;
};

SbConsoleLog *sb_console_log_new(const char *machine)
{
    SbConsoleLog *log = g_new0(SbConsoleLog, 1);
    log->machine = g_strdup(machine);
    log->volume = sb_console_log_name(machine);
    return log;
}

void sb_console_log_free(SbConsoleLog *log)
{
    g_free(log->machine);
    g_free(log->volume);
    g_free(log);
}

/* Appends what VOLUME has from byte OFFSET on. */
static gboolean append(GByteArray *text, virStorageVol *volume, guint64 offset, GError **error)
{
    g_autoptr(GBytes) bytes = sb_volume_download(volume, offset, PART_MAX_BYTES, error);
    if (!bytes)
        return FALSE;
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    if (length > 0)
        g_byte_array_append(text, data, (guint)length);
    return TRUE;
}

/* Appends an old file from byte OFFSET on. If there is no file of that length, the log was started
 * again, and virtlogd has deleted the old files. */
static gboolean append_backup(const SbConsoleLog *log, const SbPool *pool, GByteArray *text,
                              guint number, guint64 offset, GError **error)
{
    g_autofree char *name = sb_console_log_backup_name(log->machine, number);
    g_autoptr(GError) cause = NULL;
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, &cause);
    virStorageVolInfo info = {.capacity = 0};
    if (volume && virStorageVolGetInfo(volume, &info) < 0)
        sb_libvirt_set_error(&cause, "cannot read about the volume '%s'", name);
    if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        return TRUE;
    if (cause)
        return sb_error_pass(error, &cause);
    return info.capacity < offset || append(text, volume, offset, error);
}

static gboolean append_all_backups(const SbConsoleLog *log, const SbPool *pool, GByteArray *text,
                                   GError **error)
{
    for (guint number = SB_CONSOLE_LOG_BACKUPS; number > 0; number--)
        if (!append_backup(log, pool, text, number - 1, 0, error))
            return FALSE;
    return TRUE;
}

/* libvirt does not know the files of virtlogd before it looks. */
static virStorageVol *find_current(const SbConsoleLog *log, const SbPool *pool, GError **error)
{
    virStorageVol *volume = log->is_begun ? sb_volume_find(pool, log->volume, NULL) : NULL;
    if (!volume && sb_pool_refresh(pool, error))
        volume = sb_volume_find(pool, log->volume, error);
    return volume;
}

GBytes *sb_console_log_read(SbConsoleLog *log, const SbPool *pool, GError **error)
{
    g_autoptr(virStorageVol) volume = find_current(log, pool, error);
    if (!volume)
        return NULL;
    g_autoptr(GByteArray) text = g_byte_array_new();
    virStorageVolInfo info;
    gboolean is_next_file =
        virStorageVolGetInfo(volume, &info) == 0 && info.capacity < log->read_bytes;
    virResetLastError();
    if (is_next_file && !sb_pool_refresh(pool, error))
        return NULL;
    if (!log->is_begun && !append_all_backups(log, pool, text, error))
        return NULL;
    if (is_next_file && !append_backup(log, pool, text, 0, log->read_bytes, error))
        return NULL;
    guint64 offset = is_next_file ? 0 : log->read_bytes;
    guint before = text->len;
    if (!append(text, volume, offset, error))
        return NULL;
    log->is_begun = TRUE;
    log->read_bytes = offset + text->len - before;
    return g_byte_array_free_to_bytes(g_steal_pointer(&text));
}

GBytes *sb_console_log_tail(const SbPool *pool, const char *machine, gsize max_bytes,
                            GError **error)
{
    g_autofree char *name = sb_console_log_name(machine);
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, NULL);
    if (!volume && sb_pool_refresh(pool, error))
        volume = sb_volume_find(pool, name, error);
    virStorageVolInfo info;
    if (!volume)
        return NULL;
    if (virStorageVolGetInfo(volume, &info) < 0)
        return sb_libvirt_set_error_null(error, "cannot read about the volume '%s'", name);
    guint64 offset = info.capacity > max_bytes ? info.capacity - max_bytes : 0;
    return sb_volume_download(volume, offset, max_bytes, error);
}
