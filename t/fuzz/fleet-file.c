/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: for any bytes, sb_fleet_file_parse() gives findings, or a fleet file that keeps its
 * promises.
 *
 * A fleet file comes out of a pull request, and its values reach a libvirt connection that is root.
 * So this looks for crashes, and for values that must not get through. See main.c for how to run
 * it.
 */
#include "fleet-file/fleet-file.h"
#include "base/names.h"
#include "fuzz.h"

#include <string.h>

static void check_word(const char *word, gsize longest)
{
    g_assert_nonnull(word);
    g_assert_cmpuint(strlen(word), >=, 1);
    g_assert_cmpuint(strlen(word), <=, longest);
    g_assert_true(word[0] != '-' && word[0] != '.');
    for (const char *c = word; *c; c++)
        g_assert_true(g_ascii_isalnum(*c) || strchr("._-", *c));
}

static void check_path(const SbFileReference *reference)
{
    if (!reference->path)
        return;
    g_assert_cmpuint(strlen(reference->path), >=, 1);
    g_assert_cmpuint(reference->mark.line, >=, 1);
    for (const char *c = reference->path; *c; c++)
        g_assert_false(g_ascii_iscntrl(*c));
}

static void check_group(const SbFleetFile *fleet_file, const SbGroup *group)
{
    g_autofree char *last = sb_machine_name(fleet_file->name, group->name, group->count);
    g_assert_true(sb_name_is_valid(group->name));
    g_assert_true(sb_machine_name_is_valid(last));
    g_assert_true(sb_name_is_valid(group->spec.image.name));
    g_assert_true(g_str_equal(group->spec.arch, "aarch64") ||
                  g_str_equal(group->spec.arch, "x86_64"));
    g_assert_true(g_ascii_islower(group->spec.login[0]) || group->spec.login[0] == '_');
    check_word(group->spec.login + 1, 31 + (group->spec.login[1] == '\0'));
    g_assert_cmpstr(group->spec.login, !=, "root");
    g_assert_cmpuint(group->count - 1, <, SB_GROUP_MAX_COUNT);
    g_assert_cmpuint(group->spec.vcpus - 1, <, SB_VCPUS_MAX);
    g_assert_cmpuint(group->spec.memory_bytes, >=, 128 * 1024 * 1024);
    g_assert_cmpuint(group->spec.disk_bytes % 1024, ==, 0);
    g_assert_cmpuint(group->spec.disk_bytes, >, 0);
    if (group->spec.networks.items[0].kind == SB_NETWORK_EXISTING ||
        group->spec.networks.items[0].kind == SB_NETWORK_BRIDGE)
        check_word(group->spec.networks.items[0].source,
                   group->spec.networks.items[0].kind == SB_NETWORK_BRIDGE ? 15 : 64);
    else
        g_assert_null(group->spec.networks.items[0].source);
    check_path(&group->spec.user_data);
    check_path(&group->spec.vendor_data);
    check_path(&group->spec.network_config);
}

static void check_line(const char *text)
{
    g_assert_true(*text);
    for (const char *c = text; *c; c++)
        g_assert_false(g_ascii_iscntrl(*c));
}

/* The texts of a step that get into paths, names and command lines. */
static void check_step(const SbTestStep *step)
{
    g_assert_true(sb_name_is_valid(step->name));
    g_assert_cmpuint(strlen(step->run) - 1, <, SB_COMMAND_MAX_BYTES);
    g_assert_cmpint(step->timeout_ms, >=, 1000);
    if (step->user)
        check_word(step->user, 32);
    if (step->workdir)
        check_line(step->workdir);
    for (guint i = 0; i < step->copies->len; i++) {
        const SbFileCopy *copy = g_ptr_array_index(step->copies, i);
        check_line(copy->from);
        check_line(copy->to);
    }
    for (guint i = 0; i < step->matrix->len; i++)
        check_line(g_ptr_array_index(step->matrix, i));
    for (char **variable = step->env; variable && *variable; variable++)
        g_assert_true(strchr(*variable, '=') > *variable);
    g_assert_true(!step->spread || step->files || step->matrix->len > 0);
}

static void check_findings(const SbDiagnostics *diagnostics)
{
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *c = text; *c; c++)
        g_assert_true(*c == '\n' || !g_ascii_iscntrl(*c));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(SbFleetFile) fleet_file =
        sb_fleet_file_parse("fleet.yaml", (const char *)data, size, diagnostics);
    g_assert_true((fleet_file != NULL) == (sb_diagnostics_count(diagnostics) == 0));
    check_findings(diagnostics);
    if (!fleet_file)
        return 0;
    g_assert_true(sb_name_is_valid(fleet_file->name));
    g_assert_cmpuint(fleet_file->groups->len, >, 0);
    g_assert_cmpuint(sb_fleet_file_machine_count(fleet_file), <=, SB_FLEET_MAX_MACHINES);
    for (guint i = 0; i < fleet_file->groups->len; i++)
        check_group(fleet_file, g_ptr_array_index(fleet_file->groups, i));
    for (guint i = 0; i < fleet_file->steps->len; i++)
        check_step(g_ptr_array_index(fleet_file->steps, i));
    return 0;
}
