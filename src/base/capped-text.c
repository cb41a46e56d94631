/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/capped-text.h"

struct SbCappedText {
    gsize head_bytes;
    gsize tail_bytes;
    GString *head;
    GString *tail; /**< up to twice as long as asked for, so that it is not moved for each byte */
    guint64 length;
};

SbCappedText *sb_capped_text_new(gsize head_bytes, gsize tail_bytes)
{
    SbCappedText *text = g_new0(SbCappedText, 1);
    text->head_bytes = head_bytes;
    text->tail_bytes = tail_bytes;
    text->head = g_string_new(NULL);
    text->tail = g_string_new(NULL);
    return text;
}

void sb_capped_text_free(SbCappedText *text)
{
    if (!text)
        return;
    g_string_free(text->head, TRUE);
    g_string_free(text->tail, TRUE);
    g_free(text);
}

void sb_capped_text_add(SbCappedText *text, const char *bytes, gsize length)
{
    text->length += length;
    gsize in_head = MIN(length, text->head_bytes - text->head->len);
    g_string_append_len(text->head, bytes, (gssize)in_head);
    bytes += in_head;
    length -= in_head;
    if (length > text->tail_bytes) {
        bytes += length - text->tail_bytes;
        length = text->tail_bytes;
    }
    g_string_append_len(text->tail, bytes, (gssize)length);
    if (text->tail->len > 2 * text->tail_bytes)
        g_string_erase(text->tail, 0, (gssize)(text->tail->len - text->tail_bytes));
}

void sb_capped_text_clear(SbCappedText *text)
{
    g_string_truncate(text->head, 0);
    g_string_truncate(text->tail, 0);
    text->length = 0;
}

gboolean sb_capped_text_is_empty(const SbCappedText *text)
{
    return text->length == 0;
}

GString *sb_capped_text_get(const SbCappedText *text)
{
    GString *all = g_string_new_len(text->head->str, (gssize)text->head->len);
    gsize length = MIN(text->tail->len, text->tail_bytes);
    if (text->length > text->head->len + length)
        g_string_append_printf(all, "\n[… %" G_GUINT64_FORMAT " bytes are left out here …]\n",
                               text->length - text->head->len - length);
    g_string_append_len(all, text->tail->str + text->tail->len - length, (gssize)length);
    return all;
}
