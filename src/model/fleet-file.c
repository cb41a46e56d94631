/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fleet-file.h"

#include "base/names.h"
#include "base/units.h"
#include "base/yaml.h"
#include "model/fleet-file-values.h"
#include "model/image-source.h"

#include <string.h>

#define KIB G_GUINT64_CONSTANT(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

/** Less than this boots no kernel that Linux distributions ship under UEFI. */
#define MEMORY_MIN (128 * MIB)
#define MEMORY_MAX (16 * TIB)
#define DISK_MIN MIB
/** Overlays are sparse: a large disk costs nothing until it is written to. This is a bound for
 * typing errors. */
#define DISK_MAX (64 * TIB)

/* Where a key can stand. */
typedef enum {
    IN_TOP = 1 << 0,
    IN_DEFAULTS = 1 << 1,
    IN_GROUP = 1 << 2,
} Place;

static const struct {
    Place place;
    const char *prefix; /* of its keys, as the manual writes them */
} places[] = {{IN_TOP, ""}, {IN_DEFAULTS, "defaults."}, {IN_GROUP, "machines.GROUP."}};

/* One reading of one file. */
typedef struct {
    SbValueReader reader;
    const SbYamlNode *root;
    SbFleetFile *fleet_file;
    SbGroup *defaults; /* what each group starts from; made by the keys of IN_TOP and IN_DEFAULTS */
} Reading;

/* One key. `read` puts VALUE into GROUP, which is the defaults for keys that are not of a group; it
 * reports what is wrong and then leaves what was there, so that one mistake is one finding. */
typedef struct {
    const char *name;
    guint places;
    void (*read)(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group);
} Key;

static void read_mapping(Reading *reading, const SbYamlNode *mapping, Place place, SbGroup *group);

void sb_group_free(SbGroup *group)
{
    g_free(group->name);
    g_free(group->image);
    g_free(group->image_url);
    g_free(group->image_path);
    g_free(group->arch);
    g_free(group->login);
    g_free(group->network_source);
    sb_file_reference_clear(&group->user_data);
    sb_file_reference_clear(&group->vendor_data);
    sb_file_reference_clear(&group->network_config);
    g_free(group);
}

static SbGroup *group_new(void)
{
    SbGroup *group = g_new0(SbGroup, 1);
    group->count = 1;
    group->vcpus = 2;
    group->memory_kib = GIB / KIB;
    group->disk_bytes = 10 * GIB;
    group->arch = g_strdup("aarch64");
    group->login = g_strdup("seedbed");
    return group;
}

SbGroup *sb_group_copy(const SbGroup *group)
{
    SbGroup *copy = g_memdup2(group, sizeof *group);
    copy->name = g_strdup(group->name);
    copy->image = g_strdup(group->image);
    copy->image_url = g_strdup(group->image_url);
    copy->image_path = g_strdup(group->image_path);
    copy->arch = g_strdup(group->arch);
    copy->login = g_strdup(group->login);
    copy->network_source = g_strdup(group->network_source);
    copy->user_data = copy->vendor_data = copy->network_config = (SbFileReference){0};
    sb_file_reference_assign(&copy->user_data, &group->user_data);
    sb_file_reference_assign(&copy->vendor_data, &group->vendor_data);
    sb_file_reference_assign(&copy->network_config, &group->network_config);
    return copy;
}

void sb_fleet_file_free(SbFleetFile *fleet_file)
{
    g_free(fleet_file->file);
    g_free(fleet_file->digest);
    g_free(fleet_file->name);
    g_ptr_array_unref(fleet_file->groups);
    g_ptr_array_unref(fleet_file->steps);
    g_ptr_array_unref(fleet_file->layers);
    g_free(fleet_file);
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

static void read_image(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group)
{
    /* Also when the name is wrong: a missing image would be a second finding about it. */
    group->image_mark = value->mark;
    char *name, *url, *path;
    if (value->kind != SB_YAML_MAPPING) {
        sb_value_name(&reading->reader, key, value, &group->image);
        g_clear_pointer(&group->image_url, g_free);
        g_clear_pointer(&group->image_path, g_free);
    } else if (sb_image_source_read(&reading->reader, value, &name, &url, &path,
                                    &group->image_digest)) {
        g_free(group->image);
        g_free(group->image_url);
        g_free(group->image_path);
        group->image = name;
        group->image_url = url;
        group->image_path = path;
    }
}

static void read_arch(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group)
{
    static const char *const choices[] = {"aarch64", "x86_64", NULL};
    sb_value_choice(&reading->reader, key, value, choices, &group->arch);
}

static void read_login(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group)
{
    sb_value_login(&reading->reader, key, value, &group->login);
}

static void read_count(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group)
{
    sb_value_integer(&reading->reader, key, value, 1, SB_GROUP_MAX_COUNT, &group->count);
}

static void read_vcpus(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group)
{
    sb_value_integer(&reading->reader, key, value, 1, SB_VCPUS_MAX, &group->vcpus);
}

static void read_memory(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group)
{
    guint64 bytes;
    if (sb_value_size(&reading->reader, key, value, MEMORY_MIN, MEMORY_MAX, &bytes))
        group->memory_kib = bytes / KIB;
}

static void read_disk(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group)
{
    sb_value_size(&reading->reader, key, value, DISK_MIN, DISK_MAX, &group->disk_bytes);
}

/* SOURCE becomes an attribute of libvirt's XML, and libvirt passes a bridge on to the kernel: a
 * name that is also an option or a path in disguise has no place in either. LONGEST for a bridge is
 * the kernel's IFNAMSIZ. */
static gboolean is_network_source(const char *source, SbNetworkKind kind)
{
    gsize length = strlen(source), longest = kind == SB_NETWORK_BRIDGE ? 15 : 64;
    return length > 0 && length <= longest && source[0] != '-' && source[0] != '.' &&
           strspn(source, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-") == length;
}

static void read_network(Reading *reading, const char *key, const SbYamlNode *value, SbGroup *group)
{
    const char *wanted = "nat, isolated, user, existing:NETWORK or bridge:BRIDGE";
    const char *text = sb_value_text(&reading->reader, key, value, wanted);
    if (!text)
        return;
    const char *colon = strchr(text, ':');
    g_autofree char *word = colon ? g_strndup(text, colon - text) : g_strdup(text);
    SbNetworkKind kind;
    if (!sb_network_kind_from_name(word, &kind) || kind == SB_NETWORK_DEFAULT ||
        (kind == SB_NETWORK_EXISTING || kind == SB_NETWORK_BRIDGE) != (colon != NULL)) {
        sb_value_refuse(&reading->reader, key, value, wanted);
        return;
    }
    if (colon && !is_network_source(colon + 1, kind)) {
        sb_value_complain(
            &reading->reader, value,
            "%s '%.80s' is not allowed: after '%s:' use 1 to %d of A-Z, a-z, 0-9, '.', "
            "'_' and '-', with neither '-' nor '.' first",
            key, text, word, kind == SB_NETWORK_BRIDGE ? 15 : 64);
        return;
    }
    group->network = kind;
    g_free(group->network_source);
    group->network_source = colon ? g_strdup(colon + 1) : NULL;
}

static void read_file(Reading *reading, const char *key, const SbYamlNode *value,
                      SbFileReference *reference)
{
    if (sb_value_path(&reading->reader, key, value, &reference->path))
        reference->mark = value->mark;
}

static void read_user_data(Reading *reading, const char *key, const SbYamlNode *value,
                           SbGroup *group)
{
    read_file(reading, key, value, &group->user_data);
}

static void read_vendor_data(Reading *reading, const char *key, const SbYamlNode *value,
                             SbGroup *group)
{
    read_file(reading, key, value, &group->vendor_data);
}

static void read_network_config(Reading *reading, const char *key, const SbYamlNode *value,
                                SbGroup *group)
{
    read_file(reading, key, value, &group->network_config);
}

static void read_defaults(Reading *reading, const char *key, const SbYamlNode *value,
                          SbGroup *group)
{
    if (!sb_value_is_null(value) &&
        sb_value_is_mapping(&reading->reader, key, value, "keys of machines"))
        read_mapping(reading, value, IN_DEFAULTS, group);
}

/* FLEET-GROUP-INDEX of two groups cannot be the same: what follows the last '-' is the index. So
 * only the length is left to check. */
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
    if (group->image_mark.line == 0)
        sb_value_complain(&reading->reader, key,
                          "group '%.60s' has no image: write 'image: NAME' in it or at the top, "
                          "with a name that 'seedbed image list' shows",
                          key->text);
    /* Without a name too: it counts against the limit, and a file with findings is never used. */
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
            continue; /* a duplicate key, which is a finding already */
        read_group(reading, name, item);
        guint machines = sb_fleet_file_machine_count(reading->fleet_file);
        if (machines > SB_FLEET_MAX_MACHINES && !is_over)
            sb_value_complain(&reading->reader, name,
                              "with group '%.60s' the fleet has %u machines, and %d are allowed",
                              name->text, machines, SB_FLEET_MAX_MACHINES);
        is_over = machines > SB_FLEET_MAX_MACHINES;
    }
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

/* Every key of the format. Keys are read in this order, whatever the order in the file: what comes
 * first is a default for what comes later. */
static const Key keys[] = {
    {"fleet", IN_TOP, read_fleet},
    {"image", IN_TOP | IN_DEFAULTS | IN_GROUP, read_image},
    {"arch", IN_TOP | IN_DEFAULTS | IN_GROUP, read_arch},
    {"login", IN_TOP | IN_DEFAULTS | IN_GROUP, read_login},
    {"count", IN_GROUP, read_count},
    {"vcpus", IN_DEFAULTS | IN_GROUP, read_vcpus},
    {"memory", IN_DEFAULTS | IN_GROUP, read_memory},
    {"disk", IN_DEFAULTS | IN_GROUP, read_disk},
    {"network", IN_DEFAULTS | IN_GROUP, read_network},
    {"user-data", IN_DEFAULTS | IN_GROUP, read_user_data},
    {"vendor-data", IN_DEFAULTS | IN_GROUP, read_vendor_data},
    {"network-config", IN_DEFAULTS | IN_GROUP, read_network_config},
    {"defaults", IN_TOP, read_defaults},
    {"machines", IN_TOP, read_machines},
    {"test", IN_TOP, read_test},
    {"build", IN_TOP, read_build},
};

/* The names of the keys that are allowed in PLACE. Free with g_free(). */
static const char **keys_in(Place place)
{
    const char **names = g_new0(const char *, G_N_ELEMENTS(keys) + 1);
    gsize length = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].places & place)
            names[length++] = keys[i].name;
    return names;
}

static void read_mapping(Reading *reading, const SbYamlNode *mapping, Place place, SbGroup *group)
{
    g_autofree const char **allowed = keys_in(place);
    sb_value_check_keys(&reading->reader, mapping, allowed);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const SbYamlNode *value =
            keys[i].places & place ? sb_yaml_get(mapping, keys[i].name) : NULL;
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
    reading->defaults = group_new();
    read_mapping(reading, reading->root, IN_TOP, reading->defaults);
    sb_group_free(reading->defaults);
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

SbFleetFile *sb_fleet_file_of_one(const SbFleetFile *like, const char *name, const SbGroup *group,
                                  const char *group_name, const char *image)
{
    SbFleetFile *fleet_file = fleet_file_new(like->file);
    fleet_file->digest = g_strdup(like->digest);
    fleet_file->name = g_strdup(name);
    SbGroup *one = sb_group_copy(group);
    g_free(one->name);
    one->name = g_strdup(group_name);
    one->count = 1;
    g_free(one->image);
    one->image = g_strdup(image);
    g_clear_pointer(&one->image_url, g_free);
    g_clear_pointer(&one->image_path, g_free);
    g_ptr_array_add(fleet_file->groups, one);
    return fleet_file;
}

SbFleetFile *sb_fleet_file_parse(const char *file, const char *text, gsize length,
                                 SbDiagnostics *diagnostics)
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
    Reading reading = {.reader = {file, diagnostics}, .root = root, .fleet_file = fleet_file};
    read_root(&reading);
    if (sb_diagnostics_total(diagnostics) > findings_before)
        return NULL;
    return g_steal_pointer(&fleet_file);
}

const char **sb_fleet_file_keys(void)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree const char **names = keys_in(places[i].place);
        for (gsize j = 0; names[j]; j++) {
            g_autofree char *key = g_strconcat(places[i].prefix, names[j], NULL);
            g_ptr_array_add(all, (gpointer)g_intern_string(key));
        }
    }
    g_autofree const char **of_step = sb_test_step_keys();
    for (gsize i = 0; of_step[i]; i++) {
        g_autofree char *key = g_strconcat("test.", of_step[i], NULL);
        g_ptr_array_add(all, (gpointer)g_intern_string(key));
    }
    const char *const *of_layer = sb_build_layer_keys();
    for (gsize i = 0; of_layer[i]; i++) {
        g_autofree char *key = g_strconcat("build.", of_layer[i], NULL);
        g_ptr_array_add(all, (gpointer)g_intern_string(key));
    }
    g_ptr_array_add(all, NULL);
    return (const char **)g_ptr_array_free(g_steal_pointer(&all), FALSE);
}
