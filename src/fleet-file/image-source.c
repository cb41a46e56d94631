/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/image-source.h"

#include "base/array.h"
#include "base/names.h"

#include <string.h>

/* The digits of the digest that are in the name. */
enum { DIGITS = 8 };

/* "Debian_12.qcow2" and "a1b2c3d4…" become "debian-12-a1b2c3d4". (transfer full) */
static char *name_for(const char *path, const SbDigest *digest)
{
    const char *slash = strrchr(path, '/');
    g_autofree char *base = g_ascii_strdown(slash ? slash + 1 : path, -1);
    char *dot = strrchr(base, '.');
    if (dot)
        *dot = '\0';
    g_autoptr(GString) name = g_string_new(NULL);
    for (const char *c = base; *c && name->len < SB_NAME_MAX - DIGITS - 1; c++) {
        if (g_ascii_isalnum(*c))
            g_string_append_c(name, *c);
        else if (name->len > 0 && name->str[name->len - 1] != '-')
            g_string_append_c(name, '-');
    }
    if (name->len > 0 && name->str[name->len - 1] != '-')
        g_string_append_c(name, '-');
    g_string_append_len(name, digest->hex, DIGITS);
    return g_strdup(name->str);
}

static gboolean check_keys(const SbValueReader *reader, const SbYamlNode *node)
{
    gboolean is_right = TRUE;
    SB_EACH(const SbYamlNode, key, node->keys) {
        if (strcmp(key->text, "url") == 0 || strcmp(key->text, "path") == 0 ||
            strcmp(key->text, "sha256") == 0)
            continue;
        sb_value_complain(reader, key, "unknown key '%.40s' (allowed here: url, path, sha256)",
                          key->text);
        is_right = FALSE;
    }
    return is_right;
}

static gboolean read_digest(const SbValueReader *reader, const SbYamlNode *node,
                            SbDigest *digest_out)
{
    const char *text = sb_value_text(reader, "sha256", node, "64 hexadecimal digits");
    if (!text)
        return FALSE;
    if (sb_digest_read(G_CHECKSUM_SHA256, text, strlen(text), digest_out))
        return TRUE;
    return sb_value_complain(reader, node, "sha256 must be 64 hexadecimal digits");
}

static const char *read_url(const SbValueReader *reader, const SbYamlNode *node)
{
    const char *url = sb_value_text(reader, "url", node, "a URL");
    if (!url || g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "http://") ||
        g_str_has_prefix(url, "file:///"))
        return url;
    sb_value_complain(reader, node, "url must begin with https://, http:// or file:///");
    return NULL;
}

static void own(gpointer field)
{
    SbImageSource *image = field;
    image->name = g_strdup(image->name);
    image->url = g_strdup(image->url);
    image->path = g_strdup(image->path);
}

static void clear(gpointer field)
{
    SbImageSource *image = field;
    g_clear_pointer(&image->name, g_free);
    g_clear_pointer(&image->url, g_free);
    g_clear_pointer(&image->path, g_free);
}

static gboolean read_mapping(const SbValueReader *reader, const SbYamlNode *node,
                             SbImageSource *image_out)
{
    const SbYamlNode *url_node = sb_yaml_get(node, "url"), *sum_node = sb_yaml_get(node, "sha256");
    const SbYamlNode *path_node = sb_yaml_get(node, "path");
    if (!check_keys(reader, node))
        return FALSE;
    if (!url_node == !path_node || !sum_node)
        return sb_value_complain(reader, node,
                                 "image needs 'url' or 'path', and 'sha256', or must be a name");
    const char *url = url_node ? read_url(reader, url_node) : NULL;
    const char *path = path_node ? sb_value_text(reader, "path", path_node, "a file") : NULL;
    SbDigest digest;
    if (!read_digest(reader, sum_node, &digest) || (!url && !path))
        return FALSE;
    /* Of a URL, the file's name is not in the query or fragment. */
    g_autofree char *named = g_strndup(url ? url : path, url ? strcspn(url, "?#") : strlen(path));
    *image_out = (SbImageSource){name_for(named, &digest), g_strdup(url), g_strdup(path), digest,
                                 node->mark};
    return TRUE;
}

static gboolean read_name(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                          char **name_out)
{
    const char *name = sb_value_text(reader, key, node, "a name");
    g_autoptr(GError) error = NULL;
    if (name && sb_image_name_check(name, &error))
        *name_out = g_strdup(name);
    else if (name)
        sb_value_complain(reader, node, "%s", error->message);
    return *name_out != NULL;
}

static void read_image(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       gpointer field)
{
    SbImageSource *image = field;
    SbImageSource made = {.mark = node->mark};
    gboolean is_good = node->kind == SB_YAML_MAPPING ? read_mapping(reader, node, &made)
                                                     : read_name(reader, key, node, &made.name);
    if (is_good) {
        clear(image);
        *image = made;
    }
    /* Also when the value is wrong: a missing image would be a second finding about it. */
    image->mark = node->mark;
}

const SbFieldType sb_image_source_type = {read_image, own, clear, NULL};
