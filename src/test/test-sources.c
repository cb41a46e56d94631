/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-sources.h"

#include "base/array.h"
#include "local/source-files.h"

#include <fnmatch.h>

static void input_free(gpointer data)
{
    SbStepInput *input = data;
    g_ptr_array_unref(input->copies);
    g_clear_pointer(&input->items, g_ptr_array_unref);
    g_free(input);
}

static GPtrArray *find_copies(const SbFleetFile *file, const SbTestStep *step,
                              SbDiagnostics *diagnostics)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)sb_source_files_free);
    SB_EACH(const SbFileCopy, copy, step->copies) {
        g_autofree char *path = sb_file_reference_path(file->file, copy->from);
        g_autoptr(GError) error = NULL;
        SbSourceFiles *files = sb_source_files(path, &error);
        if (files)
            g_ptr_array_add(all, files);
        else
            sb_diagnostics_add(diagnostics, file->file, copy->mark,
                               "%s (the path is relative to the fleet file)", error->message);
    }
    return all;
}

/* The list of a step, or NULL. */
static GPtrArray *find_items(const SbFleetFile *file, const SbTestStep *step,
                             const GPtrArray *copies, SbDiagnostics *diagnostics)
{
    if (!step->files)
        return step->matrix->len > 0 ? g_ptr_array_ref(step->matrix) : NULL;
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
    SB_EACH(const SbSourceFiles, files, copies) {
        for (guint j = 0; j < files->names->len; j++) {
            const char *name = g_ptr_array_index(files->names, j);
            if (fnmatch(step->files, name, FNM_PATHNAME | FNM_PERIOD) == 0)
                g_ptr_array_add(items, g_strdup(name));
        }
    }
    if (items->len == 0 || items->len > SB_TEST_MAX_ITEMS)
        sb_diagnostics_add(diagnostics, file->file, step->mark,
                           "files: '%s' matches %u of the files that the step copies, and 1 to %d "
                           "are allowed (the glob is for their paths relative to 'from')",
                           step->files, items->len, SB_TEST_MAX_ITEMS);
    return g_steal_pointer(&items);
}

GPtrArray *sb_test_sources_find(const SbFleetFile *file, SbDiagnostics *diagnostics)
{
    guint errors_before = sb_diagnostics_errors(diagnostics);
    g_autoptr(GPtrArray) inputs = g_ptr_array_new_with_free_func(input_free);
    for (guint i = 0; i < file->steps->len; i++) {
        SbStepInput *input = g_new0(SbStepInput, 1);
        input->step = g_ptr_array_index(file->steps, i);
        input->copies = find_copies(file, input->step, diagnostics);
        /* If a copy is missing, its list is not a second error. */
        if (input->copies->len == input->step->copies->len)
            input->items = find_items(file, input->step, input->copies, diagnostics);
        g_ptr_array_add(inputs, input);
    }
    return sb_diagnostics_errors(diagnostics) == errors_before ? g_steal_pointer(&inputs) : NULL;
}
