/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fleet files in tests: written as text, then asserted to be right or to have findings at certain
 * places.
 */
#pragma once

#include "findings.h"
#include "fleet-file/fleet-file.h"
#include "test/test-plan.h"

#include <glib.h>
#include <string.h>

/** The fleet file TEXT, which must have no findings. (transfer full) */
static inline SbFleetFile *parse(const char *text)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    SbFleetFile *fleet_file = sb_fleet_file_parse("f.yaml", text, strlen(text), diagnostics);
    assert_findings_at(diagnostics, "");
    g_assert_nonnull(fleet_file);
    return fleet_file;
}

/** Group INDEX, which must exist. */
static inline const SbGroup *group(const SbFleetFile *fleet_file, guint index)
{
    g_assert_cmpuint(fleet_file->groups->len, >, index);
    return g_ptr_array_index(fleet_file->groups, index);
}

/** The findings in TEXT, which must be at MARKS. (transfer full) */
static inline SbDiagnostics *findings(const char *text, gsize length, const char *marks)
{
    SbDiagnostics *diagnostics = sb_diagnostics_new();
    g_assert_null(sb_fleet_file_parse("f.yaml", text, length, diagnostics));
    assert_findings_at(diagnostics, marks);
    return diagnostics;
}

/** Asserts that the LENGTH bytes of TEXT have findings, at MARKS. */
static inline void refuse_bytes(const char *text, gsize length, const char *marks)
{
    g_autoptr(SbDiagnostics) diagnostics = findings(text, length, marks);
    g_assert_cmpuint(sb_diagnostics_count(diagnostics), >, 0);
}

/** Asserts that TEXT has findings, at MARKS. */
static inline void refuse(const char *text, const char *marks)
{
    refuse_bytes(text, strlen(text), marks);
}

/** The steps of FILE with their lists, for sb_test_plan(): of SbStepInput. (transfer full) */
static inline GPtrArray *step_inputs(const SbFleetFile *file)
{
    GPtrArray *inputs = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < file->steps->len; i++) {
        SbStepInput *input = g_new0(SbStepInput, 1);
        input->step = g_ptr_array_index(file->steps, i);
        input->items = input->step->matrix->len > 0 ? input->step->matrix : NULL;
        g_ptr_array_add(inputs, input);
    }
    return inputs;
}
