/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/evidence-lines.h"

#include "base/text.h"
#include "base/units.h"
#include "libvirt/domain.h"

#include <string.h>

enum {
    LINES_BEFORE = 5, /**< a fatal line: they often name its cause */
    LINES_AFTER = 4,
    TAIL_LINES = 8,
    QEMU_LINES = 4,
};

static void add(GPtrArray *lines, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add(GPtrArray *lines, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(lines, sb_text_one_line(text));
}

/* The words of libvirt's virsh for the reasons of a state. */
static const char *reason_word(virDomainState state, int reason)
{
    static const char *const paused[] = {
        [VIR_DOMAIN_PAUSED_USER] = "on request",
        [VIR_DOMAIN_PAUSED_MIGRATION] = "migrating",
        [VIR_DOMAIN_PAUSED_SAVE] = "saving",
        [VIR_DOMAIN_PAUSED_DUMP] = "dumping",
        [VIR_DOMAIN_PAUSED_IOERROR] = "I/O error",
        [VIR_DOMAIN_PAUSED_WATCHDOG] = "watchdog",
        [VIR_DOMAIN_PAUSED_FROM_SNAPSHOT] = "from snapshot",
        [VIR_DOMAIN_PAUSED_SHUTTING_DOWN] = "shutting down",
        [VIR_DOMAIN_PAUSED_SNAPSHOT] = "creating snapshot",
        [VIR_DOMAIN_PAUSED_CRASHED] = "crashed",
        [VIR_DOMAIN_PAUSED_STARTING_UP] = "starting up",
    };
    static const char *const off[] = {
        [VIR_DOMAIN_SHUTOFF_SHUTDOWN] = "the guest powered off",
        [VIR_DOMAIN_SHUTOFF_DESTROYED] = "destroyed",
        [VIR_DOMAIN_SHUTOFF_CRASHED] = "crashed",
        [VIR_DOMAIN_SHUTOFF_MIGRATED] = "migrated",
        [VIR_DOMAIN_SHUTOFF_SAVED] = "saved",
        [VIR_DOMAIN_SHUTOFF_FAILED] = "failed",
        [VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT] = "from snapshot",
        [VIR_DOMAIN_SHUTOFF_DAEMON] = "libvirtd restarted",
    };
    const char *const *words = state == VIR_DOMAIN_PAUSED ? paused : off;
    gsize count = state == VIR_DOMAIN_PAUSED    ? G_N_ELEMENTS(paused)
                  : state == VIR_DOMAIN_SHUTOFF ? G_N_ELEMENTS(off)
                                                : 0;
    return reason >= 0 && (gsize)reason < count ? words[reason] : NULL;
}

char *sb_evidence_state(virDomainState state, int reason)
{
    const char *word = reason_word(state, reason);
    return g_strdup_printf("%s%s%s%s", sb_domain_state_name(state), word ? " (" : "",
                           word ? word : "", word ? ")" : "");
}

static void add_domain(GPtrArray *lines, const SbFacts *facts)
{
    if (facts->has_state) {
        g_autofree char *state = sb_evidence_state(facts->state, facts->reason);
        add(lines, "domain '%s': %s", facts->machine, state);
    }
    if (facts->qemu_is_stopped)
        add(lines, "its QEMU process: stopped by a signal (state T)");
    if (facts->disk_is_gone)
        add(lines, "the file of its disk: does not exist");
    if (facts->disk_errors)
        add(lines, "disks that failed on the host: %s", facts->disk_errors);
    if (facts->reboots > 0)
        add(lines, "reboots since the start: %u", facts->reboots);
}

static void add_last(GPtrArray *lines, const char *title, const char *text, guint count)
{
    g_autofree char *last = sb_text_last_lines(text, count);
    g_auto(GStrv) each = g_strsplit(last, "\n", -1);
    for (gsize i = 0; each[i] && *each[i]; i++)
        add(lines, "%s: %s", title, each[i]);
}

static void add_work(GPtrArray *lines, const SbFacts *facts)
{
    if (facts->cpu >= 0)
        add(lines, "QEMU uses %.2f CPUs%s", facts->cpu,
            facts->is_emulated ? " (the guest is emulated)" : "");
    if (facts->starved >= 0.01)
        add(lines, "QEMU waits for %.2f CPUs that the host does not give it", facts->starved);
    if (facts->silent_ms >= 1000) {
        g_autofree char *silent = sb_duration_format(facts->silent_ms / 1000 * 1000);
        add(lines, "nothing on the console since %s", silent);
    }
}

static void add_login(GPtrArray *lines, const SbFacts *facts)
{
    gboolean is_key = facts->has_login && facts->login == SB_SSH_ERROR_HOST_KEY;
    if (is_key && facts->pinned_key)
        add(lines, "the host key that was made for it: %s", facts->pinned_key);
    if (is_key && facts->offered_key)
        add(lines, "the host key that it shows: %s", facts->offered_key);
    else if (facts->login_step)
        add(lines, "a new login stays at: %s", facts->login_step);
    else if (facts->login_words)
        add_last(lines, "ssh", facts->login_words, QEMU_LINES);
}

static const char *answer(SbAnswer value, const char *yes, const char *no)
{
    return value == SB_YES ? yes : no;
}

static void add_network(GPtrArray *lines, const SbFacts *facts)
{
    if (facts->network && facts->network_exists != SB_UNKNOWN)
        add(lines, "network '%s': %s", facts->network,
            facts->network_exists == SB_NO
                ? "does not exist"
                : answer(facts->network_is_active, "active", "not active"));
    if (facts->link_is_up != SB_UNKNOWN)
        add(lines, "link of the network card %s: %s", facts->mac ? facts->mac : "",
            answer(facts->link_is_up, "up", "down"));
    if (facts->dnsmasq_runs != SB_UNKNOWN)
        add(lines, "DHCP server (dnsmasq): %s",
            answer(facts->dnsmasq_runs, "runs", "does not run"));
    if (facts->has_dhcp == SB_NO)
        add(lines, "definition of the network '%s': without <dhcp>", facts->network);
    if (facts->dhcp_firewall_rule)
        add(lines, "rule of the host's firewall: %s", facts->dhcp_firewall_rule);
    if (facts->outside_problem)
        add(lines, "the way outside: %s", facts->outside_problem);
    if (facts->is_reserved != SB_UNKNOWN)
        add(lines, "reservation of %s: %s", facts->address,
            answer(facts->is_reserved, "there", "missing"));
    if (facts->has_lease != SB_UNKNOWN)
        add(lines, "DHCP lease: %s", answer(facts->has_lease, facts->address, "none"));
    if (facts->other_mac)
        add(lines, "at %s answers: %s (its own MAC: %s)", facts->address, facts->other_mac,
            facts->mac);
}

static void add_port(GPtrArray *lines, const SbFacts *facts)
{
    static const char *const words[] = {
        [SB_SSH_PORT_SILENT] = "no answer",
        [SB_SSH_PORT_REFUSED] = "connection refused",
        [SB_SSH_PORT_CLOSED] = "connection accepted, but no greeting of ssh",
        [SB_SSH_PORT_READY] = "an ssh server answers",
    };
    if (facts->has_port)
        add(lines, "port 22 at %s: %s%s%s", facts->address, words[facts->port],
            facts->said ? "; it said: " : "", facts->said ? facts->said : "");
    const char *problem = facts->sshd_problem ? facts->sshd_problem : facts->network_problem;
    if (problem)
        add(lines, "the guest says: %s", problem);
}

static void add_image(GPtrArray *lines, const SbFacts *facts)
{
    if (facts->image_arch)
        add(lines, "image '%s': recorded for %s; the machine is %s", facts->image,
            facts->image_arch, facts->arch);
    if (facts->image_missing)
        add(lines, "the disk of the image '%s': %s", facts->image, facts->image_missing);
    if (facts->image_problem)
        add(lines, "image '%s': %s", facts->image, facts->image_problem);
    if (facts->seed_problem)
        add(lines, "seed: %s", facts->seed_problem);
    if (facts->image_has_loader != SB_UNKNOWN)
        add(lines, "the record of the image '%s': %s boot loader for UEFI", facts->image,
            answer(facts->image_has_loader, "a", "no"));
}

static void add_host(GPtrArray *lines, const SbFacts *facts)
{
    if (facts->pool_is_active == SB_NO) {
        add(lines, "storage pool '%s': not active", facts->pool);
    } else if (facts->pool_free_bytes != G_MAXUINT64) {
        g_autofree char *free_size = sb_size_format(facts->pool_free_bytes);
        add(lines, "storage pool '%s': %s free", facts->pool, free_size);
    }
    if (facts->load >= 0 && facts->host_cpus > 0)
        add(lines, "load of the libvirt host: %.1f on %u CPUs", facts->load, facts->host_cpus);
    if (facts->host_free_kib > 0) {
        g_autofree char *free_size = sb_size_format(facts->host_free_kib * 1024);
        add(lines, "free memory of the libvirt host: %s", free_size);
    }
}

void sb_evidence_add_facts(GPtrArray *lines, const SbFacts *facts, SbShow shows)
{
    if (shows & SB_SHOW_DOMAIN)
        add_domain(lines, facts);
    if (shows & SB_SHOW_NETWORK)
        add_network(lines, facts);
    if (shows & SB_SHOW_PORT)
        add_port(lines, facts);
    if (shows & SB_SHOW_LOGIN)
        add_login(lines, facts);
    if (shows & SB_SHOW_IMAGE)
        add_image(lines, facts);
    if (shows & SB_SHOW_WORK)
        add_work(lines, facts);
    if (shows & SB_SHOW_HOST)
        add_host(lines, facts);
    if (shows & SB_SHOW_QEMU && facts->qemu_log)
        add_last(lines, "QEMU's log", facts->qemu_log, QEMU_LINES);
}

/* LINE as it is shown: a menu, or a table, can have hundreds of blanks. (transfer full) */
static char *shown(const char *line)
{
    g_autofree char *text = sb_text_one_line(line);
    g_autoptr(GRegex) blanks = g_regex_new("(?<=\\S) {8,}", 0, 0, NULL);
    return g_regex_replace_literal(blanks, text, -1, 0, "  ", 0, NULL);
}

static void add_lines(GPtrArray *lines, const SbFacts *facts, int from, int to)
{
    for (int i = MAX(from, 0); i < (int)facts->console->len && i < to; i++)
        g_ptr_array_add(lines, shown(g_ptr_array_index(facts->console, (guint)i)));
}

void sb_evidence_add_console(GPtrArray *lines, const SbFacts *facts, int line, int with)
{
    int from = line < 0 ? with : line - LINES_BEFORE;
    if (with >= 0 && with < from) {
        add_lines(lines, facts, with, with + 1);
        if (with + 1 < from)
            g_ptr_array_add(lines, g_strdup("…"));
    }
    int to = (line < 0 ? with : line) + 1 + LINES_AFTER;
    add_lines(lines, facts, from, to);
    if (with >= to) {
        g_ptr_array_add(lines, g_strdup("…"));
        add_lines(lines, facts, with, with + 1);
    }
}

void sb_evidence_add_tail(GPtrArray *lines, const SbFacts *facts, int error)
{
    if (!facts->console || facts->console->len == 0)
        return;
    int from = (int)facts->console->len - TAIL_LINES;
    if (error >= 0 && error < from) {
        add_lines(lines, facts, error, error + 1);
        g_ptr_array_add(lines, g_strdup("…"));
    }
    add_lines(lines, facts, from, (int)facts->console->len);
}
