/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/step-script.h"

#include "fleet-files.h"
#include "test.h"

#include <sys/wait.h>

/* What sh prints for SCRIPT, which must end with STATUS. */
static char *output_of(const char *script, int status)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    g_autoptr(GError) error = NULL;
    char *output = NULL;
    int wait_status;
    g_spawn_sync("/", (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL,
                 &wait_status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(WEXITSTATUS(wait_status), ==, status);
    return output;
}

/* The first run of a fleet file with one step of KEYS. */
static char *script_of(const char *keys)
{
    SbTestSelection selection = {.repeat = 1};
    g_autofree char *text = g_strconcat(
        "fleet: f\nimage: i\nmachines: {m: }\ntest:\n  - {name: s, ", keys, "}\n", NULL);
    g_autoptr(SbFleetFile) file = parse(text);
    g_autoptr(GPtrArray) inputs = step_inputs(file);
    g_autoptr(GPtrArray) runs = sb_test_plan(file, inputs, &selection, NULL);
    return sb_step_script(g_ptr_array_index(runs, 0), "f-m-1");
}

static void test_variables(void)
{
    g_autofree char *script =
        script_of("matrix: [\"it's\"], env: {A: \"a 'b' $c\"}, workdir: /, "
                  "run: 'echo \"$SEEDBED_MACHINE|$SEEDBED_STEP|$SEEDBED_ROUND|$SEEDBED_ITEM|$A|"
                  "$SEEDBED_RESULTS|$PWD\"'");
    g_autofree char *output = output_of(script, 0);
    g_assert_cmpstr(output, ==, "f-m-1|s|1|it's|a 'b' $c||/\n");
}

static void test_folder_that_is_missing(void)
{
    g_autofree char *script = script_of("workdir: /nonexistent, run: echo no");
    g_autofree char *output = output_of(script, 125);
    g_assert_cmpstr(output, ==, "");
}

/* A glob is for files; it is not a way to run something. */
static void test_artifacts(void)
{
    g_autoptr(SbFleetFile) file =
        parse("fleet: f\nimage: i\nmachines: {m: }\ntest:\n"
              "  - {name: s, run: x, artifacts: [none, '$(echo no)', '-x', '/etc/host*s']}\n");
    g_autofree char *script = sb_step_artifacts_script(g_ptr_array_index(file->steps, 0));
    g_autofree char *list = g_strconcat("exec 2>/dev/null\n", script, " | tar -tf -", NULL);
    g_autofree char *output = output_of(list, 0);
    g_assert_cmpstr(output, ==, "etc/hosts\n");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/step-script/variables", test_variables);
    g_test_add_func("/step-script/folder-that-is-missing", test_folder_that_is_missing);
    g_test_add_func("/step-script/artifacts", test_artifacts);
    return g_test_run();
}
