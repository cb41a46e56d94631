/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/user-data.h"
#include "cloud-init/user-data-check.h"
#include "findings.h"
#include "test.h"

#include <gio/gio.h>
#include <string.h>

#define CLOUD_CONFIG "#cloud-config\n"

static GBytes *gzip(const char *text)
{
    g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
    g_autoptr(GZlibCompressor) compressor =
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
    g_autoptr(GOutputStream) stream =
        g_converter_output_stream_new(memory, G_CONVERTER(compressor));
    g_assert_true(g_output_stream_write_all(stream, text, strlen(text), NULL, NULL, NULL));
    g_assert_true(g_output_stream_close(stream, NULL, NULL));
    return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));
}

static SbDiagnostics *check_bytes(const char *data, gsize length)
{
    SbDiagnostics *diagnostics = sb_diagnostics_new();
    sb_user_data_check("user-data", data, length, diagnostics);
    return diagnostics;
}

static void expect(const char *text, const char *marks)
{
    g_autoptr(SbDiagnostics) diagnostics = check_bytes(text, strlen(text));
    assert_findings_at(diagnostics, marks);
}

static void expect_says(const char *text, const char *marks, const char *part)
{
    g_autoptr(SbDiagnostics) diagnostics = check_bytes(text, strlen(text));
    assert_findings_at(diagnostics, marks);
    assert_finding_says(diagnostics, 0, part);
}

/* The rules of cloudinit/handlers/__init__.py: the longest start wins; case and blanks do not
 * matter. */
static void test_format(void)
{
    static const struct {
        const char *text;
        SbUserDataFormat format;
    } cases[] = {
        {"", SB_USER_DATA_UNKNOWN},
        {"#cloud-config\n", SB_USER_DATA_CLOUD_CONFIG},
        {"#cloud-config", SB_USER_DATA_CLOUD_CONFIG},
        {"#cloud-config\r\na: b\r\n", SB_USER_DATA_CLOUD_CONFIG},
        {"#Cloud-Config\n", SB_USER_DATA_CLOUD_CONFIG},
        {"\n \t\r\n#cloud-config\n", SB_USER_DATA_CLOUD_CONFIG},
        {"#cloud-config-archive\n", SB_USER_DATA_CLOUD_CONFIG_ARCHIVE},
        {"#cloud-config-jsonp\n", SB_USER_DATA_CLOUD_CONFIG_JSONP},
        {"#cloud-boothook\n", SB_USER_DATA_BOOTHOOK},
        {"#include\nhttp://x\n", SB_USER_DATA_INCLUDE},
        {"#include http://x\n", SB_USER_DATA_INCLUDE},
        {"#include-once\nhttp://x\n", SB_USER_DATA_INCLUDE_ONCE},
        {"#part-handler\n", SB_USER_DATA_PART_HANDLER},
        {"## template: jinja\n#cloud-config\n", SB_USER_DATA_JINJA},
        {"#!/bin/sh\n", SB_USER_DATA_SHELL_SCRIPT},
        {"#!/usr/bin/env python3\n", SB_USER_DATA_SHELL_SCRIPT},
        {"MIME-Version: 1.0\nContent-Type: text/plain\n\n", SB_USER_DATA_MIME},
        {"Content-Type: multipart/mixed\nmime-version: 1.0\n\n", SB_USER_DATA_MIME},
        {"From me\nContent-Type: multipart/mixed\nMIME-Version: 1.0\n\n", SB_USER_DATA_MIME},
        /* These have the words, but are not messages. */
        {"#cloud-config\ntext: |\n  MIME-Version: 1.0\n", SB_USER_DATA_CLOUD_CONFIG},
        {"#!/bin/sh\necho MIME-Version: 1.0\n", SB_USER_DATA_SHELL_SCRIPT},
        {"\nMIME-Version: 1.0\n", SB_USER_DATA_UNKNOWN},
        {"hello there\nMIME-Version: 1.0\n", SB_USER_DATA_UNKNOWN},
        {"packages: [a]\n", SB_USER_DATA_UNKNOWN},
        {"##template: jinja\n", SB_USER_DATA_UNKNOWN},
        {"#cloudconfig\n", SB_USER_DATA_UNKNOWN},
        {"\xef\xbb\xbf#cloud-config\n", SB_USER_DATA_UNKNOWN},
        {"\x1f\x8b\x08", SB_USER_DATA_GZIP},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        if (sb_user_data_format(cases[i].text, strlen(cases[i].text)) != cases[i].format)
            g_error("the format of '%s' is %d", cases[i].text,
                    sb_user_data_format(cases[i].text, strlen(cases[i].text)));

    /* cloud-init searches the first 4096 bytes. */
    for (gsize before = 4096 - 14; before < 4096; before += 7) {
        g_autofree char *fill = g_strnfill(before - 3, 'x');
        g_autofree char *text = g_strdup_printf("X: %sMIME-Version:", fill);
        gboolean is_found = before + strlen("MIME-Version:") <= 4096;
        g_assert_cmpint(sb_user_data_format(text, strlen(text)), ==,
                        is_found ? SB_USER_DATA_MIME : SB_USER_DATA_UNKNOWN);
    }
}

static void test_content_type(void)
{
    g_assert_cmpstr(sb_user_data_content_type(SB_USER_DATA_CLOUD_CONFIG), ==, "text/cloud-config");
    g_assert_cmpstr(sb_user_data_content_type(SB_USER_DATA_SHELL_SCRIPT), ==, "text/x-shellscript");
    g_assert_cmpstr(sb_user_data_content_type(SB_USER_DATA_JINJA), ==, "text/jinja2");
    g_assert_cmpstr(sb_user_data_content_type(SB_USER_DATA_UNKNOWN), ==, "text/plain");
}

static void test_accepted(void)
{
    static const char *const texts[] = {
        CLOUD_CONFIG "{}\n",
        CLOUD_CONFIG "packages: [a]\nusers: [default, {name: joe}]\n",
        CLOUD_CONFIG "users: []\nssh_keys: {ecdsa_private: x, ecdsa_public: y}\n",
        CLOUD_CONFIG "content: !!binary aGVsbG8=\n",
        CLOUD_CONFIG "a: &x [b]\nusers: *x\nssh_keys: *x\n",
        "#cloud-config\r\npackages:\r\n  - a\r\n",
        "\n\n#CLOUD-CONFIG\npackages: [a]\n",
        "#!/bin/sh\necho ü\n",
        "#cloud-boothook\n#!/bin/sh\n",
        "#include\nhttps://example.net/x\n",
        "#part-handler\nimport os\n",
        "#cloud-config-archive\n- type: text/cloud-config\n  content: x\n",
        "## template: jinja\n#cloud-config\n{% if x %}\nusers: nobody\n{% endif %}\n",
        "## template: jinja\n\n#!/bin/sh\n",
        "## template: jinja\n{% if x %}#cloud-config\n{% endif %}",
        "Content-Type: multipart/mixed; boundary=b\nMIME-Version: 1.0\n\n--b\n\nx\n--b--\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        expect(texts[i], "");
}

static void test_near_misses(void)
{
    static const struct {
        const char *text;
        const char *marks;
        const char *meant;
    } cases[] = {
        {"#cloudconfig\na: b\n", "1:1", "write '#cloud-config'"},
        {"# cloud-config\na: b\n", "1:1", "write '#cloud-config'"},
        {"#cloud_config\na: b\n", "1:1", "write '#cloud-config'"},
        {"#Cloud Config\r\na: b\n", "1:1", "write '#cloud-config'"},
        {"##cloud-config\na: b\n", "1:1", "write '#cloud-config'"},
        {"cloud-config\na: b\n", "1:1", "write '#cloud-config'"},
        {"#clod-config\na: b\n", "1:1", "write '#cloud-config'"},
        {"\n\n  # cloud-config\na: b\n", "3:3", "write '#cloud-config'"},
        {"packages:\n  - a\n", "1:1", "write '#cloud-config'"},
        {"---\n#cloud-config\na: b\n", "1:1", "write '#cloud-config'"},
        {"#cloudconfigarchive\n", "1:1", "write '#cloud-config-archive'"},
        {"##template:jinja\n#cloud-config\n", "1:1", "write '## template: jinja'"},
        {"#parthandler\n", "1:1", "write '#part-handler'"},
        {"#/bin/sh\n", "1:1", "write '#!/bin/sh'"},
        {"# !/bin/bash\n", "1:1", "write '#!/bin/sh'"},
        {"#\na: b\n", "1:1", "write '#cloud-config' above YAML"},
        {"hello world\n", "1:1", "write '#cloud-config' above YAML, '#!/bin/sh' above a script"},
        {"\xef\xbb\xbf#cloud-config\na: b\n", "1:1", "byte order mark"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        expect_says(cases[i].text, cases[i].marks, "cloud-init would ignore");
        expect_says(cases[i].text, cases[i].marks, cases[i].meant);
    }
    /* The text of a file from a pull request must not control the terminal. */
    g_autoptr(SbDiagnostics) diagnostics = check_bytes("\033[2Jx\n", 6);
    g_assert_null(strchr(sb_diagnostics_get(diagnostics, 0)->message, '\033'));
}

static void test_start(void)
{
    expect_says("\n#!/bin/sh\n", "2:1", "very start");
    expect_says(" ## template: jinja\n#cloud-config\n", "1:2", "very start");
    expect_says("## template: jinja\n\npackages: [a]\n", "3:1", "ignore the rendered template");
    expect_says("## template: jinja", "1:19", "ignore the rendered template");
}

static void test_empty(void)
{
    expect_says("", "0:0", "empty");
    expect_says(" \n\t\n", "0:0", "empty");
    expect_says(CLOUD_CONFIG, "0:0", "write '{}'");
    expect_says(CLOUD_CONFIG "# nothing: here\n\n", "0:0", "write '{}'");
}

static void test_encoding(void)
{
    expect_says("#!/bin/sh\necho \xff\n", "2:6", "0xff");
    expect_says("\xff\xfe#", "1:1", "UTF-16");
    g_autoptr(SbDiagnostics) diagnostics = check_bytes("#!/bin/sh\n\0", 11);
    assert_findings_at(diagnostics, "2:1");
}

static void test_yaml(void)
{
    expect(CLOUD_CONFIG "a: [1\n", "3:1");
    expect(CLOUD_CONFIG "a: 1\na: 2\n", "");
    expect(CLOUD_CONFIG "users: []\na: 1\nusers: [b]\n", "4:1");
    expect_says(CLOUD_CONFIG "- a\n", "2:1", "must be a mapping");
    expect_says(CLOUD_CONFIG "just text\n", "2:1", "must be a mapping");
    expect_says("#cloud-config-archive\na: b\n", "2:1", "must be a list");
}

static void test_users(void)
{
    expect_says(CLOUD_CONFIG "a: b\nusers: joe\n", "3:8", "'users' must be a list, not a scalar");
    expect_says(CLOUD_CONFIG "users:\n", "2:7", "'users' must be a list");
    expect_says(CLOUD_CONFIG "users:\n  joe: {}\n", "3:3", "'users' must be a list, not a mapping");
}

static void test_ssh_keys(void)
{
    expect_says(CLOUD_CONFIG "ssh_keys: [a]\n", "2:11", "'ssh_keys' must be a mapping");
    expect_says(CLOUD_CONFIG "ssh_keys:\n", "2:10", "'ssh_keys' must be a mapping");
    expect_says(CLOUD_CONFIG "ssh_keys:\n  ed25519_private: x\n", "3:3", "in the way");
    expect(CLOUD_CONFIG
           "ssh_keys:\n  ed25519_certificate: x\n  rsa_private: y\n  ed25519_public: z\n",
           "3:3 5:3");
}

static void expect_login(const char *text, const char *login, const char *marks)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_user_data_check_login("user-data", text, strlen(text), login, diagnostics);
    assert_findings_at(diagnostics, marks);
}

static void test_login(void)
{
    expect_login(CLOUD_CONFIG "users: [default, {name: joe}]\n", "seedbed", "");
    expect_login(CLOUD_CONFIG "users: [default, {name: joe}]\n", "joe", "2:25");
    /* A name alone does not conflict with the harness. */
    expect_login(CLOUD_CONFIG "users: [default, joe]\n", "joe", "");
    expect_login(CLOUD_CONFIG "users: [*x, {name: *y}, [joe], {name: [joe]}]\n", "joe", "");
    expect_login(CLOUD_CONFIG "users: [{name: joe\n", "joe", "");
    expect_login(CLOUD_CONFIG "users: joe\n", "joe", "");
    expect_login("#!/bin/sh\nusers: [{name: joe}]\n", "joe", "");
}

static void test_gzip(void)
{
    g_autoptr(GBytes) packed = gzip(CLOUD_CONFIG "users: joe\n");
    gsize length;
    const char *data = g_bytes_get_data(packed, &length);
    g_assert_cmpint(sb_user_data_format(data, length), ==, SB_USER_DATA_GZIP);
    g_autoptr(GBytes) unpacked = sb_user_data_unpack(packed);
    g_assert_cmpmem(g_bytes_get_data(unpacked, NULL), g_bytes_get_size(unpacked),
                    CLOUD_CONFIG "users: joe\n", 25);
    g_autoptr(SbDiagnostics) diagnostics = check_bytes(data, length);
    assert_findings_at(diagnostics, "2:8");

    for (gsize cut = 2; cut < length; cut++) {
        g_autoptr(SbDiagnostics) damaged = check_bytes(data, cut);
        assert_findings_at(damaged, "0:0");
        assert_finding_says(damaged, 0, "damaged");
    }
    /* Without compression, the bytes are unchanged. */
    g_autoptr(GBytes) plain = g_bytes_new_static("x", 1);
    g_autoptr(GBytes) same = sb_user_data_unpack(plain);
    g_assert_true(same == plain);
}

/* gunzip(1) and Python read several members as one file. */
static void test_gzip_members(void)
{
    g_autoptr(GBytes) first = gzip(CLOUD_CONFIG), second = gzip("a: b\n");
    g_autoptr(GByteArray) both = g_byte_array_new();
    g_byte_array_append(both, g_bytes_get_data(first, NULL), (guint)g_bytes_get_size(first));
    g_byte_array_append(both, g_bytes_get_data(second, NULL), (guint)g_bytes_get_size(second));
    g_autoptr(GBytes) packed = g_byte_array_free_to_bytes(g_steal_pointer(&both));
    g_autoptr(GBytes) unpacked = sb_user_data_unpack(packed);
    g_assert_nonnull(unpacked);
    g_assert_cmpmem(g_bytes_get_data(unpacked, NULL), g_bytes_get_size(unpacked),
                    CLOUD_CONFIG "a: b\n", 19);
}

static void test_gzip_bomb(void)
{
    g_autofree char *largest = g_strnfill(SB_USER_DATA_MAX_BYTES, 'x');
    g_autoptr(GBytes) packed = gzip(largest);
    g_autoptr(GBytes) unpacked = sb_user_data_unpack(packed);
    g_assert_nonnull(unpacked);
    g_assert_cmpuint(g_bytes_get_size(unpacked), ==, SB_USER_DATA_MAX_BYTES);

    g_autofree char *larger = g_strconcat(largest, "x", NULL);
    g_autoptr(GBytes) bomb = gzip(larger);
    g_assert_null(sb_user_data_unpack(bomb));
}

static void test_has_users(void)
{
    static const struct {
        const char *text;
        gboolean expected;
    } cases[] = {
        {CLOUD_CONFIG "packages: [a]\n", FALSE},
        {CLOUD_CONFIG "users: [a]\n", TRUE},
        {CLOUD_CONFIG "\"users\": [a]\n", TRUE},
        {CLOUD_CONFIG "{users: [a]}\n", TRUE},
        /* Only the key of the document counts… */
        {CLOUD_CONFIG "write_files:\n  - content: |\n      users: [a]\n", FALSE},
        {CLOUD_CONFIG "x:\n  users: [a]\n", FALSE},
        /* …unless a merge key may add it, or the text cannot be read. */
        {CLOUD_CONFIG "x: &x\n  users: [a]\n<<: *x\n", TRUE},
        {CLOUD_CONFIG "users: [a\n", TRUE},
        {"#!/bin/sh\nusers: x\n", FALSE},
        {"#include\nhttp://example.net/users:\n", FALSE},
        {"#cloud-config-archive\n- content: |\n    users: [a]\n", TRUE},
        {"#cloud-config-archive\n- content: |\n    my_users: [a]\n", FALSE},
        {"## template: jinja\n#cloud-config\nusers:\n", TRUE},
        {"## template: jinja\n#cloud-config\n# users: none\n", FALSE},
        {"MIME-Version: 1.0\n\n#cloud-config\nusers:\n  - a\n", TRUE},
        {"MIME-Version: 1.0\n\n#cloud-config\npackages:\n  - a\n", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        if (sb_user_data_has_users(cases[i].text, strlen(cases[i].text)) != cases[i].expected)
            g_error("users are wrongly seen in:\n%s", cases[i].text);
}

/* The output of `cloud-init devel make-mime`: all in base64, in lines of 76 characters. */
static void test_has_users_in_base64(void)
{
    g_autofree char *fill = g_strnfill(100, 'x');
    for (guint with_users = 0; with_users < 2; with_users++) {
        g_autofree char *config = g_strdup_printf(CLOUD_CONFIG "a: %s\n%s: [a]\nb: %s\n", fill,
                                                  with_users ? "users" : "groups", fill);
        g_autofree char *encoded = g_base64_encode((const guchar *)config, strlen(config));
        g_autoptr(GString) text = g_string_new("Content-Type: text/cloud-config\r\n"
                                               "MIME-Version: 1.0\r\n"
                                               "Content-Transfer-Encoding: base64\r\n\r\n");
        for (gsize i = 0; i < strlen(encoded); i += 76)
            g_string_append_printf(text, "%.76s\r\n", encoded + i);
        g_assert_cmpint(sb_user_data_has_users(text->str, text->len), ==, with_users);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/user-data/format", test_format);
    g_test_add_func("/user-data/content-type", test_content_type);
    g_test_add_func("/user-data/accepted", test_accepted);
    g_test_add_func("/user-data/near-misses", test_near_misses);
    g_test_add_func("/user-data/start", test_start);
    g_test_add_func("/user-data/empty", test_empty);
    g_test_add_func("/user-data/encoding", test_encoding);
    g_test_add_func("/user-data/yaml", test_yaml);
    g_test_add_func("/user-data/users", test_users);
    g_test_add_func("/user-data/ssh-keys", test_ssh_keys);
    g_test_add_func("/user-data/login", test_login);
    g_test_add_func("/user-data/gzip", test_gzip);
    g_test_add_func("/user-data/gzip-members", test_gzip_members);
    g_test_add_func("/user-data/gzip-bomb", test_gzip_bomb);
    g_test_add_func("/user-data/has-users", test_has_users);
    g_test_add_func("/user-data/has-users-in-base64", test_has_users_in_base64);
    return g_test_run();
}
