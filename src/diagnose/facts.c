/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/facts.h"

#include "base/array.h"
#include "base/text.h"
#include "diagnose/rules.h"
#include "guest/login.h"

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
#define MUTE_CPU_NS (G_GUINT64_CONSTANT(20) * 1000 * 1000 * 1000)
#define FULL_BYTES (G_GUINT64_CONSTANT(16) << 20)

SbFacts *sb_facts_new(void)
{
    SbFacts *facts = g_new0(SbFacts, 1);
    facts->strings = g_string_chunk_new(1024);
    facts->cpu = facts->load = -1;
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
    for (gsize i = 0; lines[i]; i++) {
        /* What a log is left with that lost the ESC of its sequences. */
        const char *begin = lines[i];
        while (g_str_has_prefix(begin, "[K"))
            begin += strlen("[K");
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
    facts->login_nonsense = refusal->domain == SB_LOGIN_ERROR;
    facts->login_words = sb_facts_keep(facts, refusal->message);
}

static guint64 paused_signs(int reason)
{
    static const guint64 by_reason[] = {
        [VIR_DOMAIN_PAUSED_USER] = SB_SIGN(PAUSED_USER),
        [VIR_DOMAIN_PAUSED_IOERROR] = SB_SIGN(PAUSED_IO),
        [VIR_DOMAIN_PAUSED_WATCHDOG] = SB_SIGN(PAUSED_WATCHDOG),
        [VIR_DOMAIN_PAUSED_CRASHED] = SB_SIGN(PAUSED_CRASHED),
    };
    return reason >= 0 && (gsize)reason < G_N_ELEMENTS(by_reason) ? by_reason[reason] : 0;
}

static guint64 off_signs(int reason)
{
    static const guint64 by_reason[] = {
        [VIR_DOMAIN_SHUTOFF_SHUTDOWN] = SB_SIGN(OFF_GUEST),
        [VIR_DOMAIN_SHUTOFF_DESTROYED] = SB_SIGN(OFF_DESTROYED),
        [VIR_DOMAIN_SHUTOFF_CRASHED] = SB_SIGN(OFF_CRASHED),
        [VIR_DOMAIN_SHUTOFF_SAVED] = SB_SIGN(OFF_SAVED),
        [VIR_DOMAIN_SHUTOFF_FAILED] = SB_SIGN(OFF_FAILED),
    };
    return SB_SIGN(OFF) |
           (reason >= 0 && (gsize)reason < G_N_ELEMENTS(by_reason) ? by_reason[reason] : 0);
}

static guint64 domain_signs(const SbFacts *facts)
{
    guint64 signs = 0;
    if (facts->exists == SB_NO)
        signs |= SB_SIGN(GONE);
    if (facts->reboots >= MANY_REBOOTS)
        signs |= SB_SIGN(REBOOTS);
    if (facts->qemu_is_stopped)
        signs |= SB_SIGN(QEMU_STOPPED);
    if (!facts->has_state)
        return signs;
    if (facts->state == VIR_DOMAIN_PAUSED)
        signs |= paused_signs(facts->reason);
    if (facts->state == VIR_DOMAIN_SHUTOFF)
        signs |= off_signs(facts->reason);
    if (facts->state == VIR_DOMAIN_CRASHED)
        signs |= SB_SIGN(OFF) | SB_SIGN(OFF_CRASHED);
    if (facts->state == VIR_DOMAIN_PMSUSPENDED)
        signs |= SB_SIGN(SLEEPS);
    return signs;
}

static guint64 work_signs(const SbFacts *facts)
{
    guint64 signs = 0;
    if (facts->silent_ms >= SILENT_MS)
        signs |= SB_SIGN(SILENT);
    if (facts->console && facts->console->len == 0)
        signs |= SB_SIGN(MUTE);
    if (facts->cpu >= 0 && facts->cpu <= IDLE_CPU)
        signs |= SB_SIGN(IDLE);
    /* Questions of this side keep a guest from being idle. */
    if (facts->cpu >= 0 && facts->cpu < LEAST_CPU)
        signs |= SB_SIGN(RESTS);
    /* The host may be so loaded that QEMU gets little of a CPU. But firmware prints its first line
     * after one second of it. */
    if (facts->cpu >= BUSY_CPU || (signs & SB_SIGN(MUTE) && facts->cpu_ns >= MUTE_CPU_NS))
        signs |= SB_SIGN(BUSY);
    return signs;
}

static guint64 network_signs(const SbFacts *facts)
{
    guint64 signs = 0;
    if (facts->network_kind == SB_NETWORK_USER)
        signs |= SB_SIGN(USER_NETWORK);
    if (facts->network_kind == SB_NETWORK_BRIDGE)
        signs |= SB_SIGN(BRIDGED);
    if (facts->network_exists == SB_NO)
        signs |= SB_SIGN(NETWORK_GONE);
    if (facts->network_is_active == SB_NO)
        signs |= SB_SIGN(NETWORK_OFF);
    if (facts->link_is_up == SB_NO)
        signs |= SB_SIGN(LINK_DOWN);
    if (facts->dnsmasq_runs == SB_NO)
        signs |= SB_SIGN(NO_DNSMASQ);
    if (facts->has_dhcp == SB_NO)
        signs |= SB_SIGN(NO_DHCP);
    if (facts->has_lease == SB_NO)
        signs |= SB_SIGN(NO_LEASE);
    if (facts->is_reserved == SB_NO)
        signs |= SB_SIGN(NOT_RESERVED);
    gboolean is_closed = sb_facts_port_is_closed(facts);
    if (facts->path_problem && (is_closed || !facts->has_port))
        signs |= SB_SIGN(PATH_BROKEN);
    if (facts->firewall_rule && is_closed)
        signs |= SB_SIGN(FIREWALL);
    if (facts->dhcp_firewall_rule && facts->has_lease == SB_NO)
        signs |= SB_SIGN(DHCP_FIREWALL);
    const GPtrArray *seen = facts->guest_addresses;
    if (facts->address && seen && seen->len > 0 &&
        !g_ptr_array_find_with_equal_func((GPtrArray *)seen, facts->address, g_str_equal, NULL))
        signs |= SB_SIGN(OTHER_ADDRESS);
    if (facts->other_mac)
        signs |= SB_SIGN(OTHER_AT_ADDRESS);
    return signs;
}

/* Whether something at the port speaks that is not sshd. sshd says these before its greeting, when
 * it has too many connections. */
static gboolean is_foreign(const SbFacts *facts)
{
    return facts->said && facts->port == SB_SSH_PORT_CLOSED &&
           !g_str_has_prefix(facts->said, "Exceeded MaxStartups") &&
           !g_str_has_prefix(facts->said, "Not allowed at this time");
}

static guint64 ssh_signs(const SbFacts *facts)
{
    static const guint64 ports[] = {
        [SB_SSH_PORT_SILENT] = SB_SIGN(PORT_SILENT),
        [SB_SSH_PORT_REFUSED] = SB_SIGN(PORT_REFUSED),
        [SB_SSH_PORT_CLOSED] = SB_SIGN(PORT_CLOSED),
        [SB_SSH_PORT_READY] = 0,
    };
    static const guint64 logins[] = {
        [SB_SSH_ERROR_SPAWN] = 0,
        [SB_SSH_ERROR_DENIED] = SB_SIGN(LOGIN_DENIED),
        [SB_SSH_ERROR_HOST_KEY] = SB_SIGN(LOGIN_HOST_KEY),
        [SB_SSH_ERROR_BROKEN] = SB_SIGN(LOGIN_BROKEN),
        [SB_SSH_ERROR_PROXY] = SB_SIGN(LOGIN_PROXY),
    };
    guint64 signs = 0;
    /* User networking takes every connection itself, whether the guest lives or not. */
    gboolean is_slirp = facts->network_kind == SB_NETWORK_USER && !facts->said;
    if (facts->has_port && !is_slirp)
        signs |= is_foreign(facts) ? SB_SIGN(PORT_FOREIGN) : ports[facts->port];
    if (facts->has_port && is_slirp && facts->port == SB_SSH_PORT_REFUSED)
        signs |= SB_SIGN(NO_FORWARD);
    if (facts->account_problem)
        signs |= SB_SIGN(ACCOUNT_BAD);
    if (facts->login_nonsense)
        signs |= SB_SIGN(LOGIN_NONSENSE);
    if (facts->has_login)
        signs |= logins[facts->login];
    return signs;
}

static guint64 verdict_signs(const SbFacts *facts)
{
    static const guint64 signs[] = {
        [SB_CLOUD_INIT_NOT_STARTED] = 0,
        [SB_CLOUD_INIT_RUNNING] = 0,
        [SB_CLOUD_INIT_DONE] = 0,
        [SB_CLOUD_INIT_DEGRADED] = SB_SIGN(CLOUD_INIT_DEGRADED),
        [SB_CLOUD_INIT_ERROR] = SB_SIGN(CLOUD_INIT_FAILED),
        [SB_CLOUD_INIT_DISABLED] = SB_SIGN(CLOUD_INIT_UNUSED),
    };
    return facts->has_verdict ? signs[facts->cloud_init] : 0;
}

static guint64 image_signs(const SbFacts *facts)
{
    guint64 signs = facts->image_has_loader == SB_NO    ? SB_SIGN(IMAGE_NO_LOADER)
                    : facts->image_has_loader == SB_YES ? SB_SIGN(IMAGE_HAS_LOADER)
                                                        : 0;
    if (facts->arch && facts->image_arch && strcmp(facts->arch, facts->image_arch) != 0)
        signs |= SB_SIGN(IMAGE_OTHER_ARCH);
    if (facts->image_missing)
        signs |= SB_SIGN(IMAGE_INCOMPLETE);
    if (facts->image_problem)
        signs |= SB_SIGN(IMAGE_CHANGED);
    if (facts->seed_problem)
        signs |= SB_SIGN(SEED_BAD);
    return signs;
}

static guint64 host_signs(const SbFacts *facts)
{
    guint64 signs = 0;
    if (facts->pool_free_bytes < FULL_BYTES ||
        (facts->disk_errors && strstr(facts->disk_errors, "no space left")))
        signs |= SB_SIGN(POOL_FULL);
    if (facts->pool_is_active == SB_NO)
        signs |= SB_SIGN(POOL_OFF);
    /* A machine that does nothing does not need more time. */
    if (facts->host_cpus > 0 && facts->load > 2.0 * facts->host_cpus &&
        !(work_signs(facts) & SB_SIGN(RESTS)))
        signs |= SB_SIGN(HOST_LOADED);
    if (facts->host_free_kib > 0 && facts->host_free_kib < facts->memory_kib / 8)
        signs |= SB_SIGN(HOST_SHORT);
    return signs;
}

static guint64 stage_signs(const SbFacts *facts)
{
    static const guint64 stages[SB_STAGE_COUNT] = {
        [SB_STAGE_FIRMWARE] = SB_SIGN(AWAITS_FIRMWARE),
        [SB_STAGE_KERNEL] = SB_SIGN(AWAITS_KERNEL),
        [SB_STAGE_ADDRESS] = SB_SIGN(AWAITS_ADDRESS),
        [SB_STAGE_SSH_PORT] = SB_SIGN(AWAITS_SSH_PORT),
        [SB_STAGE_SSH_LOGIN] = SB_SIGN(AWAITS_SSH_LOGIN),
        [SB_STAGE_READY] = SB_SIGN(AWAITS_CLOUD_INIT),
    };
    return facts->awaited == SB_STAGE_NONE ? 0 : SB_SIGN(AWAITS) | stages[facts->awaited];
}

gboolean sb_facts_port_is_closed(const SbFacts *facts)
{
    return facts->has_port &&
           (facts->port == SB_SSH_PORT_SILENT || facts->port == SB_SSH_PORT_REFUSED);
}

guint64 sb_facts_signs(const SbFacts *facts)
{
    return domain_signs(facts) | work_signs(facts) | network_signs(facts) | ssh_signs(facts) |
           verdict_signs(facts) | image_signs(facts) | host_signs(facts) | stage_signs(facts);
}
