#include "model/user-data.h"

#include "base/names.h"
#include "base/yaml.h"

#include <gio/gio.h>
#include <string.h>

/* cloud-init looks for "mime-version:" in so many bytes (cloudinit/user_data.py, convert_string()).
 */
#define MIME_SEARCH_BYTES 4096
/* How much of a line a message repeats. */
#define SHOWN_BYTES 40

/* How the formats start (cloudinit/handlers/__init__.py, INCLUSION_TYPES_MAP). What is the start of
 * another one comes after it. */
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

/* What is being checked. */
typedef struct {
    const char *file;
    const char *data;
    gsize length;
    SbDiagnostics *diagnostics;
} Check;

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

/* Whether a line is "users:", at any depth and as any list's item. */
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

/* The same for MIME, whose parts mostly are in base64: every run of lines that can be base64 is
 * tried. */
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
        /* A merge key may bring in a mapping from elsewhere in the file. */
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

/* ---- the start of the file ---- */

/* The first line from OFFSET on that is not blank, with its place. */
static char *shown_line(const Check *check, gsize offset, SbMark *mark_out)
{
    gsize start = offset + leading_space(check->data + offset, check->length - offset);
    *mark_out = (SbMark){1, 1};
    for (gsize i = 0; i < start; i++) {
        mark_out->column = check->data[i] == '\n' ? 1 : mark_out->column + 1;
        mark_out->line += check->data[i] == '\n';
    }
    gsize end = start;
    while (end < check->length && check->data[end] != '\n' && end - start < SHOWN_BYTES)
        end++;
    return g_strchomp(g_strndup(check->data + start, end - start));
}

/* The start that LINE was probably meant to be, or NULL. */
static const char *guess_start(const char *line)
{
    const char *starts[G_N_ELEMENTS(formats) + 1] = {NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        starts[i] = formats[i].start;
    g_autofree char *lower = g_ascii_strdown(line, -1);
    const char *nearest = sb_nearest_name(lower, starts);
    /* Any short line is near to that one. */
    if (nearest && strcmp(nearest, "#!") != 0)
        return nearest;
    if (strstr(line, "/bin/") && strpbrk(line, "#!/") == line)
        return "#!/bin/sh";
    /* YAML without its first line. */
    gsize key = strspn(lower, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    if ((key > 0 && lower[key] == ':') || g_str_has_prefix(lower, "---"))
        return "#cloud-config";
    return NULL;
}

static void report_unknown(const Check *check)
{
    gboolean has_mark = starts_with(check->data, check->length, "\xef\xbb\xbf");
    SbMark mark;
    g_autofree char *line = shown_line(check, has_mark ? 3 : 0, &mark);
    if (has_mark) {
        sb_diagnostics_add(check->diagnostics, check->file, (SbMark){1, 1},
                           "the file starts with a byte order mark (an invisible U+FEFF), so "
                           "cloud-init would ignore all of it: save it as UTF-8 without one");
        return;
    }
    const char *guess = guess_start(line);
    if (guess)
        sb_diagnostics_add(check->diagnostics, check->file, mark,
                           "cloud-init would ignore the whole file, because it does not know the "
                           "first line '%s': write '%s'",
                           line, guess);
    else
        sb_diagnostics_add(check->diagnostics, check->file, mark,
                           "cloud-init would ignore the whole file, because it does not know the "
                           "first line '%s': write '#cloud-config' above YAML, '#!/bin/sh' above a "
                           "script, or the first line of another of its formats",
                           line);
}

/* Scripts are executed as they are, and templates are looked at by another rule than that of the
 * first line. */
static void check_nothing_before(const Check *check, SbUserDataFormat format)
{
    if (leading_space(check->data, check->length) == 0)
        return;
    if (format != SB_USER_DATA_SHELL_SCRIPT && format != SB_USER_DATA_JINJA)
        return;
    SbMark mark;
    g_autofree char *line = shown_line(check, 0, &mark);
    sb_diagnostics_add(check->diagnostics, check->file, mark,
                       "'%s' must be at the very start of the file, or cloud-init cannot run it: "
                       "remove what is before it",
                       line);
}

/* cloud-init renders a template and then looks at the first line again, for a cloud-config or a
 * script. */
static void check_template(const Check *check)
{
    const char *newline = memchr(check->data, '\n', check->length);
    gsize offset = newline ? (gsize)(newline - check->data) + 1 : check->length;
    SbMark mark;
    g_autofree char *line = shown_line(check, offset, &mark);
    /* What starts with a tag of the template may become anything. */
    if (*line == '{' || starts_with(line, strlen(line), "#cloud-config") ||
        starts_with(line, strlen(line), "#!"))
        return;
    sb_diagnostics_add(
        check->diagnostics, check->file, mark,
        "cloud-init would ignore the rendered template, because it starts with '%s': "
        "the second line must be '#cloud-config' or '#!/bin/sh'",
        line);
}

/* ---- what is in it ---- */

static gboolean check_utf8(const Check *check)
{
    const char *end = check->data;
    if (g_utf8_validate_len(check->data, check->length, &end))
        return TRUE;
    SbMark mark = {1, 1};
    for (const char *c = check->data; c < end; c++) {
        mark.column = *c == '\n' ? 1 : mark.column + 1;
        mark.line += *c == '\n';
    }
    if (check->length >= 2 &&
        (memcmp(check->data, "\xff\xfe", 2) == 0 || memcmp(check->data, "\xfe\xff", 2) == 0))
        sb_diagnostics_add(check->diagnostics, check->file, mark,
                           "the file is UTF-16, which cloud-init cannot read: save it as UTF-8");
    else
        sb_diagnostics_add(check->diagnostics, check->file, mark,
                           "byte 0x%02x is not UTF-8 text, and cloud-init reads nothing else: put "
                           "binary content into 'write_files' with 'encoding: b64'",
                           (guchar)*end);
    return FALSE;
}

static gboolean is_only_comments(const Check *check)
{
    gboolean in_comment = FALSE;
    for (gsize i = 0; i < check->length; i++) {
        if (check->data[i] == '\n')
            in_comment = FALSE;
        else if (check->data[i] == '#')
            in_comment = TRUE;
        else if (!in_comment && !g_ascii_isspace(check->data[i]))
            return FALSE;
    }
    return TRUE;
}

/* Whether NODE, if it is there, is a KIND; an alias may be anything. */
static gboolean check_kind(const Check *check, const SbYamlNode *node, const char *key,
                           SbYamlKind kind)
{
    if (!node || node->kind == SB_YAML_ALIAS)
        return FALSE;
    if (node->kind == kind)
        return TRUE;
    sb_diagnostics_add(check->diagnostics, check->file, node->mark,
                       "'%s' must be %s, not %s: cloud-init could not merge it with what seedbed "
                       "adds, and there would be no way to log in",
                       key, sb_yaml_kind_name(kind), sb_yaml_kind_name(node->kind));
    return FALSE;
}

static void check_ssh_keys(const Check *check, const SbYamlNode *keys)
{
    for (guint i = 0; i < keys->keys->len; i++) {
        const SbYamlNode *key = g_ptr_array_index(keys->keys, i);
        if (g_str_has_prefix(key->text, "ed25519_"))
            sb_diagnostics_add(check->diagnostics, check->file, key->mark,
                               "'%.40s' is in the way of the ed25519 host key that seedbed makes "
                               "for each machine and by which it knows it: use another type, such "
                               "as 'ecdsa_private', or none",
                               key->text);
    }
}

static SbYamlNode *parse_mapping(const Check *check)
{
    g_autoptr(SbYamlNode) root =
        sb_yaml_parse(check->file, check->data, check->length,
                      SB_YAML_ALLOW_ALIASES | SB_YAML_ALLOW_DUPLICATES, check->diagnostics);
    if (!root)
        return NULL;
    if (root->kind == SB_YAML_MAPPING)
        return g_steal_pointer(&root);
    sb_diagnostics_add(check->diagnostics, check->file, root->mark,
                       "a cloud-config must be a mapping ('key: value'), not %s: cloud-init would "
                       "ignore it",
                       sb_yaml_kind_name(root->kind));
    return NULL;
}

/* Which of several counts would depend on who reads; other keys that are there twice are a matter
 * of lint. */
static void check_once(const Check *check, const SbYamlNode *root, const char *name)
{
    guint times = 0;
    for (guint i = 0; i < root->keys->len; i++) {
        const SbYamlNode *key = g_ptr_array_index(root->keys, i);
        if (strcmp(key->text, name) == 0 && ++times > 1)
            sb_diagnostics_add(check->diagnostics, check->file, key->mark,
                               "'%s' is there twice: put both into one", name);
    }
}

static void check_cloud_config(const Check *check)
{
    if (is_only_comments(check)) {
        sb_diagnostics_add(check->diagnostics, check->file, (SbMark){0, 0},
                           "the cloud-config is empty, of which cloud-init complains: write '{}' "
                           "below its first line, or give no user-data");
        return;
    }
    g_autoptr(SbYamlNode) root = parse_mapping(check);
    if (!root)
        return;
    check_once(check, root, "users");
    check_once(check, root, "ssh_keys");
    check_kind(check, sb_yaml_get(root, "users"), "users", SB_YAML_SEQUENCE);
    const SbYamlNode *keys = sb_yaml_get(root, "ssh_keys");
    if (check_kind(check, keys, "ssh_keys", SB_YAML_MAPPING))
        check_ssh_keys(check, keys);
}

static void check_archive(const Check *check)
{
    g_autoptr(SbYamlNode) root =
        sb_yaml_parse(check->file, check->data, check->length,
                      SB_YAML_ALLOW_ALIASES | SB_YAML_ALLOW_DUPLICATES, check->diagnostics);
    if (root && root->kind != SB_YAML_SEQUENCE)
        sb_diagnostics_add(check->diagnostics, check->file, root->mark,
                           "a cloud-config-archive must be a list of parts, not %s: cloud-init "
                           "would ignore it",
                           sb_yaml_kind_name(root->kind));
}

static void check_start(const Check *check)
{
    if (leading_space(check->data, check->length) == check->length) {
        sb_diagnostics_add(check->diagnostics, check->file, (SbMark){0, 0},
                           "the file is empty: write a first line such as '#cloud-config', or give "
                           "no user-data");
        return;
    }
    SbUserDataFormat format = sb_user_data_format(check->data, check->length);
    check_nothing_before(check, format);
    if (format == SB_USER_DATA_JINJA && leading_space(check->data, check->length) == 0)
        check_template(check);
    else if (format == SB_USER_DATA_UNKNOWN)
        report_unknown(check);
}

void sb_user_data_check_start(const char *file, const char *data, gsize length,
                              SbDiagnostics *diagnostics)
{
    const Check check = {.file = file, .data = data, .length = length, .diagnostics = diagnostics};
    check_start(&check);
}

static void check_text(const Check *check)
{
    if (!check_utf8(check))
        return;
    check_start(check);
    SbUserDataFormat format = sb_user_data_format(check->data, check->length);
    if (format == SB_USER_DATA_CLOUD_CONFIG)
        check_cloud_config(check);
    else if (format == SB_USER_DATA_CLOUD_CONFIG_ARCHIVE)
        check_archive(check);
}

void sb_user_data_check(const char *file, const char *data, gsize length,
                        SbDiagnostics *diagnostics)
{
    g_autoptr(GBytes) packed = g_bytes_new_static(data, length);
    g_autoptr(GBytes) unpacked = sb_user_data_unpack(packed);
    if (!unpacked) {
        sb_diagnostics_add(diagnostics, file, (SbMark){0, 0},
                           "the file is gzip, but damaged or larger than %d MiB unpacked",
                           SB_USER_DATA_MAX_BYTES / (1024 * 1024));
        return;
    }
    Check check = {.file = file, .diagnostics = diagnostics};
    check.data = g_bytes_get_data(unpacked, &check.length);
    check_text(&check);
}

void sb_user_data_check_login(const char *file, const char *data, gsize length, const char *login,
                              SbDiagnostics *diagnostics)
{
    g_autoptr(GBytes) packed = g_bytes_new_static(data, length);
    g_autoptr(GBytes) unpacked = sb_user_data_unpack(packed);
    const char *text = unpacked ? g_bytes_get_data(unpacked, &length) : NULL;
    if (!text || sb_user_data_format(text, length) != SB_USER_DATA_CLOUD_CONFIG)
        return;
    /* What is not YAML is the finding of the other check. */
    g_autoptr(SbDiagnostics) ignored = sb_diagnostics_new();
    g_autoptr(SbYamlNode) root = sb_yaml_parse(
        file, text, length, SB_YAML_ALLOW_ALIASES | SB_YAML_ALLOW_DUPLICATES, ignored);
    const SbYamlNode *users = root ? sb_yaml_get(root, "users") : NULL;
    if (!users || users->kind != SB_YAML_SEQUENCE)
        return;
    for (guint i = 0; i < users->items->len; i++) {
        const SbYamlNode *name = sb_yaml_get(g_ptr_array_index(users->items, i), "name");
        if (name && g_strcmp0(name->text, login) == 0)
            sb_diagnostics_add(diagnostics, file, name->mark,
                               "'%s' is the account that seedbed makes and logs in with: give "
                               "yours another name, or name another 'login' in the fleet file",
                               login);
    }
}
