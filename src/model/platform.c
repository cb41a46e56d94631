/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/platform.h"

#include "base/error.h"
#include "base/xml.h"

#include <string.h>

SB_DEFINE_ERROR(sb_platform_error, SB_ERRORS_NONE)

/* The text can come from another host: values that libvirt never writes are refused before they are
 * shown or used. Real capabilities are 7 to 60 KB. */
#define MAX_XML_BYTES (4 * 1024 * 1024)
#define MAX_WORD 128
#define MAX_PATH 4096

/* The differences between architectures. Everything else is asked of libvirt. */
typedef struct {
    const char *arch;
    const char *machine;
    /* Emulated CPUs from best to worst. */
    const char *const *emulated_cpus;
    const char *firmware_packages;
} Arch;

/* "max" has pointer authentication. Its emulation is so slow that a guest boots 1.5 to 4 times
 * slower than with cortex-a57. */
static const char *const aarch64_cpus[] = {"cortex-a57", "cortex-a72", "neoverse-n1", SB_CPU_MAX,
                                           NULL};
/* qemu64 lacks x86-64-v2, without which the C library of some distributions does not start. */
static const char *const x86_64_cpus[] = {SB_CPU_MAX, "qemu64", NULL};

static const Arch architectures[] = {
    {"aarch64", "virt", aarch64_cpus, "qemu-efi-aarch64 (Debian, Ubuntu) or edk2-aarch64 (Fedora)"},
    {"x86_64", "q35", x86_64_cpus, "ovmf (Debian, Ubuntu) or edk2-ovmf (Fedora)"},
};

static const Arch *find_arch(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(architectures); i++)
        if (strcmp(architectures[i].arch, name) == 0)
            return &architectures[i];
    return NULL;
}

void sb_platform_free(SbPlatform *platform)
{
    if (!platform)
        return;
    g_free(platform->arch);
    g_free(platform->machine);
    g_free(platform->virt_type);
    g_free(platform->emulator);
    g_free(platform->firmware_path);
    g_free(platform->firmware_format);
    g_free(platform->cpu_mode);
    g_free(platform->cpu_model);
    g_strfreev(platform->cpu_models);
    g_free(platform->tpm_model);
    g_free(platform);
}

const char *sb_platform_machine(const char *arch)
{
    const Arch *found = find_arch(arch);
    return found ? found->machine : NULL;
}

const char *sb_platform_firmware_packages(const char *arch)
{
    return find_arch(arch)->firmware_packages;
}

gboolean sb_platform_is_emulated(const SbPlatform *platform)
{
    return strcmp(platform->virt_type, "kvm") != 0;
}

/* ---- reading ---- */

static gboolean is_word(const char *text)
{
    gsize length = strlen(text);
    return length > 0 && length <= MAX_WORD &&
           strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._+-") == length;
}

static gboolean is_path(const char *text)
{
    if (text[0] != '/' || strlen(text) > MAX_PATH)
        return FALSE;
    for (const char *c = text; *c; c++)
        if (g_ascii_iscntrl(*c))
            return FALSE;
    return TRUE;
}

/* The text at PATH, if IS_VALID accepts it. */
static char *read_text(xmlNode *root, const char *path, gboolean (*is_valid)(const char *),
                       GError **error)
{
    g_autofree char *text = sb_xml_text(root, path);
    if (text && is_valid(text))
        return g_steal_pointer(&text);
    return sb_error_set_null(error, SB_PLATFORM_ERROR, SB_PLATFORM_ERROR_PARSE,
                             "libvirt's domain capabilities have no usable <%s>", path);
}

static gboolean is_supported(xmlNode *root, const char *path)
{
    g_autofree char *supported = sb_xml_attribute(root, path, "supported");
    return g_strcmp0(supported, "yes") == 0;
}

/* The `<enum name='NAME'>` below NODE, or NULL if libvirt does not say. */
static xmlNode *find_enum(xmlNode *node, const char *name)
{
    for (xmlNode *found = node ? sb_xml_first(node, "enum") : NULL; found;
         found = sb_xml_next(found, "enum")) {
        g_autofree char *this_name = sb_xml_attribute(found, NULL, "name");
        if (g_strcmp0(this_name, name) == 0)
            return found;
    }
    return NULL;
}

static gboolean enum_has(xmlNode *values, const char *wanted)
{
    for (xmlNode *value = sb_xml_first(values, "value"); value;
         value = sb_xml_next(value, "value")) {
        g_autofree char *text = sb_xml_text(value, "");
        if (g_strcmp0(text, wanted) == 0)
            return TRUE;
    }
    return FALSE;
}

/* ---- firmware ---- */

/* Builds that are not for an ordinary guest without secure boot: they need SMM, enrolled keys, a
 * variable store, another hypervisor or an encrypted guest; or they are not UEFI. */
static const char *const unfit_firmware[] = {
    "secboot",  "secure",   "ms",  "snakeoil", "smm",     "sev",  "amdsev", "tdx",
    "inteltdx", "qemuvars", "xen", "microvm",  "cloudhv", "vars", "bios",   NULL};

/* If a host does not describe its firmware, libvirt lists all files that it knows by name, for
 * every architecture. These words tell the architecture; "" is for architectures without support.
 */
static const struct {
    const char *word;
    const char *arch;
} firmware_archs[] = {
    {"ovmf", "x86_64"},     {"x64", "x86_64"}, {"x86", "x86_64"}, {"aavmf", "aarch64"},
    {"aarch64", "aarch64"}, {"aavmf32", ""},   {"arm", ""},       {"i386", ""},
    {"ia32", ""},           {"riscv", ""},     {"riscv64", ""},   {"loongarch64", ""},
};

static gboolean is_for_other_arch(const char *const *words, const char *arch)
{
    for (gsize i = 0; i < G_N_ELEMENTS(firmware_archs); i++)
        if (g_strv_contains(words, firmware_archs[i].word) &&
            strcmp(firmware_archs[i].arch, arch) != 0)
            return TRUE;
    return FALSE;
}

static char **split_name(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return g_strsplit_set(lower, "._-", -1);
}

/* The lower the better, -1 for unfit. Distributions do not agree on a scheme of names, but use the
 * same words in them: AAVMF_CODE.no-secboot.fd, QEMU_EFI-silent-pflash.raw,
 * ovmf-x86_64-smm-ms-code.bin. */
static int firmware_rank(const char *path, const char *arch)
{
    enum { NOT_4M = 1, QCOW2 = 2, SILENT = 4 };
    g_auto(GStrv) words = split_name(path);
    const char *const *all = (const char *const *)words;
    for (gsize i = 0; words[i]; i++) {
        gboolean is_negated = i > 0 && strcmp(words[i - 1], "no") == 0;
        if (!is_negated && g_strv_contains(unfit_firmware, words[i]))
            return -1;
    }
    if (is_for_other_arch(all, arch))
        return -1;
    int rank = 0;
    /* Without its lines on the console, it is not known whether the firmware ran. */
    if (g_strv_contains(all, "silent"))
        rank += SILENT;
    /* qcow2 firmware needs libvirt 9.1 */
    if (g_strv_contains(all, "qcow2"))
        rank += QCOW2;
    if (strcmp(arch, "x86_64") == 0 && !g_strv_contains(all, "4m"))
        rank += NOT_4M;
    return rank;
}

/* Of equal files, the first of libvirt's list is taken: it is sorted by the distribution's
 * priority.
 */
static char *choose_firmware(xmlNode *loader, const char *arch)
{
    g_autofree char *best = NULL;
    int best_rank = G_MAXINT;
    for (xmlNode *value = sb_xml_first(loader, "value"); value;
         value = sb_xml_next(value, "value")) {
        g_autofree char *path = sb_xml_text(value, "");
        int rank = path && is_path(path) ? firmware_rank(path, arch) : -1;
        if (rank >= 0 && rank < best_rank) {
            g_free(best);
            best = g_steal_pointer(&path);
            best_rank = rank;
        }
    }
    return g_steal_pointer(&best);
}

/* Capabilities do not tell which firmware has enrolled keys, only which files there are. libvirt
 * knows, and chooses one when the machine is defined. */
static gboolean has_secure_boot(xmlNode *loader, const char *arch)
{
    static const char *const secure[] = {"ms", "secboot", "secure", NULL};
    gboolean has_one = FALSE;
    for (xmlNode *value = loader ? sb_xml_first(loader, "value") : NULL; value;
         value = sb_xml_next(value, "value")) {
        g_autofree char *path = sb_xml_text(value, "");
        g_auto(GStrv) words = split_name(path ? path : "");
        const char *const *all = (const char *const *)words;
        for (gsize i = 0; secure[i] && !is_for_other_arch(all, arch); i++)
            has_one |= g_strv_contains(all, secure[i]) && !g_strv_contains(all, "no");
    }
    return has_one;
}

static gboolean read_firmware(xmlNode *root, const Arch *arch, SbPlatform *platform, GError **error)
{
    xmlNode *loader = sb_xml_find(root, "os/loader");
    xmlNode *types = find_enum(loader, "type");
    if (loader && is_supported(root, "os/loader") && types && enum_has(types, "pflash"))
        platform->firmware_path = choose_firmware(loader, arch->arch);
    if (!platform->firmware_path)
        return sb_error_set(
            error, SB_PLATFORM_ERROR, SB_PLATFORM_ERROR_NO_FIRMWARE,
            "the host has no UEFI firmware without secure boot for %s guests: "
            "install %s on the host where libvirtd runs; if it is installed, files of it are "
            "missing: 'seedbed doctor' there names them, and a reinstallation "
            "brings them back",
            arch->arch, arch->firmware_packages);
    platform->has_secure_boot = has_secure_boot(loader, arch->arch);
    gboolean is_qcow2 = g_str_has_suffix(platform->firmware_path, ".qcow2");
    platform->firmware_format = g_strdup(is_qcow2 ? "qcow2" : "raw");
    return TRUE;
}

/* ---- CPU ---- */

static xmlNode *find_cpu_mode(xmlNode *root, const char *name)
{
    xmlNode *cpu = sb_xml_first(root, "cpu");
    for (xmlNode *mode = cpu ? sb_xml_first(cpu, "mode") : NULL; mode;
         mode = sb_xml_next(mode, "mode")) {
        g_autofree char *this_name = sb_xml_attribute(mode, NULL, "name");
        if (g_strcmp0(this_name, name) == 0)
            return is_supported(mode, NULL) ? mode : NULL;
    }
    return NULL;
}

static gboolean choose_kvm_cpu(xmlNode *root, SbPlatform *platform)
{
    static const char *const modes[] = {"host-passthrough", "host-model", "maximum"};
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
        if (find_cpu_mode(root, modes[i])) {
            platform->cpu_mode = g_strdup(modes[i]);
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean choose_emulated_cpu(const Arch *arch, SbPlatform *platform)
{
    for (gsize i = 0; arch->emulated_cpus[i]; i++) {
        const char *name = arch->emulated_cpus[i];
        gboolean is_max = strcmp(name, SB_CPU_MAX) == 0;
        if (!g_strv_contains((const char *const *)platform->cpu_models, name))
            continue;
        platform->cpu_mode = g_strdup(is_max ? "maximum" : "custom");
        platform->cpu_model = is_max ? NULL : g_strdup(name);
        return TRUE;
    }
    return FALSE;
}

/* The mode "maximum" is QEMU's model "max". libvirt does not know of every model whether it is
 * usable: `unknown` is worth a try. */
static void list_cpus(xmlNode *root, SbPlatform *platform)
{
    xmlNode *custom = find_cpu_mode(root, "custom");
    g_autoptr(GPtrArray) models = g_ptr_array_new();
    for (xmlNode *node = custom ? sb_xml_first(custom, "model") : NULL; node;
         node = sb_xml_next(node, "model")) {
        g_autofree char *name = sb_xml_text(node, "");
        g_autofree char *usable = sb_xml_attribute(node, NULL, "usable");
        gboolean is_model = name && is_word(name) && strcmp(name, SB_CPU_MAX) != 0 &&
                            strcmp(name, SB_CPU_HOST) != 0;
        if (is_model && g_strcmp0(usable, "no") != 0)
            g_ptr_array_add(models, g_steal_pointer(&name));
    }
    if (find_cpu_mode(root, "maximum"))
        g_ptr_array_add(models, g_strdup(SB_CPU_MAX));
    g_ptr_array_add(models, NULL);
    platform->cpu_models = (char **)g_ptr_array_free(g_steal_pointer(&models), FALSE);
    platform->has_host_cpu = find_cpu_mode(root, "host-passthrough") != NULL;
}

static gboolean read_cpu(xmlNode *root, const Arch *arch, SbPlatform *platform, GError **error)
{
    list_cpus(root, platform);
    gboolean is_chosen = sb_platform_is_emulated(platform) ? choose_emulated_cpu(arch, platform)
                                                           : choose_kvm_cpu(root, platform);
    if (!is_chosen)
        g_set_error(error, SB_PLATFORM_ERROR, SB_PLATFORM_ERROR_UNSUPPORTED,
                    "libvirt offers no usable CPU for %s guests of type '%s'", arch->arch,
                    platform->virt_type);
    return is_chosen;
}

/* ---- the rest ---- */

static gboolean read_identity(xmlNode *root, SbPlatform *platform, GError **error)
{
    platform->arch = read_text(root, "arch", is_word, error);
    if (!platform->arch)
        return FALSE;
    platform->machine = read_text(root, "machine", is_word, error);
    if (!platform->machine)
        return FALSE;
    platform->virt_type = read_text(root, "domain", is_word, error);
    if (!platform->virt_type)
        return FALSE;
    platform->emulator = read_text(root, "path", is_path, error);
    return platform->emulator != NULL;
}

static gboolean check_identity(const SbPlatform *platform, GError **error)
{
    if (!find_arch(platform->arch))
        return sb_error_set(error, SB_PLATFORM_ERROR, SB_PLATFORM_ERROR_UNSUPPORTED,
                            "guests of architecture '%s' are not supported: use aarch64 or x86_64",
                            platform->arch);
    if (strcmp(platform->virt_type, "kvm") != 0 && strcmp(platform->virt_type, "qemu") != 0)
        return sb_error_set(
            error, SB_PLATFORM_ERROR, SB_PLATFORM_ERROR_UNSUPPORTED,
            "guests of type '%s' are not supported: connect to a libvirt that runs QEMU",
            platform->virt_type);
    return TRUE;
}

/* The overlay needs virtio, and the seed needs scsi. An old libvirt does not list buses: then both
 * are expected. */
static gboolean check_disk_buses(xmlNode *root, const SbPlatform *platform, GError **error)
{
    static const char *const needed[] = {"virtio", "scsi"};
    xmlNode *buses = find_enum(sb_xml_find(root, "devices/disk"), "bus");
    for (gsize i = 0; buses && i < G_N_ELEMENTS(needed); i++) {
        if (!enum_has(buses, needed[i]))
            return sb_error_set(error, SB_PLATFORM_ERROR, SB_PLATFORM_ERROR_UNSUPPORTED,
                                "the host's emulator '%s' has no disks on bus '%s'",
                                platform->emulator, needed[i]);
    }
    return TRUE;
}

/* CRB is the newer interface. */
static void read_tpm(xmlNode *root, SbPlatform *platform)
{
    static const char *const models[] = {"tpm-crb", "tpm-tis"};
    xmlNode *tpm = sb_xml_find(root, "devices/tpm");
    xmlNode *backends = find_enum(tpm, "backendModel"), *known = find_enum(tpm, "model");
    if (!backends || !known || !enum_has(backends, "emulator"))
        return;
    for (gsize i = 0; !platform->tpm_model && i < G_N_ELEMENTS(models); i++)
        if (enum_has(known, models[i]))
            platform->tpm_model = g_strdup(models[i]);
}

static guint read_gic_version(xmlNode *root)
{
    xmlNode *versions = find_enum(sb_xml_find(root, "features/gic"), "version");
    if (!versions || !is_supported(root, "features/gic"))
        return 0;
    return enum_has(versions, "3") ? 3 : enum_has(versions, "2") ? 2 : 0;
}

static gboolean read_vcpus_max(xmlNode *root, SbPlatform *platform, GError **error)
{
    g_autofree char *max = sb_xml_attribute(root, "vcpu", "max");
    guint64 value = 0;
    if (!max || !g_ascii_string_to_unsigned(max, 10, 1, G_MAXINT, &value, NULL))
        return sb_error_set(error, SB_PLATFORM_ERROR, SB_PLATFORM_ERROR_PARSE,
                            "libvirt's domain capabilities have no usable <vcpu max='…'>");
    /* A GICv2 has 8 CPU interfaces: Arm IHI 0048B, 1.2. */
    platform->vcpus_max = platform->gic_version == 2 ? MIN((guint)value, 8) : (guint)value;
    return TRUE;
}

static xmlDoc *parse_capabilities(const char *xml, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(xmlDoc) document = NULL;
    if (strlen(xml) <= MAX_XML_BYTES)
        document = sb_xml_parse(xml, &cause);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (root && strcmp((const char *)root->name, "domainCapabilities") == 0)
        return g_steal_pointer(&document);
    return sb_error_set_null(error, SB_PLATFORM_ERROR, SB_PLATFORM_ERROR_PARSE,
                             "libvirt did not give domain capabilities: %s",
                             cause ? cause->message : "another document");
}

SbPlatform *sb_platform_from_domain_capabilities(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) document = parse_capabilities(xml, error);
    if (!document)
        return NULL;
    xmlNode *root = xmlDocGetRootElement(document);
    g_autoptr(SbPlatform) platform = g_new0(SbPlatform, 1);
    if (!read_identity(root, platform, error) || !check_identity(platform, error))
        return NULL;
    const Arch *arch = find_arch(platform->arch);
    platform->gic_version = read_gic_version(root);
    read_tpm(root, platform);
    xmlNode *drivers = find_enum(sb_xml_find(root, "devices/filesystem"), "driverType");
    platform->has_virtiofs = drivers && enum_has(drivers, "virtiofs");
    platform->has_9p = drivers && enum_has(drivers, "path");
    if (!read_firmware(root, arch, platform, error) || !read_cpu(root, arch, platform, error) ||
        !check_disk_buses(root, platform, error) || !read_vcpus_max(root, platform, error))
        return NULL;
    return g_steal_pointer(&platform);
}
