#include "cli/command.h"
#include "cli/output.h"

#include "base/units.h"
#include "fleet/volume-names.h"
#include "host/image.h"

static char *pool_name, *format_name;

const GOptionEntry sb_options_image_list[] = {
    {"pool", 'p', 0, G_OPTION_ARG_STRING, &pool_name,
     "the storage pool (default: " SB_DEFAULT_POOL ")", "POOL"},
    {"format", 'f', 0, G_OPTION_ARG_STRING, &format_name, "'text' (default) or 'json'", "FORMAT"},
    G_OPTION_ENTRY_NULL};

static void print_table(const GPtrArray *images)
{
    g_autoptr(SbTable) table = sb_table_new("IMAGE", "VERSION", "SIZE", "VOLUME", "AGE", NULL);
    for (guint i = 0; i < images->len; i++) {
        const SbImage *image = g_ptr_array_index(images, i);
        g_autofree char *size = sb_size_format(image->file_bytes);
        g_autoptr(GDateTime) modified =
            g_date_time_new_from_unix_utc(image->imported_us / G_USEC_PER_SEC);
        g_autofree char *when = g_date_time_format_iso8601(modified);
        g_autofree char *age = sb_age_since(when);
        sb_table_add(table, image->name, image->digest, size, image->volume, age);
    }
    sb_table_print(table);
}

static void print_json(const GPtrArray *images)
{
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "images");
    json_builder_begin_array(builder);
    for (guint i = 0; i < images->len; i++) {
        const SbImage *image = g_ptr_array_index(images, i);
        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "name");
        json_builder_add_string_value(builder, image->name);
        json_builder_set_member_name(builder, "digest");
        json_builder_add_string_value(builder, image->digest);
        json_builder_set_member_name(builder, "volume");
        json_builder_add_string_value(builder, image->volume);
        json_builder_set_member_name(builder, "path");
        json_builder_add_string_value(builder, image->path);
        json_builder_set_member_name(builder, "bytes");
        json_builder_add_int_value(builder, (gint64)image->file_bytes);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    sb_json_print(builder);
}

/* A pool that nobody has made yet holds no images; that is no error. */
static GPtrArray *list(virConnect *connection, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbPool) pool =
        sb_pool_open(connection, pool_name ? pool_name : SB_DEFAULT_POOL, NULL, &cause);
    if (pool)
        return sb_image_list(pool, error);
    if (!pool_name && g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        return g_ptr_array_new();
    g_propagate_error(error, g_steal_pointer(&cause));
    return NULL;
}

int sb_cmd_image_list(SbCli *cli, int argc, char **argv)
{
    char **arguments = sb_cli_arguments(cli, argc, argv, 0, 0);
    if (!arguments)
        return SB_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    SbFormat format;
    if (!sb_format_parse(format_name, &format, &error))
        return sb_cli_usage(cli, "%s", error->message);
    SbHost *host = sb_cli_host(cli, &error);
    virConnect *connection = host ? sb_host_take(host, &error) : NULL;
    g_autoptr(GPtrArray) images = connection ? list(connection, &error) : NULL;
    if (host)
        sb_host_give(host, connection);
    if (!images)
        return sb_cli_fail(error);
    if (format == SB_FORMAT_JSON)
        print_json(images);
    else
        print_table(images);
    return SB_EXIT_OK;
}
