/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/user-data.h"

#include "base/yaml.h"

#include <gio/gio.h>
#include <string.h>

/* cloud-init looks for "mime-version:" in so many bytes (cloudinit/user_data.py, convert_string()).
 */
#define MIME_SEARCH_BYTES 4096

/* The starts of the formats (cloudinit/handlers/__init__.py, INCLUSION_TYPES_MAP). A start that is
 * also the beginning of another start comes after it. */
static const struct {
    const char *start;
    SbUserDataFormat format;
    const char *content_type;
} formats[] = {
    {"#cloud-config-archive", SB_USER_DATA_CLOUD_CONFIG_ARCHIVE, "text/cloud-config-archive"},
    {"#cloud-config-jsonp", SB_USER_DATA_CLOUD_CONFIG_JSONP, "text/cloud-config-jsonp"},
    {"#cloud-config", SB_USER_DATA_CLOUD_CONFIG, "text/cloud-config"},
    {"#cloud-boothook", SB_USER_DATA_BOOTHOOK, "text/cloud-boothook"},
    {"#include-once", SB_USER_DATA_INCLUDE_ONCE, "text/x-include-once-url"},
    {"#include", SB_USER_DATA_INCLUDE, "text/x-include-url"},
    {"#part-handler", SB_USER_DATA_PART_HANDLER, "text/part-handler"},
    {"## template: jinja", SB_USER_DATA_JINJA, "text/jinja2"},
    {"#!", SB_USER_DATA_SHELL_SCRIPT, "text/x-shellscript"},
};

/* ---- formats ---- */

static gboolean is_gzip(const char *data, gsize length)
{
    return length >= 2 && (guchar)data[0] == 0x1f && (guchar)data[1] == 0x8b;
}

static gsize leading_space(const char *data, gsize length)
{
    gsize i = 0;
    while (i < length && g_ascii_isspace(data[i]))
        i++;
    return i;
}

static gboolean starts_with(const char *data, gsize length, const char *start)
{
    gsize start_length = strlen(start);
    return length >= start_length && g_ascii_strncasecmp(data, start, start_length) == 0;
}

/* Whether DATA is a mail message: a header in the first line, and "mime-version:" not far below. */
static gboolean is_mime(const char *data, gsize length)
{
    gsize name = 0;
    while (name < length && (g_ascii_isalnum(data[name]) || data[name] == '-'))
        name++;
    gboolean has_header = name > 0 && name < length && data[name] == ':';
    if (!has_header && !starts_with(data, length, "From "))
        return FALSE;
    gsize searched = MIN(length, MIME_SEARCH_BYTES);
    for (gsize i = 0; i < searched; i++)
        if (starts_with(data + i, searched - i, "mime-version:"))
            return TRUE;
    return FALSE;
}

SbUserDataFormat sb_user_data_format(const char *data, gsize length)
{
    if (is_gzip(data, length))
        return SB_USER_DATA_GZIP;
    if (is_mime(data, length))
        return SB_USER_DATA_MIME;
    gsize space = leading_space(data, length);
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        if (starts_with(data + space, length - space, formats[i].start))
            return formats[i].format;
    return SB_USER_DATA_UNKNOWN;
}

const char *const *sb_user_data_starts(void)
{
    static const char *starts[G_N_ELEMENTS(formats) + 1];
    static gsize is_filled;
    if (g_once_init_enter(&is_filled)) {
        for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
            starts[i] = formats[i].start;
        g_once_init_leave(&is_filled, 1);
    }
    return starts;
}

const char *sb_user_data_content_type(SbUserDataFormat format)
{
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        if (formats[i].format == format)
            return formats[i].content_type;
    return "text/plain";
}

SbUserDataFormat sb_user_data_format_of_type(const char *type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        if (g_ascii_strcasecmp(formats[i].content_type, type) == 0)
            return formats[i].format;
    /* Scripts with a frequency of their own (cloudinit/handlers/shell_script_by_frequency.py). */
    return g_str_has_prefix(type, "text/x-shellscript-per-") ? SB_USER_DATA_SHELL_SCRIPT
                                                             : SB_USER_DATA_UNKNOWN;
}

/* A gzip file may consist of several members, one after the other (RFC 1952 2.2). */
static GBytes *gunzip(const char *data, gsize length)
{
    g_autoptr(GZlibDecompressor) gzip = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    g_autoptr(GByteArray) unpacked = g_byte_array_new();
    char piece[16 * 1024];
    for (gsize done = 0;;) {
        gsize taken = 0, made = 0;
        GConverterResult result =
            g_converter_convert(G_CONVERTER(gzip), data + done, length - done, piece, sizeof piece,
                                G_CONVERTER_INPUT_AT_END, &taken, &made, NULL);
        if (result == G_CONVERTER_ERROR || unpacked->len + made > SB_USER_DATA_MAX_BYTES)
            return NULL;
        g_byte_array_append(unpacked, (const guint8 *)piece, (guint)made);
        done += taken;
        if (result != G_CONVERTER_FINISHED)
            continue;
        if (done == length)
            return g_byte_array_free_to_bytes(g_steal_pointer(&unpacked));
        g_converter_reset(G_CONVERTER(gzip));
    }
}

GBytes *sb_user_data_unpack(GBytes *data)
{
    gsize length;
    const char *start = g_bytes_get_data(data, &length);
    return is_gzip(start, length) ? gunzip(start, length) : g_bytes_ref(data);
}

/* ---- users ---- */

/* Whether any line is "users:", at any depth, also as an item of a list. */
static gboolean has_users_line(const char *data, gsize length)
{
    g_autofree char *text = g_strndup(data, length);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        if (g_str_has_prefix(*line + strspn(*line, " \t-"), "users:"))
            return TRUE;
    return FALSE;
}

static gboolean is_base64_line(const char *line)
{
    gsize length =
        strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
    return length > 0 && (!line[length] || strcmp(line + length, "\r") == 0);
}

/* The same for MIME, whose parts are mostly in base64: every run of lines that can be base64 is
 * decoded. */
static gboolean has_users_line_in_mime(const char *data, gsize length)
{
    g_autofree char *text = g_strndup(data, length);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) run = g_string_new(NULL);
    for (char **line = lines;; line++) {
        if (*line && is_base64_line(*line)) {
            g_string_append(run, *line);
            continue;
        }
        if (run->len > 0) {
            gsize decoded_length;
            g_autofree guchar *decoded = g_base64_decode(run->str, &decoded_length);
            if (has_users_line((const char *)decoded, decoded_length))
                return TRUE;
            g_string_truncate(run, 0);
        }
        if (!*line)
            return has_users_line(data, length);
    }
}

gboolean sb_user_data_has_users(const char *data, gsize length)
{
    switch (sb_user_data_format(data, length)) {
    case SB_USER_DATA_CLOUD_CONFIG: {
        g_autoptr(SbDiagnostics) ignored = sb_diagnostics_new();
        g_autoptr(SbYamlNode) root = sb_yaml_parse(
            "", data, length, SB_YAML_ALLOW_ALIASES | SB_YAML_ALLOW_DUPLICATES, ignored);
        /* A merge key may add a mapping from another place in the file. */
        if (!root || sb_yaml_get(root, "<<"))
            return has_users_line(data, length);
        return sb_yaml_get(root, "users") != NULL;
    }
    case SB_USER_DATA_CLOUD_CONFIG_ARCHIVE:
    case SB_USER_DATA_JINJA:
        return has_users_line(data, length);
    case SB_USER_DATA_MIME:
        return has_users_line_in_mime(data, length);
    default:
        return FALSE;
    }
}
