/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"
#include "base/names.h"
#include "test.h"

#include <gio/gio.h>

enum { FIRST, SECOND, THIRD };

static SB_DEFINE_ERROR(some, SB_ERROR(FIRST) | SB_ERROR(THIRD));
static SB_DEFINE_ERROR(none, SB_ERRORS_NONE);
static SB_DEFINE_ERROR(all, SB_ERRORS_ALL);

static gboolean is_input(GQuark domain, int code)
{
    g_autoptr(GError) error = g_error_new(domain, code, "a message");
    return sb_error_is_input(error);
}

static void test_codes(void)
{
    g_assert_true(is_input(some_quark(), FIRST));
    g_assert_false(is_input(some_quark(), SECOND));
    g_assert_true(is_input(some_quark(), THIRD));
    g_assert_false(is_input(none_quark(), FIRST));
    g_assert_true(is_input(all_quark(), FIRST));
    g_assert_true(is_input(all_quark(), 31));
    g_assert_cmpstr(g_quark_to_string(some_quark()), ==, "some");
    g_assert_cmpuint(some_quark(), ==, some_quark());
}

static void test_other_libraries(void)
{
    g_assert_false(is_input(G_IO_ERROR, G_IO_ERROR_FAILED));
    g_assert_false(is_input(all_quark(), -1));
    g_assert_false(is_input(all_quark(), 32));
}

static void test_library(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_name_check("fleet", "No", &error));
    g_assert_true(sb_error_is_input(error));
}

/* Both kinds of functions fail in one statement, also for a caller who does not want the error. */
static void test_fail(void)
{
    g_autoptr(GError) error = NULL, passed = NULL;
    g_assert_false(sb_error_set(NULL, some_quark(), FIRST, "nobody %s", "reads it"));
    g_assert_false(sb_error_set(&error, some_quark(), SECOND, "cause %d", 1));
    g_assert_error(error, some_quark(), SECOND);
    g_assert_cmpstr(error->message, ==, "cause 1");
    g_assert_false(sb_error_pass(&passed, &error));
    g_assert_no_error(error);
    g_assert_error(passed, some_quark(), SECOND);
    g_assert_null(sb_error_set_null(&error, some_quark(), THIRD, "cause %d", 2));
    g_assert_error(error, some_quark(), THIRD);
    g_assert_cmpstr(error->message, ==, "cause 2");
    g_assert_null(sb_error_pass_null(NULL, &error));
    g_assert_no_error(error);
}

static void test_append(void)
{
    g_autoptr(GError) error = NULL;
    sb_error_append(NULL, "no %s", "error");
    sb_error_append(&error, "no %s", "error");
    g_assert_no_error(error);
    g_set_error(&error, some_quark(), SECOND, "cause");
    sb_error_append(&error, "\nand %u more", 2);
    g_assert_error(error, some_quark(), SECOND);
    g_assert_cmpstr(error->message, ==, "cause\nand 2 more");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/error/codes", test_codes);
    g_test_add_func("/error/domains-of-other-libraries", test_other_libraries);
    g_test_add_func("/error/a-domain-of-the-library", test_library);
    g_test_add_func("/error/fail", test_fail);
    g_test_add_func("/error/append", test_append);
    return g_test_run();
}
