/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/provision.h"

#include "base/array.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define MINUTE_MS (60 * G_GINT64_CONSTANT(1000))
#define TIMEOUT_MIN_MS G_GINT64_CONSTANT(1000)
#define TIMEOUT_MAX_MS (24 * 60 * MINUTE_MS)
#define TIMEOUT_DEFAULT_MS (30 * MINUTE_MS)

enum { DIGEST_DIGITS = 64, LABEL_MAX = 60 };

static void step_free(gpointer data)
{
    SbProvisionStep *step = data;
    g_free(step->name);
    sb_file_copy_free(step->copy);
    g_free(step->digest);
    g_free(step->run);
    g_free(step->user);
    g_free(step);
}

/* ---- reading ---- */

static void check_step(const SbValueReader *reader, const SbYamlNode *mapping)
{
    gboolean has_run = sb_yaml_get(mapping, "run") != NULL;
    gboolean has_copy = sb_yaml_get(mapping, "copy") != NULL;
    if (has_run == has_copy)
        sb_value_complain(reader, mapping, "a step of 'provision' has either 'run' or 'copy'%s",
                          has_run ? ": make two steps" : "");
}

static void read_step(const SbValueReader *reader, const SbYamlNode *mapping, GPtrArray *steps)
{
    static const char *const allowed[] = {"name", "run", "copy", "user", "timeout", NULL};
    if (!sb_value_is_mapping(reader, "a step", mapping, "keys such as 'run: COMMAND'"))
        return;
    sb_value_check_keys(reader, mapping, allowed);
    check_step(reader, mapping);
    SbProvisionStep *step = g_new0(SbProvisionStep, 1);
    step->mark = mapping->mark;
    step->timeout_ms = TIMEOUT_DEFAULT_MS;
    const SbYamlNode *value;
    if ((value = sb_yaml_get(mapping, "name")))
        sb_value_name(reader, "step", value, &step->name);
    if ((value = sb_yaml_get(mapping, "run")))
        sb_value_command(reader, "run", value, &step->run);
    if ((value = sb_yaml_get(mapping, "copy")))
        step->copy = sb_file_copy_read(reader, "copy", value);
    if ((value = sb_yaml_get(mapping, "user")))
        sb_value_account(reader, "user", value, &step->user);
    if ((value = sb_yaml_get(mapping, "timeout")))
        sb_value_duration(reader, "timeout", value, TIMEOUT_MIN_MS, TIMEOUT_MAX_MS,
                          &step->timeout_ms);
    g_ptr_array_add(steps, step);
}

static void read_steps(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                       gpointer field)
{
    const GPtrArray *items = sb_value_items(
        reader, key, node, "a list of steps, such as '- run: COMMAND'", SB_PROVISION_MAX_STEPS);
    GPtrArray *steps = items && items->len > 0 ? g_ptr_array_new_with_free_func(step_free) : NULL;
    for (guint i = 0; steps && i < items->len; i++)
        read_step(reader, g_ptr_array_index(items, i), steps);
    sb_field_clear_list(field);
    *(GPtrArray **)field = steps;
}

/* ---- what they are ---- */

/* With its length, so that no text can look like two. */
static void add_text(GString *text, const char *word)
{
    g_string_append_printf(text, " %zu:%s", word ? strlen(word) : 0, word ? word : "");
}

static void describe(gconstpointer field, GString *text)
{
    const GPtrArray *steps = *(GPtrArray *const *)field;
    SB_EACH(const SbProvisionStep, step, steps) {
        add_text(text, step->run);
        add_text(text, step->copy ? step->copy->to : NULL);
        add_text(text, step->digest);
        add_text(text, step->user);
        g_string_append_c(text, ';');
    }
}

const SbFieldType sb_provision_type = {read_steps, sb_field_share_list, sb_field_clear_list,
                                       describe};

char *sb_provision_digest(const GPtrArray *steps)
{
    g_autoptr(GString) text = g_string_new(NULL);
    describe(&steps, text);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}

char *sb_provision_label(const GPtrArray *steps, guint index)
{
    const SbProvisionStep *step = g_ptr_array_index(steps, index);
    g_autofree char *copy = step->copy ? g_strdup_printf("copy %s", step->copy->from) : NULL;
    g_autofree char *first =
        step->run ? g_strndup(step->run, strcspn(step->run, "\n")) : g_strdup(copy);
    g_autofree char *line = sb_text_one_line(step->name ? step->name : first);
    gboolean is_long = g_utf8_strlen(line, -1) > LABEL_MAX;
    g_autofree char *start = is_long ? g_utf8_substring(line, 0, LABEL_MAX) : g_strdup(line);
    return g_strdup_printf("provision step %u of %u (%s%s)", index + 1, steps->len, start,
                           is_long ? "…" : "");
}

/* ---- what is to be done ---- */

SbProvisionDecision sb_provision_decide(const GPtrArray *steps, const char *record,
                                        gboolean is_changed, guint *next_out)
{
    if (!steps)
        return SB_PROVISION_DONE;
    *next_out = 0;
    /* It was made without steps. */
    if (!*record)
        return is_changed ? SB_PROVISION_DONE : SB_PROVISION_GO_ON;
    char digest[DIGEST_DIGITS + 1];
    unsigned done, total;
    if (sscanf(record, "%64[0-9a-f] %u %u", digest, &done, &total) != 3)
        return SB_PROVISION_OTHER;
    g_autofree char *wanted = sb_provision_digest(steps);
    if (done == total)
        return SB_PROVISION_DONE;
    if (strcmp(digest, wanted) != 0 || done > steps->len)
        return SB_PROVISION_OTHER;
    *next_out = done;
    return SB_PROVISION_GO_ON;
}
