/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/options.h"
#include "cli/transfer.h"

#include "base/names.h"
#include "image/obtain.h"
#include "model/platform.h"

#include <string.h>

static char *sha256, *format_name, *arch_name;

/* The format of FILE, or, with 'json', of what is printed. */
static gboolean read_format(const char *option, const char *value, gpointer data, GError **error)
{
    if (strcmp(value, "json") == 0)
        return sb_option_format(option, value, data, error);
    g_free(format_name);
    format_name = g_strdup(value);
    return TRUE;
}

static const GOptionEntry entries[] = {
    {"sha256", 0, 0, G_OPTION_ARG_STRING, &sha256,
     "the digest that FILE must have, compressed or not", "DIGEST"},
    {"format", 'f', 0, G_OPTION_ARG_CALLBACK, read_format,
     "'raw': FILE is a raw disk, even if nothing in it shows that; 'json': tell events", "FORMAT"},
    {"arch", 0, 0, G_OPTION_ARG_STRING, &arch_name,
     "the architecture of the image: 'aarch64' or 'x86_64'", "ARCH"},
    SB_OPTION_POOL,
    G_OPTION_ENTRY_NULL};

/* FALSE after the usage error was printed. */
static gboolean read_options(const SbCli *cli, SbDigest *digest, gboolean *is_raw)
{
    if (sha256 && !sb_digest_read(G_CHECKSUM_SHA256, sha256, strlen(sha256), digest)) {
        sb_cli_usage(cli, "--sha256 must be %" G_GSIZE_FORMAT " hexadecimal digits",
                     sb_digest_digits(G_CHECKSUM_SHA256));
        return FALSE;
    }
    *is_raw = g_strcmp0(format_name, "raw") == 0;
    if (format_name && !*is_raw && strcmp(format_name, "qcow2") != 0) {
        sb_cli_usage(cli, "--format: '%s' is not a format: use 'qcow2' or 'raw'", format_name);
        return FALSE;
    }
    if (arch_name && !sb_platform_machine(arch_name)) {
        sb_cli_usage(cli, "'%.40s' is not an architecture: use 'aarch64' or 'x86_64'", arch_name);
        return FALSE;
    }
    return TRUE;
}

/* NAME is the file, and FILE is a name. */
static gboolean are_swapped(const char *name, const char *file)
{
    return g_file_test(name, G_FILE_TEST_IS_REGULAR) && !g_file_test(file, G_FILE_TEST_EXISTS) &&
           sb_image_name_is_valid(file);
}

static int run(SbCli *cli, char **arguments)
{
    SbDigest digest;
    gboolean is_raw;
    if (!read_options(cli, &digest, &is_raw))
        return SB_EXIT_USAGE;
    if (are_swapped(arguments[0], arguments[1]))
        return sb_cli_usage(cli, "the name comes first: seedbed image import %s %s", arguments[1],
                            arguments[0]);
    g_autoptr(GError) error = NULL;
    SbTransfer transfer = sb_transfer_begin(cli->is_quiet);
    const SbImageTarget target = {.name = arguments[0], .arch = arch_name, .pool_name = cli->pool};
    const SbImageFileRequest file = {
        .path = arguments[1], .digest = sha256 ? &digest : NULL, .is_raw = is_raw};
    SbOperation operation = sb_cli_operation(cli, sb_transfer_on_event, &transfer, &error);
    json_object_set_string_member(sb_cli_result(cli), "image", target.name);
    gboolean is_done = operation.host && sb_image_obtain_file(&operation, &target, &file, &error);
    sb_transfer_end(&transfer);
    return is_done ? SB_EXIT_OK : sb_cli_signal_status(sb_cli_fail(error));
}

const SbCommand sb_command_image_import = {
    .name = "image import",
    .arguments = "NAME FILE",
    .summary = "put a file into the pool as an image",
    .details = "FILE is a qcow2 or raw disk image, plain or compressed (.gz, .xz, .zst).",
    .options = entries,
    .tells_events = TRUE,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run,
};
