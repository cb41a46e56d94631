/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: a seed with any bytes in it changed is refused, or has files within the limits.
 *
 * Everybody who can write into the pool can write a seed. It is long, so the input only says what
 * changes in a good one: three bytes for each place, and one that is written there. See main.c for
 * how to run it.
 */
#include "local/seed-iso.h"
#include "fuzz.h"

#include <string.h>

static GBytes *good_seed(void)
{
    g_autoptr(GBytes) user_data = g_bytes_new_static("#cloud-config\n", 14);
    g_autoptr(GBytes) meta_data = g_bytes_new_static("instance-id: i\n", 15);
    const SbSeed seed = {
        .user_data = user_data, .meta_data = meta_data, .machine = "fleet/group-1"};
    g_autoptr(GError) error = NULL;
    GBytes *image = sb_seed_iso_build(&seed, &error);
    g_assert_no_error(error);
    return image;
}

static void check_file(GBytes *file)
{
    if (file)
        g_assert_cmpuint(g_bytes_get_size(file), <=, SB_SEED_ISO_MAX_BYTES);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static GBytes *good;
    if (!good)
        good = good_seed();
    gsize length;
    const guint8 *bytes = g_bytes_get_data(good, &length);
    guint8 *changed = g_memdup2(bytes, length);
    for (gsize i = 0; i + 4 <= size; i += 4)
        changed[(data[i] << 16 | data[i + 1] << 8 | data[i + 2]) % length] = data[i + 3];
    g_autoptr(GBytes) image = g_bytes_new_take(changed, length);
    g_autofree char *machine = sb_seed_iso_machine(image);
    g_autoptr(GError) error = NULL;
    g_auto(SbSeed) seed = {0};
    if (!sb_seed_iso_read(image, &seed, NULL, &error)) {
        g_assert_true(error->domain == SB_SEED_ISO_ERROR);
        return 0;
    }
    g_assert_true(seed.user_data || seed.meta_data);
    check_file(seed.user_data);
    check_file(seed.meta_data);
    check_file(seed.network_config);
    check_file(seed.vendor_data);
    return 0;
}
