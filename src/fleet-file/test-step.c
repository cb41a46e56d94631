/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/test-step.h"

#include "base/array.h"
#include "fleet-file/environment.h"

#include <limits.h>
#include <string.h>

enum { MAX_STRINGS = 100 };
#define MINUTE_MS (60 * G_GINT64_CONSTANT(1000))
#define TIMEOUT_MIN_MS G_GINT64_CONSTANT(1000)
#define TIMEOUT_MAX_MS (7 * 24 * 60 * MINUTE_MS)
#define TIMEOUT_DEFAULT_MS (10 * MINUTE_MS)

typedef struct Key Key;

/* One reading of the list. */
typedef struct {
    const SbValueReader *reader;
    const char *const *groups;
    GPtrArray *steps; /* the steps before the current one */
    SbTestStep *step; /* the current one */
    const Key *key;   /* the current one */
} Reading;

typedef void (*ReadFunc)(const Reading *reading, const SbYamlNode *value);

/* One key. If the value is wrong, `read` reports that and the old value stays. */
struct Key {
    const char *name;
    ReadFunc read;
    glong offset;       /* of the field, for readers of several keys */
    const char *wanted; /* what they want */
};

static const char *const phase_names[] = {"setup", "test", "cleanup", NULL};

void sb_test_step_free(SbTestStep *step)
{
    g_free(step->name);
    g_free(step->on);
    g_ptr_array_unref(step->copies);
    g_free(step->run);
    g_ptr_array_unref(step->artifacts);
    g_ptr_array_unref(step->needs);
    g_strfreev(step->env);
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
    step->copies = g_ptr_array_new_with_free_func((GDestroyNotify)sb_file_copy_free);
    step->artifacts = g_ptr_array_new_with_free_func(g_free);
    step->needs = g_ptr_array_new_with_free_func(g_free);
    step->matrix = g_ptr_array_new_with_free_func(g_free);
    return step;
}

static const SbTestStep *find_step(const Reading *reading, const char *name)
{
    SB_EACH(const SbTestStep, step, reading->steps)
        if (g_strcmp0(step->name, name) == 0)
            return step;
    return NULL;
}

static void replace(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

/* Calls READ for each item of a list, or for a value that is not a list. */
static void read_each(const Reading *reading, const SbYamlNode *value, guint most, ReadFunc read)
{
    if (value->kind != SB_YAML_SEQUENCE) {
        read(reading, value);
        return;
    }
    const GPtrArray *items =
        sb_value_items(reading->reader, reading->key->name, value, "a list", most);
    for (guint i = 0; items && i < items->len; i++)
        read(reading, g_ptr_array_index(items, i));
}

static gpointer field_of(const Reading *reading)
{
    return G_STRUCT_MEMBER_P(reading->step, reading->key->offset);
}

static void read_flag(const Reading *reading, const SbYamlNode *value)
{
    sb_value_boolean(reading->reader, reading->key->name, value, field_of(reading));
}

static void read_text(const Reading *reading, const SbYamlNode *value)
{
    const Key *key = reading->key;
    sb_value_line(reading->reader, key->name, value, key->wanted, field_of(reading));
}

static void read_text_of_list(const Reading *reading, const SbYamlNode *value)
{
    const Key *key = reading->key;
    char *text = NULL;
    if (sb_value_line(reading->reader, key->name, value, key->wanted, &text))
        g_ptr_array_add(*(GPtrArray **)field_of(reading), text);
}

static void read_texts(const Reading *reading, const SbYamlNode *value)
{
    read_each(reading, value, MAX_STRINGS, read_text_of_list);
}

static void read_name(const Reading *reading, const SbYamlNode *value)
{
    char *name = NULL;
    if (!sb_value_name(reading->reader, "step", value, &name))
        return;
    if (find_step(reading, name))
        sb_value_complain(reading->reader, value, "%s: an earlier step is already called '%s'",
                          reading->key->name, name);
    g_free(reading->step->name);
    reading->step->name = name;
}

/* The index of VALUE among CHOICES, which ends with NULL; -1 after a finding. */
static int read_choice(const Reading *reading, const SbYamlNode *value, const char *const *choices)
{
    g_autofree char *name = NULL;
    int index = 0;
    if (!sb_value_choice(reading->reader, reading->key->name, value, choices, &name))
        return -1;
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): it is one of the choices */
    while (strcmp(choices[index], name) != 0)
        index++;
    return index;
}

static void read_phase(const Reading *reading, const SbYamlNode *value)
{
    int phase = read_choice(reading, value, phase_names);
    if (phase >= 0)
        reading->step->phase = (SbTestPhase)phase;
}

static void read_results(const Reading *reading, const SbYamlNode *value)
{
    static const char *const names[] = {[SB_RESULTS_TAP] = "tap", [SB_RESULTS_EXIT] = "exit", NULL};
    int results = read_choice(reading, value, names);
    if (results >= 0)
        reading->step->results = (SbTestResults)results;
}

static void read_on(const Reading *reading, const SbYamlNode *value)
{
    const char *key = reading->key->name;
    const char *name = sb_value_text(reading->reader, key, value, "the name of a group");
    if (!name)
        return;
    if (g_strv_contains(reading->groups, name)) {
        replace(&reading->step->on, name);
        return;
    }
    g_autofree char *known = g_strjoinv(", ", (char **)reading->groups);
    sb_value_complain(reading->reader, value, "%s: there is no group '%.60s' (there are: %s)", key,
                      name, known);
}

static void read_one_copy(const Reading *reading, const SbYamlNode *value)
{
    SbFileCopy *copy = sb_file_copy_read(reading->reader, reading->key->name, value);
    if (copy)
        g_ptr_array_add(reading->step->copies, copy);
}

static void read_copy(const Reading *reading, const SbYamlNode *value)
{
    read_each(reading, value, MAX_STRINGS, read_one_copy);
}

static void read_run(const Reading *reading, const SbYamlNode *value)
{
    sb_value_command(reading->reader, reading->key->name, value, &reading->step->run);
}

static void read_timeout(const Reading *reading, const SbYamlNode *value)
{
    sb_value_duration(reading->reader, reading->key->name, value, TIMEOUT_MIN_MS, TIMEOUT_MAX_MS,
                      &reading->step->timeout_ms);
}

static void read_need(const Reading *reading, const SbYamlNode *value)
{
    const char *key = reading->key->name;
    const char *name = sb_value_text(reading->reader, key, value, "the name of an earlier step");
    if (!name)
        return;
    const SbTestStep *needed = find_step(reading, name);
    if (!needed)
        sb_value_complain(reading->reader, value, "%s: no earlier step is called '%.60s'", key,
                          name);
    else if (needed->phase > reading->step->phase)
        sb_value_complain(reading->reader, value, "%s: '%s' is a %s step, which runs later", key,
                          name, phase_names[needed->phase]);
    else
        g_ptr_array_add(reading->step->needs, g_strdup(name));
}

static void read_needs(const Reading *reading, const SbYamlNode *value)
{
    read_each(reading, value, MAX_STRINGS, read_need);
}

static void read_env(const Reading *reading, const SbYamlNode *value)
{
    sb_environment_type.read(reading->reader, reading->key->name, value, &reading->step->env);
}

static void read_user(const Reading *reading, const SbYamlNode *value)
{
    sb_value_account(reading->reader, reading->key->name, value, &reading->step->user);
}

static void read_item(const Reading *reading, const SbYamlNode *value)
{
    const char *key = reading->key->name;
    g_autofree char *item = NULL;
    GPtrArray *matrix = reading->step->matrix;
    if (!sb_value_line(reading->reader, key, value, "text", &item))
        return;
    if (g_ptr_array_find_with_equal_func(matrix, item, g_str_equal, NULL))
        sb_value_complain(reading->reader, value, "%s has '%.60s' twice", key, item);
    else
        g_ptr_array_add(matrix, g_steal_pointer(&item));
}

static void read_matrix(const Reading *reading, const SbYamlNode *value)
{
    read_each(reading, value, SB_TEST_MAX_ITEMS, read_item);
}

/* Every key of a step. They are read in this order, whatever the order in the file. */
#define FIELD(member) G_STRUCT_OFFSET(SbTestStep, member)
static const Key keys[] = {
    {"name", read_name, 0, NULL},
    {"phase", read_phase, 0, NULL},
    {"on", read_on, 0, NULL},
    {"copy", read_copy, 0, NULL},
    {"run", read_run, 0, NULL},
    {"results", read_results, 0, NULL},
    {"timeout", read_timeout, 0, NULL},
    {"env", read_env, 0, NULL},
    {"user", read_user, 0, NULL},
    {"workdir", read_text, FIELD(workdir), "a folder of the guest"},
    {"needs", read_needs, 0, NULL},
    {"matrix", read_matrix, 0, NULL},
    {"files", read_text, FIELD(files), "a glob such as 't/*.t'"},
    {"fresh", read_flag, FIELD(fresh), NULL},
    {"spread", read_flag, FIELD(spread), NULL},
    {"channel", read_flag, FIELD(channel), NULL},
    {"artifacts", read_texts, FIELD(artifacts), "a glob such as '*.log'"},
};

const char **sb_test_step_keys(void)
{
    /* The keys of a copy, in the manual. */
    static const char *const copy_keys[] = {"copy.from", "copy.to"};
    const char **names = g_new0(const char *, G_N_ELEMENTS(keys) + G_N_ELEMENTS(copy_keys) + 1);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        names[i] = keys[i].name;
    memcpy(names + G_N_ELEMENTS(keys), copy_keys, sizeof copy_keys);
    return names;
}

/* A fresh machine is of one group, and has one run. */
static void check_fresh(const Reading *reading, const SbYamlNode *value, SbTestStep *step)
{
    if (step->phase != SB_PHASE_TEST)
        sb_value_complain(reading->reader, value,
                          "fresh: what a %s step does to a machine of its own is of no use to "
                          "others",
                          phase_names[step->phase]);
    if (step->spread)
        sb_value_complain(reading->reader, value,
                          "fresh: each item has a machine of its own: leave out 'spread'");
    if (!step->on && reading->groups[0] && reading->groups[1])
        sb_value_complain(reading->reader, value,
                          "fresh: write 'on: GROUP', the group whose machines are made");
    else if (!step->on)
        replace(&step->on, reading->groups[0]);
}

/* Checks rules about several keys. */
static void check_step(const Reading *reading, const SbYamlNode *mapping, SbTestStep *step)
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
    if (step->fresh)
        check_fresh(reading, sb_yaml_get(mapping, "fresh"), step);
    if (step->channel && step->results != SB_RESULTS_TAP)
        sb_value_complain(reading->reader, sb_yaml_get(mapping, "channel"),
                          "channel: results through it are TAP, so 'results' must be tap");
}

static void read_step(Reading *reading, const SbYamlNode *mapping)
{
    if (!sb_value_is_mapping(reading->reader, "a step", mapping, "keys such as 'run: COMMAND'"))
        return;
    g_autofree const char **allowed = sb_test_step_keys();
    allowed[G_N_ELEMENTS(keys)] = NULL; /* without the keys of copies, which follow */
    sb_value_check_keys(reading->reader, mapping, allowed);
    reading->step = step_new(mapping->mark);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const SbYamlNode *value = sb_yaml_get(mapping, keys[i].name);
        reading->key = &keys[i];
        if (value)
            keys[i].read(reading, value);
    }
    check_step(reading, mapping, reading->step);
    g_ptr_array_add(reading->steps, reading->step);
}

void sb_test_steps_read(const SbValueReader *reader, const char *key, const SbYamlNode *list,
                        const char *const *groups, GPtrArray *steps)
{
    Reading reading = {.reader = reader, .groups = groups, .steps = steps};
    const GPtrArray *items =
        sb_value_items(reader, key, list, "a list of steps", SB_TEST_MAX_STEPS);
    for (guint i = 0; items && i < items->len; i++)
        read_step(&reading, g_ptr_array_index(items, i));
}
