/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/lookup.h"

#include "machines.h"
#include "test.h"

static virConnect *connection;

static void refused(gpointer found, const GError *error, int code, const char *part)
{
    g_assert_null(found);
    g_assert_error(error, SB_LOOKUP_ERROR, code);
    if (!strstr(error->message, part))
        g_error("'%s' is not in '%s'", part, error->message);
}

static void test_machine(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbDomain) found = sb_lookup_machine(connection, "b-m-2", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(found->name, ==, "b-m-2");
    SbDomain *none = sb_lookup_machine(connection, "b-m-3", &error);
    refused(none, error, SB_LOOKUP_ERROR_UNKNOWN, "there are a-m-1, b-m-1, b-m-2");
    g_clear_error(&error);
    g_assert_null(sb_lookup_machine(connection, "test", &error));
    g_assert_error(error, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_FOREIGN);
}

/* NAMES are separated by spaces. (transfer full) the names of the machines that are found */
static char *look_up(const char *names, GError **error)
{
    g_auto(GStrv) words = g_strsplit(names, " ", -1);
    g_autoptr(GPtrArray) found = sb_lookup_names(connection, (const char *const *)words, error);
    if (!found)
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < found->len; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "",
                               ((const SbDomain *)g_ptr_array_index(found, i))->name);
    return g_strdup(text->str);
}

static void test_names(void)
{
    static const struct {
        const char *names, *found;
    } rows[] = {
        {"b", "b-m-1 b-m-2"},
        {"b-m-2", "b-m-2"},
        {"b a", "a-m-1 b-m-1 b-m-2"},
        {"b b-m-1 b", "b-m-1 b-m-2"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *found = look_up(rows[i].names, NULL);
        g_assert_cmpstr(found, ==, rows[i].found);
    }
    g_autoptr(GError) error = NULL;
    char *unknown = look_up("a none", &error);
    refused(unknown, error, SB_LOOKUP_ERROR_UNKNOWN, "'none'");
}

static void test_fleet(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) found = sb_lookup_fleet(connection, "b", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(found->len, ==, 2);
    GPtrArray *none = sb_lookup_fleet(connection, "a-m-1", &error);
    refused(none, error, SB_LOOKUP_ERROR_UNKNOWN, "there are a, b");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    connection = machines_connect();
    machine_define(connection, "b", 2);
    machine_define(connection, "b", 1);
    machine_define(connection, "a", 1);
    g_test_add_func("/lookup/a machine is found by its name", test_machine);
    g_test_add_func("/lookup/names of fleets and machines give each machine once", test_names);
    g_test_add_func("/lookup/the name of a machine is not a fleet", test_fleet);
    int status = g_test_run();
    virConnectClose(connection);
    return status;
}
