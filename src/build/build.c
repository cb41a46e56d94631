/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "build/build.h"

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include "build/build-recipe.h"
#include "build/golden-image.h"
#include "creation/base-images.h"
#include "creation/warm-images.h"
#include "image/image-pool.h"

#include <string.h>
#include <unistd.h>

SB_DEFINE_ERROR(sb_build_error, SB_ERROR(SB_BUILD_ERROR_GROUP) | SB_ERROR(SB_BUILD_ERROR_SHARES))

enum { RECIPE_DIGITS = 12 };

/* What one boot adds. */
typedef struct {
    SbGroup *group; /**< the machine that is booted for it, with its files */
    char *recipe;
} Layer;

typedef struct {
    const SbOperation *operation;
    const SbFleetFile *fleet;
    const SbBuildOptions *options;
    const SbGroup *group;
    GPtrArray *layers; /**< of Layer */
    SbImage *base;     /**< what the file names */
    char *base_digest; /**< of that, as long as it is known */
} Build;

static void layer_free(gpointer data)
{
    Layer *layer = data;
    sb_group_free(layer->group);
    g_free(layer->recipe);
    g_free(layer);
}

static void build_clear(Build *build)
{
    g_clear_pointer(&build->layers, g_ptr_array_unref);
    g_clear_pointer(&build->base, sb_image_free);
    g_clear_pointer(&build->base_digest, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Build, build_clear)

G_GNUC_PRINTF(2, 3)
static void say(const Build *build, const char *format, ...)
{
    SB_TEXT_FORMAT(text, format);
    SbEvent event = {.kind = SB_EVENT_STEP, .text = text};
    sb_operation_tell(build->operation, &event);
}

/* ---- what is to be made ---- */

static const SbGroup *find_group(const Build *build, GError **error)
{
    const GPtrArray *groups = build->fleet->groups;
    const char *wanted = build->options->group;
    if (!wanted && groups->len == 1)
        return g_ptr_array_index(groups, 0);
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < groups->len; i++) {
        const SbGroup *group = g_ptr_array_index(groups, i);
        g_string_append_printf(names, "%s%s", i ? ", " : "", group->name);
        if (wanted && strcmp(group->name, wanted) == 0)
            return group;
    }
    return sb_error_set_null(error, SB_BUILD_ERROR, SB_BUILD_ERROR_GROUP,
                             "%s: %s%s%s: say '--group NAME' with one of %s", build->fleet->file,
                             wanted ? "there is no group '" : "there are several groups",
                             wanted ? wanted : "", wanted ? "'" : "", names->str);
}

/* Without a list `build`, the files of the group are the only layer. The group's provisioning is a
 * part of the last one. */
static void find_layers(Build *build)
{
    const GPtrArray *listed = build->fleet->layers;
    build->layers = g_ptr_array_new_with_free_func(layer_free);
    for (guint i = 0; i < MAX(listed->len, 1); i++) {
        Layer *layer = g_new0(Layer, 1);
        layer->group = sb_group_copy(build->group);
        if (listed->len > 0) {
            const SbBuildLayer *files = g_ptr_array_index(listed, i);
            sb_file_reference_assign(&layer->group->spec.user_data, &files->user_data);
            sb_file_reference_assign(&layer->group->spec.vendor_data, &files->vendor_data);
            if (i + 1 < listed->len)
                g_clear_pointer(&layer->group->spec.provision, g_ptr_array_unref);
        }
        g_ptr_array_add(build->layers, layer);
    }
}

/* The base of each recipe is the recipe of the layer below. So all recipes are known before
 * anything is made. */
static void compute_recipes(Build *build)
{
    const char *base = build->base_digest;
    SB_EACH(Layer, layer, build->layers) {
        SbBuildRecipe recipe = {.base_digest = base,
                                .arch = build->group->spec.arch,
                                .login = build->group->spec.login,
                                .disk_bytes = build->group->spec.disk_bytes,
                                .env = (const char *const *)layer->group->spec.env,
                                .provision = layer->group->spec.provision,
                                .kernel = &layer->group->spec.kernel,
                                .user_data = layer->group->spec.user_data.content,
                                .vendor_data = layer->group->spec.vendor_data.content,
                                .network_config = layer->group->spec.network_config.content};
        layer->recipe = sb_build_recipe_digest(&recipe);
        base = layer->recipe;
    }
}

/* ---- what is there ---- */

static SbPool *open_pool(const Build *build, virConnect *connection, GError **error)
{
    return sb_image_pool_open(connection, build->options->up.pool_name,
                              build->group->spec.image.name, error);
}

/* The image NAME, with its header read. (transfer full) */
static SbImage *find_image(const Build *build, const char *name, char **digest_out, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(build->operation->host, error);
    virConnect *connection = lease.connection;
    g_autoptr(SbPool) pool = connection ? open_pool(build, connection, error) : NULL;
    SbImage *image = pool ? sb_image_find(pool, name, error) : NULL;
    if (image && digest_out) {
        g_autoptr(SbImageRecord) record = NULL;
        if (!sb_image_load_record(pool, image, &record, error)) {
            sb_image_free(image);
            return NULL;
        }
        *digest_out = g_strdup(record ? record->sha256 : image->digest);
    }
    return image;
}

/* Finds an image with RECIPE that is the current version of its name. An image called NAME goes
 * first. */
static gboolean search(const SbPool *pool, const char *recipe, const char *name,
                       SbImage **image_out, GError **error)
{
    g_autoptr(GPtrArray) images = sb_image_list(pool, error);
    if (!images)
        return FALSE;
    SbImage *found = NULL;
    const char *before = "";
    SB_EACH(SbImage, image, images) {
        gboolean is_current = strcmp(image->name, before) != 0;
        before = image->name;
        g_autoptr(SbImageRecord) record = NULL;
        if (is_current && image->has_record && !sb_image_load_record(pool, image, &record, error))
            return FALSE;
        if (g_strcmp0(sb_build_recipe_of(record), recipe) != 0)
            continue;
        if (!found || strcmp(image->name, name) == 0)
            found = image;
    }
    *image_out = found ? sb_image_find(pool, found->name, error) : NULL;
    return !found || *image_out;
}

/* *IMAGE_OUT: (transfer full) (nullable). */
static gboolean find_made(const Build *build, const Layer *layer, const char *name,
                          SbImage **image_out, GError **error)
{
    *image_out = NULL;
    if (build->options->no_cache)
        return TRUE;
    g_auto(SbLease) lease = sb_lease_take(build->operation->host, error);
    g_autoptr(SbPool) pool = lease.connection ? open_pool(build, lease.connection, error) : NULL;
    return pool && search(pool, layer->recipe, name, image_out, error);
}

/* ---- making ---- */

static SbBuildMachine machine_of(const Build *build, const SbGroup *group, const SbImage *image)
{
    SbBuildMachine machine = {.file = build->fleet,
                              .group = group,
                              .image = image,
                              .fleet = build->options->fleet,
                              .up = build->options->up};
    machine.up.run = SB_RUN_BUILD;
    /* Without cloud-init, the user-data does nothing, here and in each machine of the image. */
    machine.up.demands |= SB_DEMAND_CLOUD_INIT;
    return machine;
}

static void add_input(SbImageRecord *record, const SbFileReference *file)
{
    if (!file->content)
        return;
    g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, file->content);
    sb_image_record_add_input(record, file->path, digest);
}

/* The record of the image of layer INDEX. It names all layers below too, because they may be
 * removed one day. */
static SbImageRecord *make_record(const Build *build, guint index)
{
    SbImageRecord *record = sb_image_record_new();
    g_autofree char *path = g_canonicalize_filename(build->fleet->file, NULL);
    sb_image_record_set_source(record, path);
    record->arch = g_strdup(build->group->spec.arch);
    record->base_image = g_strdup(build->base->name);
    record->base_digest = g_strdup(build->base_digest);
    for (guint i = 0; i <= index; i++) {
        const Layer *layer = g_ptr_array_index(build->layers, i);
        add_input(record, &layer->group->spec.user_data);
        add_input(record, &layer->group->spec.vendor_data);
        add_input(record, &layer->group->spec.network_config);
    }
    const Layer *top = g_ptr_array_index(build->layers, index);
    sb_image_record_add_input(record, SB_BUILD_RECIPE_INPUT, top->recipe);
    return record;
}

static SbImage *publish(const Build *build, guint index, const char *name, int fd, GError **error)
{
    g_autoptr(SbImageRecord) record = make_record(build, index);
    return sb_golden_image_publish(build->operation, build->options->up.pool_name, name, fd, record,
                                   error);
}

static int make_layer(const Build *build, guint index, const SbImage *below, GError **error)
{
    const Layer *layer = g_ptr_array_index(build->layers, index);
    say(build, "layer %u of %u: '%s' with %s", index + 1, build->layers->len, below->name,
        layer->group->spec.user_data.path ? layer->group->spec.user_data.path : "no user-data");
    SbBuildMachine machine = machine_of(build, layer->group, below);
    return sb_build_machine_pack(build->operation, &machine, error);
}

/* The image has all that these made. */
static void forget_content(SbGroup *group)
{
    sb_file_reference_clear(&group->spec.user_data);
    sb_file_reference_clear(&group->spec.vendor_data);
    sb_file_reference_clear(&group->spec.network_config);
    g_clear_pointer(&group->spec.provision, g_ptr_array_unref);
}

/* ---- the check ---- */

static gboolean check_image(const Build *build, const SbImage *image, GError **error)
{
    g_autoptr(SbGroup) group = sb_group_copy(build->group);
    forget_content(group);
    SbBuildMachine machine = machine_of(build, group, image);
    int status = 0;
    gboolean is_run =
        sb_build_machine_check(build->operation, &machine, build->options->check, &status, error);
    if (is_run && status != 0)
        g_set_error(error, SB_BUILD_ERROR, SB_BUILD_ERROR_CHECK,
                    "the check failed in a fresh machine of the new image (exit status %d): "
                    "nothing was published\ntry: its last words are above; correct the user-data "
                    "or the check; 'seedbed up' with this fleet file makes a machine to try it in",
                    status);
    return is_run && status == 0;
}

static gboolean delete_image(const Build *build, const SbImage *image, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(build->operation->host, error);
    virConnect *connection = lease.connection;
    g_autoptr(SbPool) pool = connection ? open_pool(build, connection, error) : NULL;
    gboolean is_deleted = pool && sb_image_delete(pool, image, error);
    return is_deleted;
}

/* A machine can only boot an image of the pool. So for the check the image gets a name that nobody
 * uses. */
static gboolean check_file(const Build *build, int fd, GError **error)
{
    if (!build->options->check)
        return TRUE;
    g_autofree char *name = g_strdup_printf("check-%08x", g_random_int());
    g_autoptr(SbImage) candidate = publish(build, build->layers->len - 1, name, fd, error);
    if (!candidate)
        return FALSE;
    g_autoptr(GError) cause = NULL, left = NULL;
    gboolean is_good = check_image(build, candidate, &cause);
    if (!delete_image(build, candidate, &left))
        sb_error_append(&cause, "\n%s", left->message);
    if (!is_good)
        g_propagate_error(error, g_steal_pointer(&cause));
    else if (left)
        g_propagate_error(error, g_steal_pointer(&left));
    return is_good && !left;
}

/* ---- the warm image ---- */

/* A fleet file that names only the image, with machines like those of the group, finds it. */
static gboolean freeze_machine(const Build *build, const SbImage *image, GError **error)
{
    g_autoptr(SbFleetFile) fleet =
        sb_fleet_file_of_one(build->fleet, "warm", build->group, build->group->name, image->name);
    SbGroup *group = g_ptr_array_index(fleet->groups, 0);
    forget_content(group);
    group->spec.is_warm = TRUE;
    group->spec.is_cold = FALSE;
    return sb_warm_images_get(build->operation, fleet, &build->options->up, NULL, error);
}

/* ---- all of it ---- */

/* Layers from FIRST on, upon BELOW (transfer full). */
static SbImage *make_layers(const Build *build, guint first, SbImage *below_taken, GError **error)
{
    g_autoptr(SbImage) below = below_taken;
    for (guint i = first; i < build->layers->len; i++) {
        const Layer *layer = g_ptr_array_index(build->layers, i);
        gboolean is_last = i + 1 == build->layers->len;
        g_autofree char *name = is_last
                                    ? g_strdup(build->options->name)
                                    : g_strdup_printf("layer-%.*s", RECIPE_DIGITS, layer->recipe);
        int fd = make_layer(build, i, below, error);
        if (fd < 0)
            return NULL;
        g_clear_pointer(&below, sb_image_free);
        if (!is_last || check_file(build, fd, error))
            below = publish(build, i, name, fd, error);
        close(fd);
        if (!below)
            return NULL;
    }
    return g_steal_pointer(&below);
}

/* MADE is the wanted image, but may have another name. */
static SbImage *reuse(const Build *build, const SbImage *made, gboolean *is_new_out, GError **error)
{
    if (build->options->check && !check_image(build, made, error))
        return NULL;
    *is_new_out = strcmp(made->name, build->options->name) != 0;
    if (!*is_new_out)
        return find_image(build, made->name, NULL, error);
    say(build, "the image '%s' has the same recipe", made->name);
    int fd = sb_golden_image_fetch(build->operation, build->options->up.pool_name, made, error);
    if (fd < 0)
        return NULL;
    SbImage *image = publish(build, build->layers->len - 1, build->options->name, fd, error);
    close(fd);
    return image;
}

static SbImage *run(const Build *build, gboolean *is_new_out, GError **error)
{
    for (guint i = build->layers->len; i > 0; i--) {
        const Layer *layer = g_ptr_array_index(build->layers, i - 1);
        g_autoptr(SbImage) made = NULL;
        if (!find_made(build, layer, build->options->name, &made, error))
            return NULL;
        if (!made)
            continue;
        if (i == build->layers->len)
            return reuse(build, made, is_new_out, error);
        say(build, "%u of %u layers are there: '%s'", i, build->layers->len, made->name);
        *is_new_out = TRUE;
        return make_layers(build, i, g_steal_pointer(&made), error);
    }
    SbImage *base = find_image(build, build->base->name, NULL, error);
    *is_new_out = TRUE;
    return base ? make_layers(build, 0, base, error) : NULL;
}

SbImage *sb_build(const SbOperation *operation, const SbFleetFile *fleet,
                  const SbBuildOptions *options, gboolean *is_new_out, GError **error)
{
    if (!sb_base_images_get(operation, fleet, options->up.pool_name, error))
        return NULL;
    g_auto(Build) build = {.operation = operation, .fleet = fleet, .options = options};
    build.group = find_group(&build, error);
    if (!build.group)
        return NULL;
    if (build.group->spec.shares)
        return sb_error_set_null(error, SB_BUILD_ERROR, SB_BUILD_ERROR_SHARES,
                                 "'%s' has 'shares', and what is in them is not part of an image's "
                                 "recipe: remove 'shares', and use 'provision' with 'copy'",
                                 build.group->name);
    find_layers(&build);
    build.base = find_image(&build, build.group->spec.image.name, &build.base_digest, error);
    if (!build.base) {
        g_autofree char *place = sb_fleet_file_place(fleet, build.group->spec.image.mark);
        g_prefix_error(error, "%s: ", place);
        return NULL;
    }
    compute_recipes(&build);
    g_autoptr(SbImage) image = run(&build, is_new_out, error);
    gboolean is_done = image && (!options->is_warm || freeze_machine(&build, image, error));
    return is_done ? g_steal_pointer(&image) : NULL;
}
