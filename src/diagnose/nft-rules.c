/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/nft-rules.h"

#include "base/json.h"

#include <string.h>

/* ---- one condition ---- */

/* What a packet has in the place that a rule looks at. */
typedef struct {
    const char *text; /* (nullable) of an address: it is not known */
    guint number;     /* if there is no text */
    gboolean is_address;
} Value;

/* NO: the packet has no such place. */
static SbMatch resolve_text(const char *text, Value *value)
{
    value->text = text;
    return !text ? SB_MATCH_NO : *text ? SB_MATCH_YES : SB_MATCH_MAYBE;
}

static SbMatch resolve_meta(const SbFirewallPacket *packet, const char *key, Value *value)
{
    if (strcmp(key, "iifname") == 0 || strcmp(key, "iif") == 0)
        return resolve_text(packet->from, value);
    if (strcmp(key, "oifname") == 0 || strcmp(key, "oif") == 0)
        return resolve_text(packet->to, value);
    if (strcmp(key, "l4proto") == 0)
        return resolve_text(packet->protocol, value);
    return strcmp(key, "nfproto") == 0    ? resolve_text("ipv4", value)
           : strcmp(key, "protocol") == 0 ? resolve_text("ip", value)
                                          : SB_MATCH_MAYBE;
}

static SbMatch resolve_ip(const SbFirewallPacket *packet, const char *field, Value *value)
{
    gboolean is_source = strcmp(field, "saddr") == 0;
    if (strcmp(field, "protocol") == 0)
        return resolve_text(packet->protocol, value);
    if (!is_source && strcmp(field, "daddr") != 0)
        return SB_MATCH_MAYBE;
    value->is_address = TRUE;
    value->text = is_source ? packet->source : packet->destination;
    return SB_MATCH_YES;
}

static SbMatch resolve_payload(const SbFirewallPacket *packet, JsonObject *payload, Value *value)
{
    static const char *const others[] = {"ip6",  "tcp",     "udp",  "icmp", "icmpv6",
                                         "sctp", "udplite", "dccp", "arp",  NULL};
    const char *protocol = sb_json_string(payload, "protocol");
    const char *field = sb_json_string(payload, "field");
    if (!protocol || !field)
        return SB_MATCH_MAYBE;
    if (strcmp(protocol, "ip") == 0)
        return resolve_ip(packet, field, value);
    if (strcmp(protocol, "th") != 0 && strcmp(protocol, packet->protocol) != 0)
        return g_strv_contains(others, protocol) ? SB_MATCH_NO : SB_MATCH_MAYBE;
    value->number = strcmp(field, "dport") == 0 ? packet->port : packet->source_port;
    return strcmp(field, "dport") == 0 || strcmp(field, "sport") == 0 ? SB_MATCH_YES
                                                                      : SB_MATCH_MAYBE;
}

/* The value of what LEFT stands for. NO: PACKET does not have it, and the rule is not for it. */
static SbMatch resolve(const SbFirewallPacket *packet, JsonObject *left, Value *value)
{
    JsonObject *meta = sb_json_object(left, "meta"), *ct = sb_json_object(left, "ct");
    JsonObject *payload = sb_json_object(left, "payload");
    const char *key = meta || ct ? sb_json_string(meta ? meta : ct, "key") : NULL;
    if (payload)
        return resolve_payload(packet, payload, value);
    if (!key)
        return SB_MATCH_MAYBE;
    if (meta)
        return resolve_meta(packet, key, value);
    return strcmp(key, "state") == 0 ? resolve_text(packet->state, value) : SB_MATCH_MAYBE;
}

static SbMatch is_value(const Value *value, JsonNode *right);

static SbMatch is_one_of(const Value *value, JsonArray *list)
{
    SbMatch best = SB_MATCH_NO;
    for (guint i = 0; i < json_array_get_length(list) && best != SB_MATCH_YES; i++) {
        SbMatch one = is_value(value, json_array_get_element(list, i));
        best = one == SB_MATCH_NO ? best : one;
    }
    return best;
}

static SbMatch is_text(const Value *value, const char *text)
{
    gsize length = strlen(text);
    if (*text == '@') /* a set that has a name */
        return SB_MATCH_MAYBE;
    if (value->is_address)
        return sb_match_address(text, 32, value->text);
    if (!value->text)
        return SB_MATCH_MAYBE;
    gboolean is_same = length > 0 && text[length - 1] == '*'
                           ? strncmp(text, value->text, length - 1) == 0
                           : strcmp(text, value->text) == 0;
    return is_same ? SB_MATCH_YES : SB_MATCH_NO;
}

static SbMatch is_in_range(const Value *value, JsonArray *range)
{
    if (value->text || value->is_address || json_array_get_length(range) != 2)
        return SB_MATCH_MAYBE;
    return json_array_get_int_element(range, 0) <= value->number &&
                   value->number <= json_array_get_int_element(range, 1)
               ? SB_MATCH_YES
               : SB_MATCH_NO;
}

static JsonNode *member(JsonObject *object, const char *name, JsonNodeType type)
{
    JsonNode *node = json_object_get_member(object, name);
    return node && JSON_NODE_TYPE(node) == type ? node : NULL;
}

static SbMatch is_object(const Value *value, JsonObject *object)
{
    JsonNode *set = member(object, "set", JSON_NODE_ARRAY);
    JsonNode *range = member(object, "range", JSON_NODE_ARRAY);
    JsonObject *prefix = sb_json_object(object, "prefix"),
               *element = sb_json_object(object, "elem");
    const char *network = prefix ? sb_json_string(prefix, "addr") : NULL;
    if (set)
        return is_one_of(value, json_node_get_array(set));
    if (range)
        return is_in_range(value, json_node_get_array(range));
    if (network && value->is_address)
        return sb_match_address(network, (gulong)json_object_get_int_member(prefix, "len"),
                                value->text);
    return element && json_object_has_member(element, "val")
               ? is_value(value, json_object_get_member(element, "val"))
               : SB_MATCH_MAYBE;
}

static SbMatch is_value(const Value *value, JsonNode *right)
{
    if (JSON_NODE_HOLDS_ARRAY(right))
        return is_one_of(value, json_node_get_array(right));
    if (JSON_NODE_HOLDS_OBJECT(right))
        return is_object(value, json_node_get_object(right));
    if (json_node_get_value_type(right) == G_TYPE_STRING)
        return is_text(value, json_node_get_string(right));
    if (json_node_get_value_type(right) != G_TYPE_INT64 || value->text || value->is_address)
        return SB_MATCH_MAYBE;
    return json_node_get_int(right) == value->number ? SB_MATCH_YES : SB_MATCH_NO;
}

static SbMatch match_condition(const SbFirewallPacket *packet, JsonObject *match)
{
    Value value = {.text = NULL};
    JsonObject *left = sb_json_object(match, "left");
    JsonNode *right = json_object_get_member(match, "right");
    const char *op = sb_json_string(match, "op");
    SbMatch has = left && right && op ? resolve(packet, left, &value) : SB_MATCH_MAYBE;
    if (has != SB_MATCH_YES)
        return has;
    SbMatch is = is_value(&value, right);
    if (strcmp(op, "==") == 0 || strcmp(op, "in") == 0)
        return is;
    return strcmp(op, "!=") != 0 || is == SB_MATCH_MAYBE ? SB_MATCH_MAYBE
           : is == SB_MATCH_YES                          ? SB_MATCH_NO
                                                         : SB_MATCH_YES;
}

/* ---- rules and chains ---- */

/* A packet on its way through one table. */
typedef struct {
    JsonArray *all;
    const SbFirewallPacket *packet;
    const char *family, *table;
    JsonObject *stop; /* the rule that stopped it */
} Way;

static SbFate follow(Way *way, const char *chain, guint depth);

/* What the verdict NAME, with VALUE, does. */
static SbFate obey(Way *way, const char *name, JsonNode *value, guint depth)
{
    const char *target = JSON_NODE_HOLDS_OBJECT(value)
                             ? sb_json_string(json_node_get_object(value), "target")
                             : NULL;
    if (target) {
        SbFate fate = follow(way, target, depth + 1);
        /* The other verdict with a target does not come back to this chain. */
        return strcmp(name, "jump") != 0 && fate == SB_FATE_PASSES ? SB_FATE_RETURNS : fate;
    }
    return strcmp(name, "accept") == 0                                ? SB_FATE_ACCEPTED
           : strcmp(name, "drop") == 0 || strcmp(name, "reject") == 0 ? SB_FATE_STOPPED
           : strcmp(name, "return") == 0                              ? SB_FATE_RETURNS
                                                                      : SB_FATE_PASSES;
}

/* A map from values to verdicts. */
static SbFate look_up(Way *way, JsonObject *map, guint depth)
{
    Value value = {.text = NULL};
    JsonObject *key = sb_json_object(map, "key"), *data = sb_json_object(map, "data");
    JsonNode *set = data ? member(data, "set", JSON_NODE_ARRAY) : NULL;
    SbMatch has = key && set ? resolve(way->packet, key, &value) : SB_MATCH_MAYBE;
    SbFate fate = has == SB_MATCH_MAYBE ? SB_FATE_UNKNOWN : SB_FATE_PASSES;
    guint count = has == SB_MATCH_YES ? json_array_get_length(json_node_get_array(set)) : 0;
    for (guint i = 0; i < count && fate == SB_FATE_PASSES; i++) {
        JsonNode *pair = json_array_get_element(json_node_get_array(set), i);
        if (!JSON_NODE_HOLDS_ARRAY(pair) || json_array_get_length(json_node_get_array(pair)) != 2)
            return SB_FATE_UNKNOWN;
        JsonNode *verdict = json_array_get_element(json_node_get_array(pair), 1);
        if (!JSON_NODE_HOLDS_OBJECT(verdict))
            return SB_FATE_UNKNOWN;
        SbMatch is = is_value(&value, json_array_get_element(json_node_get_array(pair), 0));
        g_autoptr(GList) names = json_object_get_members(json_node_get_object(verdict));
        if (is != SB_MATCH_NO && names)
            fate = sb_fate_if(
                is,
                obey(way, names->data,
                     json_object_get_member(json_node_get_object(verdict), names->data), depth));
    }
    return fate;
}

/* What the STATEMENT of a rule does; it is not the end of the rule if the packet passes. */
static SbFate read_statement(Way *way, JsonObject *statement, SbMatch *match, guint depth)
{
    static const char *const verdicts[] = {"accept", "drop", "reject", "return", NULL};
    static const char *const harmless[] = {"counter", "log", "mangle", "continue", NULL};
    g_autoptr(GList) names = json_object_get_members(statement);
    const char *name = names ? names->data : "";
    JsonNode *value = names ? json_object_get_member(statement, name) : NULL;
    JsonObject *object =
        value && JSON_NODE_HOLDS_OBJECT(value) ? json_node_get_object(value) : NULL;
    if (g_strv_contains(verdicts, name) || (object && sb_json_string(object, "target")))
        return obey(way, name, value, depth);
    if (object && strcmp(name, "vmap") == 0)
        return look_up(way, object, depth);
    if (object && strcmp(name, "match") == 0) {
        SbMatch one = match_condition(way->packet, object);
        *match = one == SB_MATCH_YES ? *match : one;
    } else if (!g_strv_contains(harmless, name)) {
        *match = SB_MATCH_MAYBE;
    }
    return SB_FATE_PASSES;
}

static SbFate read_rule(Way *way, JsonObject *rule, guint depth)
{
    JsonNode *expression = member(rule, "expr", JSON_NODE_ARRAY);
    JsonArray *statements = expression ? json_node_get_array(expression) : NULL;
    SbMatch match = SB_MATCH_YES, before = match;
    SbFate fate = SB_FATE_PASSES;
    for (guint i = 0; statements && i < json_array_get_length(statements); i++) {
        JsonNode *statement = json_array_get_element(statements, i);
        if (!JSON_NODE_HOLDS_OBJECT(statement))
            return SB_FATE_UNKNOWN;
        fate = read_statement(way, json_node_get_object(statement), &match, depth);
        if (match == SB_MATCH_NO)
            return SB_FATE_PASSES;
        before = before == SB_MATCH_MAYBE ? before : match;
        if (fate != SB_FATE_PASSES)
            break;
    }
    if (fate == SB_FATE_STOPPED && before == SB_MATCH_YES && !way->stop)
        way->stop = rule;
    return sb_fate_if(before, fate);
}

static gboolean is_of(const Way *way, JsonObject *thing)
{
    return g_strcmp0(sb_json_string(thing, "family"), way->family) == 0 &&
           g_strcmp0(sb_json_string(thing, "table"), way->table) == 0;
}

static JsonObject *at(JsonArray *all, guint index, const char *kind)
{
    JsonNode *node = json_array_get_element(all, index);
    return JSON_NODE_HOLDS_OBJECT(node) ? sb_json_object(json_node_get_object(node), kind) : NULL;
}

static SbFate follow(Way *way, const char *chain, guint depth)
{
    SbFate fate = depth > SB_FIREWALL_MAX_DEPTH ? SB_FATE_UNKNOWN : SB_FATE_PASSES;
    for (guint i = 0; i < json_array_get_length(way->all) && fate == SB_FATE_PASSES; i++) {
        JsonObject *rule = at(way->all, i, "rule");
        if (rule && is_of(way, rule) && g_strcmp0(sb_json_string(rule, "chain"), chain) == 0)
            fate = read_rule(way, rule, depth);
    }
    return fate == SB_FATE_RETURNS ? SB_FATE_PASSES : fate;
}

/* What stops the packet in the base chain CHAIN. (transfer full) (nullable) */
static char *stop_of(Way *way, JsonObject *chain)
{
    const char *name = sb_json_string(chain, "name");
    const char *policy = sb_json_string(chain, "policy");
    SbFate fate = name ? follow(way, name, 0) : SB_FATE_UNKNOWN;
    if (fate == SB_FATE_STOPPED && way->stop)
        return g_strdup_printf("nft chain %s %s %s, handle %" G_GINT64_FORMAT, way->family,
                               way->table, sb_json_string(way->stop, "chain"),
                               json_object_get_int_member(way->stop, "handle"));
    return fate == SB_FATE_PASSES && g_strcmp0(policy, "drop") == 0
               ? g_strdup_printf("nft chain %s %s %s, policy drop", way->family, way->table, name)
               : NULL;
}

char *sb_nft_stop(JsonNode *ruleset, const SbFirewallPacket *packet)
{
    JsonNode *list = member(json_node_get_object(ruleset), "nftables", JSON_NODE_ARRAY);
    JsonArray *all = list ? json_node_get_array(list) : NULL;
    char *stop = NULL;
    for (guint i = 0; all && i < json_array_get_length(all) && !stop; i++) {
        JsonObject *chain = at(all, i, "chain");
        const char *hook = chain ? sb_json_string(chain, "hook") : NULL;
        const char *family = hook ? sb_json_string(chain, "family") : NULL;
        const char *table = family ? sb_json_string(chain, "table") : NULL;
        if (!table || g_ascii_strcasecmp(hook, packet->chain) != 0 ||
            g_strcmp0(sb_json_string(chain, "type"), "filter") != 0 ||
            (strcmp(family, "ip") != 0 && strcmp(family, "inet") != 0))
            continue;
        Way way = {.all = all, .packet = packet, .family = family, .table = table};
        stop = stop_of(&way, chain);
    }
    return stop;
}
