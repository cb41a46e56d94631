/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Pages of HTML that need nothing else: what guests wrote is text in them, and nothing can run or
 * load. page.css is their style.
 *
 * Room: base.
 * Threads: a page belongs to one thread.
 */
#pragma once

#include <libxml/tree.h>

#include <glib.h>

/** A page with TITLE, and no content. *BODY_OUT is (transfer none). (transfer full) */
xmlDoc *sb_page_new(const char *title, xmlNode **body_out);

/** Adds ELEMENT with the class CLASS_NAME (nullable) and TEXT (nullable) under PARENT. (transfer
 * none) */
xmlNode *sb_page_add(xmlNode *parent, const char *element, const char *class_name,
                     const char *text);

/** Adds a part that is folded unless IS_OPEN, with the line SUMMARY. (transfer none) */
xmlNode *sb_page_add_folded(xmlNode *parent, gboolean is_open, const char *summary);

/** A time in which something ran. The texts belong to the caller. */
typedef struct {
    const char *row;        /**< such as the machine */
    const char *lane;       /**< bars of one lane of a row stand in one line: they do not overlap */
    const char *class_name; /**< how it is coloured, such as "failed" */
    const char *title;      /**< (nullable) what is shown when the pointer is over it */
    const char *target;     /**< (nullable) the id of the element that it leads to */
    gint64 from_ms, to_ms;
} SbPageBar;

/**
 * Adds a timeline: a row for each machine, in the order of their names, with a line for each lane,
 * in the order of BARS. All share one scale. Nothing is added if there are no bars.
 *
 * @param bars  of SbPageBar
 */
void sb_page_add_timeline(xmlNode *parent, const GPtrArray *bars);

/** The page as text. (transfer full) */
char *sb_page_to_text(xmlDoc *page);
