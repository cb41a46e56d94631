/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/units.h"
#include "test.h"

#include <string.h>

#define KIB G_GUINT64_CONSTANT(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

static void test_sizes(void)
{
    static const struct {
        const char *text;
        guint64 bytes;
    } cases[] = {
        {"0 B", 0},
        {"1 B", 1},
        {"512 MiB", 512 * MIB},
        {"2 GiB", 2 * GIB},
        {"2GiB", 2 * GIB},
        {"2   GiB", 2 * GIB},
        {"1.5 GiB", GIB + GIB / 2},
        {"0.5 KiB", 512},
        {"64 KiB", 64 * KIB},
        {"3 TiB", 3 * TIB},
        {"007 B", 7},
        {"1.1 GiB", 1181116006},
        {"4194303 TiB", 4194303 * TIB},
        {"1.999 KiB", 2047},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        guint64 bytes = 42;
        g_assert_true(sb_size_parse(cases[i].text, &bytes, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(bytes, ==, cases[i].bytes);
    }
}

static void test_no_sizes(void)
{
    static const char *const texts[] = {
        "",        " ",      "2",      "GiB",     " GiB",         "-1",     "-1 GiB",
        "+1 GiB",  " 2 GiB", "2 GiB ", "2 GiB 3", "2\tGiB",       "2 gib",  "2 GIB",
        "2 XB",    "0x10 B", "1e3 B",  "1.",      "1. GiB",       ".5 GiB", "1..5 B",
        "1,5 GiB", "2 min",  "inf B",  "nan B",   "2 GB",         "2GB",    "2G",
        "2 g",     "2 Gi",   " GB",    "2 GiB\n", "2\302\240GiB",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        guint64 bytes = 42;
        if (sb_size_parse(texts[i], &bytes, &error))
            g_error("'%s' became %" G_GUINT64_FORMAT, texts[i], bytes);
        g_assert_error(error, SB_UNITS_ERROR, SB_UNITS_ERROR_INVALID);
        g_assert_cmpuint(bytes, ==, 42);
    }
}

/* The text matters here: it is what a user copies into the file. */
static void test_decimal_units_name_the_binary_one(void)
{
    static const struct {
        const char *text;
        const char *advice;
    } cases[] = {
        {"2GB", "'2GB' is not a size: write '2 GiB' "},
        {"2 GB", "'2 GB' is not a size: write '2 GiB' "},
        {"1.5T", "write '1.5 TiB' "},
        {"512m", "write '512 MiB' "},
        {"64 kB", "write '64 KiB' "},
        {"2 gib", "write '2 GiB' "},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        guint64 bytes;
        g_assert_false(sb_size_parse(cases[i].text, &bytes, &error));
        if (!g_strstr_len(error->message, -1, cases[i].advice))
            g_error("'%s' is not in: %s", cases[i].advice, error->message);
    }
}

/* No number, no advice: it would be to write ' GiB'. */
static void test_unit_alone(void)
{
    g_autoptr(GError) error = NULL;
    guint64 bytes;
    g_assert_false(sb_size_parse(" GB", &bytes, &error));
    g_assert_true(
        g_str_has_prefix(error->message, "' GB' is not a size: write a number and a unit"));
}

static void test_too_large(void)
{
    g_autofree char *digits = g_strnfill(100000, '9');
    g_autofree char *endless = g_strconcat(digits, " GiB", NULL);
    g_autofree char *decimal = g_strconcat(digits, " GB", NULL);
    const char *const texts[] = {"4194304 TiB", "99999999999999999999 B", endless};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        guint64 bytes = 42;
        g_assert_false(sb_size_parse(texts[i], &bytes, &error));
        g_assert_error(error, SB_UNITS_ERROR, SB_UNITS_ERROR_RANGE);
        g_assert_cmpuint(bytes, ==, 42);
        g_assert_cmpuint(strlen(error->message), <, 300);
    }
    g_autoptr(GError) error = NULL;
    guint64 bytes;
    g_assert_false(sb_size_parse(decimal, &bytes, &error));
    g_assert_cmpuint(strlen(error->message), <, 300);
}

static void test_durations(void)
{
    static const struct {
        const char *text;
        gint64 ms;
    } cases[] = {
        {"0 s", 0},       {"250 ms", 250},   {"1 s", 1000},
        {"1.5s", 1500},   {"1.001 s", 1001}, {"10 min", 600000},
        {"2 h", 7200000}, {"1 d", 86400000}, {"0.5 d", 43200000},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        gint64 ms = 42;
        g_assert_true(sb_duration_parse(cases[i].text, &ms, &error));
        g_assert_cmpint(ms, ==, cases[i].ms);
    }
}

static void test_no_durations(void)
{
    static const char *const texts[] = {"",    "10",   "-1 s",  "10 m", "10 minutes",
                                        "1 S", "1:30", "1 h 2", "1 GiB"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        gint64 ms = 42;
        g_assert_false(sb_duration_parse(texts[i], &ms, &error));
        g_assert_error(error, SB_UNITS_ERROR, SB_UNITS_ERROR_INVALID);
        g_assert_cmpint(ms, ==, 42);
    }
    g_autoptr(GError) error = NULL;
    gint64 ms = 42;
    g_assert_false(sb_duration_parse("999999999999999 d", &ms, &error));
    g_assert_error(error, SB_UNITS_ERROR, SB_UNITS_ERROR_RANGE);
}

static void test_format_sizes(void)
{
    static const struct {
        guint64 bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"},
        {1, "1 B"},
        {1023, "1023 B"},
        {KIB, "1 KiB"},
        {KIB + 52, "1.1 KiB"},
        {MIB - 1, "1 MiB"},
        {MIB + MIB / 2, "1.5 MiB"},
        {GIB - 1, "1 GiB"},
        {2 * GIB, "2 GiB"},
        {2000 * GIB, "2 TiB"},
        {16 * TIB, "16 TiB"},
        {5000 * TIB, "5000 TiB"},
        {G_MAXUINT64, "16777216 TiB"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = sb_size_format(cases[i].bytes);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

static void test_format_durations(void)
{
    static const struct {
        gint64 ms;
        const char *text;
    } cases[] = {
        {-5, "0 ms"},
        {0, "0 ms"},
        {999, "999 ms"},
        {1000, "1 s"},
        {12999, "12 s"},
        {60000, "1 min"},
        {185000, "3 min 5 s"},
        {3600000, "1 h"},
        {7500000, "2 h 5 min"},
        {86400000, "1 d"},
        {G_GINT64_CONSTANT(187200000), "2 d 4 h"},
        {G_MAXINT64, "106751991167 d 7 h"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = sb_duration_format(cases[i].ms);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/units/sizes", test_sizes);
    g_test_add_func("/units/no-sizes", test_no_sizes);
    g_test_add_func("/units/decimal", test_decimal_units_name_the_binary_one);
    g_test_add_func("/units/alone", test_unit_alone);
    g_test_add_func("/units/too-large", test_too_large);
    g_test_add_func("/units/durations", test_durations);
    g_test_add_func("/units/no-durations", test_no_durations);
    g_test_add_func("/units/format-sizes", test_format_sizes);
    g_test_add_func("/units/format-durations", test_format_durations);
    return g_test_run();
}
