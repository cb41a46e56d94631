/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/machine-decision.h"
#include "test.h"

#include <string.h>

#define GIB (1024 * G_GUINT64_CONSTANT(1024) * 1024)
#define DIGEST "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4"

/* A fleet "f" whose group "g", in line 3, has 4 vcpus, a disk of 10 GiB, and KEYS. */
static SbFleetFile *parse(const char *image, const char *keys)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autofree char *text = g_strdup_printf(
        "fleet: f\nmachines:\n  g: {vcpus: 4, disk: 10 GiB, image: %s%s}\n", image, keys);
    SbFleetFile *file = sb_fleet_file_parse("f.yaml", text, strlen(text), diagnostics);
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    g_assert_cmpstr(findings, ==, "");
    return file;
}

static const SbGroup *first_group(const SbFleetFile *file)
{
    return g_ptr_array_index(file->groups, 0);
}

/* TEXT: what a refusal must say; NULL: it must be none. */
static void check(gboolean is_good, const GError *error, const char *text)
{
    g_assert_true(is_good == (text == NULL));
    if (is_good) {
        g_assert_no_error(error);
        return;
    }
    g_assert_error(error, SB_PLAN_ERROR, SB_PLAN_ERROR_REFUSED);
    if (!strstr(error->message, text))
        g_error("'%s' is not in '%s'", text, error->message);
}

static void test_image(void)
{
    static const struct {
        const char *image;
        SbImageFacts facts;
        const char *refusal;
    } cases[] = {
        {"i", {NULL, 10 * GIB, FALSE}, NULL},
        {"i", {"aarch64", 1, FALSE}, NULL},
        {"i",
         {"x86_64", 1, FALSE},
         "f.yaml:3:38: the image 'i' is for x86_64, but the machines of"},
        {"i",
         {NULL, 10 * GIB + 1, FALSE},
         "f.yaml:3:3: the 'disk' of 'g' is 10 GiB, but its image 'i' has 10 GiB: a disk can only "
         "grow; write 10241 MiB or more"},
        {"{path: x, sha256: " DIGEST "}", {NULL, 1, TRUE}, NULL},
        {"{path: x, sha256: " DIGEST "}", {NULL, 1, FALSE}, "has another sha256"},
        {"{url: 'https://x/y', sha256: " DIGEST "}", {NULL, 1, TRUE}, NULL},
        {"{url: 'https://x/y', sha256: " DIGEST "}", {NULL, 1, FALSE}, "has another sha256"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SbFleetFile) file = parse(cases[i].image, "");
        g_autoptr(GError) error = NULL;
        gboolean is_good = sb_decide_image(file, first_group(file), &cases[i].facts, &error);
        check(is_good, error, cases[i].refusal);
    }
}

static void test_disk(void)
{
    static const struct {
        const char *disk;
        SbImageFacts facts;
        const char *refusal;
    } cases[] = {
        {"image: i", {NULL, 10 * GIB, FALSE}, NULL},
        {"image: i, size: 10 GiB", {"x86_64", 10 * GIB, FALSE}, NULL},
        {"image: i, size: 10 GiB",
         {NULL, 10 * GIB + 1, FALSE},
         "f.yaml:4:13: the 'size' of the disk 'd' is 10 GiB, but its image 'i' has"},
        {"image: {path: x, sha256: " DIGEST "}", {NULL, 1, TRUE}, NULL},
        {"image: {path: x, sha256: " DIGEST "}", {NULL, 1, FALSE}, "has another sha256"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *keys = g_strdup_printf(",\n    disks: [{name: d, %s}]", cases[i].disk);
        g_autoptr(SbFleetFile) file = parse("i", keys);
        g_autoptr(GError) error = NULL;
        const SbMachineDisk *disk = g_ptr_array_index(first_group(file)->spec.disks, 0);
        gboolean is_good = sb_decide_disk(file, disk, &cases[i].facts, &error);
        check(is_good, error, cases[i].refusal);
    }
}

static void test_cpu(void)
{
    char *models[] = {(char *)"cortex-a57", (char *)"cortex-a72", (char *)"max", NULL};
    const SbPlatform emulated = {
        .arch = (char *)"aarch64", .virt_type = (char *)"qemu", .cpu_models = models};
    SbPlatform kvm = emulated;
    kvm.virt_type = (char *)"kvm";
    kvm.cpu_models = models + 3;
    kvm.has_host_cpu = TRUE;
    const struct {
        const char *cpu;
        const SbPlatform *platform;
        const char *refusal;
    } cases[] = {
        {"cortex-a72", &emulated, NULL},
        {"max", &emulated, NULL},
        {"host", &emulated, "f.yaml:3:3: 'cpu: host' of 'g' needs KVM"},
        {"cortex-a7", &emulated,
         "no CPU model 'cortex-a7' here for aarch64 machines of type 'qemu', did you mean "
         "'cortex-a57'? (it has: cortex-a57, cortex-a72, max)"},
        {"host", &kvm, NULL},
        {"cortex-a72", &kvm, "of type 'kvm' (it has: none)"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *keys = g_strdup_printf(", cpu: %s", cases[i].cpu);
        g_autoptr(SbFleetFile) file = parse("i", keys);
        g_autoptr(GError) error = NULL;
        gboolean is_good = sb_decide_hardware(file, first_group(file), cases[i].platform, &error);
        check(is_good, error, cases[i].refusal);
    }
    g_autoptr(SbFleetFile) file = parse("i", "");
    g_autoptr(GError) error = NULL;
    check(sb_decide_hardware(file, first_group(file), &kvm, &error), error, NULL);
}

static void test_secure_boot_and_tpm(void)
{
    const SbPlatform bare = {.arch = (char *)"aarch64"};
    const SbPlatform full = {
        .arch = (char *)"aarch64", .has_secure_boot = TRUE, .tpm_model = (char *)"tpm-tis"};
    static const struct {
        const char *key, *refusal;
    } cases[] = {
        {"secure-boot", "f.yaml:3:3: 'secure-boot' of 'g' needs UEFI firmware with secure boot for "
                        "aarch64 machines, and libvirt has none here: install qemu-efi-aarch64"},
        {"tpm", "f.yaml:3:3: 'tpm' of 'g' needs an emulated TPM, and libvirt has none here: "
                "install swtpm"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *keys = g_strdup_printf(", %s: true", cases[i].key);
        g_autoptr(SbFleetFile) file = parse("i", keys);
        g_autoptr(GError) error = NULL;
        check(sb_decide_hardware(file, first_group(file), &full, &error), error, NULL);
        gboolean is_good = sb_decide_hardware(file, first_group(file), &bare, &error);
        check(is_good, error, cases[i].refusal);
    }
}

/* The initrd as large as the memory that the kernel leaves, and a byte less. */
static void test_kernel(void)
{
    enum { KERNEL = 1000, MEMORY = 192 * 1024 * 1024 };
    const SbPlatform platform = {.arch = (char *)"aarch64"};
    g_autoptr(SbFleetFile) file = parse("i", ", memory: 192 MiB, kernel: {image: k, initrd: r}");
    SbMachineKernel *kernel = (SbMachineKernel *)&first_group(file)->spec.kernel;
    g_autofree char *zeros = g_malloc0(MEMORY);
    g_autoptr(GError) error = NULL;
    kernel->image.content = g_bytes_new_static(zeros, KERNEL);
    kernel->initrd.content = g_bytes_new_static(zeros, MEMORY - KERNEL - 1);
    check(sb_decide_hardware(file, first_group(file), &platform, &error), error, NULL);
    g_bytes_unref(kernel->initrd.content);
    kernel->initrd.content = g_bytes_new_static(zeros, MEMORY - KERNEL);
    gboolean is_good = sb_decide_hardware(file, first_group(file), &platform, &error);
    check(
        is_good, error,
        "f.yaml:3:74: the kernel and the initrd of 'g' have 192 MiB, and its 'memory' is 192 MiB");
}

static void test_shares(void)
{
    const SbPlatform platform = {.arch = (char *)"aarch64", .has_virtiofs = TRUE, .has_9p = TRUE};
    const SbPlatform bare = {.arch = (char *)"aarch64"};
    static const SbHostFacts old = {"qemu:///system", TRUE, FALSE, 9000000};
    static const SbHostFacts new = {"qemu:///system", TRUE, FALSE, 11000000};
    static const SbHostFacts session = {"qemu:///session", FALSE, FALSE, 11000000};
    static const SbHostFacts remote = {"qemu+ssh://b/system", TRUE, TRUE, 11000000};
    const struct {
        const SbHostFacts *host;
        const SbPlatform *platform;
        const char *keys, *refusal;
    } cases[] = {
        {&new, &platform, "", NULL},
        {&old, &platform, ", read-only: false", NULL},
        {&old, &platform, "", "f.yaml:3:50: libvirt before 11.0 cannot keep a guest from"},
        {&old, &platform, ", driver: 9p", NULL},
        {&new, &bare, "", "install virtiofsd on the host; or write 'driver: 9p'"},
        {&new, &bare, ", driver: 9p", "QEMU has no 9p here"},
        {&session, &platform, "", "needs a libvirtd with privileges"},
        {&session, &platform, ", driver: 9p", NULL},
        {&remote, &platform, ", driver: 9p", "'qemu+ssh://b/system' is another machine"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *keys = g_strdup_printf(", shares: [{from: a, to: /a%s}]", cases[i].keys);
        g_autoptr(SbFleetFile) file = parse("i", keys);
        g_autoptr(GError) error = NULL;
        gboolean is_good =
            sb_decide_shares(file, first_group(file), cases[i].host, cases[i].platform, &error);
        check(is_good, error, cases[i].refusal);
    }
}

static void test_vcpus(void)
{
    g_autoptr(SbFleetFile) file = parse("i", "");
    g_autoptr(GError) error = NULL;
    check(sb_decide_vcpus(file, first_group(file), 4, &error), error, NULL);
    gboolean is_good = sb_decide_vcpus(file, first_group(file), 3, &error);
    check(is_good, error, "f.yaml:3:3: 'g' has 4 vcpus, but aarch64 machines of this host have at");
}

static void test_network(void)
{
    static const SbHostFacts system = {.uri = "qemu:///system", .is_privileged = TRUE};
    static const SbHostFacts session = {.uri = "qemu:///session"};
    static const SbHostFacts remote = {
        .uri = "qemu+ssh://h/system", .is_privileged = TRUE, .is_remote = TRUE};
    static const SbHostFacts remote_session = {.uri = "qemu+ssh://h/session", .is_remote = TRUE};
    static const char needs[] = "needs a libvirtd with privileges";
    static const char loopback[] = "is reached over the loopback";
    static const struct {
        const char *keys;
        const SbHostFacts *host;
        SbNetworkKind kind;
        const char *refusal;
    } cases[] = {
        {"", &system, SB_NETWORK_NAT, NULL},
        {"", &session, SB_NETWORK_USER, NULL},
        {"", &remote, SB_NETWORK_NAT, NULL},
        {"", &remote_session, SB_NETWORK_USER, loopback},
        {", network: nat", &system, SB_NETWORK_NAT, NULL},
        {", network: nat", &session, SB_NETWORK_NAT, needs},
        {", network: isolated", &remote, SB_NETWORK_ISOLATED, NULL},
        {", network: isolated", &session, SB_NETWORK_ISOLATED, needs},
        {", network: user", &system, SB_NETWORK_USER, NULL},
        {", network: user", &remote, SB_NETWORK_USER, loopback},
        {", networks: [nat, user]", &system, SB_NETWORK_USER, NULL},
        {", networks: [user, nat]", &session, SB_NETWORK_NAT, needs},
        {", networks: [nat, user]", &remote, SB_NETWORK_USER, loopback},
        {", ports: [1:2]", &system, SB_NETWORK_USER, NULL},
        {", ports: [1:2], network: isolated", &system, SB_NETWORK_ISOLATED,
         "f.yaml:3:49: ports need user networking, and that leads outside, but 'g' is isolated"},
        {", ports: [1:2], networks: [isolated, user]", &system, SB_NETWORK_USER, NULL},
        {", ports: [1:2]", &session, SB_NETWORK_USER, NULL},
        {", ports: [1:2]", &remote, SB_NETWORK_NAT, "ports are those of the libvirt host"},
        {", network: 'existing:n'", &session, SB_NETWORK_EXISTING, NULL},
        {", network: 'bridge:b'", &remote_session, SB_NETWORK_BRIDGE, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SbFleetFile) file = parse("i", cases[i].keys);
        g_autoptr(GError) error = NULL;
        SbMachineNetworks networks = first_group(file)->spec.networks;
        gboolean is_good =
            sb_decide_networks(file, first_group(file), cases[i].host, &networks, &error);
        check(is_good, error, cases[i].refusal);
        if (is_good)
            g_assert_cmpint(networks.items[networks.count - 1].kind, ==, cases[i].kind);
    }
}

static const SbMachineWanted wanted = {"f-g-1", "f", "pool", "5678", SB_RUN_UP};

static void decide(const SbMachineFacts *facts, SbAction action, gboolean is_changed,
                   const char *conflicts)
{
    g_autoptr(GString) text = g_string_new(NULL);
    SbMachineDecision decision = sb_decide_machine(&wanted, facts, text);
    g_assert_cmpint(decision.action, ==, action);
    g_assert_cmpint(decision.is_changed, ==, is_changed);
    g_assert_cmpstr(text->str, ==, conflicts);
}

static void test_domain(void)
{
    char fleet[] = "f", hash[] = "5678", other_hash[] = "abcd";
    const SbMetadata metadata = {.fleet = fleet, .spec_hash = hash};
    const SbMetadata changed = {.fleet = fleet, .spec_hash = other_hash};
    const struct {
        SbDomainFacts domain;
        SbAction action;
    } cases[] = {
        {{&metadata, TRUE, FALSE, FALSE, SB_MAKER_RUNS}, SB_ACTION_NONE},
        {{&metadata, TRUE, TRUE, FALSE, SB_MAKER_ENDED}, SB_ACTION_START},
        {{&metadata, FALSE, FALSE, TRUE, SB_MAKER_ENDED}, SB_ACTION_START},
        {{&metadata, FALSE, FALSE, FALSE, SB_MAKER_ENDED}, SB_ACTION_CREATE},
        {{&changed, TRUE, FALSE, FALSE, SB_MAKER_ENDED}, SB_ACTION_NONE},
        {{&changed, FALSE, FALSE, FALSE, SB_MAKER_ENDED}, SB_ACTION_CREATE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const SbMachineFacts facts = {.domain = &cases[i].domain};
        decide(&facts, cases[i].action, cases[i].domain.metadata == &changed, "");
    }
}

static void test_conflicts(void)
{
    char fleet[] = "other", hash[] = "5678";
    const SbMetadata metadata = {.fleet = fleet, .spec_hash = hash};
    const SbDomainFacts domain = {.metadata = &metadata, .is_active = TRUE};
    const SbMachineFacts of_other_fleet = {.domain = &domain};
    decide(&of_other_fleet, SB_ACTION_NONE, FALSE,
           "\nthe domain 'f-g-1' belongs to the fleet 'other'");

    g_autoptr(GPtrArray) volumes = g_ptr_array_new();
    const SbMachineFacts nothing = {.volumes = volumes};
    decide(&nothing, SB_ACTION_CREATE, FALSE, "");
    decide(&(SbMachineFacts){NULL}, SB_ACTION_CREATE, FALSE, "");

    g_ptr_array_add(volumes, (gpointer) "f-g-1.qcow2");
    g_ptr_array_add(volumes, (gpointer) "f-g-1.seed.iso");
    decide(&nothing, SB_ACTION_CREATE, FALSE,
           "\nthe volume 'f-g-1.qcow2' is there, but no domain 'f-g-1': if nothing needs it, "
           "'seedbed down f-g-1' or 'virsh vol-delete --pool pool f-g-1.qcow2'"
           "\nthe volume 'f-g-1.seed.iso' is there, but no domain 'f-g-1': if nothing needs it, "
           "'seedbed down f-g-1' or 'virsh vol-delete --pool pool f-g-1.seed.iso'");

    /* With a domain of somebody else, the volumes are probably theirs. */
    const SbMachineFacts foreign = {.foreign_domain = "it is foreign", .volumes = volumes};
    decide(&foreign, SB_ACTION_CREATE, FALSE, "\nit is foreign");
}

static const char creator[] = "boot/pid:[1]/77/5";

/* Who may use a machine: RUN is what it was made for (NULL: everybody). */
static void test_claim(void)
{
    static const struct {
        const char *run;
        SbMaker maker;
        SbClaim up, test, build;
    } cases[] = {
        {NULL, SB_MAKER_SELF, SB_CLAIM_SHARED, SB_CLAIM_SHARED, SB_CLAIM_SHARED},
        {NULL, SB_MAKER_RUNS, SB_CLAIM_SHARED, SB_CLAIM_SHARED, SB_CLAIM_REFUSED},
        {NULL, SB_MAKER_ENDED, SB_CLAIM_SHARED, SB_CLAIM_SHARED, SB_CLAIM_REFUSED},
        {NULL, SB_MAKER_UNKNOWN, SB_CLAIM_SHARED, SB_CLAIM_SHARED, SB_CLAIM_REFUSED},
        {"test", SB_MAKER_SELF, SB_CLAIM_SHARED, SB_CLAIM_SHARED, SB_CLAIM_SHARED},
        {"test", SB_MAKER_RUNS, SB_CLAIM_REFUSED, SB_CLAIM_REFUSED, SB_CLAIM_REFUSED},
        {"test", SB_MAKER_ENDED, SB_CLAIM_LEFT, SB_CLAIM_LEFT, SB_CLAIM_LEFT},
        {"build", SB_MAKER_UNKNOWN, SB_CLAIM_REFUSED, SB_CLAIM_REFUSED, SB_CLAIM_REFUSED},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const SbMetadata metadata = {.run = (char *)cases[i].run};
        g_assert_cmpint(sb_decide_claim(&metadata, cases[i].maker, SB_RUN_UP), ==, cases[i].up);
        g_assert_cmpint(sb_decide_claim(&metadata, cases[i].maker, SB_RUN_TEST), ==, cases[i].test);
        g_assert_cmpint(sb_decide_claim(&metadata, cases[i].maker, SB_RUN_BUILD), ==,
                        cases[i].build);
    }
}

static void test_claim_text(void)
{
    static const struct {
        const char *run, *host;
        SbMaker maker;
        const char *text;
    } cases[] = {
        {"test", "h", SB_MAKER_RUNS,
         "'f-g-1' belongs to a 'test' that is at work (process 77 on 'h')"},
        {"build", NULL, SB_MAKER_RUNS,
         "'f-g-1' belongs to a 'build' that is at work (process 77 on 'an unknown host')"},
        {"test", "h", SB_MAKER_UNKNOWN,
         "'f-g-1' belongs to a 'test' that may be at work (process 77 on 'h', which cannot be seen "
         "from here; if it has ended, 'seedbed down f-g-1' removes the machine)"},
        {NULL, "h", SB_MAKER_RUNS, "'f-g-1' exists, and this run only uses machines that it makes"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const SbMetadata metadata = {.run = (char *)cases[i].run,
                                     .creator = (char *)creator,
                                     .creator_host = (char *)cases[i].host};
        g_autofree char *text = sb_claim_describe("f-g-1", &metadata, cases[i].maker);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

/* What was left is made again, also if it runs; what belongs to another run is in the way. */
static void test_claimed_domain(void)
{
    char fleet[] = "f", hash[] = "5678", run[] = "test", host[] = "h";
    const SbMetadata metadata = {.fleet = fleet,
                                 .spec_hash = hash,
                                 .run = run,
                                 .creator = (char *)creator,
                                 .creator_host = host};
    SbDomainFacts domain = {&metadata, TRUE, FALSE, TRUE, SB_MAKER_ENDED};
    const SbMachineFacts facts = {.domain = &domain};
    decide(&facts, SB_ACTION_CREATE, FALSE, "");
    domain.maker = SB_MAKER_RUNS;
    decide(&facts, SB_ACTION_NONE, FALSE,
           "\n'f-g-1' belongs to a 'test' that is at work (process 77 on 'h')");
}

static void test_surplus(void)
{
    static const struct {
        const char *fleet, *group;
        guint index;
        gboolean is_surplus;
    } cases[] = {
        {"f", "g", 1, FALSE}, {"f", "g", 2, FALSE},     {"f", "g", 3, TRUE},
        {"f", "h", 1, TRUE},  {"other", "h", 1, FALSE}, {"other", "g", 3, FALSE},
    };
    g_autoptr(SbFleetFile) file = parse("i", ", count: 2");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *fleet = g_strdup(cases[i].fleet), *group = g_strdup(cases[i].group);
        const SbMetadata metadata = {.fleet = fleet, .group = group, .index = cases[i].index};
        g_assert_cmpint(sb_decide_is_surplus(file, &metadata), ==, cases[i].is_surplus);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/machine-decision/image", test_image);
    g_test_add_func("/machine-decision/disk", test_disk);
    g_test_add_func("/machine-decision/cpu", test_cpu);
    g_test_add_func("/machine-decision/secure-boot-and-tpm", test_secure_boot_and_tpm);
    g_test_add_func("/machine-decision/vcpus", test_vcpus);
    g_test_add_func("/machine-decision/kernel", test_kernel);
    g_test_add_func("/machine-decision/shares", test_shares);
    g_test_add_func("/machine-decision/network", test_network);
    g_test_add_func("/machine-decision/domain", test_domain);
    g_test_add_func("/machine-decision/conflicts", test_conflicts);
    g_test_add_func("/machine-decision/claim", test_claim);
    g_test_add_func("/machine-decision/claim-text", test_claim_text);
    g_test_add_func("/machine-decision/claimed-domain", test_claimed_domain);
    g_test_add_func("/machine-decision/surplus", test_surplus);
    return g_test_run();
}
