/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-spec.h"

#include "fleet-file/environment.h"

#include <string.h>

#define MIB (1024 * G_GUINT64_CONSTANT(1024))
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

/* What a small guest boots with: with 160 MiB, AAVMF found no room for a kernel of 14 MiB. */
#define MEMORY_MIN (192 * MIB)
#define MEMORY_MAX (16 * TIB)
#define DISK_MIN MIB
/** Overlays are sparse: a large disk costs nothing until it is written to. This is a bound for
 * typing errors. */
#define DISK_MAX (64 * TIB)

enum { HASH_DIGITS = 16 };

typedef struct {
    const char *name;
    gsize offset;
    const SbFieldType *type; /* without `describe`, the field is not part of the hash */
    gboolean is_top;
} Key;

/* ---- types ---- */

static void own_text(gpointer field)
{
    char **text = field;
    *text = g_strdup(*text);
}

static void clear_text(gpointer field)
{
    g_clear_pointer((char **)field, g_free);
}

static void describe_text(gconstpointer field, GString *text)
{
    const char *word = *(char *const *)field;
    g_string_append(text, word ? word : "-");
}

static void describe_count(gconstpointer field, GString *text)
{
    g_string_append_printf(text, "%u", *(const guint *)field);
}

static void describe_bytes(gconstpointer field, GString *text)
{
    g_string_append_printf(text, "%" G_GUINT64_FORMAT, *(const guint64 *)field);
}

static void describe_flag(gconstpointer field, GString *text)
{
    g_string_append(text, *(const gboolean *)field ? "yes" : "no");
}

static void read_arch(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                      gpointer field)
{
    static const char *const choices[] = {"aarch64", "x86_64", NULL};
    sb_value_choice(reader, key, value, choices, field);
}

static void read_login(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                       gpointer field)
{
    sb_value_login(reader, key, value, field);
}

/* The host says which models it has; this is what becomes XML. */
static void read_cpu(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                     gpointer field)
{
    const char *wanted = "the name of a CPU model, such as cortex-a72, or 'max' or 'host'";
    const char *name = sb_value_text(reader, key, value, wanted);
    if (!name)
        return;
    gsize length = strlen(name);
    if (length == 0 || length > 64 ||
        strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._+-") != length) {
        sb_value_refuse(reader, key, value, wanted);
        return;
    }
    g_free(*(char **)field);
    *(char **)field = g_strdup(name);
}

static void read_vcpus(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                       gpointer field)
{
    sb_value_integer(reader, key, value, 1, SB_VCPUS_MAX, field);
}

static void read_memory(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                        gpointer field)
{
    sb_value_size(reader, key, value, MEMORY_MIN, MEMORY_MAX, field);
}

static void read_disk(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                      gpointer field)
{
    sb_value_size(reader, key, value, DISK_MIN, DISK_MAX, field);
}

static void read_flag(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                      gpointer field)
{
    sb_value_boolean(reader, key, value, field);
}

static void read_start(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                       gpointer field)
{
    static const char *const choices[] = {"cold", "auto", NULL};
    g_autofree char *start = NULL;
    if (sb_value_choice(reader, key, value, choices, &start))
        *(gboolean *)field = strcmp(start, "cold") == 0;
}

static const SbFieldType arch_type = {read_arch, own_text, clear_text, describe_text};
static const SbFieldType login_type = {read_login, own_text, clear_text, describe_text};
static const SbFieldType cpu_type = {read_cpu, own_text, clear_text, describe_text};
static const SbFieldType flag_type = {read_flag, NULL, NULL, describe_flag};
static const SbFieldType vcpus_type = {read_vcpus, NULL, NULL, describe_count};
static const SbFieldType memory_type = {read_memory, NULL, NULL, describe_bytes};
static const SbFieldType disk_type = {read_disk, NULL, NULL, describe_bytes};
/* How a machine starts does not change what it is. */
static const SbFieldType warm_type = {read_flag, NULL, NULL, NULL};
static const SbFieldType start_type = {read_start, NULL, NULL, NULL};

/* ---- the table ---- */

#define FIELD(member) G_STRUCT_OFFSET(SbMachineSpec, member)

/* Every key that decides a machine. They are read in this order, whatever the order in the file. */
static const Key keys[] = {
    {"image", FIELD(image), &sb_image_source_type, TRUE},
    {"arch", FIELD(arch), &arch_type, TRUE},
    {"login", FIELD(login), &login_type, TRUE},
    {"cpu", FIELD(cpu), &cpu_type, FALSE},
    {"secure-boot", FIELD(has_secure_boot), &flag_type, FALSE},
    {"tpm", FIELD(has_tpm), &flag_type, FALSE},
    {"kernel", FIELD(kernel), &sb_machine_kernel_type, FALSE},
    {"vcpus", FIELD(vcpus), &vcpus_type, FALSE},
    {"memory", FIELD(memory_bytes), &memory_type, FALSE},
    {"disk", FIELD(disk_bytes), &disk_type, FALSE},
    {"disks", FIELD(disks), &sb_machine_disks_type, FALSE},
    {"network", FIELD(networks), &sb_machine_network_type, FALSE},
    {"networks", FIELD(networks), &sb_machine_networks_type, FALSE},
    {"ports", FIELD(ports), &sb_machine_ports_type, FALSE},
    {"shares", FIELD(shares), &sb_machine_shares_type, FALSE},
    {"warm", FIELD(is_warm), &warm_type, FALSE},
    {"start", FIELD(is_cold), &start_type, FALSE},
    {"env", FIELD(env), &sb_environment_type, FALSE},
    {"provision", FIELD(provision), &sb_provision_type, FALSE},
    {"user-data", FIELD(user_data), &sb_file_type, FALSE},
    {"vendor-data", FIELD(vendor_data), &sb_file_type, FALSE},
    {"network-config", FIELD(network_config), &sb_file_type, FALSE},
};

void sb_machine_spec_init(SbMachineSpec *spec)
{
    *spec = (SbMachineSpec){.arch = g_strdup("aarch64"),
                            .login = g_strdup("seedbed"),
                            .vcpus = 2,
                            .memory_bytes = GIB,
                            .networks = {.count = 1},
                            .disk_bytes = 10 * GIB};
}

void sb_machine_spec_copy(SbMachineSpec *spec, const SbMachineSpec *from)
{
    *spec = *from;
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].type->own)
            keys[i].type->own(G_STRUCT_MEMBER_P(spec, keys[i].offset));
}

void sb_machine_spec_clear(SbMachineSpec *spec)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].type->clear)
            keys[i].type->clear(G_STRUCT_MEMBER_P(spec, keys[i].offset));
}

void sb_machine_spec_read(SbMachineSpec *spec, const SbValueReader *reader,
                          const SbYamlNode *mapping, gboolean is_top)
{
    const SbYamlNode *networks = sb_yaml_get(mapping, "networks");
    if (networks && sb_yaml_get(mapping, "network"))
        sb_value_complain(reader, networks, "write 'network' or 'networks', not both");
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const SbYamlNode *value = sb_yaml_get(mapping, keys[i].name);
        if (value && (keys[i].is_top || !is_top))
            keys[i].type->read(reader, keys[i].name, value,
                               G_STRUCT_MEMBER_P(spec, keys[i].offset));
    }
}

void sb_machine_spec_add_keys(GPtrArray *names, gboolean is_top)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].is_top || !is_top)
            g_ptr_array_add(names, (gpointer)keys[i].name);
}

char *sb_machine_spec_hash(const SbMachineSpec *spec, const char *image_volume)
{
    g_autoptr(GString) text = g_string_new("image ");
    g_string_append(text, image_volume);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (!keys[i].type->describe)
            continue;
        gsize before = text->len;
        g_string_append_printf(text, "\n%s ", keys[i].name);
        gsize described = text->len;
        keys[i].type->describe(G_STRUCT_MEMBER_P(spec, keys[i].offset), text);
        /* So a key that is new in seedbed does not change the hash of machines without it. */
        if (text->len == described)
            g_string_truncate(text, before);
    }
    g_autofree char *hash =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
    return g_strndup(hash, HASH_DIGITS);
}
