/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/copy-script.h"

#include "base/resources.h"

#include <string.h>

/* The words of PATH for the guest's shell, which starts in the home. (transfer full) */
static char *quote(const char *path)
{
    if (strcmp(path, "~") == 0)
        path = "";
    if (g_str_has_prefix(path, "~/"))
        path += 2;
    g_autofree char *safe = !*path         ? g_strdup(".")
                            : *path == '-' ? g_strconcat("./", path, NULL)
                                           : g_strdup(path);
    return g_shell_quote(safe);
}

char *sb_copy_script_in(const char *path, const char *name, gboolean is_folder)
{
    g_autofree char *to = quote(path);
    g_autofree char *quoted = g_shell_quote(name);
    gboolean is_made = is_folder || g_str_has_suffix(path, "/");
    g_autoptr(GBytes) text = sb_resource("src/fleet/copy-in.sh");
    return g_strdup_printf("to=%s name=%s is_folder=%s\n%s", to, quoted, is_made ? "1" : "",
                           (const char *)g_bytes_get_data(text, NULL));
}

char *sb_copy_script_name(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    gboolean is_name = strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
                       strcmp(name, "~") != 0 && strcmp(name, "/") != 0;
    return is_name ? g_steal_pointer(&name) : NULL;
}

char *sb_copy_script_out(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = sb_copy_script_name(path);
    g_autofree char *from = quote(folder), *quoted = g_shell_quote(name ? name : ".");
    return g_strdup_printf("cd %s && exec tar -chf - -- %s", from, quoted);
}
