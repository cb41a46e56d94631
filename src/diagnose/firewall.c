/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/firewall.h"

#include "base/json.h"
#include "diagnose/firewall-match.h"
#include "diagnose/nft-rules.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- one rule ---- */

/* Whether VALUE, such as "22", "20:25" or "22,80", has PORT. */
static SbMatch match_port(const char *value, guint port)
{
    g_auto(GStrv) parts = g_strsplit(value, ",", -1);
    for (gsize i = 0; parts[i]; i++) {
        const char *colon = strchr(parts[i], ':');
        gulong first = strtoul(parts[i], NULL, 10);
        gulong last = colon ? strtoul(colon + 1, NULL, 10) : first;
        if (first <= port && port <= last)
            return SB_MATCH_YES;
    }
    return SB_MATCH_NO;
}

/* Whether the network VALUE, such as "10.0.0.0/8", has ADDRESS. */
static SbMatch match_address(const char *value, const char *address)
{
    g_auto(GStrv) parts = g_strsplit(value, "/", 2);
    return sb_match_address(parts[0] ? parts[0] : "",
                            parts[0] && parts[1] ? strtoul(parts[1], NULL, 10) : 32, address);
}

/* A '+' at the end of a name stands for any end. INTERFACE is one of a packet. */
static SbMatch match_interface(const char *value, const char *interface)
{
    gsize length = strlen(value);
    if (!interface || !*interface)
        return interface ? SB_MATCH_MAYBE : SB_MATCH_NO;
    if (length > 0 && value[length - 1] == '+')
        return strncmp(value, interface, length - 1) == 0 ? SB_MATCH_YES : SB_MATCH_NO;
    return strcmp(value, interface) == 0 ? SB_MATCH_YES : SB_MATCH_NO;
}

static SbMatch match_state(const char *value, const char *state)
{
    g_auto(GStrv) states = g_strsplit(value, ",", -1);
    for (char **each = states; *each; each++)
        if (g_ascii_strcasecmp(*each, state) == 0)
            return SB_MATCH_YES;
    return SB_MATCH_NO;
}

static SbMatch match_option(const char *option, const char *value, const SbFirewallPacket *packet)
{
    if (strcmp(option, "-i") == 0)
        return match_interface(value, packet->from);
    if (strcmp(option, "-o") == 0)
        return match_interface(value, packet->to);
    if (strcmp(option, "-p") == 0)
        return strcmp(value, packet->protocol) == 0 || strcmp(value, "all") == 0 ? SB_MATCH_YES
                                                                                 : SB_MATCH_NO;
    if (strcmp(option, "-s") == 0)
        return match_address(value, packet->source);
    if (strcmp(option, "-d") == 0)
        return match_address(value, packet->destination);
    if (strcmp(option, "--dport") == 0 || strcmp(option, "--dports") == 0)
        return match_port(value, packet->port);
    if (strcmp(option, "--sport") == 0 || strcmp(option, "--sports") == 0)
        return match_port(value, packet->source_port);
    if (strcmp(option, "--ctstate") == 0 || strcmp(option, "--state") == 0)
        return match_state(value, packet->state);
    return strcmp(option, "-m") == 0 || strcmp(option, "--comment") == 0 ||
                   strcmp(option, "--reject-with") == 0
               ? SB_MATCH_YES
               : SB_MATCH_MAYBE;
}

/* Whether the rule of WORDS is for PACKET; TARGET_OUT is what it does. */
static SbMatch match_rule(char **words, const SbFirewallPacket *packet, const char **target_out)
{
    SbMatch match = SB_MATCH_YES;
    for (char **word = words + 2; *word; word++) {
        gboolean is_not = strcmp(*word, "!") == 0;
        if (is_not && !*++word)
            break;
        /* The second value of an option that is not known here. */
        if (**word != '-')
            continue;
        const char *option = *word, *value = word[1] ? *++word : "";
        if (strcmp(option, "-j") == 0 || strcmp(option, "-g") == 0) {
            *target_out = value;
            continue;
        }
        SbMatch one = match_option(option, value, packet);
        if (is_not && one != SB_MATCH_MAYBE)
            one = one == SB_MATCH_YES ? SB_MATCH_NO : SB_MATCH_YES;
        if (one == SB_MATCH_NO)
            return SB_MATCH_NO;
        if (one == SB_MATCH_MAYBE)
            match = SB_MATCH_MAYBE;
    }
    return match;
}

/* ---- chains ---- */

/* A packet on its way through all rules. */
typedef struct {
    char **lines;
    const SbFirewallPacket *packet;
    const char *stop; /* the rule that stopped it */
} Way;

static SbFate follow(Way *way, const char *chain, guint depth);

static SbFate obey(Way *way, const char *line, const char *target, guint depth)
{
    if (strcmp(target, "ACCEPT") == 0)
        return SB_FATE_ACCEPTED;
    if (strcmp(target, "RETURN") == 0)
        return SB_FATE_RETURNS;
    if (strcmp(target, "DROP") != 0 && strcmp(target, "REJECT") != 0)
        return follow(way, target, depth + 1);
    way->stop = line;
    return SB_FATE_STOPPED;
}

/* What the rule LINE of CHAIN does. */
static SbFate read_rule(Way *way, const char *line, const char *chain, guint depth)
{
    g_auto(GStrv) words = NULL;
    const char *target = "";
    if (!g_str_has_prefix(line, "-A ") || !g_shell_parse_argv(line, NULL, &words, NULL) ||
        g_strcmp0(words[1], chain) != 0)
        return SB_FATE_PASSES;
    SbMatch match = match_rule(words, way->packet, &target);
    return match == SB_MATCH_NO ? SB_FATE_PASSES
                                : sb_fate_if(match, obey(way, line, target, depth));
}

/* A target that is not a chain, such as LOG, has no rules, and lets the packet pass. */
static SbFate follow(Way *way, const char *chain, guint depth)
{
    if (depth > SB_FIREWALL_MAX_DEPTH)
        return SB_FATE_UNKNOWN;
    SbFate fate = SB_FATE_PASSES;
    for (char **line = way->lines; *line && fate == SB_FATE_PASSES; line++)
        fate = read_rule(way, *line, chain, depth);
    return fate == SB_FATE_RETURNS ? SB_FATE_PASSES : fate;
}

static char *iptables_stop(const char *rules, const SbFirewallPacket *packet)
{
    g_auto(GStrv) lines = g_strsplit(rules, "\n", -1);
    g_autofree char *policy = g_strdup_printf("-P %s DROP", packet->chain);
    Way way = {.lines = lines, .packet = packet};
    SbFate fate = follow(&way, packet->chain, 0);
    if (fate == SB_FATE_PASSES && g_strv_contains((const char *const *)lines, policy))
        return g_steal_pointer(&policy);
    return fate == SB_FATE_STOPPED ? g_strdup(way.stop) : NULL;
}

char *sb_firewall_stop(const SbFirewall *firewall, const SbFirewallPacket *packet)
{
    char *stop = firewall->iptables ? iptables_stop(firewall->iptables, packet) : NULL;
    return stop || !firewall->nft ? stop : sb_nft_stop(firewall->nft, packet);
}

/* ---- reading ---- */

/* (transfer full) (nullable) */
static char *output_of(const char *const *argv)
{
    char *output = NULL;
    int status;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &output, NULL, &status, NULL))
        return NULL;
    return output;
}

void sb_firewall_read(SbFirewall *firewall_out)
{
    enum { MAX_BYTES = 8 << 20 };
    static const char *const iptables[] = {"iptables", "-S", NULL};
    static const char *const nft[] = {"nft", "-j", "list", "ruleset", NULL};
    *firewall_out = (SbFirewall){.iptables = NULL};
    if (geteuid() != 0)
        return;
    firewall_out->iptables = output_of(iptables);
    g_autofree char *json = output_of(nft);
    if (json)
        firewall_out->nft = sb_json_load_object(json, strlen(json), MAX_BYTES, NULL);
}

void sb_firewall_clear(SbFirewall *firewall)
{
    g_clear_pointer(&firewall->iptables, g_free);
    g_clear_pointer(&firewall->nft, json_node_unref);
}
