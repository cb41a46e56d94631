/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-state.h"

#include "base/array.h"
#include "base/error.h"
#include "image/image-import.h"
#include "image/image-pool.h"
#include "libvirt/disk-users.h"

#include <string.h>

SB_DEFINE_ERROR(sb_image_state_error, SB_ERRORS_NONE)

static void state_free(gpointer data)
{
    SbImageState *state = data;
    g_clear_pointer(&state->image, sb_image_free);
    g_clear_pointer(&state->record, sb_image_record_free);
    g_free(state->problem);
    g_ptr_array_unref(state->machines);
    g_ptr_array_unref(state->overlays);
    g_free(state->doubt);
    g_free(state);
}

static GPtrArray *copy_names(const GPtrArray *names)
{
    GPtrArray *copy = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < names->len; i++)
        g_ptr_array_add(copy, g_strdup(g_ptr_array_index(names, i)));
    return copy;
}

/* IMAGE is (transfer full). NULL: it cannot be read. */
static SbImageState *describe(const SbPool *pool, const SbDiskUsers *users, SbImage *image,
                              GError **error)
{
    g_autoptr(SbImage) owned = image;
    g_autoptr(GError) cause = NULL;
    gboolean is_good = sb_image_read_header(pool, image, &cause);
    if (!is_good && cause->domain == SB_LIBVIRT_ERROR)
        return sb_error_pass_null(error, &cause);
    g_autoptr(SbImageRecord) record = NULL;
    if (!sb_image_load_record(pool, image, &record, error))
        return NULL;
    SbImageState *state = g_new0(SbImageState, 1);
    state->image = g_steal_pointer(&owned);
    state->record = g_steal_pointer(&record);
    if (!is_good) {
        state->problem = g_strdup(cause->message);
        state->is_unfinished = g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE);
    }
    state->machines = copy_names(sb_disk_users_domains(users, image->path));
    state->overlays = copy_names(sb_disk_users_volumes(users, image->path));
    const GError *doubt = sb_disk_users_doubt(users);
    state->doubt = g_strdup(doubt ? doubt->message : NULL);
    return state;
}

GPtrArray *sb_image_states(virConnect *connection, const SbPool *pool, const char *name,
                           GError **error)
{
    if (!pool && name) {
        sb_image_pool_set_missing(error, name);
        return NULL;
    }
    if (!pool)
        return g_ptr_array_new();
    g_autoptr(GPtrArray) images = sb_image_list(pool, error);
    if (!images)
        return NULL;
    g_autoptr(SbDiskUsers) users = sb_disk_users_new(connection);
    g_autoptr(GPtrArray) states = g_ptr_array_new_with_free_func(state_free);
    const char *current = "";
    for (guint i = 0; i < images->len; i++) {
        SbImage *image = g_ptr_array_index(images, i);
        if (name && strcmp(image->name, name) != 0)
            continue;
        g_autoptr(GError) cause = NULL;
        SbImageState *state = describe(pool, users, image, &cause);
        images->pdata[i] = NULL;
        /* It may have been removed since the listing. */
        if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
            continue;
        if (!state)
            return sb_error_pass_null(error, &cause);
        g_ptr_array_add(states, state);
        state->is_current = !state->is_unfinished && strcmp(current, state->image->name) != 0;
        if (state->is_current)
            current = state->image->name;
    }
    if (name && states->len == 0)
        return sb_error_set_null(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN,
                                 "no image '%s' in the pool '%s': see 'seedbed image list'", name,
                                 pool->name);
    return g_steal_pointer(&states);
}

gboolean sb_image_state_check_unused(const SbImageState *state, GError **error)
{
    if (state->machines->len + state->overlays->len == 0 && state->doubt)
        return sb_error_set(error, SB_IMAGE_STATE_ERROR, SB_IMAGE_STATE_ERROR_DOUBT,
                            "the image '%s' (volume '%s') stays, because it may be in use: %s",
                            state->image->name, state->image->volume, state->doubt);
    if (state->machines->len + state->overlays->len == 0)
        return TRUE;
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < state->machines->len; i++)
        g_string_append_printf(names, "%s%s", names->len ? ", " : "",
                               (char *)g_ptr_array_index(state->machines, i));
    for (guint i = 0; i < state->overlays->len; i++)
        g_string_append_printf(names, "%svolume %s", names->len ? ", " : "",
                               (char *)g_ptr_array_index(state->overlays, i));
    return sb_error_set(
        error, SB_IMAGE_STATE_ERROR, SB_IMAGE_STATE_ERROR_IN_USE,
        "the image '%s' (volume '%s') is in use by %s: remove them first ('seedbed down')",
        state->image->name, state->image->volume, names->str);
}

/* What is there of NAME, after the records without an image were removed. It is an error if there
 * was neither. */
static GPtrArray *states_to_remove(virConnect *connection, const SbPool *pool, const char *name,
                                   GError **error)
{
    guint records = 0;
    if (pool && !sb_image_sweep_records(pool, name, &records, error))
        return NULL;
    g_autoptr(GError) cause = NULL;
    GPtrArray *states = sb_image_states(connection, pool, name, &cause);
    if (records > 0 && g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN))
        return g_ptr_array_new();
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    return states;
}

gboolean sb_image_remove_unused(virConnect *connection, const SbPool *pool, const char *name,
                                guint *versions_out, GError **error)
{
    g_autoptr(GPtrArray) states = states_to_remove(connection, pool, name, error);
    if (!states)
        return FALSE;
    for (guint i = 0; i < states->len; i++)
        if (!sb_image_state_check_unused(g_ptr_array_index(states, i), error))
            return FALSE;
    SB_EACH(const SbImageState, state, states)
        if (!sb_image_delete(pool, state->image, error))
            return FALSE;
    *versions_out = states->len;
    return TRUE;
}

/* Whether the version may go: FALSE also if it is in use, which is told. */
static gboolean is_removable(const SbOperation *operation, const SbPool *pool,
                             const SbImageState *state)
{
    if (state->is_current || (state->is_unfinished && !sb_image_is_abandoned(pool, state->image)))
        return FALSE;
    g_autoptr(GError) why = NULL;
    if (sb_image_state_check_unused(state, &why))
        return TRUE;
    g_autofree char *text = g_strdup_printf("an old version is kept: %s", why->message);
    sb_operation_note(operation, NULL, text);
    return FALSE;
}

gboolean sb_image_remove_old(const SbOperation *operation, virConnect *connection,
                             const SbPool *pool, const char *name, guint *versions_out,
                             GError **error)
{
    g_autoptr(GPtrArray) states = states_to_remove(connection, pool, name, error);
    if (!states)
        return FALSE;
    guint versions = 0;
    SB_EACH(const SbImageState, state, states) {
        if (!is_removable(operation, pool, state))
            continue;
        if (!sb_image_delete(pool, state->image, error))
            return FALSE;
        versions++;
    }
    *versions_out = versions;
    return TRUE;
}
