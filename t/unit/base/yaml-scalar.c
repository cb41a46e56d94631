/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/yaml-scalar.h"
#include "test.h"

#include <math.h>

/* Asserts that each of TEXTS, NULL-terminated, has TYPE and a value. */
static void assert_type(const char *const *texts, SbScalarType type)
{
    for (; *texts; texts++) {
        SbScalar scalar = sb_scalar_resolve(*texts);
        if (scalar.type != type || scalar.is_impossible)
            g_error("'%s' has type %d instead of %d (impossible: %d)", *texts, scalar.type, type,
                    scalar.is_impossible);
    }
}

static void assert_number(const char *text, SbScalarType type, double number)
{
    SbScalar scalar = sb_scalar_resolve(text);
    g_assert_cmpint(scalar.type, ==, type);
    g_assert_false(scalar.is_impossible);
    g_assert_cmpfloat(scalar.number, ==, number);
}

static void test_null(void)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const texts[] = {"nULL", "none", "~~", " ", "nil", NULL};
    assert_type(nulls, SB_SCALAR_NULL);
    assert_type(texts, SB_SCALAR_TEXT);
}

static void test_boolean(void)
{
    static const char *const booleans[] = {"yes",  "Yes",  "YES",   "no", "No", "NO",  "true",
                                           "True", "TRUE", "false", "on", "On", "Off", NULL};
    static const char *const texts[] = {"y", "n", "yEs", "tRUE", "oN", "yes.", "truee", NULL};
    assert_type(booleans, SB_SCALAR_BOOLEAN);
    assert_type(texts, SB_SCALAR_TEXT);
    g_assert_true(sb_scalar_resolve("Yes").boolean);
    g_assert_true(sb_scalar_resolve("on").boolean);
    g_assert_false(sb_scalar_resolve("OFF").boolean);
}

static void test_integer(void)
{
    assert_number("0", SB_SCALAR_INTEGER, 0);
    assert_number("-0", SB_SCALAR_INTEGER, 0);
    assert_number("+12", SB_SCALAR_INTEGER, 12);
    assert_number("0644", SB_SCALAR_INTEGER, 420);
    assert_number("1_000", SB_SCALAR_INTEGER, 1000);
    assert_number("0b1010", SB_SCALAR_INTEGER, 10);
    assert_number("-0x1F", SB_SCALAR_INTEGER, -31);
    assert_number("190:20:30", SB_SCALAR_INTEGER, 685230);
    assert_number("22:22", SB_SCALAR_INTEGER, 1342);
    assert_number("0_", SB_SCALAR_INTEGER, 0);
    static const char *const texts[] = {"0o644", "08",  "1,000", "0:30",  "1:60", "12a", "0x",
                                        "0b2",   "--1", "+",     "1:2:",  "0b",   "_1",  "0xg",
                                        "1e3",   "1 2", "1:234", "09:30", "-",    NULL};
    assert_type(texts, SB_SCALAR_TEXT);
    g_assert_true(sb_scalar_resolve("0b_").is_impossible);
    g_assert_true(sb_scalar_resolve("-0x__").is_impossible);
}

static void test_number(void)
{
    assert_number("1.5", SB_SCALAR_NUMBER, 1.5);
    assert_number("-1.", SB_SCALAR_NUMBER, -1);
    assert_number(".5", SB_SCALAR_NUMBER, 0.5);
    assert_number("1_0.5_0", SB_SCALAR_NUMBER, 10.5);
    assert_number("6.02e+23", SB_SCALAR_NUMBER, 6.02e+23);
    assert_number("1.5E-1", SB_SCALAR_NUMBER, 0.15);
    assert_number("1:30.5", SB_SCALAR_NUMBER, 90.5);
    assert_number("-.inf", SB_SCALAR_NUMBER, -INFINITY);
    assert_number("+.INF", SB_SCALAR_NUMBER, INFINITY);
    g_assert_true(isnan(sb_scalar_resolve(".NaN").number));
    static const char *const texts[] = {"1.5e3", "1e+3",  ".",    "-.nan", ".iNF", "-.5",
                                        "._5",   "1.2.3", "v1.5", "1.5.",  ".e+1", NULL};
    assert_type(texts, SB_SCALAR_TEXT);
}

static void test_timestamp(void)
{
    static const char *const dates[] = {"2024-01-31",
                                        "2024-02-29",
                                        "2024-1-3 4:05:06",
                                        "2024-01-31T23:59:59Z",
                                        "2024-01-31t1:02:03.456 +01:00",
                                        "2024-01-31 1:02:03.-5",
                                        NULL};
    static const char *const texts[] = {"2024-1-31",   "2024-01",         "24-01-31",
                                        "2024-01-31T", "2024-01-31 1:02", "2024-01-31T1:02:03x",
                                        "2024-01-311", "2024-01-31 ",     NULL};
    static const char *const impossible[] = {
        "2023-02-29", "2024-13-01", "0000-01-01", "2024-01-31T24:00:00", "2024-01-31T1:02:03+24:00",
        NULL};
    assert_type(dates, SB_SCALAR_TIMESTAMP);
    assert_type(texts, SB_SCALAR_TEXT);
    for (gsize i = 0; impossible[i]; i++) {
        SbScalar scalar = sb_scalar_resolve(impossible[i]);
        g_assert_cmpint(scalar.type, ==, SB_SCALAR_TIMESTAMP);
        g_assert_true(scalar.is_impossible);
    }
}

static void test_special(void)
{
    g_assert_cmpint(sb_scalar_resolve("<<").type, ==, SB_SCALAR_MERGE);
    g_assert_cmpint(sb_scalar_resolve("=").type, ==, SB_SCALAR_VALUE);
    g_assert_cmpint(sb_scalar_resolve("<<<").type, ==, SB_SCALAR_TEXT);
    g_assert_cmpint(sb_scalar_resolve("==").type, ==, SB_SCALAR_TEXT);
}

static void assert_constructed(const char *text, SbScalarType type, double number)
{
    SbScalar scalar = sb_scalar_construct(text, type);
    g_assert_cmpint(scalar.type, ==, type);
    g_assert_false(scalar.is_impossible);
    g_assert_cmpfloat(scalar.number, ==, number);
}

/* yaml-as-python.t compares many more with PyYAML. */
static void test_construct(void)
{
    assert_constructed("0o17", SB_SCALAR_INTEGER, 15);
    assert_constructed("-1_0", SB_SCALAR_INTEGER, -10);
    assert_constructed("1:60", SB_SCALAR_INTEGER, 120);
    assert_constructed("0x1F", SB_SCALAR_INTEGER, 31);
    assert_constructed("-0b11", SB_SCALAR_INTEGER, -3);
    assert_constructed("1e3", SB_SCALAR_NUMBER, 1000);
    assert_constructed("010", SB_SCALAR_NUMBER, 10);
    assert_constructed("-.iNF", SB_SCALAR_NUMBER, -INFINITY);
    assert_constructed("1:30.5", SB_SCALAR_NUMBER, 90.5);
    assert_constructed("2024-1-1", SB_SCALAR_TIMESTAMP, 0);
    static const struct {
        const char *text;
        SbScalarType type;
    } none[] = {
        {"", SB_SCALAR_INTEGER},    {"08", SB_SCALAR_INTEGER}, {"0x", SB_SCALAR_INTEGER},
        {"1.0", SB_SCALAR_INTEGER}, {"0xF", SB_SCALAR_NUMBER}, {"", SB_SCALAR_NUMBER},
        {"1e", SB_SCALAR_NUMBER},   {"x", SB_SCALAR_NUMBER},   {"2023-2-29", SB_SCALAR_TIMESTAMP},
        {"x", SB_SCALAR_TIMESTAMP}};
    for (gsize i = 0; i < G_N_ELEMENTS(none); i++)
        g_assert_true(sb_scalar_construct(none[i].text, none[i].type).is_impossible);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/yaml-scalar/null", test_null);
    g_test_add_func("/yaml-scalar/boolean", test_boolean);
    g_test_add_func("/yaml-scalar/integer", test_integer);
    g_test_add_func("/yaml-scalar/number", test_number);
    g_test_add_func("/yaml-scalar/timestamp", test_timestamp);
    g_test_add_func("/yaml-scalar/special", test_special);
    g_test_add_func("/yaml-scalar/construct", test_construct);
    return g_test_run();
}
