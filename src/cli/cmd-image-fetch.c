/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/transfer.h"

#include "base/names.h"
#include "image/catalogue-files.h"
#include "image/obtain.h"
#include "local/url-transfer.h"
#include "model/platform.h"

#include <stdio.h>
#include <string.h>

static char *arch_name, *sha256, *sha512, *image_name, *keyring;
static gboolean is_list, is_download_only, is_insecure;

static const GOptionEntry entries[] = {
    {"arch", 0, 0, G_OPTION_ARG_STRING, &arch_name, "'aarch64' (default) or 'x86_64'", "ARCH"},
    {"sha256", 0, 0, G_OPTION_ARG_STRING, &sha256, "the digest of the image", "DIGEST"},
    {"sha512", 0, 0, G_OPTION_ARG_STRING, &sha512, "the digest of the image", "DIGEST"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &image_name, "the name of the image in the pool", "NAME"},
    {"keyring", 0, 0, G_OPTION_ARG_FILENAME, &keyring,
     "check the signature with these keys, not with the catalogue's", "FILE"},
    {"insecure-no-digest", 0, 0, G_OPTION_ARG_NONE, &is_insecure,
     "accept the file from a URL without a digest", NULL},
    {"download-only", 0, 0, G_OPTION_ARG_NONE, &is_download_only,
     "leave the image in the cache, and print its path", NULL},
    {"list", 0, 0, G_OPTION_ARG_NONE, &is_list, "show the catalogue", NULL},
    SB_OPTION_TABLE,
    SB_OPTION_FORMAT,
    SB_OPTION_POOL,
    G_OPTION_ENTRY_NULL};

/* The proof that a file is the image of the distribution. */
static const char *verified_by(const SbCatalogueImage *image)
{
    return image->signature ? "signature" : image->has_digest ? "catalogue" : "checksums";
}

/* A line for each architecture, with the URL. */
static int print_wide(const SbCli *cli, const GPtrArray *images)
{
    g_autoptr(SbTable) table = sb_table_new("IMAGE", "ARCH", "VERIFIED BY", "ABOUT", "URL", NULL);
    SB_EACH(const SbCatalogueImage, image, images)
        sb_table_add(table, image->name, image->arch, verified_by(image), image->about, image->url);
    return sb_cli_print_table(cli, table);
}

/* One line for an image, which fits into 80 columns: its architectures stand together. */
static int print_catalogue(const SbCli *cli, const GPtrArray *images)
{
    g_autoptr(SbTable) table = sb_table_new("IMAGE", "ARCH", "VERIFIED BY", "ABOUT", NULL);
    for (guint i = 0; i < images->len; i++) {
        const SbCatalogueImage *image = g_ptr_array_index(images, i);
        const SbCatalogueImage *next =
            i + 1 < images->len ? g_ptr_array_index(images, i + 1) : NULL;
        gboolean has_both = next && strcmp(next->name, image->name) == 0;
        sb_table_add(table, image->name, has_both ? "both" : image->arch, verified_by(image),
                     image->about);
        i += has_both;
    }
    return sb_cli_print_table(cli, table);
}

static int tell_catalogue(SbCli *cli, const GPtrArray *images)
{
    JsonArray *catalogue = json_array_new();
    SB_EACH(const SbCatalogueImage, image, images) {
        JsonObject *object = json_object_new();
        json_object_set_string_member(object, "name", image->name);
        json_object_set_string_member(object, "arch", image->arch);
        json_object_set_string_member(object, "verified_by", verified_by(image));
        json_object_set_string_member(object, "about", image->about);
        json_object_set_string_member(object, "url", image->url);
        json_array_add_object_element(catalogue, object);
    }
    json_object_set_array_member(sb_cli_result(cli), "images", catalogue);
    return SB_EXIT_OK;
}

/* ---- what to fetch ---- */

/* FALSE after the usage error was printed. */
static gboolean read_digest(const SbCli *cli, SbFetchRequest *request, SbDigest *digest)
{
    GChecksumType type = sha512 ? G_CHECKSUM_SHA512 : G_CHECKSUM_SHA256;
    const char *text = sha512 ? sha512 : sha256;
    if (!text)
        return TRUE;
    if (sha256 && sha512) {
        sb_cli_usage(cli, "give --sha256 or --sha512, not both");
        return FALSE;
    }
    if (!sb_digest_read(type, text, strlen(text), digest)) {
        sb_cli_usage(cli, "--%s must be %" G_GSIZE_FORMAT " hexadecimal digits",
                     sb_digest_type_name(type), sb_digest_digits(type));
        return FALSE;
    }
    request->digest = digest;
    return TRUE;
}

static void request_from_catalogue(SbFetchRequest *request, const SbCatalogueImage *image)
{
    const SbDigest *given = request->digest;
    *request = sb_fetch_request(image);
    if (keyring) {
        request->keyring = keyring;
        request->keyring_package = NULL;
    }
    if (given)
        request->digest = given;
}

/* A keyring that would not be used is an error. FALSE after the usage error was printed. */
static gboolean check_keyring(const SbCli *cli, const SbFetchRequest *request)
{
    if (!keyring || (request->signature && !request->digest))
        return TRUE;
    sb_cli_usage(cli, request->digest
                          ? "--keyring: a digest is given, and then no signature is checked"
                          : "--keyring: there is no signature to check");
    return FALSE;
}

/* What the image is called in the pool: of other architectures than the default one, not the plain
 * name, or a fleet that uses that would get them. (transfer full) */
static char *default_name(const char *name, const char *arch)
{
    if (strcmp(arch, "aarch64") == 0)
        return g_strdup(name);
    g_autofree char *end = g_strdelimit(g_strdup(arch), "_", '-');
    return g_strconcat(name, "-", end, NULL);
}

static void download(SbCli *cli, const SbOperation *operation, const SbFetchRequest *request,
                     GError **error)
{
    g_autoptr(SbFetched) fetched = sb_fetch(operation, request, error);
    if (fetched)
        json_object_set_string_member(sb_cli_result(cli), "path", fetched->path);
    if (fetched && cli->format != SB_FORMAT_JSON)
        puts(fetched->path);
}

static int fetch(SbCli *cli, const SbFetchRequest *request, const SbImageTarget *target)
{
    g_autoptr(GError) error = NULL;
    SbTransfer transfer = sb_transfer_begin(cli->is_quiet);
    SbOperation operation = {.host = is_download_only ? NULL : sb_cli_host(cli, &error),
                             .cancellable = sb_cli_catch_signals(),
                             .event = sb_transfer_on_event,
                             .data = &transfer};
    sb_cli_listen(cli, &operation);
    if (is_download_only)
        download(cli, &operation, request, &error);
    else if (operation.host)
        (void)!sb_image_obtain_url(&operation, target, request, &error);
    sb_transfer_end(&transfer);
    return error ? sb_cli_signal_status(sb_cli_fail(error)) : SB_EXIT_OK;
}

static int run(SbCli *cli, char **arguments)
{
    if (arch_name && !sb_platform_machine(arch_name))
        return sb_cli_usage(cli, "'%.40s' is not an architecture: use 'aarch64' or 'x86_64'",
                            arch_name);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_files_load(SB_CATALOGUE_OF_HOST, &error);
    if (!catalogue)
        return sb_cli_fail(error);
    if (is_list && cli->format == SB_FORMAT_JSON)
        return tell_catalogue(cli, sb_catalogue_images(catalogue));
    if (is_list)
        return (cli->is_wide || cli->columns ? print_wide : print_catalogue)(
            cli, sb_catalogue_images(catalogue));
    const char *what = arguments[0], *arch = arch_name ? arch_name : "aarch64";
    if (!what)
        return sb_cli_usage(cli, "image fetch needs a name of the catalogue, or a URL");
    SbDigest digest;
    SbFetchRequest request = {.url = what, .allows_no_digest = is_insecure};
    if (!read_digest(cli, &request, &digest))
        return SB_EXIT_USAGE;
    gboolean is_url = strchr(what, ':') != NULL;
    if (is_url && !image_name && !is_download_only)
        return sb_cli_usage(cli, "give --name: what the image is called in the pool");
    if (image_name && !sb_image_name_check(image_name, &error))
        return sb_cli_fail(error);
    const SbCatalogueImage *image =
        is_url ? NULL : sb_catalogue_find(catalogue, what, arch, &error);
    if (is_url ? !sb_url_check(what, request.digest != NULL, &error) : !image)
        return sb_cli_fail(error);
    if (image)
        request_from_catalogue(&request, image);
    if (!check_keyring(cli, &request))
        return SB_EXIT_USAGE;
    g_autofree char *name = image_name ? g_strdup(image_name) : default_name(what, arch);
    const SbImageTarget target = {.name = name,
                                  .arch = is_url ? arch_name : arch,
                                  .pool_name = cli->pool,
                                  .catalogue = is_url ? NULL : what};
    return fetch(cli, &request, &target);
}

const SbCommand sb_command_image_fetch = {
    .name = "image fetch",
    .arguments = "[NAME|URL]",
    .summary = "download an image, verify it, and put it into the pool",
    .details =
        "NAME is a name of the catalogue, which --list shows. A URL needs a digest and --name.",
    .options = entries,
    .tells_events = TRUE,
    .max_arguments = 1,
    .run = run,
};
