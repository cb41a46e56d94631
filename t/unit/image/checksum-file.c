/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/checksum-file.h"
#include "test.h"

#include <string.h>

#define A256 "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
#define B256 "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"
#define C512 B256 A256

/* Reads exactly TEXT, so that sanitizers see a read too far. */
static gboolean find(const char *text, gboolean is_of_one, SbDigest *digest_out, GError **error)
{
    gsize length = strlen(text);
    g_autofree char *exact = g_memdup2(text, length);
    return sb_checksum_file_find(exact, length, "x.qcow2", is_of_one, digest_out, error);
}

static void finds(const char *text, gboolean is_of_one, GChecksumType type, const char *hex)
{
    SbDigest digest;
    g_autoptr(GError) error = NULL;
    gboolean found = find(text, is_of_one, &digest, &error);
    g_assert_no_error(error);
    g_assert_true(found);
    g_assert_cmpint(digest.type, ==, type);
    g_assert_cmpstr(digest.hex, ==, hex);
}

static void refuses(const char *text, gboolean is_of_one, SbChecksumFileError code)
{
    SbDigest digest = {.type = 99}, untouched = digest;
    g_autoptr(GError) error = NULL;
    g_assert_false(find(text, is_of_one, &digest, &error));
    g_assert_error(error, SB_CHECKSUM_FILE_ERROR, (int)code);
    g_assert_cmpmem(&digest, sizeof digest, &untouched, sizeof untouched);
}

static void test_gnu(void)
{
    finds(B256 "  y.qcow2\n" A256 "  x.qcow2\n", FALSE, G_CHECKSUM_SHA256, A256);
    finds(A256 " *x.qcow2", FALSE, G_CHECKSUM_SHA256, A256);
    finds(A256 " *./x.qcow2\r\n", FALSE, G_CHECKSUM_SHA256, A256);
    finds("A1"
          "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1  x.qcow2",
          FALSE, G_CHECKSUM_SHA256, A256);
    finds(C512 "  x.qcow2\n", FALSE, G_CHECKSUM_SHA512, C512);
    refuses(A256 "  dir/x.qcow2\n", FALSE, SB_CHECKSUM_FILE_ERROR_UNLISTED);
    refuses(A256 "  x.qcow2.sig\n" A256 "  ax.qcow2", FALSE, SB_CHECKSUM_FILE_ERROR_UNLISTED);
    refuses(A256 " x.qcow2\n", FALSE, SB_CHECKSUM_FILE_ERROR_UNLISTED);
    refuses(A256 "a  x.qcow2\n", FALSE, SB_CHECKSUM_FILE_ERROR_UNLISTED);
    refuses("d41d8cd98f00b204e9800998ecf8427e  x.qcow2\n", FALSE, SB_CHECKSUM_FILE_ERROR_UNLISTED);
    refuses("", FALSE, SB_CHECKSUM_FILE_ERROR_UNLISTED);
}

static void test_bsd(void)
{
    finds("# x.qcow2: 10 bytes\nSHA256 (x.qcow2) = " A256 "\n", FALSE, G_CHECKSUM_SHA256, A256);
    finds("SHA512 (x.qcow2) = " C512, FALSE, G_CHECKSUM_SHA512, C512);
    refuses("SHA256 (y.qcow2) = " A256 "\n", FALSE, SB_CHECKSUM_FILE_ERROR_UNLISTED);
    refuses("SHA512 (x.qcow2) = " A256 "\n", FALSE, SB_CHECKSUM_FILE_ERROR_UNLISTED);
    refuses("MD5 (x.qcow2) = d41d8cd98f00b204e9800998ecf8427e", FALSE,
            SB_CHECKSUM_FILE_ERROR_UNLISTED);
}

static void test_several(void)
{
    finds(A256 "  x.qcow2\n" C512 "  x.qcow2\n" A256 "  x.qcow2\n", FALSE, G_CHECKSUM_SHA512, C512);
    finds(A256 "  x.qcow2\nSHA256 (x.qcow2) = " A256, FALSE, G_CHECKSUM_SHA256, A256);
    refuses(A256 "  x.qcow2\n" B256 "  x.qcow2\n", FALSE, SB_CHECKSUM_FILE_ERROR_AMBIGUOUS);
}

static void test_of_one(void)
{
    finds(A256 "\n", TRUE, G_CHECKSUM_SHA256, A256);
    finds(C512 "  x-20240101.qcow2\n", TRUE, G_CHECKSUM_SHA512, C512);
    finds(B256 "  y.qcow2\n" A256 "  x.qcow2\n", TRUE, G_CHECKSUM_SHA256, A256);
    refuses(A256 "\n", FALSE, SB_CHECKSUM_FILE_ERROR_UNLISTED);
    refuses(A256 "  y.qcow2\n" B256 "  z.qcow2\n", TRUE, SB_CHECKSUM_FILE_ERROR_AMBIGUOUS);
}

#define SIGNED "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
#define SIGNATURE "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"

static void test_clearsigned(void)
{
    finds(SIGNED "SHA256 (x.qcow2) = " A256 "\n" SIGNATURE, FALSE, G_CHECKSUM_SHA256, A256);
    finds(SIGNED "- " A256 "  x.qcow2\n" SIGNATURE, FALSE, G_CHECKSUM_SHA256, A256);
    /* Only the signed part counts. */
    finds(B256 "  x.qcow2\n" SIGNED A256 "  x.qcow2\n" SIGNATURE B256 "  x.qcow2\n", FALSE,
          G_CHECKSUM_SHA256, A256);
    refuses(A256 "  x.qcow2\n" SIGNED "\n" SIGNATURE, FALSE, SB_CHECKSUM_FILE_ERROR_UNLISTED);
    refuses(SIGNED A256 "  x.qcow2\n", FALSE, SB_CHECKSUM_FILE_ERROR_CORRUPT);
    g_assert_true(sb_checksum_file_is_clearsigned(SIGNED, strlen(SIGNED)));
    g_assert_false(sb_checksum_file_is_clearsigned(A256 "  x", strlen(A256 "  x")));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/checksum-file/gnu", test_gnu);
    g_test_add_func("/checksum-file/bsd", test_bsd);
    g_test_add_func("/checksum-file/several", test_several);
    g_test_add_func("/checksum-file/of-one", test_of_one);
    g_test_add_func("/checksum-file/clearsigned", test_clearsigned);
    return g_test_run();
}
