/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doctor/local-checks.h"

#include "base/array.h"
#include "base/text.h"
#include "diagnose/local-facts.h"
#include "doctor/rules.h"
#include "local/state-dir.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <linux/if_tun.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Where the program NAME is. (transfer full) (nullable) */
static char *find_program(const char *name)
{
    static const char *const folders[] = {"/usr/sbin", "/sbin"};
    char *found = g_find_program_in_path(name);
    for (gsize i = 0; !found && i < G_N_ELEMENTS(folders); i++) {
        char *path = g_build_filename(folders[i], name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
            found = path;
        else
            g_free(path);
    }
    return found;
}

/* Why a program does not run with ARGV, such as a library that is missing after an upgrade: its
 * first line, or its exit status. NULL: it runs. (transfer full) */
static char *why_not_run(const char *const *argv)
{
    g_autofree char *words = NULL;
    g_autoptr(GError) error = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                      &words, &status, &error))
        return g_strdup(error->message);
    if (g_spawn_check_wait_status(status, &error))
        return NULL;
    words[strcspn(words, "\n")] = '\0';
    return *words ? sb_text_sanitize(words, strlen(words)) : g_strdup(error->message);
}

static void check_kvm(SbDoctor *doctor)
{
    int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int vm = fd >= 0 ? ioctl(fd, KVM_CREATE_VM, 0) : -1;
    if (vm >= 0)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "/dev/kvm can be used");
    else if (fd >= 0)
        sb_doctor_add(doctor, SB_HEALTH_WARNING,
                      "modprobe kvm_intel or kvm_amd; see the kernel's log ('dmesg')",
                      "/dev/kvm is there, but makes no machine: all machines are emulated");
    else if (g_file_test("/dev/kvm", G_FILE_TEST_EXISTS))
        sb_doctor_add(doctor, SB_HEALTH_WARNING, "usermod -aG kvm USER, and log in again",
                      "/dev/kvm is there, but this user may not use it, which matters for "
                      "qemu:///session");
    else
        sb_doctor_add(doctor, SB_HEALTH_WARNING,
                      "switch virtualisation on in the firmware of the host; in a virtual machine, "
                      "allow nested virtualisation there",
                      "no /dev/kvm: all machines are emulated, 10 to 20 times slower");
    if (vm >= 0)
        close(vm);
    if (fd >= 0)
        close(fd);
}

static void check_programs(SbDoctor *doctor)
{
    static const struct {
        const char *program;
        const char *argument; /**< with it, the program prints its version and ends */
        const char *package, *use;
        SbHealth health;
        gboolean is_privileged; /**< only the system's libvirtd needs it */
    } programs[] = {
        {"ssh", "-V", "openssh-client", "reaches machines", SB_HEALTH_BROKEN, FALSE},
        {"qemu-img", "--version", "qemu-utils", "makes overlays", SB_HEALTH_BROKEN, FALSE},
        {"dnsmasq", "--version", "dnsmasq-base", "gives addresses to machines", SB_HEALTH_BROKEN,
         TRUE},
        {"virtlogd", "--version", "libvirt-daemon", "keeps the consoles", SB_HEALTH_BROKEN, TRUE},
        {"git", "--version", "git", "finds the files that a test copies", SB_HEALTH_WARNING, FALSE},
        {"gpgv", "--version", "gpgv", "checks the signatures of images", SB_HEALTH_WARNING, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(programs); i++) {
        if (programs[i].is_privileged && !doctor->is_privileged)
            continue;
        g_autofree char *path = find_program(programs[i].program);
        const char *version[] = {path, programs[i].argument, NULL};
        g_autofree char *problem = path ? why_not_run(version) : NULL;
        g_autofree char *mend = g_strdup_printf("apt-get install %s%s", path ? "--reinstall " : "",
                                                programs[i].package);
        if (!path)
            sb_doctor_add(doctor, programs[i].health, mend, "no program '%s', which %s",
                          programs[i].program, programs[i].use);
        else if (problem)
            sb_doctor_add(doctor, programs[i].health, mend, "'%s', which %s, does not run: %s",
                          path, programs[i].use, problem);
        else
            sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "%s runs", programs[i].program);
    }
}

/* iptables lists its rules only for root, and libvirtd is root. */
static void check_firewall(SbDoctor *doctor)
{
    g_autofree char *iptables = find_program("iptables"), *nft = find_program("nft");
    if (!doctor->is_privileged)
        return;
    const char *list[] = {iptables, "--wait=5", "--list-rules", NULL};
    const char *version[] = {iptables, "--version", NULL};
    g_autofree char *problem = iptables ? why_not_run(geteuid() == 0 ? list : version) : NULL;
    if (!iptables && !nft)
        sb_doctor_add(doctor, SB_HEALTH_BROKEN, "apt-get install iptables",
                      "neither 'iptables' nor 'nft'");
    else if (problem)
        sb_doctor_add(doctor, SB_HEALTH_BROKEN,
                      "apt-get install --reinstall iptables; after an upgrade of the kernel, "
                      "restart the host",
                      "'%s' does not work: %s", iptables, problem);
    else
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "rules of the firewall can be made");
}

static void check_daemons(SbDoctor *doctor)
{
    static const char folder[] = "/run/libvirt";
    if (!doctor->is_privileged)
        return;
    g_autoptr(GPtrArray) missing = sb_doctor_missing_daemons(folder);
    SB_EACH(const char, daemon, missing) {
        g_autofree char *mend = g_strdup_printf("systemctl enable --now %s.socket", daemon);
        sb_doctor_add(doctor, SB_HEALTH_BROKEN, mend,
                      "nothing listens at the socket of %s: '%s/%s-sock'", daemon, folder, daemon);
    }
    if (missing->len == 0)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL,
                      "all daemons of libvirt listen at their sockets");
}

static void check_tun(SbDoctor *doctor)
{
    unsigned features;
    if (!doctor->is_privileged)
        return;
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    int problem = fd >= 0 && ioctl(fd, TUNGETFEATURES, &features) == 0 ? 0 : errno;
    /* libvirtd opens it as root. */
    if (problem == 0 || problem == EACCES)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "machines can be connected to networks");
    else if (g_file_test("/dev/net/tun", G_FILE_TEST_EXISTS))
        sb_doctor_add(doctor, SB_HEALTH_BROKEN, "modprobe tun; in a container, allow the device",
                      "/dev/net/tun does not work: %s", g_strerror(problem));
    else
        sb_doctor_add(doctor, SB_HEALTH_BROKEN, "modprobe tun",
                      "no /dev/net/tun, which connects machines to networks");
    if (fd >= 0)
        close(fd);
}

/* A descriptor: QEMU's docs/interop/firmware.json. */
static void check_descriptor(SbDoctor *doctor, const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GRegex) regex = g_regex_new("\"filename\"\\s*:\\s*\"([^\"]+)\"", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    /* No machine uses firmware with secure boot. Debian 12 has such a descriptor without its file.
     */
    if (!g_file_get_contents(path, &text, NULL, NULL) || strstr(text, "\"secure-boot\""))
        return;
    g_regex_match(regex, text, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *file = g_match_info_fetch(match, 1);
        g_autofree char *mend = g_strdup_printf("chmod o+r '%s'", file);
        GStatBuf status;
        if (g_stat(file, &status) < 0)
            sb_doctor_add(
                doctor, SB_HEALTH_WARNING, "apt-get install --reinstall qemu-efi-aarch64 ovmf",
                "the firmware descriptor '%s' names a file that is missing: %s", path, file);
        else if (doctor->is_privileged && !(status.st_mode & S_IROTH))
            sb_doctor_add(doctor, SB_HEALTH_WARNING, mend, "QEMU's user may not read '%s'", file);
    }
}

static void check_firmware(SbDoctor *doctor)
{
    static const char *const folders[] = {"/usr/share/qemu/firmware", "/etc/qemu/firmware"};
    guint before = doctor->found->len, count = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autoptr(GDir) directory = g_dir_open(folders[i], 0, NULL);
        const char *name;
        while (directory && (name = g_dir_read_name(directory))) {
            g_autofree char *path = g_build_filename(folders[i], name, NULL);
            check_descriptor(doctor, path);
            count++;
        }
    }
    if (count == 0)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, "apt-get install qemu-efi-aarch64 ovmf",
                      "no firmware descriptors in %s", folders[0]);
    else if (doctor->found->len == before)
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "%u firmware descriptors name files that exist",
                      count);
}

static void check_state_folder(SbDoctor *doctor)
{
    const char *uri = doctor->host ? sb_host_uri(doctor->host) : "qemu:///system";
    g_autofree char *fleet = sb_state_dir_path(uri, "x");
    g_autofree char *parent = g_path_get_dirname(fleet);
    g_autofree char *seedbed = g_path_get_dirname(parent);
    const char *checked =
        g_file_test(seedbed, G_FILE_TEST_IS_DIR) ? seedbed : g_get_user_state_dir();
    struct statvfs disk;
    if (g_file_test(checked, G_FILE_TEST_EXISTS) && g_access(checked, W_OK) < 0)
        sb_doctor_add(doctor, SB_HEALTH_BROKEN, "set XDG_STATE_HOME to a folder of yours",
                      "the folder '%s' cannot be written", checked);
    else if (statvfs(checked, &disk) == 0 && (guint64)disk.f_bavail * disk.f_frsize < 64 << 20)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, "make room there", "the disk of '%s' is full",
                      checked);
    else
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "keys and evidence can be written to '%s'",
                      seedbed);
}

static void check_temporary_folder(SbDoctor *doctor)
{
    if (g_access(g_get_tmp_dir(), W_OK) < 0)
        sb_doctor_add(doctor, SB_HEALTH_BROKEN, "set TMPDIR to a folder of yours",
                      "the folder '%s' cannot be written: no seed can be made", g_get_tmp_dir());
    else
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "seeds can be made in '%s'", g_get_tmp_dir());
}

static void check_clock(SbDoctor *doctor)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    if (g_date_time_get_year(now) < 2024)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, "timedatectl set-ntp true",
                      "the clock says %d: certificates and signatures will be refused",
                      g_date_time_get_year(now));
    else
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "the clock is set");
}

static void check_proxies(SbDoctor *doctor)
{
    const char *proxy = g_getenv("https_proxy") ? g_getenv("https_proxy") : g_getenv("http_proxy");
    const char *without = g_getenv("no_proxy");
    if (proxy && !(without && *without))
        sb_doctor_add(doctor, SB_HEALTH_WARNING, "export no_proxy=localhost,127.0.0.1",
                      "a proxy is set, and no_proxy is not: servers of your own are not reached");
    else
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "%s",
                      proxy ? "downloads use a proxy" : "no proxy is set");
}

static void check_load(SbDoctor *doctor)
{
    double load = sb_local_load();
    guint cpus = (guint)g_get_num_processors();
    if (load > 4.0 * cpus)
        sb_doctor_add(doctor, SB_HEALTH_WARNING, "start fewer machines at a time",
                      "the load is %.1f on %u CPUs: boots will be late", load, cpus);
    else
        sb_doctor_add(doctor, SB_HEALTH_FINE, NULL, "the load is %.1f on %u CPUs", load, cpus);
}

static const SbCheck checks[] = {
    {"kvm", "without it, guests are emulated", FALSE, TRUE, check_kvm},
    {"programs", "libvirt and seedbed start them", FALSE, TRUE, check_programs},
    {"daemons", "networks, storage and consoles may have daemons of their own", FALSE, TRUE,
     check_daemons},
    {"tun", "QEMU opens it for each machine in a network", FALSE, TRUE, check_tun},
    {"firewall", "libvirt makes rules for each network", FALSE, TRUE, check_firewall},
    {"firmware", "libvirt finds UEFI by them", FALSE, TRUE, check_firmware},
    {"state-folder", "the ssh keys of fleets are there", FALSE, FALSE, check_state_folder},
    {"temporary-folder", "libarchive makes the seed there", FALSE, FALSE, check_temporary_folder},
    {"clock", "certificates, signatures and logs depend on it", FALSE, FALSE, check_clock},
    {"proxies", "images are downloaded through them", FALSE, FALSE, check_proxies},
    {"load", "deadlines count on time for the guests", FALSE, TRUE, check_load},
};

const SbCheck *sb_doctor_local_checks(gsize *count_out)
{
    *count_out = G_N_ELEMENTS(checks);
    return checks;
}
