/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/xml.h"
#include "test.h"

#include <libxml/parser.h>
#include <string.h>

#define NASTY "a & b < c > \"d\" 'e' <f/> ]]>"

static void test_build(void)
{
    g_autoptr(xmlDoc) document = sb_xml_new("domain");
    xmlNode *root = xmlDocGetRootElement(document);
    sb_xml_add_text(root, "name", "faas-db-1");
    sb_xml_add_uint(root, "memory", "KiB", G_MAXUINT64);
    sb_xml_add_uint(root, "vcpu", NULL, 2);
    xmlNode *devices = sb_xml_add(root, "devices", NULL);
    sb_xml_add(devices, "disk", "type", "file", "device", NULL, "x", "y", NULL);
    g_autofree char *text = sb_xml_to_string(document);
    g_assert_cmpstr(text, ==,
                    "<domain>\n"
                    "  <name>faas-db-1</name>\n"
                    "  <memory unit=\"KiB\">18446744073709551615</memory>\n"
                    "  <vcpu>2</vcpu>\n"
                    "  <devices>\n"
                    "    <disk type=\"file\" x=\"y\"/>\n"
                    "  </devices>\n"
                    "</domain>");
    g_autofree char *part = sb_xml_node_to_string(devices);
    g_assert_true(g_str_has_prefix(part, "<devices>"));
}

/* Text stays text: nothing becomes an element, and nothing is cut at an ampersand. */
static void test_escape(void)
{
    g_autoptr(xmlDoc) document = sb_xml_new("a");
    xmlNode *root = xmlDocGetRootElement(document);
    sb_xml_add_text(root, "text", NASTY);
    sb_xml_add(root, "attribute", "value", NASTY, NULL);
    g_autofree char *written = sb_xml_to_string(document);

    g_autoptr(GError) error = NULL;
    g_autoptr(xmlDoc) again = sb_xml_parse(written, &error);
    g_assert_no_error(error);
    xmlNode *top = xmlDocGetRootElement(again);
    g_autofree char *text = sb_xml_text(top, "text");
    g_autofree char *attribute = sb_xml_attribute(top, "attribute", "value");
    g_assert_cmpstr(text, ==, NASTY);
    g_assert_cmpstr(attribute, ==, NASTY);
    g_assert_null(sb_xml_find(top, "text/f"));
}

static void test_find(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(xmlDoc) document = sb_xml_parse("<d xmlns:q='urn:q'><!-- x --><dev><a/></dev>"
                                              "<dev><disk n='1'/><q:disk n='2'>t</q:disk></dev>"
                                              "<e></e></d>",
                                              &error);
    g_assert_no_error(error);
    xmlNode *root = xmlDocGetRootElement(document);
    g_autofree char *number = sb_xml_attribute(root, "dev/disk", "n");
    g_assert_cmpstr(number, ==, "1");
    xmlNode *first = sb_xml_find(root, "dev/disk");
    xmlNode *second = sb_xml_next(first, "disk");
    g_autofree char *own = sb_xml_attribute(second, NULL, "n");
    g_assert_cmpstr(own, ==, "2");
    g_assert_null(sb_xml_next(second, "disk"));
    g_assert_true(sb_xml_first(root, "dev") == first->parent->prev);
    g_autofree char *empty = sb_xml_text(root, "e");
    g_assert_cmpstr(empty, ==, "");
    g_assert_null(sb_xml_find(root, "dev/none"));
    g_assert_null(sb_xml_find(root, "disk"));
    g_assert_null(sb_xml_text(root, "none"));
    g_assert_null(sb_xml_attribute(root, "dev/disk", "none"));
    g_assert_null(sb_xml_attribute(root, "none", "n"));
}

static void test_not_well_formed(void)
{
    static const char *const texts[] = {
        "",         " ",     "x",          "<a>",         "<a></b>",
        "<a/><b/>", "<a b>", "<a>&x;</a>", "<a>\001</a>", "<a>\xff</a>"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(sb_xml_parse(texts[i], &error));
        g_assert_error(error, SB_XML_ERROR, SB_XML_ERROR_PARSE);
        g_assert_false(g_str_has_suffix(error->message, "\n"));
    }
}

/* The reason is about this text, not about an earlier text. */
static void test_reason_is_not_stale(void)
{
    g_autoptr(GError) first = NULL, second = NULL;
    g_assert_null(sb_xml_parse("<a></b>", &first));
    g_assert_null(sb_xml_parse("", &second));
    g_assert_cmpstr(first->message, !=, second->message);
}

/* A document type can define entities that read files or grow without end. */
static void test_document_type(void)
{
    static const char *const texts[] = {
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(sb_xml_parse(texts[i], &error));
        g_assert_error(error, SB_XML_ERROR, SB_XML_ERROR_PARSE);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/xml/build", test_build);
    g_test_add_func("/xml/escape", test_escape);
    g_test_add_func("/xml/find", test_find);
    g_test_add_func("/xml/not-well-formed", test_not_well_formed);
    g_test_add_func("/xml/reason", test_reason_is_not_stale);
    g_test_add_func("/xml/document-type", test_document_type);
    int status = g_test_run();
    xmlCleanupParser();
    return status;
}
