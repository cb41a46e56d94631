/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/warm-recipe.h"

#include "base/units.h"
#include "base/xml.h"
#include "fleet-file/environment.h"
#include "model/machine.h"

#include <string.h>

static const char *const names[] = {
    [SB_WARM_IMAGE] = "image",
    [SB_WARM_KERNEL] = "kernel",
    [SB_WARM_USER_DATA] = "user-data",
    [SB_WARM_VENDOR_DATA] = "vendor-data",
    [SB_WARM_ENV] = "env",
    [SB_WARM_PROVISION] = "provision",
    [SB_WARM_LOGIN] = "login",
    [SB_WARM_VCPUS] = "vcpus",
    [SB_WARM_MEMORY] = "memory",
    [SB_WARM_DISK] = "disk",
    [SB_WARM_NETWORK] = "network",
    [SB_WARM_ARCH] = "arch",
    [SB_WARM_MACHINE] = "machine type",
    [SB_WARM_CPU] = "CPU model",
    [SB_WARM_QEMU] = "QEMU version",
    [SB_WARM_LIBVIRT] = "libvirt version",
    [SB_WARM_SCRIPTS] = "scripts for the guest",
    [SB_WARM_DEVICES] = "devices",
};
G_STATIC_ASSERT(G_N_ELEMENTS(names) == SB_WARM_FACTS);

void sb_warm_recipe_clear(SbWarmRecipe *recipe)
{
    for (gsize i = 0; i < SB_WARM_FACTS; i++)
        g_clear_pointer(&recipe->facts[i], g_free);
}

const char *sb_warm_fact_name(SbWarmFact fact)
{
    return names[fact];
}

static char *digest_of_file(const SbFileReference *file)
{
    return file->content ? sb_file_reference_digest(file) : g_strdup("none");
}

static char *describe_kernel(const SbMachineKernel *kernel)
{
    g_autoptr(GString) text = g_string_new(NULL);
    sb_machine_kernel_type.describe(kernel, text);
    return g_strdup(text->len > 0 ? text->str : "none");
}

/* The seed of the frozen machine brought it. */
static char *digest_of_env(const SbMachineSpec *spec)
{
    g_autofree char *script = sb_environment_script((const char *const *)spec->env);
    return *script ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, script, -1)
                   : g_strdup("none");
}

static char *version_text(gulong version)
{
    return g_strdup_printf("%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
}

/* "user", or "network" for each that is made of a device of the host. (transfer full) */
static char *describe_networks(const SbMachineNetworks *networks)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < networks->count; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "",
                               networks->items[i].kind == SB_NETWORK_USER ? "user" : "network");
    return g_strdup(text->str);
}

/* Leaves only what describe_networks() says of them. */
static void make_equal(SbMachineNetworks *networks)
{
    sb_machine_network_type.clear(networks);
    for (guint i = 0; i < networks->count; i++) {
        gboolean is_user = networks->items[i].kind == SB_NETWORK_USER;
        networks->items[i] = (SbMachineNetwork){.kind = is_user ? SB_NETWORK_USER : SB_NETWORK_NAT,
                                                .mac = g_strdup("")};
    }
}

/* The domain of a machine of this recipe without what belongs to one machine: so whatever else the
 * XML of a domain has, now or later, is part of the recipe. */
static char *digest_of_domain(const SbWarmInput *input)
{
    g_autoptr(SbMachine) machine = g_new0(SbMachine, 1);
    sb_machine_spec_copy(&machine->spec, input->spec);
    make_equal(&machine->spec.networks);
    machine->name = g_strdup("warm");
    machine->uuid = g_strdup("");
    machine->overlay_path = g_strdup("");
    machine->image_path = g_strdup("");
    machine->image_format = g_strdup(input->image_format);
    machine->seed_path = g_strdup("");
    machine->console_log_path = g_strdup("");
    machine->metadata = g_new0(SbMetadata, 1);
    machine->platform = input->platform;
    g_autoptr(xmlDoc) document = sb_machine_domain_xml(machine);
    xmlNode *metadata = sb_xml_first(xmlDocGetRootElement(document), "metadata");
    xmlUnlinkNode(metadata);
    xmlFreeNode(metadata);
    g_autofree char *xml = sb_xml_to_string(document);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, xml, -1);
}

void sb_warm_recipe_init(SbWarmRecipe *recipe, const SbWarmInput *input)
{
    const SbMachineSpec *spec = input->spec;
    const SbPlatform *platform = input->platform;
    *recipe = (SbWarmRecipe){
        .facts = {
            [SB_WARM_IMAGE] = g_strdup(input->image_digest),
            [SB_WARM_KERNEL] = describe_kernel(&spec->kernel),
            [SB_WARM_USER_DATA] = digest_of_file(&spec->user_data),
            [SB_WARM_VENDOR_DATA] = digest_of_file(&spec->vendor_data),
            [SB_WARM_ENV] = digest_of_env(spec),
            [SB_WARM_PROVISION] =
                spec->provision ? sb_provision_digest(spec->provision) : g_strdup("none"),
            [SB_WARM_LOGIN] = g_strdup(spec->login),
            [SB_WARM_VCPUS] = g_strdup_printf("%u", spec->vcpus),
            [SB_WARM_MEMORY] = g_strdup_printf("%" G_GUINT64_FORMAT, spec->memory_bytes),
            [SB_WARM_DISK] = g_strdup_printf("%" G_GUINT64_FORMAT, spec->disk_bytes),
            [SB_WARM_NETWORK] = describe_networks(&spec->networks),
            [SB_WARM_ARCH] = g_strdup(spec->arch),
            [SB_WARM_MACHINE] = g_strdup(platform->machine),
            [SB_WARM_CPU] = g_strdup_printf("%s %s", platform->virt_type,
                                            spec->cpu             ? spec->cpu
                                            : platform->cpu_model ? platform->cpu_model
                                                                  : platform->cpu_mode),
            [SB_WARM_QEMU] = version_text(input->qemu_version),
            [SB_WARM_LIBVIRT] = version_text(input->libvirt_version),
            [SB_WARM_SCRIPTS] = g_strdup(input->scripts_digest),
            [SB_WARM_DEVICES] = digest_of_domain(input),
        }};
}

char *sb_warm_recipe_key(const SbWarmRecipe *recipe)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < SB_WARM_FACTS; i++)
        g_string_append_printf(text, "%s %s\n", names[i], recipe->facts[i]);
    g_autofree char *digest =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
    return g_strndup(digest, SB_WARM_KEY_DIGITS);
}

/* (transfer full) */
static char *describe(const SbWarmRecipe *recipe, SbWarmFact fact)
{
    const char *value = recipe->facts[fact];
    return fact == SB_WARM_MEMORY || fact == SB_WARM_DISK
               ? sb_size_format(g_ascii_strtoull(value, NULL, 10))
               : g_strdup(value);
}

char *sb_warm_recipe_difference(const SbWarmRecipe *frozen, const SbWarmRecipe *wanted)
{
    for (SbWarmFact fact = 0; fact < SB_WARM_FACTS; fact++) {
        if (strcmp(frozen->facts[fact], wanted->facts[fact]) == 0)
            continue;
        g_autofree char *there = describe(frozen, fact), *here = describe(wanted, fact);
        return g_strdup_printf("its machines have %s '%s', and these need '%s'", names[fact], there,
                               here);
    }
    return NULL;
}

const char *sb_warm_refusal(const SbMachineSpec *spec)
{
    /* What the guest has of them in memory, such as mounted file systems, must fit what is on them.
     */
    if (spec->disks)
        return "it has 'disks', and only the first disk is frozen";
    if (spec->shares)
        return "it has 'shares', and libvirt cannot save the memory of such a machine";
    if (spec->has_secure_boot)
        return "it has 'secure-boot', whose store of variables belongs to one machine";
    if (spec->has_tpm)
        return "it has 'tpm', whose state belongs to one machine";
    /* It may name the MAC address or the address of one machine. */
    return spec->network_config.content ? "it has a network-config of its own" : NULL;
}
