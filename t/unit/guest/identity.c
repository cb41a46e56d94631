/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/identity.h"
#include "guest/guest-program.h"
#include "local/ssh-key.h"
#include "test.h"

#include <elf.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char *macs[] = {(char *)"52:54:00:01:02:03", (char *)"52:54:00:01:02:04", NULL};
static SbIdentity example = {.name = "f-m-1",
                             .uuid = "6f1a3c1e-8f0f-4a2b-9d6e-1c2d3e4f5a6b",
                             .macs = macs,
                             .login = "it's",
                             .client_key = "ssh-ed25519 AAAA",
                             .host_public_key = "ssh-ed25519 BBBB"};

/* What sh makes of the assignments at the start of SCRIPT. (transfer full) */
static char *evaluate(const char *script, const char *expression)
{
    const char *end = strstr(script, ". /var/lib/seedbed/");
    g_assert_nonnull(end);
    g_autofree char *assignments = g_strndup(script, (gsize)(end - script));
    g_autofree char *text = g_strconcat(assignments, expression, NULL);
    const char *argv[] = {"sh", "-c", text, NULL};
    char *output = NULL;
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                               NULL, NULL, NULL));
    return output;
}

static void test_self(void)
{
    g_autofree char *script = sb_identity_self_script(&example);
    g_autofree char *values = evaluate(script, "printf '%s|' \"$name\" \"$machine_id\" \"$login\"");
    g_autofree char *host_key = evaluate(script, "printf %s \"$host_key\"");
    /* Before the links are up, in the next script. */
    g_autofree char *addresses = evaluate(script, "printf %s \"$macs\"");
    g_assert_cmpstr(addresses, ==, "52:54:00:01:02:03 52:54:00:01:02:04");
    g_assert_cmpstr(host_key, ==, example.host_private_key);
    g_autofree char *dropbear_key = evaluate(script, "printf \"$dropbear_key\" | wc -c");
    g_assert_cmpint(atoi(dropbear_key), ==, 83);
    g_assert_cmpstr(values, ==, "f-m-1|6f1a3c1e8f0f4a2b9d6e1c2d3e4f5a6b|it's|");
}

static void test_seeds_differ(void)
{
    g_autofree char *one = sb_identity_self_script(&example);
    g_autofree char *two = sb_identity_self_script(&example);
    g_autofree char *first = evaluate(one, "printf \"$seed\" | base64 -w 0");
    g_autofree char *second = evaluate(two, "printf \"$seed\" | base64 -w 0");
    gsize length;
    g_autofree guint8 *seed = g_base64_decode(first, &length);
    g_assert_cmpuint(length, ==, 64);
    g_assert_cmpstr(first, !=, second);
}

static void test_network(void)
{
    g_autofree char *script = sb_identity_network_script(&example);
    g_autofree char *values = evaluate(script, "printf '%s|' \"$name\" \"$uuid\" \"$macs\"");
    g_assert_cmpstr(
        values, ==,
        "f-m-1|6f1a3c1e-8f0f-4a2b-9d6e-1c2d3e4f5a6b|52:54:00:01:02:03 52:54:00:01:02:04|");
    g_assert_null(strstr(script, "PRIVATE"));
}

static void test_install(void)
{
    g_autofree char *script = sb_identity_install_script("aarch64");
    const char *argv[] = {"sh", "-n", "-c", script, NULL};
    int status = -1;
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_nonnull(strstr(script, "seedbed.results"));
}

static void test_program(void)
{
    static const struct {
        const char *arch;
        Elf64_Half machine;
    } cases[] = {{"aarch64", EM_AARCH64}, {"x86_64", EM_X86_64}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (SbGuestProgram which = 0; which < SB_GUEST_PROGRAMS; which++) {
            g_autoptr(GBytes) program = sb_guest_program(which, cases[i].arch);
            gsize length;
            const Elf64_Ehdr *header = g_bytes_get_data(program, &length);
            g_assert_cmpuint(length, <, 200);
            g_assert_cmpuint(header->e_machine, ==, cases[i].machine);
            g_assert_cmpuint(header->e_entry & 3, ==, 0);
        }
    }
    g_assert_null(sb_guest_program(SB_GUEST_PROGRAM_RESEED, "riscv64"));
}

/* Runs the program WHICH of this machine's architecture. Its exit status, or -1. */
static int run_program(SbGuestProgram which)
{
#if defined __x86_64__ || defined __aarch64__
#ifdef __x86_64__
    g_autoptr(GBytes) program = sb_guest_program(which, "x86_64");
#else
    g_autoptr(GBytes) program = sb_guest_program(which, "aarch64");
#endif
    g_autofree char *folder = g_dir_make_tmp("program-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "program", NULL);
    g_assert_true(g_file_set_contents_full(path, g_bytes_get_data(program, NULL),
                                           (gssize)g_bytes_get_size(program),
                                           G_FILE_SET_CONTENTS_NONE, 0700, NULL));
    const char *argv[] = {path, NULL};
    int status = -1;
    g_autofree char *output = NULL;
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output,
                               NULL, &status, NULL));
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
#else
    g_test_skip("no program for this architecture");
    return -1;
#endif
}

/* Only /dev/urandom and only root may be reseeded; a pipe has no such ioctl at all. */
static void test_reseed_runs(void)
{
    int status = run_program(SB_GUEST_PROGRAM_RESEED);
    /* -ENOTTY, in the eight bits of an exit status */
    g_assert_true(status == 256 - 25 || status == -1);
}

static void test_nap_runs(void)
{
    gint64 begun_us = g_get_monotonic_time();
    int status = run_program(SB_GUEST_PROGRAM_NAP);
    g_assert_true(status == 0 || status == -1);
    g_assert_true(status == -1 || g_get_monotonic_time() - begun_us >= 20 * 1000);
}

static void test_digest(void)
{
    g_autofree char *one = sb_identity_scripts_digest();
    g_autofree char *two = sb_identity_scripts_digest();
    g_assert_cmpuint(strlen(one), ==, 64);
    g_assert_cmpstr(one, ==, two);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_autoptr(SbSshKey) key = sb_ssh_key_generate(NULL);
    example.host_private_key = key->private_key;
    g_test_add_func("/identity/self", test_self);
    g_test_add_func("/identity/seeds-differ", test_seeds_differ);
    g_test_add_func("/identity/network", test_network);
    g_test_add_func("/identity/install", test_install);
    g_test_add_func("/identity/program", test_program);
    g_test_add_func("/identity/reseed-runs", test_reseed_runs);
    g_test_add_func("/identity/nap-runs", test_nap_runs);
    g_test_add_func("/identity/digest", test_digest);
    return g_test_run();
}
