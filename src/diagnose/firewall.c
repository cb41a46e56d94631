/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/firewall.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_DEPTH = 16 };

typedef enum {
    PASSES, /* to the next rule */
    RETURNS,
    ACCEPTED,
    STOPPED,
    UNKNOWN,
} Fate;

typedef enum { NO, YES, MAYBE } Match;

/* ---- one rule ---- */

/* Whether VALUE, such as "22", "20:25" or "22,80", has PORT. */
static Match match_port(const char *value, guint port)
{
    g_auto(GStrv) parts = g_strsplit(value, ",", -1);
    for (gsize i = 0; parts[i]; i++) {
        const char *colon = strchr(parts[i], ':');
        gulong first = strtoul(parts[i], NULL, 10);
        gulong last = colon ? strtoul(colon + 1, NULL, 10) : first;
        if (first <= port && port <= last)
            return YES;
    }
    return NO;
}

/* Whether the network VALUE, such as "10.0.0.0/8", has ADDRESS. */
static Match match_address(const char *value, const char *address)
{
    g_auto(GStrv) parts = g_strsplit(value, "/", 2);
    gulong bits = parts[0] && parts[1] ? strtoul(parts[1], NULL, 10) : 32;
    struct in_addr network, one;
    if (!address || bits > 32 || inet_pton(AF_INET, parts[0], &network) != 1 ||
        inet_pton(AF_INET, address, &one) != 1)
        return MAYBE;
    guint32 mask = bits == 0 ? 0 : G_MAXUINT32 << (32 - bits);
    return (ntohl(network.s_addr) & mask) == (ntohl(one.s_addr) & mask) ? YES : NO;
}

/* A '+' at the end of a name stands for any end. */
static Match match_interface(const char *value, const char *interface)
{
    gsize length = strlen(value);
    if (length > 0 && value[length - 1] == '+')
        return strncmp(value, interface, length - 1) == 0 ? YES : NO;
    return strcmp(value, interface) == 0 ? YES : NO;
}

static Match match_state(const char *value, const char *state)
{
    g_auto(GStrv) states = g_strsplit(value, ",", -1);
    return g_strv_contains((const char *const *)states, state) ? YES : NO;
}

static Match match_option(const char *option, const char *value, const SbFirewallPacket *packet)
{
    gboolean is_in = strcmp(packet->chain, "INPUT") == 0;
    if (strcmp(option, "-i") == 0)
        return is_in ? match_interface(value, packet->interface) : NO;
    if (strcmp(option, "-o") == 0)
        return is_in ? NO : match_interface(value, packet->interface);
    if (strcmp(option, "-p") == 0)
        return strcmp(value, packet->protocol) == 0 || strcmp(value, "all") == 0 ? YES : NO;
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
               ? YES
               : MAYBE;
}

/* Whether the rule of WORDS is for PACKET; TARGET_OUT is what it does. */
static Match match_rule(char **words, const SbFirewallPacket *packet, const char **target_out)
{
    Match match = YES;
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
        Match one = match_option(option, value, packet);
        if (is_not && one != MAYBE)
            one = one == YES ? NO : YES;
        if (one == NO)
            return NO;
        if (one == MAYBE)
            match = MAYBE;
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

static Fate follow(Way *way, const char *chain, guint depth);

static Fate obey(Way *way, const char *line, const char *target, guint depth)
{
    if (strcmp(target, "ACCEPT") == 0)
        return ACCEPTED;
    if (strcmp(target, "RETURN") == 0)
        return RETURNS;
    if (strcmp(target, "DROP") != 0 && strcmp(target, "REJECT") != 0)
        return follow(way, target, depth + 1);
    way->stop = line;
    return STOPPED;
}

/* What the rule LINE of CHAIN does. */
static Fate read_rule(Way *way, const char *line, const char *chain, guint depth)
{
    g_auto(GStrv) words = NULL;
    const char *target = "";
    if (!g_str_has_prefix(line, "-A ") || !g_shell_parse_argv(line, NULL, &words, NULL) ||
        g_strcmp0(words[1], chain) != 0)
        return PASSES;
    Match match = match_rule(words, way->packet, &target);
    Fate fate = match == NO ? PASSES : obey(way, line, target, depth);
    return match == YES || fate == PASSES ? fate : fate == STOPPED ? PASSES : UNKNOWN;
}

/* A target that is not a chain, such as LOG, has no rules, and lets the packet pass. */
static Fate follow(Way *way, const char *chain, guint depth)
{
    if (depth > MAX_DEPTH)
        return UNKNOWN;
    Fate fate = PASSES;
    for (char **line = way->lines; *line && fate == PASSES; line++)
        fate = read_rule(way, *line, chain, depth);
    return fate == RETURNS ? PASSES : fate;
}

char *sb_firewall_stop(const char *rules, const SbFirewallPacket *packet)
{
    g_auto(GStrv) lines = g_strsplit(rules, "\n", -1);
    g_autofree char *policy = g_strdup_printf("-P %s DROP", packet->chain);
    Way way = {.lines = lines, .packet = packet};
    Fate fate = follow(&way, packet->chain, 0);
    if (fate == PASSES && g_strv_contains((const char *const *)lines, policy))
        return g_steal_pointer(&policy);
    return fate == STOPPED ? g_strdup(way.stop) : NULL;
}

char *sb_firewall_rules(void)
{
    static const char *const argv[] = {"iptables", "-S", NULL};
    char *rules = NULL;
    int status;
    if (geteuid() != 0 ||
        !g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &rules, NULL, &status, NULL))
        return NULL;
    return rules;
}
