/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/image-record.h"

#include "test.h"

#include <string.h>

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER "ff112233445566778899aabbccddeeff00112233445566778899aabbccddee00"

static SbImageRecord *parse(const char *text, GError **error)
{
    return sb_image_record_parse(text, strlen(text), error);
}

static void test_round_trip(void)
{
    g_autoptr(SbImageRecord) record = sb_image_record_new();
    record->sha256 = g_strdup(DIGEST);
    record->file_sha256 = g_strdup(OTHER);
    record->verified = g_strdup("sha256 as given");
    record->arch = g_strdup("aarch64");
    record->catalogue = g_strdup("debian-13");
    record->fetched = g_strdup("sha256-" OTHER);
    record->base_image = g_strdup("debian-12");
    record->base_digest = g_strdup("0123456789abcdef");
    sb_image_record_set_source(record, "/srv/Bilder für \"alle\"/x.qcow2");
    sb_image_record_add_input(record, "user-data", OTHER);
    sb_image_record_add_input(record, "vendor-data", DIGEST);
    g_autofree char *json = sb_image_record_to_json(record);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbImageRecord) again = parse(json, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(again->sha256, ==, DIGEST);
    g_assert_cmpstr(again->file_sha256, ==, OTHER);
    g_assert_cmpstr(again->source, ==, "/srv/Bilder für \"alle\"/x.qcow2");
    g_assert_cmpstr(again->verified, ==, "sha256 as given");
    g_assert_cmpstr(again->imported, ==, record->imported);
    g_assert_cmpstr(again->seedbed, ==, PACKAGE_VERSION);
    g_assert_cmpstr(again->arch, ==, "aarch64");
    g_assert_cmpstr(again->catalogue, ==, "debian-13");
    g_assert_cmpstr(again->fetched, ==, "sha256-" OTHER);
    g_assert_cmpstr(again->base_image, ==, "debian-12");
    g_assert_cmpstr(again->base_digest, ==, "0123456789abcdef");
    g_assert_cmpuint(again->inputs->len, ==, 2);
    const SbImageInput *input = g_ptr_array_index(again->inputs, 1);
    g_assert_cmpstr(input->name, ==, "vendor-data");
    g_assert_cmpstr(input->sha256, ==, DIGEST);
}

static void test_only_what_is_known(void)
{
    g_autoptr(SbImageRecord) record = sb_image_record_new();
    record->sha256 = g_strdup(DIGEST);
    g_autofree char *json = sb_image_record_to_json(record);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbImageRecord) again = parse(json, &error);
    g_assert_no_error(error);
    g_assert_null(again->source);
    g_assert_null(again->arch);
    g_assert_null(again->base_image);
    g_assert_cmpuint(again->inputs->len, ==, 0);
}

static void test_source(void)
{
    static const struct {
        const char *given, *kept;
    } cases[] = {
        {"https://example.org/a@b/x.qcow2", "https://example.org/a@b/x.qcow2"},
        {"https://me:pass@word@example.org/x?token=1#2", "https://example.org/x"},
        {"file:///srv/x?.qcow2", "file:///srv/x"},
        {"./x?y@z.qcow2", "./x?y@z.qcow2"},
        {"a\nb\x1b[31m", "a\\nb\\x1b[31m"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SbImageRecord) record = sb_image_record_new();
        sb_image_record_set_source(record, cases[i].given);
        g_assert_cmpstr(record->source, ==, cases[i].kept);
    }
}

/* A text that is too long to be read is cut when it is written, between two characters. */
static void test_long_texts(void)
{
    g_autoptr(SbImageRecord) record = sb_image_record_new();
    record->sha256 = g_strdup(DIGEST);
    g_autoptr(GString) text = g_string_new("x");
    for (guint i = 0; i < 5000; i++)
        g_string_append(text, "é");
    sb_image_record_set_source(record, text->str);
    record->verified = g_strdup(text->str);
    for (guint i = 0; i < 2 * SB_IMAGE_RECORD_MAX_INPUTS; i++)
        sb_image_record_add_input(record, text->str, OTHER);
    g_autofree char *json = sb_image_record_to_json(record);
    g_assert_cmpuint(strlen(json), <, SB_IMAGE_RECORD_MAX_BYTES);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbImageRecord) again = parse(json, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(strlen(again->source), ==, 4095);
    g_assert_cmpuint(again->inputs->len, ==, SB_IMAGE_RECORD_MAX_INPUTS);
}

#define START "{\"seedbed-image\": 1, "
#define WHOLE                                                                                      \
    START "\"sha256\": \"" DIGEST "\", \"imported\": \"2024-01-31T12:00:00Z\", \"seedbed\": \"1\""

static void test_refused(void)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "{",
        WHOLE,
        "{\"seedbed-image\": 2}",
        "{\"seedbed-image\": \"1\"}",
        START "\"sha256\": \"" DIGEST "\", \"seedbed\": \"1\"}",
        WHOLE ", \"sha256\": \"" DIGEST "0\"}",
        WHOLE ", \"sha256\": 5}",
        WHOLE ", \"source\": [\"x\"]}",
        WHOLE ", \"source\": \"a\\nb\"}",
        WHOLE ", \"source\": \"\\u001b[31m\"}",
        WHOLE ", \"source\": \"\\u202e\"}",
        WHOLE ", \"source\": \"\"}",
        WHOLE ", \"arch\": \"../x\"}",
        WHOLE ", \"imported\": \"yesterday\"}",
        WHOLE ", \"base-image\": \"Debian\"}",
        WHOLE ", \"base-digest\": \"0123\"}",
        WHOLE "}{}",
        "{}" WHOLE "}",
        "1 " WHOLE "}",
        WHOLE ", \"inputs\": {}}",
        WHOLE ", \"inputs\": [\"x\"]}",
        WHOLE ", \"inputs\": [{\"name\": \"x\"}]}",
        WHOLE ", \"inputs\": [{\"name\": \"x\", \"sha256\": \"" DIGEST "\"}, {}]}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SbImageRecord) record = parse(texts[i], &error);
        g_test_message("%s", texts[i]);
        g_assert_null(record);
        g_assert_error(error, SB_IMAGE_RECORD_ERROR, SB_IMAGE_RECORD_ERROR_INVALID);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(SbImageRecord) record = parse(WHOLE ", \"of-a-newer-version\": [1]}", &error);
    g_assert_no_error(error);
    g_assert_nonnull(record);
}

static void test_too_much(void)
{
    g_autoptr(GString) deep = g_string_new(WHOLE ", \"x\": ");
    for (guint i = 0; i < 50000; i++)
        g_string_append_c(deep, '[');
    g_autoptr(GString) large = g_string_new(WHOLE ", \"x\": \"");
    for (guint i = 0; i < SB_IMAGE_RECORD_MAX_BYTES; i++)
        g_string_append_c(large, 'x');
    g_string_append(large, "\"}");
    g_autoptr(GString) many = g_string_new(WHOLE ", \"inputs\": [");
    for (guint i = 0; i <= SB_IMAGE_RECORD_MAX_INPUTS; i++)
        g_string_append_printf(many, "%s{\"name\": \"x\", \"sha256\": \"" DIGEST "\"}",
                               i ? ", " : "");
    g_string_append(many, "]}");
    const GString *const texts[] = {deep, large, many};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(sb_image_record_parse(texts[i]->str, texts[i]->len, &error));
        g_assert_error(error, SB_IMAGE_RECORD_ERROR, SB_IMAGE_RECORD_ERROR_INVALID);
    }
}

static void test_volumes(void)
{
    g_autofree char *volume = sb_image_record_volume("x.0123456789abcdef.qcow2");
    g_assert_cmpstr(volume, ==, "x.0123456789abcdef.qcow2.json");
    g_autofree char *image = sb_image_record_image_volume(volume);
    g_assert_cmpstr(image, ==, "x.0123456789abcdef.qcow2");
    g_assert_null(sb_image_record_image_volume("x.0123456789abcdef.qcow2"));
    g_assert_null(sb_image_record_image_volume("results.json"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/image-record/round-trip", test_round_trip);
    g_test_add_func("/image-record/only-what-is-known", test_only_what_is_known);
    g_test_add_func("/image-record/source", test_source);
    g_test_add_func("/image-record/long-texts", test_long_texts);
    g_test_add_func("/image-record/refused", test_refused);
    g_test_add_func("/image-record/too-much", test_too_much);
    g_test_add_func("/image-record/volumes", test_volumes);
    return g_test_run();
}
