/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A GLib test program whose test cases each have a machine of their own:
 *
 *     cc -o fresh-machines fresh-machines.c $(pkg-config --cflags --libs seedbed)
 *     IMAGE=debian-12-arm64 ./fresh-machines
 *
 * The first machine boots; the others start from its memory, in seconds. */
#include <seedbed/seedbed.h>

typedef struct {
    SeedbedHost *host;
    SeedbedFleet *fleet;
    const char *names[2]; /**< of the fleet, for the functions that take names */
    GString *output;      /**< what commands print */
} Machine;

static void on_event(const SeedbedEvent *event, gpointer data)
{
    GString *output = data;
    if (seedbed_event_get_kind(event) == SEEDBED_EVENT_LINE)
        g_string_append_printf(output, "%s\n", seedbed_event_get_text(event, NULL));
    else if (seedbed_event_get_error(event))
        g_test_message("%s", seedbed_event_get_error(event)->message);
}

static void set_up(Machine *machine, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    const char *image = g_getenv("IMAGE");
    g_autofree char *name = g_strdup_printf("fleet=case-%x", g_random_int());
    const char *const settings[] = {name, NULL};
    g_autofree char *text =
        g_strdup_printf("fleet: case\nimage: '%s'\nmachines:\n  m: {vcpus: 1, memory: 256 MiB}\n",
                        image ? image : "debian-12-arm64");
    machine->fleet = seedbed_fleet_load_text(text, "fresh-machines", settings, &error);
    g_assert_no_error(error);
    machine->host = seedbed_host_open(NULL, &error);
    g_assert_no_error(error);
    machine->names[0] = seedbed_fleet_get_name(machine->fleet);
    machine->output = g_string_new(NULL);
    seedbed_host_set_event_func(machine->host, on_event, machine->output);
    if (!seedbed_up(machine->host, machine->fleet, SEEDBED_UP_WARM, NULL, &error))
        g_assert_no_error(error);
}

static void tear_down(Machine *machine, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    if (!seedbed_down(machine->host, machine->names, NULL, &error))
        g_assert_no_error(error);
    seedbed_fleet_free(machine->fleet);
    seedbed_host_free(machine->host);
    g_string_free(machine->output, TRUE);
}

/* Runs LINE in the shell of the machine, and returns what it printed. */
static const char *run(Machine *machine, const char *line)
{
    g_autoptr(GError) error = NULL;
    const char *const words[] = {line, NULL};
    int status = -1;
    g_string_truncate(machine->output, 0);
    if (!seedbed_exec(machine->host, machine->names, words, &status, NULL, &error))
        g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    return machine->output->str;
}

static void test_write(Machine *machine, gconstpointer data)
{
    g_assert_cmpstr(run(machine, "touch /tmp/mark; ls /tmp/mark"), ==, "/tmp/mark\n");
}

static void test_nobody_was_here(Machine *machine, gconstpointer data)
{
    g_assert_cmpstr(run(machine, "test -e /tmp/mark || echo new"), ==, "new\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/fresh/write", Machine, NULL, set_up, test_write, tear_down);
    g_test_add("/fresh/nobody-was-here", Machine, NULL, set_up, test_nobody_was_here, tear_down);
    return g_test_run();
}
