/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/redact.h"

#include "test.h"

#include <string.h>

/* SECRET is gone from TEXT, and the rest is there. */
static void expect_gone(const char *text, const char *secret, const char *rest)
{
    guint count;
    g_assert_nonnull(strstr(text, secret));
    g_autofree char *clean = sb_redact(text, &count);
    if (strstr(clean, secret))
        g_error("'%s' is still in '%s'", secret, clean);
    g_assert_nonnull(strstr(clean, rest));
    g_assert_cmpuint(count, >=, 1);
}

static void test_secrets(void)
{
    expect_gone(
        "ssh_keys:\n  ed25519_private: |\n    -----BEGIN OPENSSH PRIVATE KEY-----\n"
        "    b3BlbnNzaC1rZXktdjEAAAA\n    -----END OPENSSH PRIVATE KEY-----\nruncmd: [ls]\n",
        "b3BlbnNzaC1rZXktdjE", "runcmd: [ls]");
    /* It was cut off. */
    expect_gone("before\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n", "MIIEpAIB",
                "before");
    expect_gone("content: LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVEUgS0VZ\n", "BPUEVOU1NI", "content: ");
    expect_gone("passwd: $6$rounds=4096$abcdefgh$0123456789abcdef\n", "0123456789abcdef", "passwd");
    expect_gone("debian:$y$j9T$abc$defghijk:19000:0\n", "defghijk", ":19000:0");
    expect_gone("password: hunter22\n", "hunter22", "password: ");
    expect_gone("{\"api_key\": \"abcdef123456\"}", "abcdef123456", "api_key");
    expect_gone("export GITHUB=ghp_abcdefghijklmnopqrstuvwxyz012345\n", "ghp_abc", "export");
    expect_gone("Authorization: Bearer abcdef.ghijkl\n", "abcdef.ghijkl", "Authorization: Bearer");
    expect_gone("curl https://me:s3cret@example.org/x\n", "s3cret", "@example.org/x");
    expect_gone("AKIAABCDEFGHIJKLMNOP", "AKIAABCDEFGHIJKLMNOP", "a token");
}

/* Bytes that are no UTF-8 do not hide a secret behind them. */
static void test_not_utf8(void)
{
    expect_gone("\xff\xfe\npassword: hunter22\n", "hunter22", "password: ");
}

/* A key without an end, and then as much as a file of evidence holds. */
static void test_large(void)
{
    g_autoptr(GString) text = g_string_new("before\n-----BEGIN RSA PRIVATE KEY-----\n");
    while (text->len < 4 * 1024 * 1024)
        g_string_append(text, "MIIEpAIBAAKCAQEA: password\n");
    guint count;
    g_autofree char *clean = sb_redact(text->str, &count);
    g_assert_null(strstr(clean, "MIIEpAIB"));
    g_assert_cmpuint(count, >=, 1);
}

static void test_harmless(void)
{
    static const char text[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB\nlock_passwd: true\n"
                               "[    0.1] Linux version 6.1.0\nhttps://example.org:8080/x\n"
                               "token: null\n";
    guint count;
    g_autofree char *clean = sb_redact(text, &count);
    g_assert_cmpstr(clean, ==, text);
    g_assert_cmpuint(count, ==, 0);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/redact/secrets", test_secrets);
    g_test_add_func("/redact/not-utf8", test_not_utf8);
    g_test_add_func("/redact/large", test_large);
    g_test_add_func("/redact/harmless", test_harmless);
    return g_test_run();
}
