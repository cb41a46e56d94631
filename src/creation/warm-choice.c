/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/warm-choice.h"

#include "base/array.h"
#include "base/error.h"
#include "guest/identity.h"

#include <string.h>

void sb_warm_choice_free(SbWarmChoice *choice)
{
    sb_warm_recipe_clear(&choice->recipe);
    g_free(choice->key);
    sb_warm_image_free(choice->image);
    g_free(choice->reason);
    g_free(choice);
}

static gboolean make_recipe(SbWarmChoice *choice, virConnect *connection, const SbMachineSpec *spec,
                            const SbImage *image, const SbPlatform *platform, GError **error)
{
    g_autofree char *scripts = sb_identity_scripts_digest();
    SbWarmInput input = {.spec = spec,
                         .platform = platform,
                         .image_digest = image->digest,
                         .image_format = image->format,
                         .scripts_digest = scripts};
    if (!sb_libvirt_versions(connection, &input.libvirt_version, &input.qemu_version, error))
        return FALSE;
    sb_warm_recipe_init(&choice->recipe, &input);
    choice->key = sb_warm_recipe_key(&choice->recipe);
    return TRUE;
}

/* Whether a warm image of RECIPE has the same content: only the size of the machine, or the host,
 * can be another. */
static gboolean has_content(const SbWarmRecipe *recipe, const SbWarmRecipe *wanted)
{
    for (SbWarmFact fact = SB_WARM_IMAGE; fact <= SB_WARM_LOGIN; fact++)
        if (strcmp(recipe->facts[fact], wanted->facts[fact]) != 0)
            return FALSE;
    return TRUE;
}

/* Says why a warm image with the same content is not used, if there is one. */
static gboolean explain(SbWarmChoice *choice, const SbPool *pool, GError **error)
{
    g_autoptr(GPtrArray) images = sb_warm_image_list(pool, error);
    if (!images)
        return FALSE;
    SB_EACH(const SbWarmImage, other, images) {
        if (!other->record || !has_content(&other->record->recipe, &choice->recipe))
            continue;
        g_autofree char *difference =
            sb_warm_recipe_difference(&other->record->recipe, &choice->recipe);
        g_free(choice->reason);
        choice->reason = g_strdup_printf("warm image '%s' does not fit: %s", other->name,
                                         difference ? difference : "it changes just now");
    }
    return TRUE;
}

SbWarmChoice *sb_warm_choice_new(virConnect *connection, const SbPool *pool,
                                 const SbMachineSpec *spec, const SbImage *image,
                                 const SbPlatform *platform, GError **error)
{
    g_autoptr(SbWarmChoice) choice = g_new0(SbWarmChoice, 1);
    const char *refusal = sb_warm_refusal(spec);
    if (spec->is_cold || (refusal && !spec->is_warm))
        return g_steal_pointer(&choice);
    if (refusal) {
        choice->reason = g_strdup_printf("such a machine cannot be frozen: %s", refusal);
        return g_steal_pointer(&choice);
    }
    if (!make_recipe(choice, connection, spec, image, platform, error))
        return NULL;
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbWarmImage) found = sb_warm_image_find(pool, choice->key, &cause);
    if (found && !found->problem) {
        choice->image = g_steal_pointer(&found);
    } else if (found) {
        choice->reason = g_strdup_printf("warm image '%s' cannot be used: %s ("
                                         "'seedbed image rm %s' lets another one be made)",
                                         found->name, found->problem, found->name);
    } else if (!g_error_matches(cause, SB_WARM_IMAGE_ERROR, SB_WARM_IMAGE_ERROR_UNKNOWN)) {
        return sb_error_pass_null(error, &cause);
    } else {
        choice->can_freeze = TRUE;
        if (!spec->is_warm && !explain(choice, pool, error))
            return NULL;
    }
    return g_steal_pointer(&choice);
}

char *sb_warm_choice_describe_failure(const SbWarmChoice *choice, const GError *why)
{
    const char *name = choice->image->name;
    return g_strdup_printf("it could not be thawed from warm image '%s', and boots: %s\n"
                           "'seedbed image rm %s' lets another warm image be made",
                           name, why->message, name);
}
