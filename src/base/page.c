/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/page.h"

#include "base/array.h"
#include "base/resources.h"
#include "base/units.h"
#include "base/xml.h"

#include <libxml/xmlsave.h>
#include <string.h>

/* What a guest wrote is text, and if it were not, the policy would stop it. */
static const char policy[] = "default-src 'none'; style-src 'unsafe-inline'";

xmlNode *sb_page_add(xmlNode *parent, const char *element, const char *class_name, const char *text)
{
    xmlNode *node =
        text ? sb_xml_add_text(parent, element, text) : sb_xml_add(parent, element, NULL);
    if (class_name)
        xmlNewProp(node, BAD_CAST "class", BAD_CAST class_name);
    return node;
}

xmlNode *sb_page_add_folded(xmlNode *parent, gboolean is_open, const char *summary)
{
    xmlNode *details = sb_xml_add(parent, "details", "open", is_open ? "open" : NULL, NULL);
    sb_xml_add_text(details, "summary", summary);
    return details;
}

xmlDoc *sb_page_new(const char *title, xmlNode **body_out)
{
    g_autoptr(GBytes) style = sb_resource("src/base/page.css");
    xmlDoc *page = sb_xml_new("html");
    xmlNode *root = xmlDocGetRootElement(page);
    xmlNewProp(root, BAD_CAST "lang", BAD_CAST "en");
    xmlNode *head = sb_xml_add(root, "head", NULL);
    sb_xml_add(head, "meta", "charset", "UTF-8", NULL);
    sb_xml_add(head, "meta", "http-equiv", "Content-Security-Policy", "content", policy, NULL);
    sb_xml_add(head, "meta", "name", "viewport", "content", "width=device-width", NULL);
    sb_xml_add_text(head, "title", title);
    sb_xml_add_text(head, "style", g_bytes_get_data(style, NULL));
    *body_out = sb_xml_add(root, "body", NULL);
    return page;
}

/* ---- the timeline ---- */

typedef struct {
    gint64 from_ms, to_ms;
} Scale;

static void add_name(GPtrArray *names, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, (gpointer)name);
}

static void add_bar(xmlNode *track, const SbPageBar *bar, const Scale *scale)
{
    gdouble whole = (gdouble)MAX(scale->to_ms - scale->from_ms, 1);
    char left[G_ASCII_DTOSTR_BUF_SIZE], width[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(left, sizeof left, "%.3f",
                    100 * (gdouble)(bar->from_ms - scale->from_ms) / whole);
    g_ascii_formatd(width, sizeof width, "%.3f",
                    100 * (gdouble)(bar->to_ms - bar->from_ms) / whole);
    g_autofree char *style = g_strdup_printf("left:%s%%;width:%s%%", left, width);
    g_autofree char *class_name = g_strdup_printf("bar %s", bar->class_name);
    g_autofree char *target = bar->target ? g_strdup_printf("#%s", bar->target) : NULL;
    sb_xml_add(track, bar->target ? "a" : "span", "class", class_name, "style", style, "href",
               target, "title", bar->title, NULL);
}

static void add_row(xmlNode *timeline, const char *name, const GPtrArray *bars, const Scale *scale)
{
    g_autoptr(GPtrArray) lanes = g_ptr_array_new();
    SB_EACH(const SbPageBar, bar, bars)
        if (strcmp(bar->row, name) == 0)
            add_name(lanes, bar->lane);
    xmlNode *row = sb_page_add(timeline, "div", "row", NULL);
    sb_page_add(row, "span", "host", name);
    xmlNode *tracks = sb_page_add(row, "div", "tracks", NULL);
    SB_EACH(const char, lane, lanes) {
        xmlNode *track = sb_page_add(tracks, "div", "track", NULL);
        xmlNewProp(track, BAD_CAST "title", BAD_CAST lane);
        SB_EACH(const SbPageBar, bar, bars)
            if (strcmp(bar->row, name) == 0 && strcmp(bar->lane, lane) == 0)
                add_bar(track, bar, scale);
    }
}

void sb_page_add_timeline(xmlNode *parent, const GPtrArray *bars)
{
    if (bars->len == 0)
        return;
    Scale scale = {G_MAXINT64, 0};
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    SB_EACH(const SbPageBar, bar, bars) {
        scale.from_ms = MIN(scale.from_ms, bar->from_ms);
        scale.to_ms = MAX(scale.to_ms, bar->to_ms);
        add_name(rows, bar->row);
    }
    g_ptr_array_sort(rows, sb_compare_texts);
    xmlNode *timeline = sb_page_add(parent, "div", "timeline", NULL);
    SB_EACH(const char, row, rows)
        add_row(timeline, row, bars, &scale);
    g_autofree char *length = sb_duration_format(scale.to_ms - scale.from_ms);
    sb_page_add(timeline, "p", "faint", length);
}

char *sb_page_to_text(xmlDoc *page)
{
    xmlBuffer *buffer = xmlBufferCreate();
    xmlSaveCtxt *save = xmlSaveToBuffer(buffer, "UTF-8", XML_SAVE_AS_HTML | XML_SAVE_NO_DECL);
    xmlSaveTree(save, xmlDocGetRootElement(page));
    xmlSaveClose(save);
    char *text =
        g_strconcat("<!DOCTYPE html>\n", (const char *)xmlBufferContent(buffer), "\n", NULL);
    xmlBufferFree(buffer);
    return text;
}
