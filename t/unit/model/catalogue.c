/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/catalogue.h"
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

static void test_shipped(void)
{
    static const char *const names[] = {"debian-12",    "debian-13",          "ubuntu-22-04",
                                        "ubuntu-24-04", "fedora-43",          "almalinux-9",
                                        "rocky-9",      "opensuse-leap-15-6", "alpine-3-22"};
    static const char *const arches[] = {"aarch64", "x86_64"};
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_new();
    g_assert_cmpuint(sb_catalogue_images(catalogue)->len, ==, 2 * G_N_ELEMENTS(names));
    for (gsize i = 0; i < 2 * G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        const SbCatalogueImage *image =
            sb_catalogue_find(catalogue, names[i / 2], arches[i % 2], &error);
        g_assert_no_error(error);
        g_assert_true(g_str_has_prefix(image->url, "https://"));
        g_assert_true(g_str_has_prefix(image->checksums, "https://"));
        g_assert_true(!image->signature || image->keyring);
        /* Each architecture has its own image, under our name of the architecture. */
        g_assert_true(strstr(image->url, i % 2 ? "x86_64" : "aarch64") ||
                      strstr(image->url, i % 2 ? "amd64" : "arm64"));
    }
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
    refuses("x: {about: nothing}\n", "c.yaml:1:1: 'x' needs 'aarch64' or 'x86_64'");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/catalogue/shipped", test_shipped);
    g_test_add_func("/catalogue/own", test_own);
    g_test_add_func("/catalogue/unknown", test_unknown);
    g_test_add_func("/catalogue/mistakes", test_mistakes);
    return g_test_run();
}
