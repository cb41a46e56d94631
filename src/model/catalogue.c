/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/catalogue.h"

#include "base/array.h"
#include "base/error.h"
#include "base/names.h"
#include "base/resources.h"
#include "base/yaml.h"
#include "model/fleet-file-values.h"

#include <gio/gio.h>
#include <string.h>

SB_DEFINE_ERROR(sb_catalogue_error, SB_ERRORS_ALL)

struct SbCatalogue {
    GPtrArray *images;
};

typedef struct {
    SbValueReader reader;
    SbCatalogue *catalogue;
} Reading;

static const char *const arches[] = {"aarch64", "x86_64", NULL};

static void image_free(gpointer data)
{
    SbCatalogueImage *image = data;
    g_free(image->name);
    g_free(image->arch);
    g_free(image->about);
    g_free(image->url);
    g_free(image->checksums);
    g_free(image->signature);
    g_free(image->keyring);
    g_free(image->keyring_package);
    g_free(image);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbCatalogueImage, image_free)

void sb_catalogue_free(SbCatalogue *catalogue)
{
    g_ptr_array_unref(catalogue->images);
    g_free(catalogue);
}

/* ---- reading ---- */

/* Says which keys of MAPPING are not among KEYS. */
static void check_keys(const Reading *reading, const SbYamlNode *mapping, const char *const *keys)
{
    SB_EACH(const SbYamlNode, key, mapping->keys) {
        if (g_strv_contains(keys, key->text))
            continue;
        const char *nearest = sb_nearest_name(key->text, keys);
        g_autofree char *all = g_strjoinv(", ", (char **)keys);
        if (nearest)
            sb_value_complain(&reading->reader, key, "unknown key '%s', did you mean '%s'?",
                              key->text, nearest);
        else
            sb_value_complain(&reading->reader, key, "unknown key '%s'; allowed: %s", key->text,
                              all);
    }
}

/* (transfer full) (nullable) the text of KEY in MAPPING */
static char *read_text(const Reading *reading, const SbYamlNode *mapping, const char *key,
                       const char *wanted)
{
    const SbYamlNode *value = sb_yaml_get(mapping, key);
    return value ? g_strdup(sb_value_text(&reading->reader, key, value, wanted)) : NULL;
}

static char *read_url(const Reading *reading, const SbYamlNode *mapping, const char *key,
                      gboolean is_http_allowed)
{
    g_autofree char *url = read_text(reading, mapping, key, "a URL");
    if (!url || g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "file:///") ||
        (is_http_allowed && g_str_has_prefix(url, "http://")))
        return g_steal_pointer(&url);
    sb_value_complain(&reading->reader, sb_yaml_get(mapping, key),
                      "%s must be a URL with https or file%s, not '%s'", key,
                      is_http_allowed ? ", or with http, as there is a digest" : "", url);
    return NULL;
}

static void read_digest(const Reading *reading, const SbYamlNode *mapping, GChecksumType type,
                        SbCatalogueImage *image)
{
    const char *key = sb_digest_type_name(type);
    g_autofree char *text = read_text(reading, mapping, key, "hexadecimal digits");
    if (!text)
        return;
    if (sb_digest_read(type, text, strlen(text), &image->digest))
        image->has_digest = TRUE;
    else
        sb_value_complain(&reading->reader, sb_yaml_get(mapping, key),
                          "%s must be %" G_GSIZE_FORMAT " hexadecimal digits", key,
                          sb_digest_digits(type));
}

static void read_signature(const Reading *reading, const SbYamlNode *mapping,
                           SbCatalogueImage *image)
{
    const SbYamlNode *value = sb_yaml_get(mapping, "signature");
    if (value && g_strcmp0(value->text, SB_SIGNATURE_INSIDE) == 0)
        image->signature = g_strdup(SB_SIGNATURE_INSIDE);
    else
        image->signature = read_url(reading, mapping, "signature", FALSE);
    if (image->signature && !(image->checksums && image->keyring))
        sb_value_complain(&reading->reader, value, "signature needs 'checksums' and 'keyring'");
}

static void read_image(const Reading *reading, const SbYamlNode *entry, const char *name,
                       const char *arch)
{
    static const char *const keys[] = {"url", "checksums", "signature", "sha256", "sha512", NULL};
    const SbYamlNode *node = sb_yaml_get(entry, arch);
    if (!node || !sb_value_is_mapping(&reading->reader, arch, node, "'url' and 'checksums'"))
        return;
    guint before = sb_diagnostics_total(reading->reader.diagnostics);
    g_autoptr(SbCatalogueImage) image = g_new0(SbCatalogueImage, 1);
    check_keys(reading, node, keys);
    image->name = g_strdup(name);
    image->arch = g_strdup(arch);
    image->about = read_text(reading, entry, "about", "a text");
    image->keyring = read_text(reading, entry, "keyring", "the path of a file");
    image->keyring_package = read_text(reading, entry, "keyring-package", "the name of a package");
    read_digest(reading, node, G_CHECKSUM_SHA256, image);
    read_digest(reading, node, G_CHECKSUM_SHA512, image);
    image->url = read_url(reading, node, "url", image->has_digest);
    image->checksums = read_url(reading, node, "checksums", FALSE);
    read_signature(reading, node, image);
    if (sb_diagnostics_total(reading->reader.diagnostics) != before)
        return;
    if (!image->url || !(image->checksums || image->has_digest))
        sb_value_complain(&reading->reader, node,
                          "%s needs 'url', and one of 'checksums', 'sha256' and 'sha512'", arch);
    else
        g_ptr_array_add(reading->catalogue->images, g_steal_pointer(&image));
}

static void forget(SbCatalogue *catalogue, const char *name)
{
    for (guint i = catalogue->images->len; i > 0; i--) {
        const SbCatalogueImage *image = g_ptr_array_index(catalogue->images, i - 1);
        if (strcmp(image->name, name) == 0)
            g_ptr_array_remove_index(catalogue->images, i - 1);
    }
}

static void read_entry(const Reading *reading, const SbYamlNode *key, const SbYamlNode *entry)
{
    static const char *const keys[] = {"about",   "keyring", "keyring-package",
                                       "aarch64", "x86_64",  NULL};
    if (!sb_name_is_valid(key->text)) {
        sb_value_complain(&reading->reader, key, "the name '%.80s' is not allowed: %s", key->text,
                          SB_NAME_RULE);
        return;
    }
    if (!sb_value_is_mapping(&reading->reader, key->text, entry, "'aarch64' or 'x86_64'"))
        return;
    check_keys(reading, entry, keys);
    forget(reading->catalogue, key->text);
    for (gsize i = 0; arches[i]; i++)
        read_image(reading, entry, key->text, arches[i]);
    if (!sb_yaml_get(entry, arches[0]) && !sb_yaml_get(entry, arches[1]))
        sb_value_complain(&reading->reader, key, "'%s' needs 'aarch64' or 'x86_64'", key->text);
}

gboolean sb_catalogue_add(SbCatalogue *catalogue, const char *file, const char *text, gsize length,
                          SbDiagnostics *diagnostics)
{
    guint before = sb_diagnostics_errors(diagnostics);
    const Reading reading = {.reader = {file, diagnostics}, .catalogue = catalogue};
    g_autoptr(SbYamlNode) root = sb_yaml_parse(file, text, length, SB_YAML_STRICT, diagnostics);
    if (root && sb_value_is_mapping(&reading.reader, "the catalogue", root, "names of images"))
        for (guint i = 0; i < root->keys->len; i++)
            read_entry(&reading, g_ptr_array_index(root->keys, i),
                       g_ptr_array_index(root->items, i));
    return sb_diagnostics_errors(diagnostics) == before;
}

SbCatalogue *sb_catalogue_new(void)
{
    SbCatalogue *catalogue = g_new0(SbCatalogue, 1);
    catalogue->images = g_ptr_array_new_with_free_func(image_free);
    g_autoptr(GBytes) bytes = sb_resource("src/model/catalogue.yaml");
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    gboolean is_read = sb_catalogue_add(catalogue, "catalogue.yaml", text, length, diagnostics);
    g_assert(is_read);
    return catalogue;
}

/* ---- looking up ---- */

const GPtrArray *sb_catalogue_images(const SbCatalogue *catalogue)
{
    return catalogue->images;
}

const SbCatalogueImage *sb_catalogue_find(const SbCatalogue *catalogue, const char *name,
                                          const char *arch, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *other_arch = NULL;
    SB_EACH(const SbCatalogueImage, image, catalogue->images) {
        g_ptr_array_add(names, image->name);
        if (strcmp(image->name, name) != 0)
            continue;
        if (strcmp(image->arch, arch) == 0)
            return image;
        other_arch = image->arch;
    }
    g_ptr_array_add(names, NULL);
    const char *nearest = sb_nearest_name(name, (const char *const *)names->pdata);
    if (other_arch)
        g_set_error(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_UNKNOWN,
                    "the catalogue has '%s' for %s, not for '%.40s'", name, other_arch, arch);
    else
        g_set_error(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_UNKNOWN,
                    "the catalogue has no image '%.80s'%s%s%s; 'seedbed image fetch --list' shows "
                    "all of them",
                    name, nearest ? ", did you mean '" : "", nearest ? nearest : "",
                    nearest ? "'?" : "");
    return NULL;
}
