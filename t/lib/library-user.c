/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program that uses libvirt itself, as MODE says, and the library beside it. It prints what it
 * sees.
 *
 * Usage: library-user plain|thread|glib|foreign */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <seedbed/seedbed.h>
#include <stdio.h>
#include <string.h>

static int own_errors;

static void on_error(void *data, virErrorPtr error)
{
    own_errors++;
}

/* ---- event loops ---- */

static gpointer run_default_loop(gpointer data)
{
    for (;;)
        if (virEventRunDefaultImpl() < 0)
            return NULL;
}

static int add_handle(int fd, int events, virEventHandleCallback function, void *data,
                      virFreeCallback release)
{
    return 1;
}

static void update(int id, int value)
{
}

static int forget(int id)
{
    return 0;
}

static int add_timeout(int ms, virEventTimeoutCallback function, void *data,
                       virFreeCallback release)
{
    return 1;
}

/* ---- what it does ---- */

static void show(const char *what, gboolean is_good, GError **error)
{
    printf("%s: %s%d\n", what, is_good ? "good " : "error ", *error ? (*error)->code : 0);
    g_clear_error(error);
}

static gboolean use_library(gpointer loop)
{
    static const char *const nobody[] = {"nobody", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(SeedbedHost) host = seedbed_host_open("test:///default", &error);
    show("open", host != NULL, &error);
    if (!host)
        return G_SOURCE_REMOVE;
    g_autoptr(GPtrArray) machines = seedbed_list(host, NULL, &error);
    show("list", machines && machines->len == 0, &error);
    g_autoptr(GPtrArray) none = seedbed_list(host, nobody, &error);
    show("unknown", none != NULL, &error);
    g_autoptr(SeedbedFleet) fleet =
        seedbed_fleet_load_text("fleet: f\nimage: i\nmachines: { m: ~ }\n", "text", NULL, &error);
    show("load", fleet != NULL, &error);
    seedbed_host_set_pool(host, "nosuch");
    show("no pool", seedbed_fleet_check(host, fleet, NULL, &error), &error);
    if (loop)
        g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "plain";
    virSetErrorFunc(NULL, on_error);
    if (strcmp(mode, "foreign") == 0)
        virEventRegisterImpl(add_handle, update, forget, add_timeout, update, forget);
    if (strcmp(mode, "thread") == 0) {
        virEventRegisterDefaultImpl();
        g_thread_unref(g_thread_new("events", run_default_loop, NULL));
    }
    if (strcmp(mode, "glib") == 0) {
        g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
        g_idle_add(use_library, loop);
        g_main_loop_run(loop);
    } else {
        use_library(NULL);
    }
    virConnectPtr connection = virConnectOpen("test:///default");
    int before = own_errors;
    virDomainPtr domain = virDomainLookupByName(connection, "nosuch");
    printf("own errors: %d of the library, %d of the program\n", before, own_errors - before);
    if (domain)
        virDomainFree(domain);
    virConnectClose(connection);
    return 0;
}
