/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The emulator, firmware and CPU for the guests of one architecture on one host. They are chosen
 * from libvirt's domain capabilities, and never from a table of paths: the libvirtd can be remote
 * or of another distribution.
 *
 * Source: https://libvirt.org/formatdomaincaps.html.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

#define SB_PLATFORM_ERROR (sb_platform_error_quark())
GQuark sb_platform_error_quark(void);

typedef enum {
    SB_PLATFORM_ERROR_PARSE,       /**< not domain capabilities */
    SB_PLATFORM_ERROR_NO_FIRMWARE, /**< the host has no UEFI firmware for the architecture */
    SB_PLATFORM_ERROR_UNSUPPORTED, /**< the host lacks something else that machines need */
} SbPlatformError;

/** CPUs that are not models of libvirt: all that QEMU can do, and the host's own. */
#define SB_CPU_MAX "max"
#define SB_CPU_HOST "host"

typedef struct {
    char *arch;               /**< "aarch64" or "x86_64" */
    char *machine;            /**< the canonical machine type, such as "virt-7.2" */
    char *virt_type;          /**< "kvm" or "qemu" (emulation) */
    char *emulator;           /**< path on the host */
    char *firmware_path;      /**< path on the host: UEFI code without secure boot */
    char *firmware_format;    /**< "raw" or "qcow2" */
    guint gic_version;        /**< aarch64: 3 where offered, else 2; 0: none */
    char *cpu_mode;           /**< "host-passthrough", "host-model", "maximum" or "custom" */
    char *cpu_model;          /**< for "custom", else NULL */
    char **cpu_models;        /**< what a fleet file may name, NULL-terminated */
    gboolean has_host_cpu;    /**< the host's own CPU can be passed through */
    gboolean has_secure_boot; /**< libvirt can choose firmware with secure boot */
    char *tpm_model;          /**< (nullable) of an emulated TPM; NULL: the host has no swtpm */
    gboolean has_virtiofs, has_9p; /**< how a folder of the host can be shared with machines */
    guint vcpus_max;               /**< libvirt's limit, and at most 8 with GIC 2 */
} SbPlatform;

/** Releases PLATFORM and what it holds. */
void sb_platform_free(SbPlatform *platform);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbPlatform, sb_platform_free)

/** The machine type to ask about: "virt" for aarch64, "q35" for x86_64, NULL for others. */
const char *sb_platform_machine(const char *arch);

/** The packages that have the firmware for ARCH, which is supported, for messages. */
const char *sb_platform_firmware_packages(const char *arch);

/** Whether guests of this platform are emulated, and so 10 to 20 times slower. */
gboolean sb_platform_is_emulated(const SbPlatform *platform);

/**
 * Chooses a platform from the XML that virConnectGetDomainCapabilities() gave.
 *
 * @return (transfer full) or NULL with an SbPlatformError
 */
SbPlatform *sb_platform_from_domain_capabilities(const char *xml,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
