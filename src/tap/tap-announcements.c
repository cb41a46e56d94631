/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-announcements.h"

#include <string.h>

gboolean sb_tap_announcement_read(const SbTapLine *comment, SbTapText *name_out)
{
    static const char word[] = "Subtest";
    gsize length = strlen(word);
    SbTapText text = comment->text;
    if (text.length < length || (*text.at | 0x20) != 's' || !sb_tap_text_has_prefix(text, word) ||
        (text.length > length && text.at[length] != ':'))
        return FALSE;
    gsize skipped = MIN(length + 1, text.length);
    *name_out = sb_tap_text_strip((SbTapText){text.at + skipped, text.length - skipped});
    return TRUE;
}

void sb_tap_announcements_add(SbTapAnnouncements *list, gsize indent, guint64 line_number,
                              SbTapText name)
{
    if (list->count == SB_TAP_MAX_ANNOUNCEMENTS)
        return;
    SbTapAnnouncement *item = &list->items[list->count++];
    item->indent = indent;
    item->line_number = line_number;
    item->length = MIN(name.length, SB_TAP_MAX_NAME_BYTES);
    memcpy(item->name, name.at, item->length);
}

const SbTapAnnouncement *sb_tap_announcements_at(const SbTapAnnouncements *list, gsize indent)
{
    for (guint i = 0; i < list->count; i++)
        if (list->items[i].indent == indent)
            return &list->items[i];
    return NULL;
}

void sb_tap_announcements_remove(SbTapAnnouncements *list, gsize indent)
{
    for (guint i = 0; i < list->count; i++) {
        if (list->items[i].indent != indent)
            continue;
        memmove(&list->items[i], &list->items[i + 1],
                (--list->count - i) * sizeof(SbTapAnnouncement));
        return;
    }
}

const SbTapAnnouncement *sb_tap_announcements_pop(SbTapAnnouncements *list, gsize indent)
{
    if (list->count == 0 || list->items[list->count - 1].indent < indent)
        return NULL;
    return &list->items[--list->count];
}
