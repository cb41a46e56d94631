/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/warm-state.h"

#include "base/array.h"
#include "base/error.h"
#include "libvirt/disk-users.h"
#include "libvirt/domain.h"

#include <string.h>

void sb_warm_state_free(SbWarmState *state)
{
    sb_warm_image_free(state->warm);
    g_ptr_array_unref(state->machines);
    g_free(state->doubt);
    g_free(state);
}

/* WARM is (transfer full). */
static SbWarmState *describe(const SbPool *pool, virConnect *connection, const SbDiskUsers *users,
                             SbWarmImage *warm)
{
    SbWarmState *state = g_new0(SbWarmState, 1);
    state->warm = warm;
    state->machines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *layer = sb_warm_volume_name(warm->key, SB_WARM_LAYER);
    g_autofree char *path = sb_pool_path(pool, layer);
    SB_EACH(const char, name, sb_disk_users_domains(users, path))
        g_ptr_array_add(state->machines, g_strdup(name));
    g_autofree char *template = sb_warm_template_name(warm->key);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbDomain) domain = sb_domain_find(connection, template, &error);
    if (domain)
        g_ptr_array_add(state->machines, g_steal_pointer(&template));
    const GError *doubt = sb_disk_users_doubt(users);
    if (!doubt && error && !g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        doubt = error;
    state->doubt = g_strdup(doubt ? doubt->message : NULL);
    return state;
}

/* Whether WARM is upon the image NAME, whose volumes are called NAME.DIGEST.FORMAT. */
static gboolean is_upon(const SbWarmImage *warm, const char *name)
{
    gsize length = strlen(name);
    return warm->record && strncmp(warm->record->image, name, length) == 0 &&
           warm->record->image[length] == '.';
}

GPtrArray *sb_warm_states(virConnect *connection, const SbPool *pool, const char *image,
                          GError **error)
{
    if (!pool)
        return g_ptr_array_new();
    g_autoptr(GPtrArray) images = sb_warm_image_list(pool, error);
    if (!images)
        return NULL;
    g_autoptr(GPtrArray) states =
        g_ptr_array_new_with_free_func((GDestroyNotify)sb_warm_state_free);
    if (images->len == 0)
        return g_steal_pointer(&states);
    g_autoptr(SbDiskUsers) users = sb_disk_users_new(connection);
    for (guint i = 0; i < images->len; i++) {
        SbWarmImage *warm = g_ptr_array_index(images, i);
        if (image && !is_upon(warm, image))
            continue;
        images->pdata[i] = NULL;
        g_ptr_array_add(states, describe(pool, connection, users, warm));
    }
    return g_steal_pointer(&states);
}

static gboolean check_unused(const SbWarmState *state, GError **error)
{
    if (state->machines->len == 0 && state->doubt)
        return sb_error_set(error, SB_IMAGE_STATE_ERROR, SB_IMAGE_STATE_ERROR_DOUBT,
                            "the warm image '%s' stays, because it may be in use: %s",
                            state->warm->name, state->doubt);
    if (state->machines->len == 0)
        return TRUE;
    g_autoptr(GString) names = g_string_new(NULL);
    SB_EACH(const char, name, state->machines)
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", name);
    return sb_error_set(error, SB_IMAGE_STATE_ERROR, SB_IMAGE_STATE_ERROR_IN_USE,
                        "the warm image '%s' is in use by %s: remove them first ('seedbed down')",
                        state->warm->name, names->str);
}

gboolean sb_warm_state_remove(virConnect *connection, const SbPool *pool, const char *key,
                              GError **error)
{
    g_autoptr(GPtrArray) states = sb_warm_states(connection, pool, NULL, error);
    if (!states)
        return FALSE;
    SB_EACH(const SbWarmState, state, states)
        if (strcmp(state->warm->key, key) == 0)
            return check_unused(state, error) && sb_warm_image_remove(pool, key, error);
    return sb_error_set(error, SB_WARM_IMAGE_ERROR, SB_WARM_IMAGE_ERROR_UNKNOWN,
                        "no warm image 'warm-%s': see 'seedbed image list'", key);
}

/* Whether no machine uses the image NAME itself. Its warm images are upon it, and are no users. */
static gboolean has_no_machines(virConnect *connection, const SbPool *pool, const char *name,
                                GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GPtrArray) states = sb_image_states(connection, pool, name, &cause);
    if (g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN))
        return TRUE;
    if (!states)
        return sb_error_pass(error, &cause);
    SB_EACH(const SbImageState, state, states)
        if (state->machines->len > 0)
            return sb_image_state_check_unused(state, error);
    return TRUE;
}

gboolean sb_warm_state_remove_all(virConnect *connection, const SbPool *pool, const char *image,
                                  GError **error)
{
    if (!has_no_machines(connection, pool, image, error))
        return FALSE;
    g_autoptr(GPtrArray) states = sb_warm_states(connection, pool, image, error);
    if (!states)
        return FALSE;
    SB_EACH(const SbWarmState, state, states)
        if (!check_unused(state, error))
            return FALSE;
    SB_EACH(const SbWarmState, state, states)
        if (!sb_warm_image_remove(pool, state->warm->key, error))
            return FALSE;
    return TRUE;
}

/* Whether new machines of its image would use VOLUME. IMAGES: by name, the newest version first. */
static gboolean is_current(const GPtrArray *images, const char *volume)
{
    const char *before = "";
    SB_EACH(const SbImage, image, images) {
        if (strcmp(image->name, before) != 0 && strcmp(image->volume, volume) == 0)
            return TRUE;
        before = image->name;
    }
    return FALSE;
}

gboolean sb_warm_state_sweep(virConnect *connection, const SbPool *pool, gboolean with_old,
                             GError **error)
{
    g_autoptr(GPtrArray) states = sb_warm_states(connection, pool, NULL, error);
    g_autoptr(GPtrArray) images = states && pool ? sb_image_list(pool, error) : NULL;
    if (!images)
        return states && !pool;
    SB_EACH(const SbWarmState, state, states) {
        const SbWarmRecord *record = state->warm->record;
        gboolean is_wanted = record && (!with_old || is_current(images, record->image));
        if (!is_wanted && state->machines->len == 0 && !state->doubt &&
            !sb_warm_image_remove(pool, state->warm->key, error))
            return FALSE;
    }
    return TRUE;
}
