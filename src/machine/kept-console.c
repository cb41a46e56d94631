/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/kept-console.h"

#include "base/text.h"
#include "libvirt/console-log.h"
#include "local/state-dir.h"
#include "model/volume-names.h"

char *sb_kept_console_save(SbHost *host, const SbPool *pool, const char *directory,
                           const char *machine, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(host, error);
    g_autoptr(SbPool) own = lease.connection ? sb_pool_reopen(pool, lease.connection, error) : NULL;
    g_autoptr(SbConsoleLog) log = own ? sb_console_log_new(own, machine) : NULL;
    g_autoptr(GBytes) bytes = log ? sb_console_log_read(log, error) : NULL;
    if (!bytes)
        return NULL;
    /* People will read it with 'cat'. A guest may also print NULs, where a string would end. */
    g_autofree char *text =
        sb_text_sanitize(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_autofree char *name = sb_console_log_name(machine);
    return sb_state_dir_write(directory, name, text, error)
               ? g_build_filename(directory, name, NULL)
               : NULL;
}
