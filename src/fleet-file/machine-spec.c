/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-spec.h"

#include "fleet-file/environment.h"

#include <string.h>

#define MIB (1024 * G_GUINT64_CONSTANT(1024))
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

/** Kernels of Linux distributions do not boot under UEFI with less. */
/* What a small guest boots with: with 160 MiB, AAVMF found no room for a kernel of 14 MiB. */
#define MEMORY_MIN (192 * MIB)
#define MEMORY_MAX (16 * TIB)
#define DISK_MIN MIB
/** Overlays are sparse: a large disk costs nothing until it is written to. This is a bound for
 * typing errors. */
#define DISK_MAX (64 * TIB)

enum { HASH_DIGITS = 16 };

/* What is done with the fields of one type. */
typedef struct {
    /* (nullable) FIELD has the pointers of another specification: replaces them by copies. */
    void (*own)(gpointer field);
    void (*clear)(gpointer field); /* (nullable) */
    /* (nullable) Adds the value in one line, or nothing if the key was not given. Without it, the
     * field is not part of the hash. */
    void (*describe)(GString *text, gconstpointer field);
} Type;

/* One key. `read` puts VALUE into FIELD. If VALUE is wrong, it reports that and does not change
 * FIELD, so that one mistake is one finding. */
typedef struct {
    const char *name;
    gsize offset;
    const Type *type;
    void (*read)(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                 gpointer field);
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

static void describe_text(GString *text, gconstpointer field)
{
    const char *word = *(char *const *)field;
    g_string_append(text, word ? word : "-");
}

static void describe_count(GString *text, gconstpointer field)
{
    g_string_append_printf(text, "%u", *(const guint *)field);
}

static void describe_bytes(GString *text, gconstpointer field)
{
    g_string_append_printf(text, "%" G_GUINT64_FORMAT, *(const guint64 *)field);
}

static void describe_flag(GString *text, gconstpointer field)
{
    g_string_append(text, *(const gboolean *)field ? "yes" : "no");
}

static void own_networks(gpointer field)
{
    sb_machine_networks_own(field);
}

static void clear_networks(gpointer field)
{
    sb_machine_networks_clear(field);
}

static void describe_networks(GString *text, gconstpointer field)
{
    sb_machine_networks_describe(field, text);
}

static void own_file(gpointer field)
{
    SbFileReference *reference = field, from = *reference;
    *reference = (SbFileReference){0};
    sb_file_reference_assign(reference, &from);
}

static void clear_file(gpointer field)
{
    sb_file_reference_clear(field);
}

static void describe_file(GString *text, gconstpointer field)
{
    g_autofree char *digest = sb_file_reference_digest(field);
    g_string_append(text, digest);
}

static void own_kernel(gpointer field)
{
    sb_machine_kernel_own(field);
}

static void clear_kernel(gpointer field)
{
    sb_machine_kernel_clear(field);
}

static void describe_kernel(GString *text, gconstpointer field)
{
    sb_machine_kernel_describe(field, text);
}

static void own_image(gpointer field)
{
    sb_image_source_own(field);
}

static void clear_image(gpointer field)
{
    sb_image_source_clear(field);
}

static void own_env(gpointer field)
{
    char ***env = field;
    *env = g_strdupv(*env);
}

static void clear_env(gpointer field)
{
    g_clear_pointer((char ***)field, g_strfreev);
}

static void describe_env(GString *text, gconstpointer field)
{
    g_autofree char *script = sb_environment_script(*(const char *const *const *)field);
    g_string_append(text, script);
}

static void own_disks(gpointer field)
{
    GPtrArray **disks = field;
    *disks = sb_machine_disks_copy(*disks);
}

static void describe_disks(GString *text, gconstpointer field)
{
    sb_machine_disks_describe(*(GPtrArray *const *)field, text);
}

/* A list that copies share. */
static void own_list(gpointer field)
{
    GPtrArray **list = field;
    if (*list)
        g_ptr_array_ref(*list);
}

static void clear_list(gpointer field)
{
    g_clear_pointer((GPtrArray **)field, g_ptr_array_unref);
}

static void describe_provision(GString *text, gconstpointer field)
{
    sb_provision_describe(text, *(GPtrArray *const *)field);
}

static void describe_shares(GString *text, gconstpointer field)
{
    sb_machine_shares_describe(*(GPtrArray *const *)field, text);
}

static void own_ports(gpointer field)
{
    GArray **ports = field;
    *ports = *ports ? g_array_copy(*ports) : NULL;
}

static void clear_ports(gpointer field)
{
    g_clear_pointer((GArray **)field, g_array_unref);
}

static void describe_ports(GString *text, gconstpointer field)
{
    g_autofree char *ports = sb_machine_ports_to_text(*(GArray *const *)field);
    g_string_append(text, ports ? ports : "");
}

static const Type text_type = {own_text, clear_text, describe_text};
static const Type flag_type = {NULL, NULL, describe_flag};
static const Type count_type = {NULL, NULL, describe_count};
static const Type bytes_type = {NULL, NULL, describe_bytes};
static const Type networks_type = {own_networks, clear_networks, describe_networks};
static const Type ports_type = {own_ports, clear_ports, describe_ports};
/* Of a key that is another word for the field of the key before it. */
static const Type same_type = {NULL, NULL, NULL};
static const Type kernel_type = {own_kernel, clear_kernel, describe_kernel};
static const Type env_type = {own_env, clear_env, describe_env};
static const Type disks_type = {own_disks, clear_list, describe_disks};
static const Type provision_type = {own_list, clear_list, describe_provision};
static const Type shares_type = {own_list, clear_list, describe_shares};
static const Type file_type = {own_file, clear_file, describe_file};
/* Not part of the hash: the name of the image's volume is, and it has the digest of the content. */
/* Not part of the hash: how a machine starts does not change what it is. */
static const Type start_type = {NULL, NULL, NULL};
static const Type image_type = {own_image, clear_image, NULL};

/* ---- reading ---- */

static void read_image(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                       gpointer field)
{
    sb_image_source_read(reader, key, value, field);
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

static void read_kernel(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                        gpointer field)
{
    sb_machine_kernel_read(reader, key, value, field);
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

static void read_disks(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                       gpointer field)
{
    sb_machine_disks_read(reader, key, value, field);
}

static void read_network(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                         gpointer field)
{
    sb_machine_networks_read_one(reader, key, value, field);
}

static void read_networks(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                          gpointer field)
{
    sb_machine_networks_read(reader, key, value, field);
}

static void read_ports(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                       gpointer field)
{
    sb_machine_ports_read(reader, key, value, field);
}

static void read_shares(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                        gpointer field)
{
    sb_machine_shares_read(reader, key, value, field);
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

static void read_env(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                     gpointer field)
{
    sb_environment_read(reader, key, value, field);
}

static void read_provision(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                           gpointer field)
{
    clear_list(field);
    *(GPtrArray **)field = sb_provision_read(reader, key, value);
}

static void read_file(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                      gpointer field)
{
    sb_value_file(reader, key, value, field);
}

/* ---- the table ---- */

#define FIELD(member) G_STRUCT_OFFSET(SbMachineSpec, member)

/* Every key that decides a machine. They are read in this order, whatever the order in the file. */
static const Key keys[] = {
    {"image", FIELD(image), &image_type, read_image, TRUE},
    {"arch", FIELD(arch), &text_type, read_arch, TRUE},
    {"login", FIELD(login), &text_type, read_login, TRUE},
    {"cpu", FIELD(cpu), &text_type, read_cpu, FALSE},
    {"secure-boot", FIELD(has_secure_boot), &flag_type, read_flag, FALSE},
    {"tpm", FIELD(has_tpm), &flag_type, read_flag, FALSE},
    {"kernel", FIELD(kernel), &kernel_type, read_kernel, FALSE},
    {"vcpus", FIELD(vcpus), &count_type, read_vcpus, FALSE},
    {"memory", FIELD(memory_bytes), &bytes_type, read_memory, FALSE},
    {"disk", FIELD(disk_bytes), &bytes_type, read_disk, FALSE},
    {"disks", FIELD(disks), &disks_type, read_disks, FALSE},
    {"network", FIELD(networks), &networks_type, read_network, FALSE},
    {"networks", FIELD(networks), &same_type, read_networks, FALSE},
    {"ports", FIELD(ports), &ports_type, read_ports, FALSE},
    {"shares", FIELD(shares), &shares_type, read_shares, FALSE},
    {"warm", FIELD(is_warm), &start_type, read_flag, FALSE},
    {"start", FIELD(is_cold), &start_type, read_start, FALSE},
    {"env", FIELD(env), &env_type, read_env, FALSE},
    {"provision", FIELD(provision), &provision_type, read_provision, FALSE},
    {"user-data", FIELD(user_data), &file_type, read_file, FALSE},
    {"vendor-data", FIELD(vendor_data), &file_type, read_file, FALSE},
    {"network-config", FIELD(network_config), &file_type, read_file, FALSE},
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
            keys[i].read(reader, keys[i].name, value, G_STRUCT_MEMBER_P(spec, keys[i].offset));
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
        keys[i].type->describe(text, G_STRUCT_MEMBER_P(spec, keys[i].offset));
        /* So a key that is new in seedbed does not change the hash of machines without it. */
        if (text->len == described)
            g_string_truncate(text, before);
    }
    g_autofree char *hash =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
    return g_strndup(hash, HASH_DIGITS);
}
