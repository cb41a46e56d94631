/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/facts.h"

#include "base/array.h"
#include "base/text.h"
#include "guest/login.h"
#include "rules/rules.h"

#include <string.h>

enum {
    CONSOLE_LINES = 400, /**< that are looked at */
    MANY_REBOOTS = 3,
    SILENT_MS = 20 * 1000,
};

/* Measured: an emulated guest that waits uses 0.01 to 0.04 CPUs, one that computes 0.9 or more. */
#define IDLE_CPU 0.06
#define BUSY_CPU 0.5
/* What a machine gets of a host that has far too much to do. */
#define LEAST_CPU 0.15
/* Not measured: what a machine waits for the host's CPUs, in CPUs, when it is not idle but starved.
 */
#define STARVED_CPU 0.3
/* What QEMU computes for a boot, about: an emulated Debian 100 s with its first cloud-init. */
#define BOOT_CPU_NS (G_GUINT64_CONSTANT(60) * 1000 * 1000 * 1000)
#define EMULATED_BOOT_CPU_NS (5 * BOOT_CPU_NS)
#define MUTE_CPU_NS (G_GUINT64_CONSTANT(20) * 1000 * 1000 * 1000)
#define FULL_BYTES (G_GUINT64_CONSTANT(16) << 20)

SbFacts *sb_facts_new(void)
{
    SbFacts *facts = g_new0(SbFacts, 1);
    facts->strings = g_string_chunk_new(1024);
    facts->cpu = facts->load = facts->starved = -1;
    facts->waited_ns = -1;
    facts->silent_ms = -1;
    facts->pool_free_bytes = G_MAXUINT64;
    return facts;
}

void sb_facts_free(SbFacts *facts)
{
    if (!facts)
        return;
    g_clear_pointer(&facts->strings, g_string_chunk_free);
    g_clear_pointer(&facts->console, g_ptr_array_unref);
    g_clear_pointer(&facts->guest_addresses, g_ptr_array_unref);
    g_free(facts);
}

const char *sb_facts_keep(SbFacts *facts, const char *text)
{
    return text ? g_string_chunk_insert(facts->strings, text) : NULL;
}

static void read_addresses(SbFacts *facts)
{
    g_clear_pointer(&facts->guest_addresses, g_ptr_array_unref);
    facts->guest_addresses = g_ptr_array_new();
    SB_EACH(const char, line, facts->console) {
        g_autofree char *address = NULL;
        if (sb_rule_line_matches(SB_GUEST_ADDRESS, line, &address))
            g_ptr_array_add(facts->guest_addresses, (gpointer)sb_facts_keep(facts, address));
    }
}

void sb_facts_set_console(SbFacts *facts, const char *text)
{
    g_clear_pointer(&facts->console, g_ptr_array_unref);
    facts->console = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);
    /* What a log is left with that lost the ESC of its sequences. */
    g_autoptr(GRegex) colours =
        g_regex_new("(?<!\x1b)\\[(?:K|[0-9]{1,2}(?:;[0-9]{1,3})*m)", G_REGEX_RAW, 0, NULL);
    for (gsize i = 0; lines[i]; i++) {
        g_autofree char *whole = g_regex_replace_literal(colours, lines[i], -1, 0, "", 0, NULL);
        const char *begin = whole ? whole : lines[i];
        begin += g_str_has_prefix(begin, "M[");
        /* The rules give it to PCRE, which reads beyond the end of a text that is not UTF-8. */
        g_autofree char *line = g_strchomp(sb_text_sanitize(begin, strlen(begin)));
        if (*line)
            g_ptr_array_add(facts->console, g_steal_pointer(&line));
    }
    if (facts->console->len > CONSOLE_LINES)
        g_ptr_array_remove_range(facts->console, 0, facts->console->len - CONSOLE_LINES);
    read_addresses(facts);
}

void sb_facts_set_login(SbFacts *facts, const GError *refusal)
{
    if (!refusal)
        return;
    facts->has_login = refusal->domain == SB_SSH_ERROR;
    if (facts->has_login)
        facts->login = refusal->code;
    facts->login_shell = g_error_matches(refusal, SB_LOGIN_ERROR, SB_LOGIN_ERROR_SHELL);
    facts->login_nonsense = refusal->domain == SB_LOGIN_ERROR && !facts->login_shell;
    facts->login_words = sb_facts_keep(facts, refusal->message);
    g_autofree char *offered = NULL;
    if (sb_rule_line_matches("; its key: (.*)", refusal->message, &offered))
        facts->offered_key = sb_facts_keep(facts, offered);
}

/* The sign of NUMBER in TABLE, of COUNT signs; SB_SIGN_NONE if the table ends before. */
static SbSign sign_of(const SbSign *table, gsize count, int number)
{
    return number >= 0 && (gsize)number < count ? table[number] : SB_SIGN_NONE;
}

static SbSign paused_sign(int reason)
{
    static const SbSign by_reason[] = {
        [VIR_DOMAIN_PAUSED_USER] = SB_SIGN_PAUSED_USER,
        [VIR_DOMAIN_PAUSED_IOERROR] = SB_SIGN_PAUSED_IO,
        [VIR_DOMAIN_PAUSED_WATCHDOG] = SB_SIGN_PAUSED_WATCHDOG,
        [VIR_DOMAIN_PAUSED_CRASHED] = SB_SIGN_PAUSED_CRASHED,
    };
    return sign_of(by_reason, G_N_ELEMENTS(by_reason), reason);
}

static SbSign off_sign(int reason)
{
    static const SbSign by_reason[] = {
        [VIR_DOMAIN_SHUTOFF_SHUTDOWN] = SB_SIGN_OFF_GUEST,
        [VIR_DOMAIN_SHUTOFF_DESTROYED] = SB_SIGN_OFF_DESTROYED,
        [VIR_DOMAIN_SHUTOFF_CRASHED] = SB_SIGN_OFF_CRASHED,
        [VIR_DOMAIN_SHUTOFF_SAVED] = SB_SIGN_OFF_SAVED,
        [VIR_DOMAIN_SHUTOFF_FAILED] = SB_SIGN_OFF_FAILED,
    };
    return sign_of(by_reason, G_N_ELEMENTS(by_reason), reason);
}

static void add_domain_signs(const SbFacts *facts, gboolean *has)
{
    has[SB_SIGN_DISK_GONE] = facts->disk_is_gone;
    has[SB_SIGN_GONE] = facts->exists == SB_NO;
    has[SB_SIGN_REBOOTS] = facts->reboots >= MANY_REBOOTS;
    has[SB_SIGN_QEMU_STOPPED] = facts->qemu_is_stopped;
    if (!facts->has_state)
        return;
    gboolean is_off = facts->state == VIR_DOMAIN_SHUTOFF;
    gboolean is_crashed = facts->state == VIR_DOMAIN_CRASHED;
    if (facts->state == VIR_DOMAIN_PAUSED)
        has[paused_sign(facts->reason)] = TRUE;
    if (is_off || is_crashed)
        has[is_crashed ? SB_SIGN_OFF_CRASHED : off_sign(facts->reason)] = TRUE;
    has[SB_SIGN_OFF] = is_off || is_crashed;
    has[SB_SIGN_SLEEPS] = facts->state == VIR_DOMAIN_PMSUSPENDED;
}

static void add_work_signs(const SbFacts *facts, gboolean *has)
{
    gboolean is_mute = facts->console && facts->console->len == 0;
    has[SB_SIGN_SILENT] = facts->silent_ms >= SILENT_MS;
    has[SB_SIGN_MUTE] = is_mute;
    /* QEMU that gets no CPU uses little, too. */
    gboolean is_starved = facts->starved > STARVED_CPU;
    has[SB_SIGN_STARVED] = is_starved;
    has[SB_SIGN_IDLE] = !is_starved && facts->cpu >= 0 && facts->cpu <= IDLE_CPU;
    /* Questions of this side keep a guest from being idle. */
    has[SB_SIGN_RESTS] = !is_starved && facts->cpu >= 0 && facts->cpu < LEAST_CPU;
    /* The host may be so loaded that QEMU gets little of a CPU. But firmware prints its first line
     * after one second of it. */
    has[SB_SIGN_BUSY] = facts->cpu >= BUSY_CPU || (is_mute && facts->cpu_ns >= MUTE_CPU_NS);
    /* How long ago it was started is not known. */
    guint64 boot_ns = facts->is_emulated ? EMULATED_BOOT_CPU_NS : BOOT_CPU_NS;
    has[SB_SIGN_BOOTS] =
        facts->is_glance && facts->cpu >= 0 && !has[SB_SIGN_IDLE] && facts->cpu_ns < boot_ns;
}

static gboolean has_other_address(const SbFacts *facts)
{
    GPtrArray *seen = facts->guest_addresses;
    return facts->address && seen && seen->len > 0 &&
           !g_ptr_array_find_with_equal_func(seen, facts->address, g_str_equal, NULL);
}

static void add_network_signs(const SbFacts *facts, gboolean *has)
{
    gboolean is_closed = sb_facts_port_is_closed(facts);
    has[SB_SIGN_USER_NETWORK] = facts->network_kind == SB_NETWORK_USER;
    has[SB_SIGN_BRIDGED] = facts->network_kind == SB_NETWORK_BRIDGE;
    has[SB_SIGN_NETWORK_GONE] = facts->network_exists == SB_NO;
    has[SB_SIGN_NETWORK_OFF] = facts->network_is_active == SB_NO;
    has[SB_SIGN_LINK_DOWN] = facts->link_is_up == SB_NO;
    has[SB_SIGN_NO_DNSMASQ] = facts->dnsmasq_runs == SB_NO;
    has[SB_SIGN_NO_DHCP] = facts->has_dhcp == SB_NO;
    has[SB_SIGN_NO_LEASE] = facts->has_lease == SB_NO;
    has[SB_SIGN_NOT_RESERVED] = facts->is_reserved == SB_NO;
    /* Another ssh server, such as that of this host, may answer instead of the guest's. */
    gboolean is_other = facts->has_login && facts->login == SB_SSH_ERROR_HOST_KEY;
    has[SB_SIGN_PATH_BROKEN] = facts->path_problem && (is_closed || is_other || !facts->has_port);
    has[SB_SIGN_FIREWALL] = facts->firewall_rule && is_closed;
    has[SB_SIGN_DHCP_FIREWALL] = facts->dhcp_firewall_rule && facts->has_lease == SB_NO;
    has[SB_SIGN_NO_WAY_OUT] = facts->outside_problem != NULL;
    has[SB_SIGN_OTHER_ADDRESS] = has_other_address(facts);
    has[SB_SIGN_OTHER_AT_ADDRESS] = facts->other_mac != NULL;
}

/* Whether something at the port speaks that is not sshd. sshd says these before its greeting, when
 * it has too many connections. */
static gboolean is_foreign(const SbFacts *facts)
{
    return facts->said && facts->port == SB_SSH_PORT_CLOSED &&
           !g_str_has_prefix(facts->said, "Exceeded MaxStartups") &&
           !g_str_has_prefix(facts->said, "Not allowed at this time");
}

static void add_ssh_signs(const SbFacts *facts, gboolean *has)
{
    static const SbSign ports[] = {
        [SB_SSH_PORT_SILENT] = SB_SIGN_PORT_SILENT,
        [SB_SSH_PORT_REFUSED] = SB_SIGN_PORT_REFUSED,
        [SB_SSH_PORT_CLOSED] = SB_SIGN_PORT_CLOSED,
        [SB_SSH_PORT_READY] = SB_SIGN_NONE,
    };
    static const SbSign logins[] = {
        [SB_SSH_ERROR_SPAWN] = SB_SIGN_NONE,
        [SB_SSH_ERROR_DENIED] = SB_SIGN_LOGIN_DENIED,
        [SB_SSH_ERROR_HOST_KEY] = SB_SIGN_LOGIN_HOST_KEY,
        [SB_SSH_ERROR_BROKEN] = SB_SIGN_LOGIN_BROKEN,
        [SB_SSH_ERROR_PROXY] = SB_SIGN_LOGIN_PROXY,
    };
    /* User networking takes every connection itself, whether the guest lives or not. */
    gboolean is_slirp = facts->network_kind == SB_NETWORK_USER && !facts->said;
    if (facts->has_port && !is_slirp)
        has[is_foreign(facts) ? SB_SIGN_PORT_FOREIGN : ports[facts->port]] = TRUE;
    has[SB_SIGN_NO_FORWARD] = facts->has_port && is_slirp && facts->port == SB_SSH_PORT_REFUSED;
    has[SB_SIGN_LOGIN_HANGS] = facts->login_step != NULL;
    has[SB_SIGN_SSHD_BAD] = facts->sshd_problem != NULL;
    has[SB_SIGN_NETWORK_BAD] = facts->network_problem != NULL;
    has[SB_SIGN_ACCOUNT_BAD] = facts->account_problem != NULL;
    has[SB_SIGN_LOGIN_SHELL] = facts->login_shell;
    has[SB_SIGN_LOGIN_NONSENSE] = facts->login_nonsense;
    if (facts->has_login)
        has[logins[facts->login]] = TRUE;
}

static void add_verdict_signs(const SbFacts *facts, gboolean *has)
{
    static const SbSign signs[] = {
        [SB_CLOUD_INIT_NOT_STARTED] = SB_SIGN_NONE,
        [SB_CLOUD_INIT_RUNNING] = SB_SIGN_NONE,
        [SB_CLOUD_INIT_DONE] = SB_SIGN_NONE,
        [SB_CLOUD_INIT_DEGRADED] = SB_SIGN_CLOUD_INIT_DEGRADED,
        [SB_CLOUD_INIT_ERROR] = SB_SIGN_CLOUD_INIT_FAILED,
        [SB_CLOUD_INIT_DISABLED] = SB_SIGN_CLOUD_INIT_UNUSED,
    };
    has[SB_SIGN_RUNS_COMMAND] = facts->doing && strstr(facts->doing, ", and in it '");
    has[SB_SIGN_READ_ONLY] = facts->vain == SB_GUEST_READ_ONLY;
    has[SB_SIGN_NO_UNIT] = facts->vain == SB_GUEST_NO_UNIT;
    if (facts->has_verdict)
        has[signs[facts->cloud_init]] = TRUE;
}

static void add_image_signs(const SbFacts *facts, gboolean *has)
{
    has[SB_SIGN_OWN_KERNEL] = facts->has_kernel;
    has[SB_SIGN_IMAGE_NO_LOADER] = facts->image_has_loader == SB_NO;
    has[SB_SIGN_IMAGE_HAS_LOADER] = facts->image_has_loader == SB_YES;
    has[SB_SIGN_IMAGE_OTHER_ARCH] =
        facts->arch && facts->image_arch && strcmp(facts->arch, facts->image_arch) != 0;
    has[SB_SIGN_IMAGE_INCOMPLETE] = facts->image_missing != NULL;
    has[SB_SIGN_IMAGE_CHANGED] = facts->image_problem != NULL;
    has[SB_SIGN_SEED_BAD] = facts->seed_problem != NULL;
}

/* After the signs of its work. */
static void add_host_signs(const SbFacts *facts, gboolean *has)
{
    has[SB_SIGN_POOL_FULL] = facts->pool_free_bytes < FULL_BYTES ||
                             (facts->disk_errors && strstr(facts->disk_errors, "no space left"));
    has[SB_SIGN_POOL_OFF] = facts->pool_is_active == SB_NO;
    /* A machine that does nothing does not need more time. */
    gboolean is_loaded = facts->host_cpus > 0 && facts->load > 2.0 * facts->host_cpus;
    has[SB_SIGN_HOST_LOADED] = !has[SB_SIGN_RESTS] && (is_loaded || has[SB_SIGN_STARVED]);
    has[SB_SIGN_HOST_SHORT] =
        facts->host_free_kib > 0 && facts->host_free_kib < facts->memory_kib / 8;
}

static void add_stage_signs(const SbFacts *facts, gboolean *has)
{
    static const SbSign stages[SB_STAGE_COUNT] = {
        [SB_STAGE_FIRMWARE] = SB_SIGN_AWAITS_FIRMWARE,
        [SB_STAGE_KERNEL] = SB_SIGN_AWAITS_KERNEL,
        [SB_STAGE_ADDRESS] = SB_SIGN_AWAITS_ADDRESS,
        [SB_STAGE_SSH_PORT] = SB_SIGN_AWAITS_SSH_PORT,
        [SB_STAGE_SSH_LOGIN] = SB_SIGN_AWAITS_SSH_LOGIN,
        [SB_STAGE_READY] = SB_SIGN_AWAITS_CLOUD_INIT,
    };
    has[SB_SIGN_AWAITS] = facts->awaited != SB_STAGE_NONE;
    has[SB_SIGN_HAD_SSH] = facts->awaited >= SB_STAGE_SSH_LOGIN;
    has[stages[facts->awaited]] = TRUE;
}

gboolean sb_facts_port_is_closed(const SbFacts *facts)
{
    return facts->has_port &&
           (facts->port == SB_SSH_PORT_SILENT || facts->port == SB_SSH_PORT_REFUSED);
}

SbSigns sb_facts_signs(const SbFacts *facts)
{
    SbSigns signs = {.has = {[SB_SIGN_NONE] = TRUE}};
    add_domain_signs(facts, signs.has);
    add_work_signs(facts, signs.has);
    add_network_signs(facts, signs.has);
    add_ssh_signs(facts, signs.has);
    add_verdict_signs(facts, signs.has);
    add_image_signs(facts, signs.has);
    add_host_signs(facts, signs.has);
    add_stage_signs(facts, signs.has);
    return signs;
}
