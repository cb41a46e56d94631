/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "build/build-recipe.h"

#include "base/resources.h"
#include "fleet-file/environment.h"

#include <string.h>

/* (transfer full) */
static char *clean_guest(void)
{
    g_autoptr(GBytes) bytes = sb_resource("src/build/clean-guest.sh");
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    return g_strndup(text, length);
}

static void add_bytes(GString *text, const char *what, GBytes *bytes)
{
    g_autofree char *digest =
        bytes ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes) : g_strdup("-");
    g_string_append_printf(text, "%s %s\n", what, digest);
}

char *sb_build_recipe_digest(const SbBuildRecipe *recipe)
{
    g_autoptr(GString) text = g_string_new("seedbed build 1\n");
    g_autofree char *script = clean_guest();
    g_autofree char *clean = g_compute_checksum_for_string(G_CHECKSUM_SHA256, script, -1);
    g_string_append_printf(text, "seedbed %s\nclean %s\n", PACKAGE_VERSION, clean);
    g_string_append_printf(text, "base %s\narch %s\nlogin %s\ndisk %" G_GUINT64_FORMAT "\n",
                           recipe->base_digest, recipe->arch, recipe->login, recipe->disk_bytes);
    g_autofree char *env = sb_environment_script(recipe->env);
    g_autofree char *env_digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, env, -1);
    g_string_append_printf(text, "env %s\n", env_digest);
    g_autofree char *provision = sb_provision_digest(recipe->provision);
    g_string_append_printf(text, "provision %s\n", provision);
    g_string_append(text, "kernel ");
    if (recipe->kernel)
        sb_machine_kernel_type.describe(recipe->kernel, text);
    g_string_append_c(text, '\n');
    add_bytes(text, "user-data", recipe->user_data);
    add_bytes(text, "vendor-data", recipe->vendor_data);
    add_bytes(text, "network-config", recipe->network_config);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}

const char *sb_build_recipe_of(const SbImageRecord *record)
{
    for (guint i = 0; record && i < record->inputs->len; i++) {
        const SbImageInput *input = g_ptr_array_index(record->inputs, i);
        if (strcmp(input->name, SB_BUILD_RECIPE_INPUT) == 0)
            return input->sha256;
    }
    return NULL;
}

char *sb_build_clean_script(const char *login, const char *public_key)
{
    g_autofree char *quoted_login = g_shell_quote(login);
    g_autofree char *quoted_key = g_shell_quote(public_key);
    g_autofree char *script = clean_guest();
    return g_strdup_printf("login=%s\nkey=%s\n%s", quoted_login, quoted_key, script);
}
