/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"

#include "base/text.h"

static GMutex mutex;
/* From the quark of a domain to its codes for bad input. It lives as long as the process. */
static GHashTable *domains;

GQuark sb_error_register(const char *name, guint32 input_codes)
{
    GQuark quark = g_quark_from_static_string(name);
    g_mutex_lock(&mutex);
    if (!domains)
        domains = g_hash_table_new(NULL, NULL);
    g_hash_table_insert(domains, GUINT_TO_POINTER(quark), GUINT_TO_POINTER(input_codes));
    g_mutex_unlock(&mutex);
    return quark;
}

gboolean sb_error_put(GError **error, GQuark domain, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_propagate_error(error, g_error_new_valist(domain, code, format, arguments));
    va_end(arguments);
    return FALSE;
}

void sb_error_append(GError **error, const char *format, ...)
{
    if (!error || !*error)
        return;
    SB_TEXT_FORMAT(text, format);
    g_autofree char *before = g_steal_pointer(&(*error)->message);
    (*error)->message = g_strconcat(before, text, NULL);
}

gboolean sb_error_is_input(const GError *error)
{
    g_mutex_lock(&mutex);
    gpointer codes = domains ? g_hash_table_lookup(domains, GUINT_TO_POINTER(error->domain)) : NULL;
    g_mutex_unlock(&mutex);
    return error->code >= 0 && error->code < 32 &&
           (GPOINTER_TO_UINT(codes) & SB_ERROR(error->code)) != 0;
}
