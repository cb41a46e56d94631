/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/snapshot-record.h"

#include "base/forms.h"
#include "base/json-members.h"
#include "base/json.h"
#include "base/names.h"
#include "fleet-file/machine-disks.h"

#include <string.h>

#define FORMAT_MEMBER "seedbed-snapshot"
#define FORMAT_VERSION 1

void sb_snapshot_record_free(SbSnapshotRecord *record)
{
    if (!record)
        return;
    g_free(record->name);
    g_free(record->uuid);
    g_free(record->created);
    g_free(record);
}

SbSnapshotRecord *sb_snapshot_record_new(const char *name, const char *uuid, gboolean has_memory)
{
    SbSnapshotRecord *record = g_new0(SbSnapshotRecord, 1);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    record->name = g_strdup(name);
    record->uuid = g_strdup(uuid);
    record->created = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    record->has_memory = has_memory;
    return record;
}

char *sb_snapshot_record_to_json(const SbSnapshotRecord *record)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    sb_json_add_number(builder, FORMAT_MEMBER, FORMAT_VERSION);
    sb_json_add_text(builder, "uuid", record->uuid);
    sb_json_add_text(builder, "created", record->created);
    sb_json_add_boolean(builder, "has-memory", record->has_memory);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, TRUE);
}

static JsonNode *find_value(JsonObject *object, const char *name, GType type)
{
    JsonNode *node = json_object_get_member(object, name);
    return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type ? node
                                                                                         : NULL;
}

SbSnapshotRecord *sb_snapshot_record_parse(const char *name, const char *text, gsize length)
{
    g_autoptr(JsonNode) root =
        sb_json_load_object(text, length, SB_SNAPSHOT_RECORD_MAX_BYTES, NULL);
    if (!root)
        return NULL;
    JsonObject *object = json_node_get_object(root);
    JsonNode *version = find_value(object, FORMAT_MEMBER, G_TYPE_INT64);
    JsonNode *has_memory = find_value(object, "has-memory", G_TYPE_BOOLEAN);
    const char *uuid = sb_json_string(object, "uuid");
    const char *created = sb_json_string(object, "created");
    if (!version || json_node_get_int(version) != FORMAT_VERSION || !has_memory || !uuid ||
        !g_uuid_string_is_valid(uuid) || !created || !sb_form_is_time(created))
        return NULL;
    SbSnapshotRecord *record = g_new0(SbSnapshotRecord, 1);
    record->name = g_strdup(name);
    record->uuid = g_strdup(uuid);
    record->created = g_strdup(created);
    record->has_memory = json_node_get_boolean(has_memory);
    return record;
}

/* ---- names ---- */

#define MARK ".snapshot"

static const char *const ends[SB_SNAPSHOT_PARTS] = {
    [SB_SNAPSHOT_DISK] = ".qcow2",
    [SB_SNAPSHOT_MEMORY] = ".memory",
    [SB_SNAPSHOT_RECORD] = ".json",
};

char *sb_snapshot_prefix(const char *machine, const char *name)
{
    return g_strconcat(machine, ".", name, MARK, NULL);
}

char *sb_snapshot_volume_name(const char *machine, const char *name, SbSnapshotPart part)
{
    return g_strconcat(machine, ".", name, MARK, ends[part], NULL);
}

char *sb_snapshot_of_volume(const char *machine, const char *volume, SbSnapshotPart *part_out)
{
    gsize length = strlen(machine);
    if (strncmp(volume, machine, length) != 0 || volume[length] != '.')
        return NULL;
    const char *rest = volume + length + 1, *mark = strstr(rest, MARK ".");
    g_autofree char *name = mark ? g_strndup(rest, (gsize)(mark - rest)) : NULL;
    if (!name || !sb_name_is_valid(name))
        return NULL;
    g_autofree char *prefix = sb_snapshot_prefix(machine, name);
    g_autofree char *disk = sb_disk_of_volume(prefix, volume);
    SbSnapshotPart part = disk ? SB_SNAPSHOT_MORE : 0;
    while (!disk && part < SB_SNAPSHOT_PARTS && g_strcmp0(mark + strlen(MARK), ends[part]) != 0)
        part++;
    if (part == SB_SNAPSHOT_PARTS)
        return NULL;
    *part_out = part;
    return g_steal_pointer(&name);
}
