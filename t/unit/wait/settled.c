/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/settled.h"

#include "local/state-dir.h"
#include "test.h"

static const char boot[] = "ef4dcc9d-7574-4b22-8fd4-1b40c219b483";

static char *folder;
static SbDomain domain = {.name = (char *)"f-m-1",
                          .uuid = (char *)"3203b835-9f7a-47ca-bdb6-1f72726631da"};

static void check(const char *expected)
{
    g_autofree char *found = sb_settled_read(folder, &domain);
    g_assert_cmpstr(found, ==, expected);
}

static void test_record(void)
{
    check(NULL);
    sb_settled_write(folder, &domain, "");
    check(NULL);
    sb_settled_write(folder, &domain, boot);
    check(boot);
    SbDomain again = {.name = domain.name, .uuid = (char *)boot};
    g_autofree char *of_again = sb_settled_read(folder, &again);
    g_assert_null(of_again);
    g_assert_true(sb_state_dir_forget_machine(folder, domain.name, NULL));
    check(NULL);
}

/* Nothing else than a boot id gets into a command. */
static void test_damaged(void)
{
    static const char *const rests[] = {"", " ", " '; reboot", " ef4dcc9d-7574-4b22-8fd4"};
    for (gsize i = 0; i < G_N_ELEMENTS(rests); i++) {
        g_autofree char *text = g_strconcat(domain.uuid, rests[i], NULL);
        g_assert_true(sb_state_dir_write(folder, "f-m-1.settled", text, NULL));
        check(NULL);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    folder = g_dir_make_tmp("settled.XXXXXX", NULL);
    g_test_add_func("/settled/a record is for one boot of one machine", test_record);
    g_test_add_func("/settled/a damaged record is not one", test_damaged);
    int status = g_test_run();
    sb_state_dir_remove(folder, NULL);
    g_free(folder);
    return status;
}
