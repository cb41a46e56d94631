/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/resources.h"

#include <gio/gio.h>

/* Made by glib-compile-resources. The call makes the linker take the generated object out of the
 * archive, and with it the constructor that registers the resources. Its result is not used: with
 * GLib 2.74 it is NULL in one thread while another thread registers them. */
GResource *sb_resources_get_resource(void);

GBytes *sb_resource(const char *path)
{
    sb_resources_get_resource();
    g_autofree char *name = g_strconcat("/seedbed/", path, NULL);
    g_autoptr(GError) error = NULL;
    GBytes *bytes = g_resources_lookup_data(name, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
    if (!bytes)
        g_error("'%s' is not in the program: %s", path, error->message);
    return bytes;
}
