/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/seed-parts.h"

#include "base/resources.h"

#include <string.h>

/* The longest line of a part that is sent unchanged (RFC 5322 2.1.1). */
#define LINE_MAX_BYTES 998
#define BASE64_LINE_BYTES 76

/* ---- the harness ---- */

static char *harness_template(void)
{
    g_autoptr(GBytes) bytes = sb_resource("cloud-init/harness.yaml");
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    return g_strndup(text, length);
}

/* Appends LINE with its PLACEHOLDER replaced. Every line of VALUE is indented as far as the
 * placeholder. */
static void append_filled(GString *text, const char *line, const char *placeholder,
                          const char *value)
{
    const char *at = strstr(line, placeholder);
    g_autofree char *before = g_strndup(line, (gsize)(at - line));
    g_autofree char *trimmed = g_strchomp(g_strdup(value));
    g_auto(GStrv) lines = g_strsplit(trimmed, "\n", -1);
    for (char **part = lines; *part; part++) {
        if (part != lines)
            g_string_append_printf(text, "\n%*s", (int)strlen(before), "");
        else
            g_string_append(text, before);
        g_string_append(text, *part);
    }
    g_string_append_printf(text, "%s\n", at + strlen(placeholder));
}

/* The values stand between double quotes in YAML, or are PEM: nothing in them may need escaping. */
static gboolean is_plain(const char *value)
{
    for (; *value; value++)
        if (!g_ascii_isprint(*value) || strchr("\"\\", *value))
            return FALSE;
    return TRUE;
}

/* In base64, because nothing in it may be read as YAML. */
static void append_environment(GString *text, const SbHarness *harness)
{
    if (!harness->environment)
        return;
    g_autofree char *encoded =
        g_base64_encode((const guchar *)harness->environment, strlen(harness->environment));
    g_string_append_printf(text,
                           "\n# The key `env` of the fleet file.\n"
                           "write_files:\n"
                           "  - path: %s\n"
                           "    encoding: b64\n"
                           "    content: %s\n",
                           harness->environment_path, encoded);
}

/* cloud-init runs the list as one script, after what the user's list has. */
static void append_boot_command(GString *text, const SbHarness *harness)
{
    if (!harness->boot_command)
        return;
    g_auto(GStrv) parts = g_strsplit(harness->boot_command, "'", -1);
    g_autofree char *doubled = g_strjoinv("''", parts);
    g_string_append_printf(text,
                           "\n# The key `shares` of the fleet file.\n"
                           "bootcmd:\n"
                           "  - '%s'\n",
                           doubled);
}

static char *fill_harness(const SbHarness *harness, gboolean user_has_users)
{
    const struct {
        const char *placeholder;
        const char *value; /* NULL: the line is left out */
    } values[] = {
        {"@DEFAULT_USER@", user_has_users ? NULL : "default"},
        {"@LOGIN@", harness->login},
        {"@CLIENT_PUBLIC_KEY@", harness->client_public_key},
        {"@HOST_PRIVATE_KEY@", harness->host_private_key},
        {"@HOST_PUBLIC_KEY@", harness->host_public_key},
    };
    g_autofree char *template = harness_template();
    g_auto(GStrv) lines = g_strsplit(g_strchomp(template), "\n", -1);
    GString *text = g_string_new(NULL);
    for (char **line = lines; *line; line++) {
        gsize i = 0;
        while (i < G_N_ELEMENTS(values) && !strstr(*line, values[i].placeholder))
            i++;
        if (i == G_N_ELEMENTS(values))
            g_string_append_printf(text, "%s\n", *line);
        else if (values[i].value)
            append_filled(text, *line, values[i].placeholder, values[i].value);
    }
    append_environment(text, harness);
    append_boot_command(text, harness);
    return g_string_free(text, FALSE);
}

/* ---- MIME ---- */

/* Whether the content can be sent unchanged. cloud-init decodes the message to text before Python's
 * email package splits it, which garbles all characters outside ASCII. A carriage return at the end
 * would become a part of the boundary's line. */
static gboolean is_7bit(const char *data, gsize length)
{
    gsize line = 0;
    for (gsize i = 0; i < length; i++) {
        if (data[i] == '\n')
            line = 0;
        else if (++line > LINE_MAX_BYTES || (data[i] != '\t' && !g_ascii_isprint(data[i])))
            return FALSE;
    }
    return TRUE;
}

static void append_base64(GString *part, const char *data, gsize length)
{
    g_autofree char *encoded = g_base64_encode((const guchar *)data, length);
    for (const char *at = encoded; *at;) {
        gsize line = MIN(strlen(at), BASE64_LINE_BYTES);
        g_string_append_len(part, at, (gssize)line);
        g_string_append_c(part, '\n');
        at += line;
    }
}

/* A part with its headers. */
static GString *make_part(const char *content_type, const char *filename, const char *data,
                          gsize length)
{
    gboolean as_it_is = is_7bit(data, length);
    GString *part = g_string_sized_new(length + 256);
    g_string_append_printf(part, "Content-Type: %s; charset=\"utf-8\"\n", content_type);
    g_string_append_printf(part, "Content-Transfer-Encoding: %s\n", as_it_is ? "7bit" : "base64");
    if (filename)
        g_string_append_printf(part, "Content-Disposition: attachment; filename=\"%s\"\n",
                               filename);
    g_string_append_c(part, '\n');
    if (as_it_is)
        g_string_append_len(part, data, (gssize)length);
    else
        append_base64(part, data, length);
    return part;
}

/* The user's part. It has no file name, so that cloud-init gives it the same name as without the
 * harness. */
static GString *make_user_part(GBytes *user_data)
{
    gsize length;
    const char *data = g_bytes_get_data(user_data, &length);
    SbUserDataFormat format = sb_user_data_format(data, length);
    /* A message is already a part: cloud-init walks into it. */
    if (format == SB_USER_DATA_MIME)
        return g_string_new_len(data, (gssize)length);
    return make_part(sb_user_data_content_type(format), NULL, data, length);
}

static gboolean contains(const GString *part, const char *text)
{
    gsize length = strlen(text);
    for (gsize i = 0; i + length <= part->len; i++)
        if (memcmp(part->str + i, text, length) == 0)
            return TRUE;
    return FALSE;
}

/* A boundary that is not in PARTS. Equal USER_DATA gives an equal boundary. */
static char *choose_boundary(GString *const *parts, gsize count, GBytes *user_data)
{
    for (guint attempt = 0;; attempt++) {
        g_autoptr(GChecksum) hash = g_checksum_new(G_CHECKSUM_SHA256);
        g_checksum_update(hash, (const guchar *)&attempt, sizeof attempt);
        if (user_data)
            g_checksum_update(hash, g_bytes_get_data(user_data, NULL),
                              (gssize)g_bytes_get_size(user_data));
        g_autofree char *boundary = g_strdup_printf("seedbed-%.32s", g_checksum_get_string(hash));
        gsize i = 0;
        while (i < count && !contains(parts[i], boundary))
            i++;
        if (i == count)
            return g_steal_pointer(&boundary);
    }
}

static GBytes *make_multipart(GString *const *parts, gsize count, const char *boundary)
{
    GString *message = g_string_new(NULL);
    g_string_append_printf(message,
                           "Content-Type: multipart/mixed; boundary=\"%s\"\n"
                           "MIME-Version: 1.0\n\n",
                           boundary);
    for (gsize i = 0; i < count; i++) {
        g_string_append_printf(message, "--%s\n", boundary);
        g_string_append_len(message, parts[i]->str, (gssize)parts[i]->len);
        g_string_append_c(message, '\n');
    }
    g_string_append_printf(message, "--%s--\n", boundary);
    return g_string_free_to_bytes(message);
}

GBytes *sb_seed_user_data(GBytes *user_data, const SbHarness *harness)
{
    g_return_val_if_fail(is_plain(harness->login), NULL);
    g_return_val_if_fail(is_plain(harness->client_public_key), NULL);
    g_return_val_if_fail(is_plain(harness->host_public_key), NULL);

    g_autoptr(GBytes) unpacked = user_data ? sb_user_data_unpack(user_data) : NULL;
    gsize length = 0;
    const char *data = unpacked ? g_bytes_get_data(unpacked, &length) : NULL;
    g_autofree char *text = fill_harness(harness, data && sb_user_data_has_users(data, length));

    GString *parts[2];
    gsize count = 0;
    if (unpacked)
        parts[count++] = make_user_part(unpacked);
    parts[count++] = make_part("text/cloud-config", "seedbed-harness.yaml", text, strlen(text));
    g_autofree char *boundary = choose_boundary(parts, count, unpacked);
    GBytes *message = make_multipart(parts, count, boundary);
    for (gsize i = 0; i < count; i++)
        g_string_free(parts[i], TRUE);
    return message;
}

/* ---- the other files ---- */

GBytes *sb_seed_meta_data(const char *uuid, const char *hostname)
{
    char *text = g_strdup_printf("instance-id: \"%s\"\nlocal-hostname: \"%s\"\n", uuid, hostname);
    return g_bytes_new_take(text, strlen(text));
}

/* The metric that netplan gives to routes by DHCP. */
enum { ROUTE_METRIC = 100 };

/* There is no set-name: renderers that need the interface's name find it by the MAC. `use-domains`
 * makes networkd take the domain of a lease; without it machines have no short names. */
static void add_card(GString *text, guint number, const SbSeedCard *card)
{
    g_string_append_printf(text, "  seedbed");
    if (number > 0)
        g_string_append_printf(text, "-%u", number + 1);
    g_string_append_printf(text,
                           ":\n"
                           "    match:\n"
                           "      macaddress: \"%s\"\n"
                           "    dhcp4: true\n"
                           "    dhcp-identifier: mac\n"
                           "    dhcp4-overrides:\n"
                           "      use-domains: true\n",
                           card->mac);
    if (number > 0)
        g_string_append_printf(text, "      route-metric: %u\n", (number + 1) * ROUTE_METRIC);
    if (card->is_optional)
        g_string_append(text, "    optional: true\n");
}

GBytes *sb_seed_network_config(const SbSeedCard *cards, guint count)
{
    GString *text = g_string_new("version: 2\n"
                                 "ethernets:\n");
    for (guint i = 0; i < count; i++)
        add_card(text, i, &cards[i]);
    return g_string_free_to_bytes(text);
}
