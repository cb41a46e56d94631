/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs one command in four new machines, and removes them. One machine boots, if no run before did;
 * the four start from its memory.
 *
 *     cc -o four-machines four-machines.c $(pkg-config --cflags --libs seedbed)
 *     ./four-machines debian-12-arm64 uname -a */
#include <glib-unix.h>
#include <seedbed/seedbed.h>
#include <stdio.h>

static void on_event(const SeedbedEvent *event, gpointer data)
{
    const char *machine = seedbed_event_get_machine(event),
               *text = seedbed_event_get_text(event, NULL);
    const GError *error = seedbed_event_get_error(event);
    /* A terminal must not see the control characters of a guest. */
    g_autofree char *safe = g_strescape(text ? text : "", "\"\\");
    if (seedbed_event_get_kind(event) == SEEDBED_EVENT_LINE)
        printf("%s: %s\n", machine, safe);
    else if (error)
        fprintf(stderr, "%s: %s\n", machine, error->message);
}

/* Returns the exit status; -1 with an error. */
static int run(SeedbedHost *host, const char *image, const char *const *command,
               GCancellable *cancellable, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("fleet: four-%x\nimage: '%s'\nmachines:\n  m: {count: 4,"
                        " vcpus: 1, memory: 256 MiB}\n",
                        g_random_int(), image);
    g_autoptr(SeedbedFleet) fleet = seedbed_fleet_load_text(text, "four-machines", NULL, error);
    if (!fleet)
        return -1;
    const char *const names[] = {seedbed_fleet_get_name(fleet), NULL};
    g_autoptr(GError) left = NULL;
    int status = -1;
    if (!seedbed_up(host, fleet, SEEDBED_UP_WARM, cancellable, error) ||
        !seedbed_exec(host, names, command, &status, cancellable, error))
        status = -1;
    /* Also after a failure, because some machines may be ready; and not cancelled. */
    if (!seedbed_down(host, names, NULL, &left))
        fprintf(stderr, "%s\n", left->message);
    return left ? 1 : status;
}

int main(int argc, char **argv)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(SeedbedHost) host = argc > 2 ? seedbed_host_open(NULL, &error) : NULL;
    g_unix_signal_add(SIGINT, G_SOURCE_FUNC(g_cancellable_cancel), cancellable);
    if (host)
        seedbed_host_set_event_func(host, on_event, NULL);
    int status = host ? run(host, argv[1], (const char *const *)argv + 2, cancellable, &error) : 2;
    if (status != 0 && error)
        fprintf(stderr, "%s\n", error->message);
    return status < 0 ? 3 : status;
}
