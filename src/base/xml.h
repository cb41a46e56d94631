/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * libxml2 trees with less writing: building, looking up, parsing safely, and serialising.
 *
 * Text always goes through functions that escape it: nothing that a user wrote can become markup.
 *
 * Room: base.
 * Threads: a document belongs to one thread.
 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

#define SB_XML_ERROR (sb_xml_error_quark())
GQuark sb_xml_error_quark(void);

typedef enum {
    SB_XML_ERROR_PARSE, /**< the text is not well-formed XML, or has a document type */
} SbXmlError;

/** A document with a root element ROOT. (transfer full) */
xmlDoc *sb_xml_new(const char *root);

/**
 * Adds an element under PARENT, with attributes.
 *
 * The variable arguments are pairs of attribute name and value (both `const char *`), ended by
 * NULL; a pair with a NULL value is left out.
 *
 * @return (transfer none) the new element, owned by its document
 */
xmlNode *sb_xml_add(xmlNode *parent, const char *name, ...) G_GNUC_NULL_TERMINATED;

/** Adds `<NAME>TEXT</NAME>` under PARENT. (transfer none) */
xmlNode *sb_xml_add_text(xmlNode *parent, const char *name, const char *text);

/** Adds `<NAME unit='UNIT'>VALUE</NAME>` under PARENT; UNIT may be NULL. (transfer none) */
xmlNode *sb_xml_add_uint(xmlNode *parent, const char *name, const char *unit, guint64 value);

/**
 * Parses XML that libvirt gave, with no network access and no document type (so no entities).
 *
 * @return (transfer full) or NULL with SB_XML_ERROR_PARSE
 */
xmlDoc *sb_xml_parse(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The first descendant of NODE at PATH: element names with `/` between, in any namespace, such as
 * "os/loader".
 *
 * @return (transfer none) (nullable)
 */
xmlNode *sb_xml_find(xmlNode *node, const char *path);

/** The first child of PARENT that is an element called NAME. (transfer none) (nullable) */
xmlNode *sb_xml_first(xmlNode *parent, const char *name);

/** The next sibling after NODE that is an element called NAME. (transfer none) (nullable) */
xmlNode *sb_xml_next(xmlNode *node, const char *name);

/** The text of the element at PATH below NODE: "" for an empty element, NULL if there is no such
 * element. (transfer full) */
char *sb_xml_text(xmlNode *node, const char *path);

/** Attribute NAME of the element at PATH below NODE (NULL: of NODE itself), or NULL. (transfer
 * full) */
char *sb_xml_attribute(xmlNode *node, const char *path, const char *name);

/** The document as text, indented by two spaces, without an XML declaration. (transfer full) */
char *sb_xml_to_string(xmlDoc *document);

/** NODE and everything below it as text, in the form of sb_xml_to_string(). (transfer full) */
char *sb_xml_node_to_string(xmlNode *node);
