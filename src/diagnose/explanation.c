/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/explanation.h"

#include "base/array.h"
#include "base/resources.h"
#include "base/text.h"
#include "base/xml.h"

#include <libxml/xpath.h>
#include <string.h>

/* One call of sb_explanation(). */
typedef struct {
    GKeyFile *table;
    char **names; /* of the entries */
    xmlDoc *domain;
    GHashTable *owned;  /* xmlNode that an entry names, to the name of the entry */
    GPtrArray *options; /* of char *: options of QEMU with their values */
    GHashTable *used;   /* options that an entry explains; elements of OPTIONS */
    GString *text;
} Explaining;

static char **list_of(const Explaining *explaining, const char *name, const char *key)
{
    char **list = g_key_file_get_string_list(explaining->table, name, key, NULL, NULL);
    return list ? list : g_new0(char *, 1);
}

/* ---- elements ---- */

/* Marks the elements at PATH as those of the entry NAME. */
static void own(Explaining *explaining, const char *name, const char *path)
{
    xmlXPathContext *context = xmlXPathNewContext(explaining->domain);
    context->node = xmlDocGetRootElement(explaining->domain);
    xmlXPathObject *found = xmlXPathEval(BAD_CAST path, context);
    for (int i = 0; found && found->nodesetval && i < found->nodesetval->nodeNr; i++)
        g_hash_table_insert(explaining->owned, found->nodesetval->nodeTab[i], (gpointer)name);
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
}

/* These hold the elements of all entries. */
static gboolean is_container(const xmlNode *node)
{
    return strcmp((const char *)node->name, "domain") == 0 ||
           strcmp((const char *)node->name, "devices") == 0;
}

/* Removes what is explained elsewhere from COPY, a copy of NODE. */
static void prune(const Explaining *explaining, const xmlNode *node, xmlNode *copy)
{
    xmlNode *copied = copy->children;
    for (const xmlNode *child = node->children; child; child = child->next) {
        xmlNode *next = copied->next;
        if (is_container(node) || g_hash_table_contains(explaining->owned, child)) {
            xmlUnlinkNode(copied);
            xmlFreeNode(copied);
        } else if (child->type == XML_ELEMENT_NODE) {
            prune(explaining, child, copied);
        }
        copied = next;
    }
}

static void add_indented(Explaining *explaining, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (gsize i = 0; lines[i]; i++) {
        g_autofree char *clean = sb_text_one_line(lines[i]);
        g_string_append_printf(explaining->text, "  %s\n", clean);
    }
}

static void add_element(Explaining *explaining, xmlNode *node)
{
    xmlNode *copy = xmlDocCopyNode(node, explaining->domain, 1);
    prune(explaining, node, copy);
    g_autofree char *text = sb_xml_node_to_string(copy);
    add_indented(explaining, text);
    xmlFreeNode(copy);
}

/* Adds the elements of the entry NAME (NULL: of no entry) that NODE has or is. */
static void add_elements(Explaining *explaining, xmlNode *node, const char *name)
{
    const char *owner = g_hash_table_lookup(explaining->owned, node);
    if (name ? owner == name : !owner && !is_container(node))
        add_element(explaining, node);
    if (!name && !is_container(node))
        return;
    for (xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            add_elements(explaining, child, name);
}

/* ---- options of QEMU ---- */

/* Cuts COMMAND into options with their values, after the assignments of the environment. */
static void read_options(Explaining *explaining, const char *command)
{
    g_auto(GStrv) words = NULL;
    if (!command || !g_shell_parse_argv(command, NULL, &words, NULL))
        return;
    char **word = words;
    while (*word && **word != '/')
        word++;
    while (*word) {
        g_autoptr(GString) option = g_string_new(*word++);
        while (*option->str == '-' && *word && **word != '-')
            g_string_append_printf(option, " %s", *word++);
        g_ptr_array_add(explaining->options, g_string_free(g_steal_pointer(&option), FALSE));
    }
}

static void add_options(Explaining *explaining, const char *name)
{
    g_auto(GStrv) patterns = list_of(explaining, name, "qemu");
    SB_EACH(char, option, explaining->options) {
        gboolean fits = FALSE;
        for (gsize i = 0; patterns[i] && !fits; i++)
            fits = g_regex_match_simple(patterns[i], option, 0, 0);
        if (!fits)
            continue;
        add_indented(explaining, option);
        g_hash_table_add(explaining->used, option);
    }
}

/* ---- all of it ---- */

static void add_entry(Explaining *explaining, const char *name)
{
    g_auto(GStrv) keys = list_of(explaining, name, "keys");
    g_autofree char *joined = g_strjoinv(", ", keys);
    g_autofree char *text = g_key_file_get_string(explaining->table, name, "text", NULL);
    g_autofree char *topic = g_key_file_get_string(explaining->table, name, "topic", NULL);
    gsize before = explaining->text->len;
    g_string_append_printf(explaining->text, "%s%s%s%s: %s%s%s%s\n", name,
                           *joined ? " (in the file: " : "", joined, *joined ? ")" : "", text,
                           topic ? " (more: seedbed explain " : "", topic ? topic : "",
                           topic ? ")" : "");
    gsize begin = explaining->text->len;
    add_elements(explaining, xmlDocGetRootElement(explaining->domain), name);
    add_options(explaining, name);
    if (explaining->text->len == begin)
        g_string_truncate(explaining->text, before);
    else
        g_string_append_c(explaining->text, '\n');
}

static void add_rest(Explaining *explaining)
{
    gsize before = explaining->text->len;
    g_string_append(explaining->text, "Not explained here:\n");
    gsize begin = explaining->text->len;
    add_elements(explaining, xmlDocGetRootElement(explaining->domain), NULL);
    SB_EACH(char, option, explaining->options)
        if (!g_hash_table_contains(explaining->used, option))
            add_indented(explaining, option);
    if (explaining->text->len == begin)
        g_string_truncate(explaining->text, before);
}

char *sb_explanation(xmlDoc *domain, const char *native)
{
    g_autoptr(GBytes) bytes = sb_resource("src/diagnose/explanations.ini");
    g_autoptr(GKeyFile) table = g_key_file_new();
    g_key_file_load_from_bytes(table, bytes, G_KEY_FILE_NONE, NULL);
    g_auto(GStrv) names = g_key_file_get_groups(table, NULL);
    g_autoptr(GHashTable) owned = g_hash_table_new(NULL, NULL), used = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);
    Explaining explaining = {.table = table,
                             .names = names,
                             .domain = domain,
                             .owned = owned,
                             .options = options,
                             .used = used,
                             .text = g_string_new(NULL)};
    read_options(&explaining, native);
    for (gsize i = 0; names[i]; i++) {
        g_auto(GStrv) paths = list_of(&explaining, names[i], "xml");
        for (gsize j = 0; paths[j]; j++)
            own(&explaining, names[i], paths[j]);
    }
    for (gsize i = 0; names[i]; i++)
        add_entry(&explaining, names[i]);
    add_rest(&explaining);
    return g_string_free(explaining.text, FALSE);
}
