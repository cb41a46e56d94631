/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/cloud-init-status.h"
#include "test.h"

#include <string.h>

static SbCloudInitStatus *parse_file(const char *name)
{
    gsize length;
    g_autofree char *text = test_data(name, &length);
    g_autoptr(GError) error = NULL;
    SbCloudInitStatus *status = sb_cloud_init_status_parse(text, length, &error);
    g_assert_no_error(error);
    return status;
}

static SbCloudInitStatus *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    SbCloudInitStatus *status = sb_cloud_init_status_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    return status;
}

static void refuse(const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_cloud_init_status_parse(text, length, &error));
    g_assert_error(error, SB_CLOUD_INIT_STATUS_ERROR, SB_CLOUD_INIT_STATUS_ERROR_PARSE);
}

static const char *error_at(const SbCloudInitStatus *status, guint i)
{
    g_assert_cmpuint(i, <, status->errors->len);
    return g_ptr_array_index(status->errors, i);
}

static const char *recoverable_at(const SbCloudInitStatus *status, guint i)
{
    g_assert_cmpuint(i, <, status->recoverable->len);
    return g_ptr_array_index(status->recoverable, i);
}

static void test_22_4(void)
{
    g_autoptr(SbCloudInitStatus) done = parse_file("cloud-init-status-22.4-done.json");
    g_assert_cmpint(done->state, ==, SB_CLOUD_INIT_DONE);
    g_assert_cmpstr(done->datasource, ==, "nocloud");
    g_assert_cmpuint(done->errors->len, ==, 0);

    g_autoptr(SbCloudInitStatus) failed = parse_file("cloud-init-status-22.4-error.json");
    g_assert_cmpint(failed->state, ==, SB_CLOUD_INIT_ERROR);
    g_assert_cmpuint(failed->errors->len, ==, 2);
    g_assert_true(g_str_has_prefix(error_at(failed, 0), "('locale', ProcessExecutionError("));
    g_assert_true(g_str_has_prefix(error_at(failed, 1), "('scripts-user', "));

    g_autoptr(SbCloudInitStatus) disabled = parse_file("cloud-init-status-22.4-disabled.json");
    g_assert_cmpint(disabled->state, ==, SB_CLOUD_INIT_DISABLED);
    g_assert_cmpstr(disabled->datasource, ==, "");
}

static void test_recoverable(void)
{
    g_autoptr(SbCloudInitStatus) degraded = parse_file("cloud-init-status-23.4-degraded.json");
    g_assert_cmpint(degraded->state, ==, SB_CLOUD_INIT_DEGRADED);
    /* The input has the warning twice; the status has it once. */
    g_assert_cmpuint(degraded->errors->len, ==, 0);
    g_assert_cmpuint(degraded->recoverable->len, ==, 2);
    g_assert_true(
        g_str_has_prefix(recoverable_at(degraded, 0), "WARNING: cloud-config failed schema"));
    g_assert_true(
        g_str_has_prefix(recoverable_at(degraded, 1), "DEPRECATED: Deprecated cloud-config"));

    g_autoptr(SbCloudInitStatus) failed = parse_file("cloud-init-status-24.1-error.json");
    g_assert_cmpint(failed->state, ==, SB_CLOUD_INIT_ERROR);
    g_assert_cmpuint(failed->errors->len, ==, 1);
    g_assert_true(g_str_has_prefix(error_at(failed, 0), "('scripts_user', "));
    g_assert_cmpuint(failed->recoverable->len, ==, 1);
    g_assert_true(g_str_has_prefix(recoverable_at(failed, 0), "WARNING: Failed to run"));

    /* Without extended_status, only the list says it. */
    g_autoptr(SbCloudInitStatus) listed =
        parse("{\"status\": \"done\", \"recoverable_errors\": {\"WARNING\": [\"w\"]}}");
    g_assert_cmpint(listed->state, ==, SB_CLOUD_INIT_DEGRADED);
    g_autoptr(SbCloudInitStatus) empty =
        parse("{\"status\": \"done\", \"recoverable_errors\": {\"WARNING\": []}}");
    g_assert_cmpint(empty->state, ==, SB_CLOUD_INIT_DONE);
}

static void test_states(void)
{
    static const struct {
        const char *text;
        SbCloudInitState state;
    } cases[] = {
        {"{\"status\": \"not run\"}", SB_CLOUD_INIT_NOT_STARTED},
        {"{\"status\": \"not started\", \"extended_status\": \"not started\"}",
         SB_CLOUD_INIT_NOT_STARTED},
        {"{\"status\": \"running\"}", SB_CLOUD_INIT_RUNNING},
        {"{\"status\": \"running\", \"extended_status\": \"degraded running\"}",
         SB_CLOUD_INIT_RUNNING},
        /* A stage failed, but the others go on. */
        {"{\"status\": \"error\", \"extended_status\": \"error - running\"}",
         SB_CLOUD_INIT_RUNNING},
        {"{\"status\": \"error\", \"extended_status\": \"error - done\"}", SB_CLOUD_INIT_ERROR},
        {"{\"status\": \"error\", \"extended_status\": \"some - news\"}", SB_CLOUD_INIT_ERROR},
        {"..\n.\r\n \t{\"status\": \"done\", \"datasource\": null}\n", SB_CLOUD_INIT_DONE},
        /* Only recoverable errors make it degraded. */
        {"{\"status\": \"done\", \"errors\": [\"e\"]}", SB_CLOUD_INIT_DONE},
        {"{\"status\": \"disabled\"}", SB_CLOUD_INIT_DISABLED},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SbCloudInitStatus) status = parse(cases[i].text);
        g_assert_cmpint(status->state, ==, cases[i].state);
        g_assert_cmpstr(status->datasource, ==, "");
    }
    g_assert_cmpstr(sb_cloud_init_state_name(SB_CLOUD_INIT_NOT_STARTED), ==, "not started");
    g_assert_cmpstr(sb_cloud_init_state_name(SB_CLOUD_INIT_DISABLED), ==, "disabled");
}

static void test_refused(void)
{
    static const char *const texts[] = {
        "",
        "....\n",
        "{",
        "[]",
        "\"done\"",
        "{}",
        "{\"status\": 1}",
        "{\"status\": [\"done\"]}",
        "{\"status\": \"marvellous\"}",
        "status: done\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        refuse(texts[i], strlen(texts[i]));
    refuse("\0{}", 3);

    /* Endless brackets would exhaust the stack of a parser that recurses. */
    g_autofree char *deep = g_strnfill(500000, '[');
    refuse(deep, 500000);
    enum { LIMIT = 1024 * 1024 };
    g_autofree char *large = g_strnfill(LIMIT + 1, ' ');
    memcpy(large, "{\"status\": \"done\"}", strlen("{\"status\": \"done\"}"));
    refuse(large, LIMIT + 1);
    large[LIMIT] = '\0';
    g_autoptr(SbCloudInitStatus) largest = parse(large);
    g_assert_cmpint(largest->state, ==, SB_CLOUD_INIT_DONE);
}

/* Brackets in strings are not nesting. */
static void test_brackets_in_text(void)
{
    g_autofree char *many = g_strnfill(1000, '[');
    g_autofree char *text =
        g_strdup_printf("{\"status\": \"error\", \"errors\": [\"\\\"%s\"]}", many);
    g_autoptr(SbCloudInitStatus) status = parse(text);
    g_assert_cmpuint(strlen(error_at(status, 0)), ==, 1001);
}

static void test_hostile(void)
{
    g_autoptr(GString) text = g_string_new("{\"status\": \"error\", \"datasource\": \"");
    for (guint i = 0; i < 1000; i++)
        g_string_append(text, "no\\u001b[2Jcloud");
    g_string_append(text, "\", \"errors\": [1, null, {}, [\"x\"], \"\", \"\\u001b[31mred\\u0007\"");
    for (guint i = 0; i < 200; i++) {
        g_string_append_printf(text, ", \"%u ", i);
        for (guint j = 0; j < 3000; j++)
            g_string_append(text, j % 2 ? "ü" : "x");
        g_string_append_c(text, '"');
    }
    g_string_append(text, "], \"recoverable_errors\": {\"A\\u001b]0;t\\u0007\": [\"late\"]}}");
    g_autoptr(SbCloudInitStatus) status = parse(text->str);
    g_assert_cmpuint(status->errors->len, ==, 50);
    g_assert_cmpstr(error_at(status, 0), ==, "red");
    for (guint i = 0; i < status->errors->len; i++) {
        g_assert_cmpuint(strlen(error_at(status, i)), <=, 2000);
        g_assert_true(g_utf8_validate(error_at(status, i), -1, NULL));
    }
    g_assert_cmpuint(strlen(status->datasource), <=, 100);
    g_assert_null(strchr(status->datasource, '\033'));

    g_autoptr(SbCloudInitStatus) level = parse(
        "{\"status\": \"done\", \"recoverable_errors\": {\"A\\u001b[1m\": [\"b\"], \"C\": 1}}");
    g_assert_cmpstr(recoverable_at(level, 0), ==, "A: b");
    g_autoptr(SbCloudInitStatus) types =
        parse("{\"status\": \"done\", \"recoverable_errors\": [\"b\"], \"errors\": \"c\"}");
    g_assert_cmpint(types->state, ==, SB_CLOUD_INIT_DONE);
    g_assert_cmpuint(types->errors->len, ==, 0);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/cloud-init-status/22.4", test_22_4);
    g_test_add_func("/cloud-init-status/recoverable", test_recoverable);
    g_test_add_func("/cloud-init-status/states", test_states);
    g_test_add_func("/cloud-init-status/refused", test_refused);
    g_test_add_func("/cloud-init-status/brackets-in-text", test_brackets_in_text);
    g_test_add_func("/cloud-init-status/hostile", test_hostile);
    return g_test_run();
}
