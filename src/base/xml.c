/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/xml.h"

#include "base/error.h"
#include "base/text.h"

#include <libxml/parser.h>
#include <stdarg.h>
#include <string.h>

SB_DEFINE_ERROR(sb_xml_error, SB_ERRORS_NONE)

xmlDoc *sb_xml_new(const char *root)
{
    xmlDoc *document = xmlNewDoc(BAD_CAST "1.0");
    xmlDocSetRootElement(document, xmlNewNode(NULL, BAD_CAST root));
    return document;
}

xmlNode *sb_xml_add(xmlNode *parent, const char *name, ...)
{
    xmlNode *node = xmlNewTextChild(parent, NULL, BAD_CAST name, NULL);
    va_list attributes;
    va_start(attributes, name);
    for (;;) {
        const char *attribute = va_arg(attributes, const char *);
        if (!attribute)
            break;
        const char *value = va_arg(attributes, const char *);
        if (value)
            xmlNewProp(node, BAD_CAST attribute, BAD_CAST value);
    }
    va_end(attributes);
    return node;
}

xmlNode *sb_xml_add_text(xmlNode *parent, const char *name, const char *text)
{
    /* Not xmlNewChild: it drops everything after an ampersand. */
    return xmlNewTextChild(parent, NULL, BAD_CAST name, BAD_CAST text);
}

xmlNode *sb_xml_add_uint(xmlNode *parent, const char *name, const char *unit, guint64 value)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);
    xmlNode *node = sb_xml_add_text(parent, name, text);
    if (unit)
        xmlNewProp(node, BAD_CAST "unit", BAD_CAST unit);
    return node;
}

xmlDoc *sb_xml_parse(const char *text, GError **error)
{
    xmlResetLastError();
    g_autoptr(xmlDoc) document = xmlReadMemory(text, (int)strlen(text), NULL, NULL,
                                               XML_PARSE_NONET | XML_PARSE_NOERROR |
                                                   XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS);
    if (!document) {
        const xmlError *cause = xmlGetLastError();
        const char *message = cause && cause->message ? g_strchomp(cause->message) : "it is empty";
        /* libxml2 quotes from the text, also what is not UTF-8. */
        g_autofree char *clean = sb_text_sanitize(message, strlen(message));
        return sb_error_set_null(error, SB_XML_ERROR, SB_XML_ERROR_PARSE,
                                 "the XML is not well-formed: %s", clean);
    }
    /* libvirt never writes a document type. A document type could define entities, and these can
     * make gigabytes of a few lines. */
    if (document->intSubset)
        return sb_error_set_null(error, SB_XML_ERROR, SB_XML_ERROR_PARSE,
                                 "the XML has a document type, which is not allowed");
    return g_steal_pointer(&document);
}

xmlNode *sb_xml_next(xmlNode *node, const char *name)
{
    for (node = node->next; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0)
            return node;
    return NULL;
}

xmlNode *sb_xml_first(xmlNode *parent, const char *name)
{
    for (xmlNode *node = parent->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0)
            return node;
    return NULL;
}

/* Several elements may have the same name, such as `disk`: the path may lead through any of them.
 */
static xmlNode *find(xmlNode *node, char **names)
{
    if (!names[0])
        return node;
    for (node = sb_xml_first(node, names[0]); node; node = sb_xml_next(node, names[0])) {
        xmlNode *found = find(node, names + 1);
        if (found)
            return found;
    }
    return NULL;
}

xmlNode *sb_xml_find(xmlNode *node, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    return find(node, names);
}

static char *take_xml_string(xmlChar *text)
{
    if (!text)
        return NULL;
    char *copy = g_strdup((const char *)text);
    xmlFree(text);
    return copy;
}

char *sb_xml_text(xmlNode *node, const char *path)
{
    xmlNode *found = sb_xml_find(node, path);
    return found ? take_xml_string(xmlNodeGetContent(found)) : NULL;
}

char *sb_xml_attribute(xmlNode *node, const char *path, const char *name)
{
    xmlNode *found = path ? sb_xml_find(node, path) : node;
    return found ? take_xml_string(xmlGetProp(found, BAD_CAST name)) : NULL;
}

char *sb_xml_node_to_string(xmlNode *node)
{
    xmlBuffer *buffer = xmlBufferCreate();
    xmlNodeDump(buffer, node->doc, node, 0, 1);
    char *text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

char *sb_xml_to_string(xmlDoc *document)
{
    return sb_xml_node_to_string(xmlDocGetRootElement(document));
}
