/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-shares.h"

#include "base/array.h"

#include <string.h>

static void share_free(gpointer data)
{
    SbMachineShare *share = data;
    g_free(share->from);
    g_free(share->path);
    g_free(share->to);
    g_free(share);
}

/* ---- reading ---- */

static void read_to(const SbValueReader *reader, const SbYamlNode *node, char **to)
{
    const char *wanted = "the absolute path of a folder of the guest, such as /src, without '..'";
    if (!sb_value_line(reader, "to", node, wanted, to))
        return;
    g_auto(GStrv) parts = g_strsplit(*to, "/", -1);
    if (**to != '/' || strspn(*to, "/.") == strlen(*to) ||
        g_strv_contains((const char *const *)parts, ".."))
        sb_value_refuse(reader, "to", node, wanted);
}

static void read_driver(const SbValueReader *reader, const SbYamlNode *node, gboolean *is_9p)
{
    static const char *const drivers[] = {"virtiofs", "9p", NULL};
    g_autofree char *driver = NULL;
    if (sb_value_choice(reader, "driver", node, drivers, &driver))
        *is_9p = strcmp(driver, "9p") == 0;
}

static SbMachineShare *read_share(const SbValueReader *reader, const SbYamlNode *node)
{
    static const char *const keys[] = {"from", "to", "read-only", "driver", NULL};
    if (!sb_value_is_mapping(reader, "a share", node, "from, to, read-only and driver"))
        return NULL;
    const SbYamlNode *from = sb_yaml_get(node, "from"), *to = sb_yaml_get(node, "to");
    const SbYamlNode *read_only = sb_yaml_get(node, "read-only");
    const SbYamlNode *driver = sb_yaml_get(node, "driver");
    SbMachineShare *share = g_new0(SbMachineShare, 1);
    share->mark = node->mark;
    share->is_read_only = TRUE;
    sb_value_check_keys(reader, node, keys);
    if (!from || !to)
        sb_value_complain(reader, node,
                          "a share needs two folders: write '{ from: FOLDER, to: /FOLDER }'");
    if (from)
        sb_value_path(reader, "from", from, &share->from);
    if (to)
        read_to(reader, to, &share->to);
    if (read_only)
        sb_value_boolean(reader, "read-only", read_only, &share->is_read_only);
    if (driver)
        read_driver(reader, driver, &share->is_9p);
    return share;
}

static gboolean has_folder(const GPtrArray *shares, const char *to)
{
    SB_EACH(const SbMachineShare, share, shares)
        if (g_strcmp0(share->to, to) == 0)
            return TRUE;
    return FALSE;
}

static void read_shares(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                        gpointer field)
{
    guint before = sb_diagnostics_total(reader->diagnostics);
    const GPtrArray *items = sb_value_items(
        reader, key, node, "a list of shares, each '{ from: FOLDER, to: /FOLDER }'", SB_SHARES_MAX);
    g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(share_free);
    SB_EACH(const SbYamlNode, item, items) {
        SbMachineShare *share = read_share(reader, item);
        if (!share)
            continue;
        if (share->to && has_folder(made, share->to))
            sb_value_complain(reader, item, "two shares are at '%s'", share->to);
        g_ptr_array_add(made, share);
    }
    if (sb_diagnostics_total(reader->diagnostics) > before)
        return;
    sb_field_clear_list(field);
    *(GPtrArray **)field = made->len > 0 ? g_steal_pointer(&made) : NULL;
}

static void describe(gconstpointer field, GString *text)
{
    const GPtrArray *shares = *(GPtrArray *const *)field;
    SB_EACH(const SbMachineShare, share, shares) {
        const char *from = share->path ? share->path : share->from;
        g_string_append_printf(text, "%zu:%s %zu:%s %s%s;", strlen(from), from, strlen(share->to),
                               share->to, share->is_read_only ? "read" : "write",
                               share->is_9p ? " 9p" : "");
    }
}

const SbFieldType sb_machine_shares_type = {read_shares, sb_field_share_list, sb_field_clear_list,
                                            describe};

/* ---- what they are ---- */

gboolean sb_machine_shares_have_virtiofs(const GPtrArray *shares)
{
    for (guint i = 0; shares && i < shares->len; i++)
        if (!((const SbMachineShare *)g_ptr_array_index(shares, i))->is_9p)
            return TRUE;
    return FALSE;
}

char *sb_machine_share_tag(guint index)
{
    return g_strdup_printf("share-%u", index + 1);
}

char *sb_machine_shares_script(const GPtrArray *shares)
{
    if (!shares)
        return NULL;
    g_autoptr(GString) script = g_string_new(NULL);
    for (guint i = 0; i < shares->len; i++) {
        const SbMachineShare *share = g_ptr_array_index(shares, i);
        g_autofree char *to = g_shell_quote(share->to);
        g_autofree char *tag = sb_machine_share_tag(i);
        g_string_append_printf(script, "%smkdir -p %s && mount -t %s -o %s%s %s %s",
                               i ? " && " : "", to, share->is_9p ? "9p" : "virtiofs",
                               share->is_9p ? "trans=virtio,version=9p2000.L,msize=262144," : "",
                               share->is_read_only ? "ro" : "rw", tag, to);
    }
    return g_strdup(script->str);
}
