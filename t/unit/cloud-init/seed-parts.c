/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/seed-parts.h"
#include "base/yaml.h"
#include "test.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define PRIVATE_KEY                                                                                \
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r\nZXktdjEA\n"                                \
    "-----END OPENSSH PRIVATE KEY-----\n"

static const SbHarness harness = {
    .login = "seedbed",
    .client_public_key = "ssh-ed25519 AAAAclient",
    .host_private_key = PRIVATE_KEY,
    .host_public_key = "ssh-ed25519 AAAAhost",
};

/* A part of a message, in the view of a MIME reader. */
typedef struct {
    char *headers;
    GBytes *content; /* decoded */
} Part;

static void part_free(gpointer data)
{
    Part *part = data;
    g_free(part->headers);
    g_bytes_unref(part->content);
    g_free(part);
}

static Part *part_new(const char *text)
{
    Part *part = g_new0(Part, 1);
    const char *end = strstr(text, "\n\n");
    g_assert_nonnull(end);
    part->headers = g_strndup(text, (gsize)(end + 1 - text));
    const char *content = end + 2;
    if (strstr(part->headers, "Content-Transfer-Encoding: base64\n")) {
        gsize length;
        guchar *decoded = g_base64_decode(content, &length);
        part->content = g_bytes_new_take(decoded, length);
    } else {
        part->content = g_bytes_new(content, strlen(content));
    }
    return part;
}

/* The parts of the multipart MESSAGE, after RFC 2046 5.1: the newline before a boundary belongs to
 * it. */
static GPtrArray *split(GBytes *message)
{
    gsize length;
    const char *data = g_bytes_get_data(message, &length);
    g_assert_null(memchr(data, '\0', length));
    g_autofree char *text = g_strndup(data, length);
    const char *start = strstr(text, "boundary=\"");
    g_assert_nonnull(start);
    start += strlen("boundary=\"");
    g_autofree char *boundary = g_strndup(start, strcspn(start, "\""));
    g_autofree char *between = g_strdup_printf("\n--%s\n", boundary);
    g_autofree char *last = g_strdup_printf("\n--%s--\n", boundary);
    g_assert_true(g_str_has_suffix(text, last));
    text[length - strlen(last)] = '\0';

    g_auto(GStrv) pieces = g_strsplit(text, between, -1);
    GPtrArray *parts = g_ptr_array_new_with_free_func(part_free);
    g_assert_nonnull(strstr(pieces[0], "MIME-Version: 1.0\n"));
    for (char **piece = pieces + 1; *piece; piece++)
        g_ptr_array_add(parts, part_new(*piece));
    return parts;
}

static GPtrArray *compose_bytes(const char *data, gsize length)
{
    g_autoptr(GBytes) user_data = data ? g_bytes_new(data, length) : NULL;
    g_autoptr(GBytes) message = sb_seed_user_data(user_data, &harness);
    return split(message);
}

static GPtrArray *compose(const char *text)
{
    return compose_bytes(text, text ? strlen(text) : 0);
}

static const Part *part_at(GPtrArray *parts, guint i)
{
    g_assert_cmpuint(i, <, parts->len);
    return g_ptr_array_index(parts, i);
}

static void assert_content(const Part *part, const char *data, gsize length)
{
    g_assert_cmpmem(g_bytes_get_data(part->content, NULL), g_bytes_get_size(part->content), data,
                    length);
}

/* The harness as YAML: the last part, which must be a cloud-config. */
static SbYamlNode *parse_harness(GPtrArray *parts)
{
    const Part *part = part_at(parts, parts->len - 1);
    g_assert_nonnull(strstr(part->headers, "Content-Type: text/cloud-config;"));
    gsize length;
    const char *text = g_bytes_get_data(part->content, &length);
    g_assert_true(g_str_has_prefix(text, "#cloud-config\n"));
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    SbYamlNode *root = sb_yaml_parse("harness", text, length, SB_YAML_STRICT, diagnostics);
    g_assert_cmpuint(sb_diagnostics_count(diagnostics), ==, 0);
    return root;
}

static const char *text_of(const SbYamlNode *mapping, const char *key)
{
    const SbYamlNode *value = sb_yaml_get(mapping, key);
    return value ? value->text : NULL;
}

static void assert_account(const SbYamlNode *root, gboolean has_default)
{
    const SbYamlNode *users = sb_yaml_get(root, "users");
    g_assert_nonnull(users);
    g_assert_cmpuint(users->items->len, ==, has_default ? 2 : 1);
    if (has_default)
        g_assert_cmpstr(((SbYamlNode *)g_ptr_array_index(users->items, 0))->text, ==, "default");
    const SbYamlNode *account = g_ptr_array_index(users->items, users->items->len - 1);
    g_assert_cmpstr(text_of(account, "name"), ==, "seedbed");
    g_assert_cmpstr(text_of(account, "lock_passwd"), ==, "true");
    g_assert_cmpstr(text_of(account, "sudo"), ==, "ALL=(ALL) NOPASSWD:ALL");
    const SbYamlNode *keys = sb_yaml_get(account, "ssh_authorized_keys");
    g_assert_cmpuint(keys->items->len, ==, 1);
    g_assert_cmpstr(((SbYamlNode *)g_ptr_array_index(keys->items, 0))->text, ==,
                    "ssh-ed25519 AAAAclient");
}

static void test_harness_alone(void)
{
    g_autoptr(GPtrArray) parts = compose(NULL);
    g_assert_cmpuint(parts->len, ==, 1);
    g_autoptr(SbYamlNode) root = parse_harness(parts);
    assert_account(root, TRUE);
    const SbYamlNode *keys = sb_yaml_get(root, "ssh_keys");
    g_assert_cmpstr(text_of(keys, "ed25519_private"), ==, PRIVATE_KEY);
    g_assert_cmpstr(text_of(keys, "ed25519_public"), ==, "ssh-ed25519 AAAAhost");

    gsize length;
    const char *text = g_bytes_get_data(part_at(parts, 0)->content, &length);
    g_assert_null(g_strstr_len(text, (gssize)length, "_KEY@"));
    g_assert_null(g_strstr_len(text, (gssize)length, "@LOGIN@"));
    g_assert_null(g_strstr_len(text, (gssize)length, "@DEFAULT_USER@"));
}

/* The harness has its own merge rules, independent of the user's part (cloudinit/mergers). */
static void test_merge_rules(void)
{
    g_autoptr(GPtrArray) parts = compose("#cloud-config\nmerge_how: list(replace)\n");
    g_autoptr(SbYamlNode) root = parse_harness(parts);
    const SbYamlNode *rules = sb_yaml_get(root, "merge_how");
    g_assert_cmpuint(rules->items->len, ==, 3);
    const SbYamlNode *list = g_ptr_array_index(rules->items, 0);
    g_assert_cmpstr(text_of(list, "name"), ==, "list");
    const SbYamlNode *settings = sb_yaml_get(list, "settings");
    g_assert_cmpstr(((SbYamlNode *)g_ptr_array_index(settings->items, 0))->text, ==, "append");
}

/* cloud-init makes the distribution's account if there is no `users`. This must stay so. */
static void test_default_account(void)
{
    static const struct {
        const char *text;
        gboolean has_default;
    } cases[] = {
        {"#cloud-config\npackages: [a]\n", TRUE},
        {"#cloud-config\nusers: [{name: joe}]\n", FALSE},
        {"#cloud-config\nusers: []\n", FALSE},
        {"#!/bin/sh\necho users:\n", TRUE},
        {"#cloud-config-archive\n- content: |\n    users: [a]\n", FALSE},
        {"## template: jinja\n#cloud-config\nusers: [a]\n", FALSE},
        {"MIME-Version: 1.0\nContent-Type: text/cloud-config\n\nusers: [a]\n", FALSE},
        {"MIME-Version: 1.0\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n", TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) parts = compose(cases[i].text);
        g_assert_cmpuint(parts->len, ==, 2);
        g_autoptr(SbYamlNode) root = parse_harness(parts);
        assert_account(root, cases[i].has_default);
    }
}

static void expect_user_part(const char *data, gsize length, const char *type, const char *encoding)
{
    g_autoptr(GPtrArray) parts = compose_bytes(data, length);
    g_assert_cmpuint(parts->len, ==, 2);
    const Part *part = part_at(parts, 0);
    g_autofree char *expected_type = g_strdup_printf("Content-Type: %s; charset=\"utf-8\"\n", type);
    g_autofree char *expected_encoding =
        g_strdup_printf("Content-Transfer-Encoding: %s\n", encoding);
    g_assert_nonnull(strstr(part->headers, expected_type));
    g_assert_nonnull(strstr(part->headers, expected_encoding));
    /* cloud-init names scripts after their parts. Without a file name it is "part-001", as without
     * the harness. */
    g_assert_null(strstr(part->headers, "filename"));
    assert_content(part, data, length);
    g_autoptr(SbYamlNode) root = parse_harness(parts);
    g_assert_nonnull(root);
}

static void test_user_part(void)
{
    static const struct {
        const char *text;
        const char *type;
        const char *encoding;
    } cases[] = {
        {"#cloud-config\na: b\n", "text/cloud-config", "7bit"},
        {"#cloud-config\na: b", "text/cloud-config", "7bit"},
        {"#cloud-config\na: |+\n  b\n\n\n", "text/cloud-config", "7bit"},
        {"\n#Cloud-Config\n\ta: b\n", "text/cloud-config", "7bit"},
        {"#cloud-config\na: ü€😀\n", "text/cloud-config", "base64"},
        {"#cloud-config\r\na: b\r\n", "text/cloud-config", "base64"},
        {"#!/bin/sh\necho \033[1m\n", "text/x-shellscript", "base64"},
        {"#!/bin/sh\necho --boundary\n", "text/x-shellscript", "7bit"},
        {"#include\nhttp://x\n", "text/x-include-url", "7bit"},
        {"#include-once\nhttp://x\n", "text/x-include-once-url", "7bit"},
        {"#cloud-boothook\n", "text/cloud-boothook", "7bit"},
        {"#part-handler\n", "text/part-handler", "7bit"},
        {"## template: jinja\n", "text/jinja2", "7bit"},
        {"#cloud-config-archive\n- a\n", "text/cloud-config-archive", "7bit"},
        {"#cloud-config-jsonp\n[]\n", "text/cloud-config-jsonp", "7bit"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        expect_user_part(cases[i].text, strlen(cases[i].text), cases[i].type, cases[i].encoding);
    expect_user_part("#!/bin/sh\n\0\xff\r", 13, "text/x-shellscript", "base64");
}

static void test_long_lines(void)
{
    for (gsize length = 997; length < 1000; length++) {
        g_autofree char *line = g_strnfill(length, 'x');
        g_autofree char *text = g_strdup_printf("#!/bin/sh\n%s\n%s", line, line);
        expect_user_part(text, strlen(text), "text/x-shellscript",
                         length > 998 ? "base64" : "7bit");
    }
}

static void test_nested_mime(void)
{
    static const char mail[] = "Content-Type: multipart/mixed; boundary=\"inner\"\n"
                               "MIME-Version: 1.0\n\n"
                               "--inner\nContent-Type: text/cloud-config\n\n#cloud-config\na: ü\n"
                               "--inner--\n";
    g_autoptr(GBytes) user_data = g_bytes_new_static(mail, strlen(mail));
    g_autoptr(GBytes) message = sb_seed_user_data(user_data, &harness);
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    /* The message is unchanged: its headers are the headers of the part. */
    const char *at = g_strstr_len(text, (gssize)length, mail);
    g_assert_nonnull(at);
    g_autoptr(GPtrArray) parts = split(message);
    g_assert_cmpuint(parts->len, ==, 2);
    g_assert_true(g_str_has_prefix(part_at(parts, 0)->headers,
                                   "Content-Type: multipart/mixed; boundary=\"inner\"\n"));
}

static void test_gzip(void)
{
    static const char text[] = "#cloud-config\nusers: [{name: jürgen}]\n";
    g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
    g_autoptr(GZlibCompressor) gzip = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
    g_autoptr(GOutputStream) stream = g_converter_output_stream_new(memory, G_CONVERTER(gzip));
    g_assert_true(g_output_stream_write_all(stream, text, strlen(text), NULL, NULL, NULL));
    g_assert_true(g_output_stream_close(stream, NULL, NULL));
    g_autoptr(GBytes) packed =
        g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));
    gsize length;
    const char *data = g_bytes_get_data(packed, &length);
    g_autoptr(GPtrArray) parts = compose_bytes(data, length);
    g_assert_nonnull(strstr(part_at(parts, 0)->headers, "Content-Type: text/cloud-config;"));
    assert_content(part_at(parts, 0), text, strlen(text));
    g_autoptr(SbYamlNode) root = parse_harness(parts);
    assert_account(root, FALSE);
}

static char *boundary_of(GBytes *message)
{
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    const char *start = g_strstr_len(text, (gssize)length, "boundary=\"");
    g_assert_nonnull(start);
    start += strlen("boundary=\"");
    return g_strndup(start, strcspn(start, "\""));
}

/* The boundary is made from the content, so nobody can find content that contains it. Equal content
 * has an equal boundary; other content has another one. */
static void test_boundary(void)
{
    g_autoptr(GBytes) one = g_bytes_new_static("#!/bin/sh\necho 1\n", 17);
    g_autoptr(GBytes) two = g_bytes_new_static("#!/bin/sh\necho 2\n", 17);
    g_autoptr(GBytes) first = sb_seed_user_data(one, &harness);
    g_autoptr(GBytes) again = sb_seed_user_data(one, &harness);
    g_autoptr(GBytes) other = sb_seed_user_data(two, &harness);
    g_assert_true(g_bytes_equal(first, again));
    g_autofree char *first_boundary = boundary_of(first);
    g_autofree char *other_boundary = boundary_of(other);
    g_assert_cmpstr(first_boundary, !=, other_boundary);
    g_assert_cmpuint(strlen(first_boundary), <=, 70);

    /* The boundary does not reveal the keys. */
    SbHarness changed = harness;
    changed.host_private_key = "-----BEGIN x-----\n";
    g_autoptr(GBytes) rekeyed = sb_seed_user_data(one, &changed);
    g_autofree char *rekeyed_boundary = boundary_of(rekeyed);
    g_assert_cmpstr(rekeyed_boundary, ==, first_boundary);
}

/* The variables of the machine come as a file, whatever they are. */
static void test_environment(void)
{
    static const char script[] = "export A='x: \"y\"\n#'\n";
    SbHarness with = harness;
    with.environment = script;
    with.environment_path = "/etc/profile.d/x.sh";
    g_autoptr(GBytes) message = sb_seed_user_data(NULL, &with);
    g_autoptr(GPtrArray) parts = split(message);
    g_autoptr(SbYamlNode) root = parse_harness(parts);
    const SbYamlNode *files = sb_yaml_get(root, "write_files");
    g_assert_nonnull(files);
    g_assert_cmpuint(files->items->len, ==, 1);
    const SbYamlNode *file = files->items->pdata[0];
    g_assert_cmpstr(sb_yaml_get(file, "path")->text, ==, "/etc/profile.d/x.sh");
    g_assert_cmpstr(sb_yaml_get(file, "encoding")->text, ==, "b64");
    gsize length;
    g_autofree guchar *content = g_base64_decode(sb_yaml_get(file, "content")->text, &length);
    g_assert_cmpmem(content, length, script, strlen(script));
}

static void test_boot_command(void)
{
    SbHarness with = harness;
    with.boot_command = "mkdir -p '/it'\\''s' && mount -o \"ro\" # ü: x";
    g_autoptr(GBytes) message = sb_seed_user_data(NULL, &with);
    g_autoptr(GPtrArray) parts = split(message);
    g_autoptr(SbYamlNode) root = parse_harness(parts);
    const SbYamlNode *commands = sb_yaml_get(root, "bootcmd");
    g_assert_nonnull(commands);
    g_assert_cmpuint(commands->items->len, ==, 1);
    g_assert_cmpstr(((SbYamlNode *)commands->items->pdata[0])->text, ==, with.boot_command);
}

/* cloud-init reads with Python's email package: it must see exactly the same bytes. */
static void test_python_reads_it(void)
{
    static const char script[] = "import email, sys\n"
                                 "message = email.message_from_string(sys.stdin.buffer.read()"
                                 ".decode('utf-8'))\n"
                                 "parts = [p for p in message.walk() if not p.is_multipart()]\n"
                                 "assert len(parts) == 2, len(parts)\n"
                                 "sys.stdout.buffer.write(parts[0].get_payload(decode=True))\n";
    static const char *const texts[] = {
        "#cloud-config\na: b\n",        "#cloud-config\na: b", "#!/bin/sh\necho ü€😀\n\n\n",
        "#!/bin/sh\r\necho a\r\n",      "#!/bin/sh\necho a\r", "#!/bin/sh\n\nFrom me\n--\n\n",
        "#!/bin/sh\necho '=20 \\u1'\n",
    };
    g_autofree char *python = g_find_program_in_path("python3");
    if (!python) {
        g_test_skip("no python3");
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GBytes) user_data = g_bytes_new_static(texts[i], strlen(texts[i]));
        g_autoptr(GBytes) message = sb_seed_user_data(user_data, &harness);
        g_autoptr(GError) error = NULL;
        g_autoptr(GSubprocess) process =
            g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                             python, "-c", script, NULL);
        g_assert_no_error(error);
        g_autoptr(GBytes) read = NULL;
        g_subprocess_communicate(process, message, NULL, &read, NULL, &error);
        g_assert_no_error(error);
        g_assert_true(g_subprocess_get_successful(process));
        g_assert_true(g_bytes_equal(read, user_data));
    }
}

static SbYamlNode *parse(GBytes *bytes)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    SbYamlNode *root = sb_yaml_parse("seed", text, length, SB_YAML_STRICT, diagnostics);
    g_assert_cmpuint(sb_diagnostics_count(diagnostics), ==, 0);
    return root;
}

static void test_meta_data(void)
{
    g_autoptr(GBytes) bytes =
        sb_seed_meta_data("0f3f8a1e-0000-4000-8000-000000000001", "faas-runner-1");
    g_autoptr(SbYamlNode) root = parse(bytes);
    g_assert_cmpuint(root->keys->len, ==, 2);
    g_assert_cmpstr(text_of(root, "instance-id"), ==, "0f3f8a1e-0000-4000-8000-000000000001");
    g_assert_cmpstr(text_of(root, "local-hostname"), ==, "faas-runner-1");
}

static void test_network_config(void)
{
    const SbSeedCard only = {"52:54:00:12:34:56", FALSE};
    g_autoptr(GBytes) bytes = sb_seed_network_config(&only, 1);
    g_autoptr(SbYamlNode) root = parse(bytes);
    g_assert_cmpstr(text_of(root, "version"), ==, "2");
    const SbYamlNode *ethernets = sb_yaml_get(root, "ethernets");
    g_assert_cmpuint(ethernets->items->len, ==, 1);
    const SbYamlNode *card = g_ptr_array_index(ethernets->items, 0);
    const SbYamlNode *mac = sb_yaml_get(sb_yaml_get(card, "match"), "macaddress");
    g_assert_cmpstr(mac->text, ==, "52:54:00:12:34:56");
    /* Unquoted, YAML 1.1 reads some MACs as a number in base 60. */
    g_assert_false(mac->is_plain);
    g_assert_cmpstr(text_of(card, "dhcp4"), ==, "true");
    g_assert_cmpstr(text_of(card, "dhcp-identifier"), ==, "mac");
    g_assert_cmpstr(text_of(sb_yaml_get(card, "dhcp4-overrides"), "use-domains"), ==, "true");
    g_assert_null(sb_yaml_get(card, "optional"));
    g_assert_null(sb_yaml_get(sb_yaml_get(card, "dhcp4-overrides"), "route-metric"));
}

/* Each card has a name of its own, and the first one's routes win. */
static void test_network_config_of_several(void)
{
    const SbSeedCard cards[] = {
        {"52:54:00:12:34:56", FALSE}, {"52:54:00:12:34:57", FALSE}, {"52:54:00:12:34:58", TRUE}};
    g_autoptr(GBytes) bytes = sb_seed_network_config(cards, G_N_ELEMENTS(cards));
    g_autoptr(SbYamlNode) root = parse(bytes);
    const SbYamlNode *ethernets = sb_yaml_get(root, "ethernets");
    g_assert_cmpuint(ethernets->items->len, ==, 3);
    g_assert_null(sb_yaml_get(sb_yaml_get(sb_yaml_get(ethernets, "seedbed"), "dhcp4-overrides"),
                              "route-metric"));
    const SbYamlNode *third = sb_yaml_get(ethernets, "seedbed-3");
    g_assert_cmpstr(text_of(sb_yaml_get(third, "match"), "macaddress"), ==, "52:54:00:12:34:58");
    g_assert_cmpstr(text_of(sb_yaml_get(third, "dhcp4-overrides"), "route-metric"), ==, "300");
    g_assert_cmpstr(text_of(third, "optional"), ==, "true");
}

static gpointer make_user_data(gpointer start)
{
    while (!g_atomic_int_get((int *)start))
        ;
    g_autoptr(GBytes) user_data = sb_seed_user_data(NULL, &harness);
    g_assert_nonnull(user_data);
    return NULL;
}

static void test_first_use_in_threads_subprocess(void)
{
    GThread *threads[4];
    int start = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new(NULL, make_user_data, &start);
    g_atomic_int_set(&start, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

/* GLib registers resources when they are first looked for. Machines are made by several threads. */
static void test_first_use_in_threads(void)
{
    for (guint i = 0; i < 40; i++) {
        g_test_trap_subprocess("/seed-parts/first-use-in-threads/subprocess", 0, 0);
        g_test_trap_assert_passed();
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/seed-parts/first-use-in-threads", test_first_use_in_threads);
    g_test_add_func("/seed-parts/first-use-in-threads/subprocess",
                    test_first_use_in_threads_subprocess);
    g_test_add_func("/seed-parts/harness-alone", test_harness_alone);
    g_test_add_func("/seed-parts/merge-rules", test_merge_rules);
    g_test_add_func("/seed-parts/default-account", test_default_account);
    g_test_add_func("/seed-parts/user-part", test_user_part);
    g_test_add_func("/seed-parts/long-lines", test_long_lines);
    g_test_add_func("/seed-parts/nested-mime", test_nested_mime);
    g_test_add_func("/seed-parts/gzip", test_gzip);
    g_test_add_func("/seed-parts/boundary", test_boundary);
    g_test_add_func("/seed-parts/environment", test_environment);
    g_test_add_func("/seed-parts/boot-command", test_boot_command);
    g_test_add_func("/seed-parts/python-reads-it", test_python_reads_it);
    g_test_add_func("/seed-parts/meta-data", test_meta_data);
    g_test_add_func("/seed-parts/network-config", test_network_config);
    g_test_add_func("/seed-parts/network-config-of-several", test_network_config_of_several);
    return g_test_run();
}
