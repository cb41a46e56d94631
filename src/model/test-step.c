/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/test-step.h"

#include "base/names.h"
#include "base/units.h"

#include <limits.h>
#include <string.h>

enum { MAX_STRINGS = 100, MAX_STRING_BYTES = 4096 };
#define MINUTE_MS (60 * G_GINT64_CONSTANT(1000))
#define TIMEOUT_MIN_MS G_GINT64_CONSTANT(1000)
#define TIMEOUT_MAX_MS (7 * 24 * 60 * MINUTE_MS)
#define TIMEOUT_DEFAULT_MS (10 * MINUTE_MS)

/* One reading of the list. */
typedef struct {
    const SbValueReader *reader;
    const char *const *groups;
    GPtrArray *steps; /* the steps before the current one */
} Reading;

/* One key. If the value is wrong, `read` reports that and the old value stays. */
typedef struct {
    const char *name;
    void (*read)(const Reading *reading, const char *key, const SbYamlNode *value,
                 SbTestStep *step);
} Key;

static const char *const phase_names[] = {"setup", "test", "cleanup", NULL};

static void copy_free(gpointer data)
{
    SbTestCopy *copy = data;
    g_free(copy->from);
    g_free(copy->to);
    g_free(copy);
}

void sb_test_step_free(SbTestStep *step)
{
    g_free(step->name);
    g_free(step->on);
    g_ptr_array_unref(step->copies);
    g_free(step->run);
    g_ptr_array_unref(step->artifacts);
    g_ptr_array_unref(step->needs);
    g_ptr_array_unref(step->env);
    g_free(step->user);
    g_free(step->workdir);
    g_ptr_array_unref(step->matrix);
    g_free(step->files);
    g_free(step);
}

static SbTestStep *step_new(SbMark mark)
{
    SbTestStep *step = g_new0(SbTestStep, 1);
    step->mark = mark;
    step->phase = SB_PHASE_TEST;
    step->timeout_ms = TIMEOUT_DEFAULT_MS;
    step->copies = g_ptr_array_new_with_free_func(copy_free);
    step->artifacts = g_ptr_array_new_with_free_func(g_free);
    step->needs = g_ptr_array_new_with_free_func(g_free);
    step->env = g_ptr_array_new_with_free_func(g_free);
    step->matrix = g_ptr_array_new_with_free_func(g_free);
    return step;
}

static const SbTestStep *find_step(const Reading *reading, const char *name)
{
    for (guint i = 0; i < reading->steps->len; i++) {
        const SbTestStep *step = g_ptr_array_index(reading->steps, i);
        if (g_strcmp0(step->name, name) == 0)
            return step;
    }
    return NULL;
}

/* Text in one line. (transfer none) (nullable) */
static const char *read_line(const Reading *reading, const char *key, const SbYamlNode *value,
                             const char *wanted)
{
    const char *text = sb_value_text(reading->reader, key, value, wanted);
    if (!text)
        return NULL;
    gboolean is_good = *text && strlen(text) <= MAX_STRING_BYTES;
    for (const char *c = text; *c; c++)
        is_good &= !g_ascii_iscntrl(*c);
    if (is_good)
        return text;
    sb_value_complain(reading->reader, value,
                      "%s must be %s: 1 to %d characters, without control characters", key, wanted,
                      MAX_STRING_BYTES);
    return NULL;
}

static void read_name(const Reading *reading, const char *key, const SbYamlNode *value,
                      SbTestStep *step)
{
    char *name = NULL;
    if (!sb_value_name(reading->reader, "step", value, &name))
        return;
    if (find_step(reading, name))
        sb_value_complain(reading->reader, value, "%s: an earlier step is already called '%s'", key,
                          name);
    g_free(step->name);
    step->name = name;
}

static void read_phase(const Reading *reading, const char *key, const SbYamlNode *value,
                       SbTestStep *step)
{
    g_autofree char *name = NULL;
    if (!sb_value_choice(reading->reader, key, value, phase_names, &name))
        return;
    for (guint i = 0; phase_names[i]; i++)
        if (strcmp(phase_names[i], name) == 0)
            step->phase = (SbTestPhase)i;
}

static void read_on(const Reading *reading, const char *key, const SbYamlNode *value,
                    SbTestStep *step)
{
    const char *name = sb_value_text(reading->reader, key, value, "the name of a group");
    if (!name)
        return;
    if (!g_strv_contains(reading->groups, name)) {
        g_autofree char *known = g_strjoinv(", ", (char **)reading->groups);
        sb_value_complain(reading->reader, value, "%s: there is no group '%.60s' (there are: %s)",
                          key, name, known);
        return;
    }
    g_free(step->on);
    step->on = g_strdup(name);
}

/* Calls FUNC for each item of a list, or for a value that is not a list. */
static void read_each(const Reading *reading, const char *key, const SbYamlNode *value, guint most,
                      void (*func)(const Reading *reading, const char *key, const SbYamlNode *value,
                                   SbTestStep *step),
                      SbTestStep *step)
{
    if (value->kind != SB_YAML_SEQUENCE) {
        func(reading, key, value, step);
        return;
    }
    if (value->items->len > most) {
        sb_value_complain(reading->reader, value, "%s has %u items, and %u are allowed", key,
                          value->items->len, most);
        return;
    }
    for (guint i = 0; i < value->items->len; i++)
        func(reading, key, g_ptr_array_index(value->items, i), step);
}

static void read_copy_from(const Reading *reading, const char *key, const SbYamlNode *value,
                           SbTestCopy *copy)
{
    if (sb_value_path(reading->reader, key, value, &copy->from))
        copy->mark = value->mark;
}

static void read_copy_to(const Reading *reading, const char *key, const SbYamlNode *value,
                         SbTestCopy *copy)
{
    const char *to = read_line(reading, key, value, "a folder of the guest");
    if (!to)
        return;
    g_free(copy->to);
    copy->to = g_strdup(to);
}

static const struct {
    const char *name;
    void (*read)(const Reading *reading, const char *key, const SbYamlNode *value,
                 SbTestCopy *copy);
    const char *full_name; /* in the manual */
} copy_keys[] = {{"from", read_copy_from, "copy.from"}, {"to", read_copy_to, "copy.to"}};

static void read_copy_mapping(const Reading *reading, const SbYamlNode *mapping, SbTestCopy *copy)
{
    const char *allowed[G_N_ELEMENTS(copy_keys) + 1] = {NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(copy_keys); i++)
        allowed[i] = copy_keys[i].name;
    sb_value_check_keys(reading->reader, mapping, allowed);
    for (gsize i = 0; i < G_N_ELEMENTS(copy_keys); i++) {
        const SbYamlNode *value = sb_yaml_get(mapping, copy_keys[i].name);
        if (value)
            copy_keys[i].read(reading, copy_keys[i].name, value, copy);
    }
    if (!sb_yaml_get(mapping, "from"))
        sb_value_complain(reading->reader, mapping,
                          "the key 'from' is missing: write '{ from: PATH, to: FOLDER }'");
}

static void read_one_copy(const Reading *reading, const char *key, const SbYamlNode *value,
                          SbTestStep *step)
{
    SbTestCopy *copy = g_new0(SbTestCopy, 1);
    copy->to = g_strdup(".");
    if (value->kind == SB_YAML_MAPPING)
        read_copy_mapping(reading, value, copy);
    else
        read_copy_from(reading, key, value, copy);
    if (copy->from)
        g_ptr_array_add(step->copies, copy);
    else
        copy_free(copy);
}

static void read_copy(const Reading *reading, const char *key, const SbYamlNode *value,
                      SbTestStep *step)
{
    read_each(reading, key, value, MAX_STRINGS, read_one_copy, step);
}

static void read_run(const Reading *reading, const char *key, const SbYamlNode *value,
                     SbTestStep *step)
{
    const char *text = sb_value_text(reading->reader, key, value, "a shell command");
    if (!text)
        return;
    if (!*text || strlen(text) > SB_TEST_RUN_MAX_BYTES) {
        sb_value_complain(
            reading->reader, value,
            "%s must be a shell command of 1 to %d bytes: 'copy' takes longer scripts", key,
            SB_TEST_RUN_MAX_BYTES);
        return;
    }
    g_free(step->run);
    step->run = g_strdup(text);
}

static void read_results(const Reading *reading, const char *key, const SbYamlNode *value,
                         SbTestStep *step)
{
    static const char *const choices[] = {"tap", "exit", NULL};
    g_autofree char *name = NULL;
    if (sb_value_choice(reading->reader, key, value, choices, &name))
        step->results = strcmp(name, "tap") == 0 ? SB_RESULTS_TAP : SB_RESULTS_EXIT;
}

static void read_timeout(const Reading *reading, const char *key, const SbYamlNode *value,
                         SbTestStep *step)
{
    sb_value_duration(reading->reader, key, value, TIMEOUT_MIN_MS, TIMEOUT_MAX_MS,
                      &step->timeout_ms);
}

static void read_artifact(const Reading *reading, const char *key, const SbYamlNode *value,
                          SbTestStep *step)
{
    const char *glob = read_line(reading, key, value, "a glob such as '*.log'");
    if (glob)
        g_ptr_array_add(step->artifacts, g_strdup(glob));
}

static void read_artifacts(const Reading *reading, const char *key, const SbYamlNode *value,
                           SbTestStep *step)
{
    read_each(reading, key, value, MAX_STRINGS, read_artifact, step);
}

static void read_need(const Reading *reading, const char *key, const SbYamlNode *value,
                      SbTestStep *step)
{
    const char *name = sb_value_text(reading->reader, key, value, "the name of an earlier step");
    if (!name)
        return;
    const SbTestStep *needed = find_step(reading, name);
    if (!needed)
        sb_value_complain(reading->reader, value, "%s: no earlier step is called '%.60s'", key,
                          name);
    else if (needed->phase > step->phase)
        sb_value_complain(reading->reader, value, "%s: '%s' is a %s step, which runs later", key,
                          name, phase_names[needed->phase]);
    else
        g_ptr_array_add(step->needs, g_strdup(name));
}

static void read_needs(const Reading *reading, const char *key, const SbYamlNode *value,
                       SbTestStep *step)
{
    read_each(reading, key, value, MAX_STRINGS, read_need, step);
}

static gboolean is_variable_name(const char *name)
{
    return *name && !g_ascii_isdigit(*name) &&
           strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_") == strlen(name);
}

static void read_env(const Reading *reading, const char *key, const SbYamlNode *value,
                     SbTestStep *step)
{
    if (!sb_value_is_mapping(reading->reader, key, value, "variables and their values"))
        return;
    for (guint i = 0; i < value->keys->len; i++) {
        const SbYamlNode *name = g_ptr_array_index(value->keys, i);
        const SbYamlNode *item = g_ptr_array_index(value->items, i);
        if (!is_variable_name(name->text)) {
            sb_value_complain(reading->reader, name,
                              "'%.60s' cannot be a variable: use A-Z, a-z, 0-9 and '_', with no "
                              "digit first",
                              name->text);
            continue;
        }
        /* No value is an empty value. */
        const char *text =
            sb_value_is_null(item) ? "" : sb_value_text(reading->reader, name->text, item, "text");
        if (text)
            g_ptr_array_add(step->env, g_strconcat(name->text, "=", text, NULL));
    }
}

static void read_user(const Reading *reading, const char *key, const SbYamlNode *value,
                      SbTestStep *step)
{
    if (value->kind == SB_YAML_SCALAR && strcmp(value->text, "root") == 0) {
        g_free(step->user);
        step->user = g_strdup("root");
        return;
    }
    sb_value_login(reading->reader, key, value, &step->user);
}

static void read_workdir(const Reading *reading, const char *key, const SbYamlNode *value,
                         SbTestStep *step)
{
    const char *workdir = read_line(reading, key, value, "a folder of the guest");
    if (!workdir)
        return;
    g_free(step->workdir);
    step->workdir = g_strdup(workdir);
}

static void read_channel(const Reading *reading, const char *key, const SbYamlNode *value,
                         SbTestStep *step)
{
    sb_value_boolean(reading->reader, key, value, &step->channel);
}

static void read_spread(const Reading *reading, const char *key, const SbYamlNode *value,
                        SbTestStep *step)
{
    sb_value_boolean(reading->reader, key, value, &step->spread);
}

static void read_item(const Reading *reading, const char *key, const SbYamlNode *value,
                      SbTestStep *step)
{
    const char *item = read_line(reading, key, value, "text");
    if (!item)
        return;
    for (guint i = 0; i < step->matrix->len; i++)
        if (strcmp(g_ptr_array_index(step->matrix, i), item) == 0) {
            sb_value_complain(reading->reader, value, "%s has '%.60s' twice", key, item);
            return;
        }
    g_ptr_array_add(step->matrix, g_strdup(item));
}

static void read_matrix(const Reading *reading, const char *key, const SbYamlNode *value,
                        SbTestStep *step)
{
    read_each(reading, key, value, SB_TEST_MAX_ITEMS, read_item, step);
}

static void read_files(const Reading *reading, const char *key, const SbYamlNode *value,
                       SbTestStep *step)
{
    const char *glob = read_line(reading, key, value, "a glob such as 't/*.t'");
    if (!glob)
        return;
    g_free(step->files);
    step->files = g_strdup(glob);
}

/* Every key of a step. They are read in this order, whatever the order in the file. */
static const Key keys[] = {
    {"name", read_name},           {"phase", read_phase},   {"on", read_on},
    {"copy", read_copy},           {"run", read_run},       {"results", read_results},
    {"timeout", read_timeout},     {"env", read_env},       {"user", read_user},
    {"workdir", read_workdir},     {"needs", read_needs},   {"matrix", read_matrix},
    {"files", read_files},         {"spread", read_spread}, {"channel", read_channel},
    {"artifacts", read_artifacts},
};

const char **sb_test_step_keys(void)
{
    const char **names = g_new0(const char *, G_N_ELEMENTS(keys) + G_N_ELEMENTS(copy_keys) + 1);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        names[i] = keys[i].name;
    for (gsize i = 0; i < G_N_ELEMENTS(copy_keys); i++)
        names[G_N_ELEMENTS(keys) + i] = copy_keys[i].full_name;
    return names;
}

/* Checks rules about several keys. */
static void check_step(const Reading *reading, const SbYamlNode *mapping, const SbTestStep *step)
{
    static const struct {
        const char *key, *example;
    } required[] = {{"name", "name: NAME"}, {"run", "run: COMMAND"}};
    for (gsize i = 0; i < G_N_ELEMENTS(required); i++)
        if (!sb_yaml_get(mapping, required[i].key))
            sb_value_complain(reading->reader, mapping,
                              "the key '%s' of a step is missing: write '%s'", required[i].key,
                              required[i].example);
    gboolean has_list = step->matrix->len > 0 || step->files;
    if (step->matrix->len > 0 && step->files)
        sb_value_complain(reading->reader, sb_yaml_get(mapping, "files"),
                          "a step has either 'matrix' or 'files', not both");
    if (step->files && step->copies->len == 0)
        sb_value_complain(reading->reader, sb_yaml_get(mapping, "files"),
                          "files: the glob matches copied files, and this step has no 'copy'");
    if (step->spread && !has_list)
        sb_value_complain(reading->reader, sb_yaml_get(mapping, "spread"),
                          "spread: there is no list to deal out: write 'matrix' or 'files'");
    if (step->channel && step->results != SB_RESULTS_TAP)
        sb_value_complain(reading->reader, sb_yaml_get(mapping, "channel"),
                          "channel: results through it are TAP, so 'results' must be tap");
}

static void read_step(const Reading *reading, const SbYamlNode *mapping)
{
    if (!sb_value_is_mapping(reading->reader, "a step", mapping, "keys such as 'run: COMMAND'"))
        return;
    g_autofree const char **allowed = sb_test_step_keys();
    allowed[G_N_ELEMENTS(keys)] = NULL; /* without the keys of copies, which follow */
    sb_value_check_keys(reading->reader, mapping, allowed);
    SbTestStep *step = step_new(mapping->mark);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const SbYamlNode *value = sb_yaml_get(mapping, keys[i].name);
        if (value)
            keys[i].read(reading, keys[i].name, value, step);
    }
    check_step(reading, mapping, step);
    g_ptr_array_add(reading->steps, step);
}

void sb_test_steps_read(const SbValueReader *reader, const char *key, const SbYamlNode *list,
                        const char *const *groups, GPtrArray *steps)
{
    const Reading reading = {reader, groups, steps};
    if (sb_value_is_null(list))
        return;
    if (list->kind != SB_YAML_SEQUENCE) {
        sb_value_refuse(reader, key, list, "a list of steps");
        return;
    }
    if (list->items->len > SB_TEST_MAX_STEPS) {
        sb_value_complain(reader, list, "%s has %u steps, and %d are allowed", key,
                          list->items->len, SB_TEST_MAX_STEPS);
        return;
    }
    for (guint i = 0; i < list->items->len; i++)
        read_step(&reading, g_ptr_array_index(list->items, i));
}
