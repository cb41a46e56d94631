/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/catalogue.h"

#include "base/array.h"
#include "base/error.h"
#include "base/names.h"
#include "base/resources.h"
#include "base/yaml.h"
#include "fleet-file/fleet-file-values.h"

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
    g_free(image->index);
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

/* What is known of an image: keys of its architecture, or else of the entry for all of them. */
typedef struct {
    const SbYamlNode *entry;
    const SbYamlNode *of_arch; /* (nullable) */
    const char *arch;
} Source;

static const SbYamlNode *get(const Source *source, const char *key)
{
    const SbYamlNode *value = source->of_arch ? sb_yaml_get(source->of_arch, key) : NULL;
    return value ? value : sb_yaml_get(source->entry, key);
}

/* (transfer full) (nullable) the text of KEY, with the words for the architecture in it */
static char *read_text(const Reading *reading, const Source *source, const char *key,
                       const char *wanted)
{
    const SbYamlNode *value = get(source, key);
    const char *text = value ? sb_value_text(&reading->reader, key, value, wanted) : NULL;
    if (!text)
        return NULL;
    g_autoptr(GString) filled = g_string_new(text);
    g_string_replace(filled, "{arch}", source->arch, 0);
    g_string_replace(filled, "{deb-arch}", strcmp(source->arch, "aarch64") == 0 ? "arm64" : "amd64",
                     0);
    return g_strdup(filled->str);
}

static char *read_url(const Reading *reading, const Source *source, const char *key,
                      gboolean is_http_allowed)
{
    g_autofree char *url = read_text(reading, source, key, "a URL");
    if (!url || g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "file:///") ||
        (is_http_allowed && g_str_has_prefix(url, "http://")))
        return g_steal_pointer(&url);
    sb_value_complain(&reading->reader, get(source, key),
                      "%s must be a URL with https or file%s, not '%s'", key,
                      is_http_allowed ? ", or with http, as there is a digest" : "", url);
    return NULL;
}

static void read_digest(const Reading *reading, const Source *source, GChecksumType type,
                        SbCatalogueImage *image)
{
    const char *key = sb_digest_type_name(type);
    g_autofree char *text = read_text(reading, source, key, "hexadecimal digits");
    if (!text)
        return;
    if (sb_digest_read(type, text, strlen(text), &image->digest))
        image->has_digest = TRUE;
    else
        sb_value_complain(&reading->reader, get(source, key),
                          "%s must be %" G_GSIZE_FORMAT " hexadecimal digits", key,
                          sb_digest_digits(type));
}

static void read_signature(const Reading *reading, const Source *source, SbCatalogueImage *image)
{
    const SbYamlNode *value = get(source, "signature");
    if (value && g_strcmp0(value->text, SB_SIGNATURE_INSIDE) == 0)
        image->signature = g_strdup(SB_SIGNATURE_INSIDE);
    else
        image->signature = read_url(reading, source, "signature", FALSE);
    if (image->signature && !(image->checksums && image->keyring))
        sb_value_complain(&reading->reader, value, "signature needs 'checksums' and 'keyring'");
}

/* A `*` in the name of the image needs a text that names the files. */
static void read_index(const Reading *reading, const Source *source, SbCatalogueImage *image)
{
    const char *star = image->url ? strchr(image->url, '*') : NULL;
    image->index = read_url(reading, source, "index", FALSE);
    if (star && !image->index && image->checksums && !strchr(image->checksums, '*'))
        image->index = g_strdup(image->checksums);
    if (!star && image->index)
        sb_value_complain(&reading->reader, get(source, "index"),
                          "index is for a url with a '*' in the name of the file");
    else if (star && (strchr(star, '/') || strchr(star + 1, '*') || image->has_digest))
        sb_value_complain(&reading->reader, get(source, "url"),
                          "url can have one '*', in the name of the file, and then no digest");
    else if (star && !image->index)
        sb_value_complain(&reading->reader, get(source, "url"),
                          "a '*' in url needs 'index', or 'checksums' without a '*'");
}

static void read_image(const Reading *reading, const Source *source, const char *name)
{
    guint before = sb_diagnostics_total(reading->reader.diagnostics);
    g_autoptr(SbCatalogueImage) image = g_new0(SbCatalogueImage, 1);
    image->name = g_strdup(name);
    image->arch = g_strdup(source->arch);
    image->about = read_text(reading, source, "about", "a text");
    image->keyring = read_text(reading, source, "keyring", "the path of a file");
    image->keyring_package = read_text(reading, source, "keyring-package", "the name of a package");
    read_digest(reading, source, G_CHECKSUM_SHA256, image);
    read_digest(reading, source, G_CHECKSUM_SHA512, image);
    image->url = read_url(reading, source, "url", image->has_digest);
    image->checksums = read_url(reading, source, "checksums", FALSE);
    read_signature(reading, source, image);
    read_index(reading, source, image);
    if (sb_diagnostics_total(reading->reader.diagnostics) != before)
        return;
    if (!image->url || !(image->checksums || image->has_digest))
        sb_value_complain(&reading->reader, source->of_arch ? source->of_arch : source->entry,
                          "%s needs 'url', and one of 'checksums', 'sha256' and 'sha512'",
                          source->arch);
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
    static const char *const keys[] = {"about",     "keyring", "keyring-package", "url",
                                       "checksums", "index",   "signature",       "aarch64",
                                       "x86_64",    NULL};
    static const char *const arch_keys[] = {"url",    "checksums", "signature", "index",
                                            "sha256", "sha512",    NULL};
    if (!sb_name_is_valid(key->text)) {
        sb_value_complain(&reading->reader, key, "the name '%.80s' is not allowed: %s", key->text,
                          SB_NAME_RULE);
        return;
    }
    if (!sb_value_is_mapping(&reading->reader, key->text, entry, "'url', 'aarch64' or 'x86_64'"))
        return;
    check_keys(reading, entry, keys);
    forget(reading->catalogue, key->text);
    gboolean has_any = sb_yaml_get(entry, "url") != NULL;
    for (gsize i = 0; arches[i]; i++) {
        const SbYamlNode *node = sb_yaml_get(entry, arches[i]);
        const Source source = {entry, node, arches[i]};
        guint before = sb_diagnostics_total(reading->reader.diagnostics);
        has_any |= node != NULL;
        if (node &&
            !sb_value_is_mapping(&reading->reader, arches[i], node, "'url' and 'checksums'"))
            continue;
        if (node)
            check_keys(reading, node, arch_keys);
        if ((node || sb_yaml_get(entry, "url")) &&
            sb_diagnostics_total(reading->reader.diagnostics) == before)
            read_image(reading, &source, key->text);
    }
    if (!has_any)
        sb_value_complain(&reading->reader, key, "'%s' needs 'url', 'aarch64' or 'x86_64'",
                          key->text);
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
    g_autoptr(GBytes) bytes = sb_resource("src/image/catalogue.yaml");
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
