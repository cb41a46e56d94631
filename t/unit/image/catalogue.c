/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/catalogue.h"
#include "test.h"

#include <string.h>

/* The findings of adding TEXT, as text. */
static char *add(SbCatalogue *catalogue, const char *text)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    gboolean is_right = sb_catalogue_add(catalogue, "c.yaml", text, strlen(text), diagnostics);
    g_assert_cmpint(is_right, ==, sb_diagnostics_errors(diagnostics) == 0);
    return sb_diagnostics_to_string(diagnostics);
}

static void refuses(const char *text, const char *finding)
{
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_new();
    g_autofree char *findings = add(catalogue, text);
    g_assert_cmpstr(findings, ==, finding);
}

static const char *const shipped[] = {"almalinux-10",
                                      "almalinux-8",
                                      "almalinux-9",
                                      "alpine-3-22",
                                      "alpine-3-23",
                                      "amazon-2023",
                                      "arch",
                                      "centos-stream-10",
                                      "centos-stream-9",
                                      "debian-11",
                                      "debian-12",
                                      "debian-13",
                                      "debian-testing",
                                      "fedora-43",
                                      "fedora-44",
                                      "freebsd-15",
                                      "gentoo",
                                      "opensuse-leap-15-6",
                                      "opensuse-leap-16-0",
                                      "oracle-10",
                                      "oracle-8",
                                      "oracle-9",
                                      "rocky-10",
                                      "rocky-8",
                                      "rocky-9",
                                      "ubuntu-22-04",
                                      "ubuntu-24-04",
                                      "ubuntu-25-10",
                                      "ubuntu-26-04"};

/* Those that are not for aarch64. */
static gboolean is_of_x86(const char *name)
{
    return g_str_has_prefix(name, "oracle-") || strcmp(name, "arch") == 0;
}

static void check_shipped(const SbCatalogueImage *image, gboolean is_x86)
{
    g_test_message("%s for %s: %s", image->name, image->arch, image->url);
    g_assert_true(g_str_has_prefix(image->url, "https://"));
    g_assert_true(image->has_digest || g_str_has_prefix(image->checksums, "https://"));
    g_assert_true(!image->signature || image->keyring);
    g_assert_true(image->about && strlen(image->about) <= 35);
    g_assert_null(strpbrk(image->url, "{}"));
    /* Each architecture has its own image, under the distribution's name of the architecture. */
    g_assert_true(strstr(image->url, is_x86 ? "x86_64" : "aarch64") ||
                  strstr(image->url, is_x86 ? "amd64" : "arm64"));
    g_assert_true(!image->index == !strchr(image->url, '*'));
}

static void test_shipped(void)
{
    static const char *const arches[] = {"aarch64", "x86_64"};
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_new();
    guint count = 0;
    for (gsize i = 0; i < 2 * G_N_ELEMENTS(shipped); i++) {
        if (i % 2 == 0 && is_of_x86(shipped[i / 2]))
            continue;
        g_autoptr(GError) error = NULL;
        const SbCatalogueImage *image =
            sb_catalogue_find(catalogue, shipped[i / 2], arches[i % 2], &error);
        g_assert_no_error(error);
        check_shipped(image, i % 2 == 1);
        count++;
    }
    g_assert_cmpuint(sb_catalogue_images(catalogue)->len, ==, count);
}

/* Keys of the entry count for both architectures, and those of one come first. */
static void test_both(void)
{
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_new();
    g_autofree char *findings =
        add(catalogue, "x:\n  url: https://x/{arch}/a-*-{deb-arch}.qcow2\n"
                       "  checksums: https://x/SUMS\n"
                       "  x86_64: { checksums: 'https://x/*.sha256', index: 'https://x/' }\n");
    g_assert_cmpstr(findings, ==, "");
    const SbCatalogueImage *arm = sb_catalogue_find(catalogue, "x", "aarch64", NULL);
    const SbCatalogueImage *pc = sb_catalogue_find(catalogue, "x", "x86_64", NULL);
    g_assert_cmpstr(arm->url, ==, "https://x/aarch64/a-*-arm64.qcow2");
    g_assert_cmpstr(pc->url, ==, "https://x/x86_64/a-*-amd64.qcow2");
    g_assert_cmpstr(arm->checksums, ==, "https://x/SUMS");
    g_assert_cmpstr(arm->index, ==, "https://x/SUMS");
    g_assert_cmpstr(pc->checksums, ==, "https://x/*.sha256");
    g_assert_cmpstr(pc->index, ==, "https://x/");
}

static void test_own(void)
{
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_new();
    g_autofree char *findings =
        add(catalogue, "debian-12:\n  aarch64:\n    url: http://x/y\n    sha256: "
                       "A1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\n");
    g_assert_cmpstr(findings, ==, "");
    const SbCatalogueImage *image = sb_catalogue_find(catalogue, "debian-12", "aarch64", NULL);
    g_assert_cmpstr(image->url, ==, "http://x/y");
    g_assert_true(image->has_digest && g_str_has_prefix(image->digest.hex, "a1"));
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_catalogue_find(catalogue, "debian-12", "x86_64", &error));
    g_assert_error(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_UNKNOWN);
}

static void test_unknown(void)
{
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_new();
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_catalogue_find(catalogue, "ubuntu-24.04", "aarch64", &error));
    g_assert_error(error, SB_CATALOGUE_ERROR, SB_CATALOGUE_ERROR_UNKNOWN);
    g_assert_nonnull(strstr(error->message, "did you mean 'ubuntu-24-04'?"));
}

static void test_mistakes(void)
{
    refuses("x:\n  aarch64: {urll: https://x/y}\n",
            "c.yaml:2:13: unknown key 'urll', did you mean 'url'?");
    refuses("x:\n  aarch64: {url: 'https://x/y'}\n",
            "c.yaml:2:12: aarch64 needs 'url', and one of 'checksums', 'sha256' and 'sha512'");
    refuses("x:\n  aarch64: {url: 'http://x/y', checksums: 'https://x/z'}\n",
            "c.yaml:2:18: url must be a URL with https or file, not 'http://x/y'");
    refuses("x:\n  aarch64: {url: 'https://x/y', sha256: abc}\n",
            "c.yaml:2:41: sha256 must be 64 hexadecimal digits");
    refuses("x:\n  aarch64: {url: 'https://x/y', checksums: 'https://x/z', signature: inside}\n",
            "c.yaml:2:70: signature needs 'checksums' and 'keyring'");
    refuses("x: {about: nothing}\n", "c.yaml:1:1: 'x' needs 'url', 'aarch64' or 'x86_64'");
    refuses("x: {aarch64: {url: 'https://x/*', checksums: 'https://x/*.sum'}}\n",
            "c.yaml:1:20: a '*' in url needs 'index', or 'checksums' without a '*'");
    refuses("x: {aarch64: {url: 'https://*/y', checksums: 'https://x/z'}}\n",
            "c.yaml:1:20: url can have one '*', in the name of the file, and then no digest");
    refuses("x: {aarch64: {url: 'https://x/y', checksums: 'https://x/z', index: 'https://x/'}}\n",
            "c.yaml:1:68: index is for a url with a '*' in the name of the file");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/catalogue/shipped", test_shipped);
    g_test_add_func("/catalogue/both", test_both);
    g_test_add_func("/catalogue/own", test_own);
    g_test_add_func("/catalogue/unknown", test_unknown);
    g_test_add_func("/catalogue/mistakes", test_mistakes);
    return g_test_run();
}
