/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/warm-recipe.h"
#include "test.h"

#include <string.h>

/* All that a recipe is made of. Tests change single values. */
typedef struct {
    SbMachineSpec spec;
    SbPlatform *platform;
    SbWarmInput input;
} Example;

static void example_init(Example *example)
{
    g_autofree char *xml = test_data("domcaps-aarch64-qemu.xml", NULL);
    sb_machine_spec_init(&example->spec);
    example->spec.networks.items[0].kind = SB_NETWORK_NAT;
    example->platform = sb_platform_from_domain_capabilities(xml, NULL);
    example->input = (SbWarmInput){.spec = &example->spec,
                                   .platform = example->platform,
                                   .image_digest = "0123456789abcdef",
                                   .image_format = "qcow2",
                                   .qemu_version = 7002022,
                                   .libvirt_version = 9000000,
                                   .scripts_digest = "ab"};
}

static void example_clear(Example *example)
{
    sb_machine_spec_clear(&example->spec);
    sb_platform_free(example->platform);
}

static char *key_of(const Example *example)
{
    g_auto(SbWarmRecipe) recipe;
    sb_warm_recipe_init(&recipe, &example->input);
    return sb_warm_recipe_key(&recipe);
}

static void test_key(void)
{
    Example example;
    example_init(&example);
    g_autofree char *key = key_of(&example);
    g_autofree char *again = key_of(&example);
    g_assert_cmpstr(key, ==, again);
    g_assert_true(g_regex_match_simple("^[0-9a-f]{16}$", key, 0, 0));
    example_clear(&example);
}

/* Changes one thing, and checks that the key follows, and that the words name FACT. */
static void check_differs(void (*change)(Example *example), SbWarmFact fact)
{
    Example example;
    example_init(&example);
    g_auto(SbWarmRecipe) before, after;
    sb_warm_recipe_init(&before, &example.input);
    change(&example);
    sb_warm_recipe_init(&after, &example.input);
    g_autofree char *key = sb_warm_recipe_key(&before), *other = sb_warm_recipe_key(&after);
    g_assert_cmpstr(key, !=, other);
    g_autofree char *words = sb_warm_recipe_difference(&before, &after);
    g_autofree char *begin = g_strdup_printf("its machines have %s '", sb_warm_fact_name(fact));
    g_assert_true(g_str_has_prefix(words, begin));
    example_clear(&example);
}

static void change_image(Example *example)
{
    example->input.image_digest = "fedcba9876543210";
}

static void change_kernel(Example *example)
{
    example->spec.kernel.image.path = g_strdup("Image");
    example->spec.kernel.cmdline = g_strdup("quiet");
}

static void change_user_data(Example *example)
{
    example->spec.user_data.content = g_bytes_new_static("text", 4);
}

static void change_vendor_data(Example *example)
{
    example->spec.vendor_data.content = g_bytes_new_static("text", 4);
}

static void change_login(Example *example)
{
    g_free(example->spec.login);
    example->spec.login = g_strdup("tester");
}

static void change_vcpus(Example *example)
{
    example->spec.vcpus++;
}

static void change_memory(Example *example)
{
    example->spec.memory_bytes *= 2;
}

static void change_disk(Example *example)
{
    example->spec.disk_bytes *= 2;
}

static void change_network(Example *example)
{
    example->spec.networks.items[0].kind = SB_NETWORK_USER;
}

static void change_env(Example *example)
{
    example->spec.env = g_environ_setenv(NULL, "A", "1", TRUE);
}

static void change_provision(Example *example)
{
    static SbProvisionStep step = {.run = (char *)"true"};
    example->spec.provision = g_ptr_array_new();
    g_ptr_array_add(example->spec.provision, &step);
}

static void change_machine(Example *example)
{
    g_free(example->platform->machine);
    example->platform->machine = g_strdup("virt-8.0");
}

static void change_cpu(Example *example)
{
    g_free(example->platform->cpu_model);
    example->platform->cpu_model = g_strdup("cortex-a72");
}

static void change_qemu(Example *example)
{
    example->input.qemu_version++;
}

static void change_libvirt(Example *example)
{
    example->input.libvirt_version++;
}

static void change_scripts(Example *example)
{
    example->input.scripts_digest = "cd";
}

/* Only the XML of the domain shows it. */
static void change_firmware(Example *example)
{
    g_free(example->platform->firmware_path);
    example->platform->firmware_path = g_strdup("/other.fd");
}

static void test_differences(void)
{
    check_differs(change_image, SB_WARM_IMAGE);
    check_differs(change_kernel, SB_WARM_KERNEL);
    check_differs(change_user_data, SB_WARM_USER_DATA);
    check_differs(change_vendor_data, SB_WARM_VENDOR_DATA);
    check_differs(change_env, SB_WARM_ENV);
    check_differs(change_provision, SB_WARM_PROVISION);
    check_differs(change_login, SB_WARM_LOGIN);
    check_differs(change_vcpus, SB_WARM_VCPUS);
    check_differs(change_memory, SB_WARM_MEMORY);
    check_differs(change_disk, SB_WARM_DISK);
    check_differs(change_network, SB_WARM_NETWORK);
    check_differs(change_machine, SB_WARM_MACHINE);
    check_differs(change_cpu, SB_WARM_CPU);
    check_differs(change_qemu, SB_WARM_QEMU);
    check_differs(change_libvirt, SB_WARM_LIBVIRT);
    check_differs(change_scripts, SB_WARM_SCRIPTS);
    check_differs(change_firmware, SB_WARM_DEVICES);
}

/* A guest sees the same card in each of these networks. */
static void test_networks(void)
{
    Example example;
    example_init(&example);
    g_autofree char *nat = key_of(&example);
    example.spec.networks.items[0].kind = SB_NETWORK_BRIDGE;
    example.spec.networks.items[0].source = g_strdup("br0");
    g_autofree char *bridge = key_of(&example);
    g_assert_cmpstr(nat, ==, bridge);
    example_clear(&example);
}

static void test_same(void)
{
    Example example;
    example_init(&example);
    g_auto(SbWarmRecipe) one, two;
    sb_warm_recipe_init(&one, &example.input);
    sb_warm_recipe_init(&two, &example.input);
    g_assert_null(sb_warm_recipe_difference(&one, &two));
    example_clear(&example);
}

static void test_refusal(void)
{
    Example example;
    example_init(&example);
    g_assert_null(sb_warm_refusal(&example.spec));
    example.spec.network_config.content = g_bytes_new_static("version: 2", 10);
    g_assert_nonnull(strstr(sb_warm_refusal(&example.spec), "network-config"));
    example_clear(&example);
    example_init(&example);
    example.spec.disks = g_ptr_array_new();
    g_assert_nonnull(strstr(sb_warm_refusal(&example.spec), "it has 'disks'"));
    example_clear(&example);
    example_init(&example);
    example.spec.shares = g_ptr_array_new();
    g_assert_nonnull(strstr(sb_warm_refusal(&example.spec), "it has 'shares'"));
    example_clear(&example);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/warm-recipe/key", test_key);
    g_test_add_func("/warm-recipe/differences", test_differences);
    g_test_add_func("/warm-recipe/networks", test_networks);
    g_test_add_func("/warm-recipe/same", test_same);
    g_test_add_func("/warm-recipe/refusal", test_refusal);
    return g_test_run();
}
