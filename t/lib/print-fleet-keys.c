/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Prints every key of the fleet file, one on each line, for t/tree/manual.t. It is not a test.
 */
#include "fleet-file/fleet-file.h"

#include <stdio.h>

int main(void)
{
    g_autofree const char **keys = sb_fleet_file_keys();
    for (gsize i = 0; keys[i]; i++)
        puts(keys[i]);
    return 0;
}
