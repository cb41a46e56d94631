/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/step-script.h"

#include "fleet-file/environment.h"
#include "model/channel-names.h"

#include <string.h>

static void add_variable(GString *script, const char *name, const char *value)
{
    g_autofree char *quoted = g_shell_quote(value);
    g_string_append_printf(script, "export %s=%s\n", name, quoted);
}

static void add_folder(GString *script, const SbTestStep *step)
{
    if (!step->workdir)
        return;
    g_autofree char *quoted = g_shell_quote(step->workdir);
    g_string_append_printf(script, "cd -- %s || exit 125\n", quoted);
}

char *sb_step_script(const SbTestRun *run, const char *machine)
{
    const SbTestStep *step = run->step;
    GString *script = g_string_new(NULL);
    g_autofree char *round = g_strdup_printf("%u", run->round);
    add_variable(script, "SEEDBED_MACHINE", machine);
    add_variable(script, "SEEDBED_STEP", step->name);
    add_variable(script, "SEEDBED_ROUND", round);
    if (run->item)
        add_variable(script, "SEEDBED_ITEM", run->item);
    if (step->channel)
        add_variable(script, "SEEDBED_RESULTS", "/dev/virtio-ports/" SB_RESULTS_CHANNEL);
    g_autofree char *env = sb_environment_script((const char *const *)step->env);
    g_string_append(script, env);
    add_folder(script, step);
    g_string_append(script, step->run);
    return g_string_free(script, FALSE);
}

/* Quotes GLOB for the shell, except `*`, `?` and brackets. */
static void add_glob(GString *script, const char *glob)
{
    if (*glob == '-')
        g_string_append(script, "./");
    for (const char *c = glob; *c; c++) {
        gboolean is_plain = g_ascii_isalnum(*c) || strchr("*?[]!-_./+:@%,", *c) || *c & 0x80;
        g_string_append_printf(script, "%s%c", is_plain ? "" : "\\", *c);
    }
}

char *sb_step_artifacts_script(const SbTestStep *step)
{
    GString *script = g_string_new(NULL);
    add_folder(script, step);
    g_string_append(script, "set --\nfor file in");
    for (guint i = 0; i < step->artifacts->len; i++) {
        g_string_append_c(script, ' ');
        add_glob(script, g_ptr_array_index(step->artifacts, i));
    }
    g_string_append(script, "; do [ ! -e \"$file\" ] || set -- \"$@\" \"$file\"; done\n"
                            "[ $# = 0 ] || tar -cf - -- \"$@\"");
    return g_string_free(script, FALSE);
}
