/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/snapshot-record.h"
#include "fleet-file/machine-disks.h"
#include "test.h"

#include <string.h>

#define UUID "6f1a3c1e-8f0f-4a2b-9d6e-1c2d3e4f5a6b"

static void test_round_trip(void)
{
    for (gboolean has_memory = FALSE; has_memory <= TRUE; has_memory++) {
        g_autoptr(SbSnapshotRecord) record = sb_snapshot_record_new("clean", UUID, has_memory);
        g_autofree char *json = sb_snapshot_record_to_json(record);
        g_autoptr(SbSnapshotRecord) again = sb_snapshot_record_parse("clean", json, strlen(json));
        g_assert_cmpstr(again->name, ==, "clean");
        g_assert_cmpstr(again->uuid, ==, UUID);
        g_assert_cmpstr(again->created, ==, record->created);
        g_assert_cmpint(again->has_memory, ==, has_memory);
    }
}

static void check_refused(const char *json)
{
    g_assert_null(sb_snapshot_record_parse("clean", json, strlen(json)));
}

static void test_refuses(void)
{
    check_refused("");
    check_refused("{}");
    check_refused("{\"seedbed-snapshot\":2,\"uuid\":\"" UUID
                  "\",\"created\":\"2024-01-31T12:00:00Z\",\"has-memory\":true}");
    check_refused("{\"seedbed-snapshot\":1,\"uuid\":\"x\","
                  "\"created\":\"2024-01-31T12:00:00Z\",\"has-memory\":true}");
    check_refused("{\"seedbed-snapshot\":1,\"uuid\":\"" UUID
                  "\",\"created\":\"now\",\"has-memory\":true}");
    check_refused("{\"seedbed-snapshot\":1,\"uuid\":\"" UUID
                  "\",\"created\":\"2024-01-31T12:00:00Z\",\"has-memory\":1}");
    char zeros[200] = {0};
    g_assert_null(sb_snapshot_record_parse("clean", zeros, sizeof zeros));
}

static void test_names(void)
{
    SbSnapshotPart part = SB_SNAPSHOT_PARTS;
    g_autofree char *prefix = sb_snapshot_prefix("f-m-1", "before-x");
    for (SbSnapshotPart i = 0; i < SB_SNAPSHOT_PARTS; i++) {
        g_autofree char *volume = i == SB_SNAPSHOT_MORE
                                      ? sb_disk_name(prefix, "data")
                                      : sb_snapshot_volume_name("f-m-1", "before-x", i);
        g_autofree char *name = sb_snapshot_of_volume("f-m-1", volume, &part);
        g_assert_cmpstr(name, ==, "before-x");
        g_assert_cmpuint(part, ==, i);
        g_assert_null(sb_snapshot_of_volume("f-m-11", volume, &part));
        g_assert_null(sb_snapshot_of_volume("f-m", volume, &part));
    }
    static const char *const others[] = {"f-m-1.qcow2",
                                         "f-m-1.snapshot.json",
                                         "f-m-1..snapshot.json",
                                         "f-m-1.a.b.snapshot.json",
                                         "f-m-1.A.snapshot.json",
                                         "f-m-1.a.snapshot.x.y.disk.qcow2",
                                         "f-m-1.a.snapshot.jso",
                                         "f-m-1.data.disk.qcow2",
                                         "f-m-1"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_null(sb_snapshot_of_volume("f-m-1", others[i], &part));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/snapshot-record/round-trip", test_round_trip);
    g_test_add_func("/snapshot-record/refuses", test_refuses);
    g_test_add_func("/snapshot-record/names", test_names);
    return g_test_run();
}
