/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-claim.h"

#include "test.h"

#include <string.h>

static char *read_text(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    return sb_image_claim_read(bytes);
}

static void test_read_back(void)
{
    g_autoptr(GBytes) claim = sb_image_claim_new("host 1 2 3");
    g_autofree char *process = sb_image_claim_read(claim);
    g_assert_cmpstr(process, ==, "host 1 2 3");
    gsize length;
    const guint8 *data = g_bytes_get_data(claim, &length);
    g_assert_true(sb_image_claim_is_at(data, length));
    g_assert_false(sb_image_claim_is_at(data, 5));
}

static void test_fits(void)
{
    g_autofree char *long_id = g_strnfill(10000, 'x');
    g_autoptr(GBytes) claim = sb_image_claim_new(long_id);
    g_assert_cmpuint(g_bytes_get_size(claim), <=, SB_IMAGE_CLAIM_MAX_BYTES);
    g_autofree char *process = sb_image_claim_read(claim);
    g_assert_nonnull(process);
}

static void test_not_a_claim(void)
{
    static const char *const texts[] = {"", "QFI\xfb", "seedbed is writing this image: cut off",
                                        "seedbed is\n", " seedbed is writing this image: x\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_null(read_text(texts[i]));
    g_autoptr(GBytes) empty = g_bytes_new(NULL, 0);
    g_assert_null(sb_image_claim_read(empty));
    static const guint8 zeroes[512];
    g_assert_false(sb_image_claim_is_at(zeroes, sizeof zeroes));
}

static void test_rest_is_ignored(void)
{
    g_autofree char *process = read_text("seedbed is writing this image: a\nold bytes\n");
    g_assert_cmpstr(process, ==, "a");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/image-claim/read-back", test_read_back);
    g_test_add_func("/image-claim/fits", test_fits);
    g_test_add_func("/image-claim/not-a-claim", test_not_a_claim);
    g_test_add_func("/image-claim/rest-is-ignored", test_rest_is_ignored);
    return g_test_run();
}
