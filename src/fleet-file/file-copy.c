/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/file-copy.h"

void sb_file_copy_free(SbFileCopy *copy)
{
    if (!copy)
        return;
    g_free(copy->from);
    g_free(copy->to);
    g_free(copy);
}

static void read_from(const SbValueReader *reader, const char *key, const SbYamlNode *value,
                      SbFileCopy *copy)
{
    if (sb_value_path(reader, key, value, &copy->from))
        copy->mark = value->mark;
}

static void read_mapping(const SbValueReader *reader, const SbYamlNode *mapping, SbFileCopy *copy)
{
    static const char *const allowed[] = {"from", "to", NULL};
    sb_value_check_keys(reader, mapping, allowed);
    const SbYamlNode *from = sb_yaml_get(mapping, "from"), *to = sb_yaml_get(mapping, "to");
    if (from)
        read_from(reader, "from", from, copy);
    else
        sb_value_complain(reader, mapping,
                          "the key 'from' is missing: write '{ from: PATH, to: FOLDER }'");
    if (to)
        sb_value_line(reader, "to", to, "a folder of the guest", &copy->to);
}

SbFileCopy *sb_file_copy_read(const SbValueReader *reader, const char *key, const SbYamlNode *value)
{
    SbFileCopy *copy = g_new0(SbFileCopy, 1);
    copy->to = g_strdup(".");
    if (value->kind == SB_YAML_MAPPING)
        read_mapping(reader, value, copy);
    else
        read_from(reader, key, value, copy);
    if (!copy->from)
        g_clear_pointer(&copy, sb_file_copy_free);
    return copy;
}
