/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/fleet-file.h"

#include "base/array.h"
#include "base/names.h"
#include "base/subnet.h"
#include "base/units.h"
#include "base/yaml.h"
#include "fleet-file/fleet-file-values.h"

#include <string.h>

/* Where a key can stand. */
typedef enum {
    IN_TOP = 1 << 0,
    IN_DEFAULTS = 1 << 1,
    IN_GROUP = 1 << 2,
    EVERYWHERE = IN_TOP | IN_DEFAULTS | IN_GROUP,
} Place;

/* One reading of one file. */
typedef struct {
    SbValueReader reader;
    const SbYamlNode *root;
    SbFleetFile *fleet_file;
    const SbGroup *defaults; /* every group begins as a copy of it */
} Reading;

/* One key. `read` puts VALUE into GROUP, or into the fleet file. If VALUE is wrong, it reports that
 * and the old value stays, so that one mistake is one finding. */
typedef struct {
    const char *name;
    guint places;
    void (*read)(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group);
} Key;

static void read_mapping(Reading *reading, const SbYamlNode *mapping, Place place, SbGroup *group);

void sb_fleet_file_free(SbFleetFile *fleet_file)
{
    g_free(fleet_file->file);
    g_free(fleet_file->digest);
    g_free(fleet_file->text);
    g_strfreev(fleet_file->settings);
    g_free(fleet_file->name);
    g_ptr_array_unref(fleet_file->groups);
    g_ptr_array_unref(fleet_file->steps);
    g_ptr_array_unref(fleet_file->layers);
    g_free(fleet_file);
}

void sb_fleet_file_start_cold(SbFleetFile *fleet_file)
{
    SB_EACH(SbGroup, group, fleet_file->groups)
        group->spec.is_cold = TRUE;
}

guint sb_fleet_file_machine_count(const SbFleetFile *fleet_file)
{
    guint machines = 0;
    for (guint i = 0; i < fleet_file->groups->len; i++)
        machines += ((const SbGroup *)g_ptr_array_index(fleet_file->groups, i))->count;
    return machines;
}

static void read_fleet(Reading *reading, const char *key, const SbYamlNode *value,
                       G_GNUC_UNUSED SbGroup *group)
{
    sb_value_name(&reading->reader, key, value, &reading->fleet_file->name);
}

static gboolean read_subnet_text(const char *text, guint32 *subnet_out)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", -1);
    return g_strv_length(parts) == 2 && strcmp(parts[1], "24") == 0 &&
           sb_ipv4_parse(parts[0], subnet_out) && (*subnet_out & 0xff) == 0 &&
           sb_ipv4_is_private(*subnet_out);
}

static void read_subnet(Reading *reading, const char *key, const SbYamlNode *value,
                        G_GNUC_UNUSED SbGroup *group)
{
    const char *wanted = "a private /24, such as 10.84.0.0/24";
    guint32 subnet;
    const char *text = sb_value_text(&reading->reader, key, value, wanted);
    if (text && read_subnet_text(text, &subnet))
        reading->fleet_file->subnet = subnet;
    else if (text)
        sb_value_refuse(&reading->reader, key, value, wanted);
}

static void read_lifetime(Reading *reading, const char *key, const SbYamlNode *value,
                          G_GNUC_UNUSED SbGroup *group)
{
    sb_value_duration(&reading->reader, key, value, SB_LIFETIME_MIN_MS, SB_LIFETIME_MAX_MS,
                      &reading->fleet_file->lifetime_ms);
}

static void read_count(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group)
{
    sb_value_integer(&reading->reader, key, value, 1, SB_GROUP_MAX_COUNT, &group->count);
}

static void read_defaults(Reading *reading, const char *key, const SbYamlNode *value,
                          SbGroup *group)
{
    if (!sb_value_is_null(value) &&
        sb_value_is_mapping(&reading->reader, key, value, "keys of machines"))
        read_mapping(reading, value, IN_DEFAULTS, group);
}

/* The names FLEET-GROUP-INDEX of two groups are never the same, because the index follows the last
 * '-'. So only the length has to be checked. */
static void check_machine_name(Reading *reading, const SbYamlNode *key, const SbGroup *group)
{
    if (!reading->fleet_file->name)
        return;
    g_autofree char *last = sb_machine_name(reading->fleet_file->name, group->name, group->count);
    if (!sb_machine_name_is_valid(last))
        sb_value_complain(&reading->reader, key,
                          "machine name '%s' has %zu characters, and %d are allowed: shorten "
                          "the name of the fleet or of the group",
                          last, strlen(last), SB_MACHINE_NAME_MAX);
}

static void read_group(Reading *reading, const SbYamlNode *key, const SbYamlNode *value)
{
    char *name = NULL;
    gboolean is_named = sb_value_name(&reading->reader, "group", key, &name);
    SbGroup *group = sb_group_copy(reading->defaults);
    group->name = name;
    group->mark = key->mark;
    if (!sb_value_is_null(value) &&
        sb_value_is_mapping(&reading->reader, key->text, value, "keys of machines, or nothing"))
        read_mapping(reading, value, IN_GROUP, group);
    if (is_named)
        check_machine_name(reading, key, group);
    if (group->spec.image.mark.line == 0)
        sb_value_complain(&reading->reader, key,
                          "group '%.60s' has no image: write 'image: NAME' in it or at the top, "
                          "with a name that 'seedbed image list' shows",
                          key->text);
    /* Also without a name: it counts against the limit, and a file with findings is never used. */
    g_ptr_array_add(reading->fleet_file->groups, group);
}

static void read_machines(Reading *reading, const char *key, const SbYamlNode *value,
                          G_GNUC_UNUSED SbGroup *group)
{
    if (!sb_value_is_mapping(&reading->reader, key, value, "group names, at least one"))
        return;
    if (value->keys->len == 0)
        sb_value_complain(&reading->reader, value, "%s must have at least one group", key);
    gboolean is_over = FALSE;
    for (guint i = 0; i < value->keys->len; i++) {
        const SbYamlNode *name = g_ptr_array_index(value->keys, i);
        const SbYamlNode *item = g_ptr_array_index(value->items, i);
        if (sb_yaml_get(value, name->text) != item)
            continue; /* a duplicate key: the YAML parser has reported it */
        read_group(reading, name, item);
        guint machines = sb_fleet_file_machine_count(reading->fleet_file);
        if (machines > SB_FLEET_MAX_MACHINES && !is_over)
            sb_value_complain(&reading->reader, name,
                              "with group '%.60s' the fleet has %u machines, and %d are allowed",
                              name->text, machines, SB_FLEET_MAX_MACHINES);
        is_over = machines > SB_FLEET_MAX_MACHINES;
    }
    sb_groups_check(&reading->reader, reading->fleet_file->groups, reading->fleet_file->subnet);
}

/* After the machines, so that steps can name their groups. */
static void read_test(Reading *reading, const char *key, const SbYamlNode *value,
                      G_GNUC_UNUSED SbGroup *group)
{
    const GPtrArray *groups = reading->fleet_file->groups;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < groups->len; i++)
        if (((const SbGroup *)groups->pdata[i])->name)
            g_ptr_array_add(names, ((const SbGroup *)groups->pdata[i])->name);
    g_ptr_array_add(names, NULL);
    sb_test_steps_read(&reading->reader, key, value, (const char *const *)names->pdata,
                       reading->fleet_file->steps);
}

static void read_build(Reading *reading, const char *key, const SbYamlNode *value,
                       G_GNUC_UNUSED SbGroup *group)
{
    sb_build_layers_read(&reading->reader, key, value, reading->fleet_file->layers);
}

/* Every key of the format. The keys of a machine are in the table of machine-spec.c, and have one
 * line here. Keys are read in this order, whatever the order in the file: the first are
 * defaults for the later ones. */
static const Key keys[] = {
    {"fleet", IN_TOP, read_fleet},

    {NULL, EVERYWHERE, NULL},
    {"count", IN_GROUP, read_count},
    {"defaults", IN_TOP, read_defaults},
    {"subnet", IN_TOP, read_subnet},
    {"machines", IN_TOP, read_machines},
    {"test", IN_TOP, read_test},
    {"build", IN_TOP, read_build},
    {"lifetime", IN_TOP, read_lifetime},
};

/* The names of the keys that are allowed in PLACE. Free with g_free(). */
static const char **keys_in(Place place)
{
    GPtrArray *names = g_ptr_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (!(keys[i].places & place))
            continue;
        if (keys[i].name)
            g_ptr_array_add(names, (gpointer)keys[i].name);
        else
            sb_machine_spec_add_keys(names, place == IN_TOP);
    }
    g_ptr_array_add(names, NULL);
    return (const char **)g_ptr_array_free(names, FALSE);
}

static void read_mapping(Reading *reading, const SbYamlNode *mapping, Place place, SbGroup *group)
{
    g_autofree const char **allowed = keys_in(place);
    sb_value_check_keys(&reading->reader, mapping, allowed);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (!(keys[i].places & place))
            continue;
        if (!keys[i].name) {
            sb_machine_spec_read(&group->spec, &reading->reader, mapping, place == IN_TOP);
            continue;
        }
        const SbYamlNode *value = sb_yaml_get(mapping, keys[i].name);
        if (value)
            keys[i].read(reading, keys[i].name, value, group);
    }
}

static void check_required(Reading *reading, const char *key, const char *example)
{
    if (!sb_yaml_get(reading->root, key))
        sb_value_complain(&reading->reader, reading->root, "the key '%s' is missing: write '%s'",
                          key, example);
}

static void read_root(Reading *reading)
{
    if (!sb_value_is_mapping(&reading->reader, "a fleet file", reading->root,
                             "keys such as 'fleet: NAME'"))
        return;
    check_required(reading, "fleet", "fleet: NAME");
    check_required(reading, "machines", "machines: { GROUP: { image: NAME } }");
    g_autoptr(SbGroup) defaults = g_new0(SbGroup, 1);
    defaults->count = 1;
    sb_machine_spec_init(&defaults->spec);
    reading->defaults = defaults;
    read_mapping(reading, reading->root, IN_TOP, defaults);
    reading->defaults = NULL;
}

static SbFleetFile *fleet_file_new(const char *file)
{
    SbFleetFile *fleet_file = g_new0(SbFleetFile, 1);
    fleet_file->file = g_strdup(file);
    fleet_file->groups = g_ptr_array_new_with_free_func((GDestroyNotify)sb_group_free);
    fleet_file->steps = g_ptr_array_new_with_free_func((GDestroyNotify)sb_test_step_free);
    fleet_file->layers = g_ptr_array_new_with_free_func((GDestroyNotify)sb_build_layer_free);
    return fleet_file;
}

/* Another file of a fleet NAME, whose messages name LIKE. */
static SbFleetFile *fleet_file_like(const SbFleetFile *like, const char *name)
{
    SbFleetFile *fleet_file = fleet_file_new(like->file);
    fleet_file->digest = g_strdup(like->digest);
    fleet_file->text = g_strdup(like->text);
    fleet_file->settings = g_strdupv(like->settings);
    fleet_file->name = g_strdup(name);
    fleet_file->lifetime_ms = like->lifetime_ms;
    return fleet_file;
}

guint32 sb_fleet_file_subnet(const SbFleetFile *fleet_file, SbNetworkKind kind)
{
    return sb_groups_subnet(fleet_file->groups, fleet_file->subnet, kind);
}

SbFleetFile *sb_fleet_file_copy_machines(const SbFleetFile *fleet_file)
{
    SbFleetFile *copy = fleet_file_like(fleet_file, fleet_file->name);
    copy->subnet = fleet_file->subnet;
    SB_EACH(const SbGroup, group, fleet_file->groups)
        g_ptr_array_add(copy->groups, sb_group_copy(group));
    return copy;
}

SbFleetFile *sb_fleet_file_of_one(const SbFleetFile *like, const char *name, const SbGroup *group,
                                  const char *group_name, const char *image)
{
    SbFleetFile *fleet_file = fleet_file_like(like, name);
    SbGroup *one = sb_group_copy(group);
    g_free(one->name);
    one->name = g_strdup(group_name);
    one->count = 1;
    sb_image_source_type.clear(&one->spec.image);
    one->spec.image.name = g_strdup(image);
    for (guint i = 0; i < one->spec.networks.count; i++)
        g_clear_pointer(&one->spec.networks.items[i].address, g_free);
    for (guint i = 0; one->spec.ports && i < one->spec.ports->len; i++)
        g_array_index(one->spec.ports, SbMachinePort, i).port = 0;
    g_ptr_array_add(fleet_file->groups, one);
    return fleet_file;
}

char *sb_fleet_file_place(const SbFleetFile *fleet_file, SbMark mark)
{
    return mark.line == SB_SETTING_LINE
               ? sb_value_setting_name(fleet_file->settings[mark.column - 1])
               : g_strdup_printf("%s:%u:%u", fleet_file->file, mark.line, mark.column);
}

SbFleetFile *sb_fleet_file_parse(const char *file, const char *text, gsize length,
                                 SbDiagnostics *diagnostics)
{
    return sb_fleet_file_parse_with(file, text, length, NULL, diagnostics);
}

SbFleetFile *sb_fleet_file_parse_with(const char *file, const char *text, gsize length,
                                      const SbFleetSettings *settings, SbDiagnostics *diagnostics)
{
    if (length > SB_FLEET_FILE_MAX_BYTES) {
        g_autofree char *allowed = sb_size_format(SB_FLEET_FILE_MAX_BYTES);
        sb_diagnostics_add(diagnostics, file, (SbMark){0, 0},
                           "the file has %zu bytes, and a fleet file has at most %s", length,
                           allowed);
        return NULL;
    }
    guint findings_before = sb_diagnostics_total(diagnostics);
    g_autoptr(SbYamlNode) root = sb_yaml_parse(file, text, length, SB_YAML_STRICT, diagnostics);
    if (!root)
        return NULL;
    g_autoptr(SbFleetFile) fleet_file = fleet_file_new(file);
    fleet_file->digest =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
    fleet_file->text = g_strndup(text, length);
    if (settings)
        fleet_file->settings = sb_fleet_settings_apply(settings, root, diagnostics);
    Reading reading = {.reader = {file, diagnostics, (const char *const *)fleet_file->settings},
                       .root = root,
                       .fleet_file = fleet_file};
    read_root(&reading);
    if (sb_diagnostics_total(diagnostics) > findings_before)
        return NULL;
    return g_steal_pointer(&fleet_file);
}

/* Adds the NAMES, each after PREFIX, and releases the array. */
static void add_keys(GPtrArray *all, const char *prefix, const char **names)
{
    for (gsize i = 0; names[i]; i++) {
        g_autofree char *key = g_strconcat(prefix, names[i], NULL);
        g_ptr_array_add(all, (gpointer)g_intern_string(key));
    }
    g_free(names);
}

const char **sb_fleet_file_keys(void)
{
    GPtrArray *all = g_ptr_array_new();
    add_keys(all, "", keys_in(IN_TOP));
    add_keys(all, "defaults.", keys_in(IN_DEFAULTS));
    add_keys(all, "machines.GROUP.", keys_in(IN_GROUP));
    add_keys(all, "test.", sb_test_step_keys());
    add_keys(all, "build.", sb_build_layer_keys());
    g_ptr_array_add(all, NULL);
    return (const char **)g_ptr_array_free(all, FALSE);
}
