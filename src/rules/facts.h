/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What is known about a machine that is not ready: plain facts, and the signs that follow from
 * them.
 *
 * The collectors fill the facts in; the rules only look at the signs and at the console. A fact
 * that nobody could find out has the value that says so, and gives no sign.
 *
 * Room: rules.
 * Threads: an object belongs to one thread at a time.
 */
#pragma once

#include "base/answer.h"
#include "cloud-init/cloud-init-status.h"
#include "cloud-init/guest-report.h"
#include "fleet-file/network-kind.h"
#include "guest/ssh-port.h"
#include "libvirt/libvirt.h"
#include "local/ssh.h"
#include "model/stage.h"
#include "rules/sign.h"

#include <glib.h>

/** All that is known. Strings are (nullable), and belong to the facts: see sb_facts_keep(). */
typedef struct {
    GStringChunk *strings; /**< (nullable) */

    const char *machine, *fleet;
    const char *arch;
    const char *evidence; /**< the folder that has the evidence when the machine is gone */
    gboolean stays;       /**< the machine is not taken back */
    gboolean is_emulated;
    gboolean has_kernel; /**< the fleet file's, which is not on its disk */
    SbStage awaited;     /**< SB_STAGE_NONE: nobody waits */
    gboolean is_glance;  /**< it was only looked at, and not awaited: it may be in its boot */
    gint64 idle_ms;      /**< a machine that does nothing for this long is given up; 0: never */

    SbAnswer exists;
    gboolean has_state; /**< the next two are known */
    virDomainState state;
    int reason;            /**< of libvirt, for that state */
    guint reboots;         /**< since the wait began */
    gboolean disk_is_gone; /**< the file of its own disk does not exist */
    const char *disk_errors, *qemu_log;
    gboolean qemu_is_stopped; /**< by a signal: it does not answer libvirt */
    gboolean is_thorough; /**< read also what takes longer: the console's log if nobody has followed
                             it, the seed, the state of the image */

    guint64 cpu_ns;     /**< of QEMU, at the next time: the first of two readings */
    gint64 cpu_read_us; /**< on GLib's monotonic clock; 0: there was none */
    gint64 waited_ns;   /**< that QEMU's threads had waited for a CPU then; below 0: not known */
    double starved;     /**< CPUs that QEMU waited for; below 0: not known */
    double cpu;         /**< of QEMU, in CPUs; below 0: not known */
    gint64 silent_ms;   /**< since the last byte on the console; below 0: not known */
    GPtrArray *console; /**< (nullable) of char *: its lines, sanitised, the newest last */
    GPtrArray *guest_addresses; /**< (nullable) of const char *: that the console says it has */

    const char *network, *address;
    SbNetworkKind network_kind;
    SbAnswer network_exists, network_is_active, link_is_up, dnsmasq_runs, has_lease, is_reserved,
        has_dhcp;                   /**< the network of libvirt gives addresses */
    const char *mac, *other_mac;    /**< the machine's, and another that answers at its address */
    const char *path_problem;       /**< what keeps this host from reaching its address */
    const char *path_mend;          /**< what can be done about it */
    const char *bridge;             /**< of this host, which the guest's card is on; NULL: none */
    const char *outside_problem;    /**< what keeps a guest of its network from the outside */
    const char *outside_mend;       /**< what can be done about it */
    const char *firewall_rule;      /**< of this host, which stops ssh to its address */
    const char *dhcp_firewall_rule; /**< of this host, which stops its DHCP requests */

    gboolean has_port; /**< the next two are known */
    SbSshPortState port;
    const char *said; /**< what a server said that is not ssh */

    gboolean has_login; /**< the next two are known: the last login failed */
    SbSshError login;
    gboolean login_shell;    /**< it worked, but the account's shell ends before the command */
    gboolean login_nonsense; /**< it worked, but the answer of cloud-init makes no sense */
    const char *login_words;
    const char *ssh_config;               /**< a login does not end: that ssh_config shows why */
    const char *login_step;               /**< at which ssh stays then */
    const char *pinned_key, *offered_key; /**< fingerprints: of the machine's ssh host key, and of
                                             the key that it, or another one, showed */
    const char *account, *client_key;     /**< of the login */
    const char *account_problem;          /**< why the guest refuses that key */
    const char *sshd_problem;             /**< why nothing listens at the guest's port 22 */
    const char *network_problem;          /**< why the guest does not answer at its address */

    const char *doing; /**< what cloud-init works at, as a sentence, or why it is in VAIN */
    SbGuestVain vain;
    gboolean has_verdict; /**< the next is known: cloud-init is over, and the console has its log */
    SbCloudInitState cloud_init; /**< SB_CLOUD_INIT_DISABLED also where there is none */

    SbAnswer image_has_loader; /**< one for UEFI was found in it when it was imported */
    const char *image, *image_volume;
    const char *image_arch;    /**< as its record says */
    const char *image_missing; /**< what it lacks to be booted by UEFI */
    const char *image_mend;    /**< what can be done about that */
    const char *image_problem; /**< what became of it since it was imported */
    const char *cdrom;         /**< the file in the domain's cdrom drive */
    const char *seed_problem;  /**< why the guest cannot use its seed */

    const char *pool;
    SbAnswer pool_is_active;
    guint host_cpus;                   /**< 0: not known */
    guint64 pool_free_bytes;           /**< G_MAXUINT64: not known */
    guint64 memory_kib, host_free_kib; /**< of the machine, of the host; 0: not known */
    double load;                       /**< of the host; below 0: not known */
} SbFacts;

/** Facts of which nothing is known. (transfer full) */
SbFacts *sb_facts_new(void);
/** Frees FACTS (nullable) and their strings. */
void sb_facts_free(SbFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbFacts, sb_facts_free)

/** A copy of TEXT (nullable) that lives as long as FACTS. (transfer none) (nullable) */
const char *sb_facts_keep(SbFacts *facts, const char *text);

/** The console lines of TEXT, of any bytes, become those of FACTS, sanitised, at most the last ones
 * that a diagnosis looks at. */
void sb_facts_set_console(SbFacts *facts, const char *text);

/** REFUSAL (nullable), an SbSshError or an SbLoginError, is why the last login failed. */
void sb_facts_set_login(SbFacts *facts, const GError *refusal);

/** Whether the guest's ssh port was tried, and nothing listens there. */
gboolean sb_facts_port_is_closed(const SbFacts *facts);

/** The signs that FACTS give. */
SbSigns sb_facts_signs(const SbFacts *facts);
