/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The library's public face: a program needs only this header, GLib, and `pkg-config seedbed`.
 *
 * Room: seedbed.
 * Threads: every function may be called from any thread; see @ref seedbed.
 */
#pragma once

#include "seedbed/error.h"
#include "seedbed/event.h"
#include "seedbed/fleet.h"
#include "seedbed/host.h"
#include "seedbed/machines.h"
#include "seedbed/test.h"

/**
 * @defgroup seedbed seedbed
 * @brief disposable test machines with libvirt, for programs
 *
 * The library does what the command seedbed(1) does, with the same fleet files, machines and state:
 * a program and the command see each other's machines. Messages are the same, too.
 *
 * @code
 * g_autoptr(GError) error = NULL;
 * g_autoptr(SeedbedHost) host = seedbed_host_open(NULL, &error);
 * g_autoptr(SeedbedFleet) fleet = host ? seedbed_fleet_load("fleet.yaml", NULL, &error) : NULL;
 * const char *const names[] = {"web", NULL};
 * if (!fleet || !seedbed_up(host, fleet, 0, NULL, &error))
 *     g_error("%s", error->message);
 * …
 * if (!seedbed_down(host, names, NULL, &error))
 *     g_error("%s", error->message);
 * @endcode
 *
 * Compile it with `cc program.c $(pkg-config --cflags --libs seedbed)`. All types are opaque.
 *
 * **Threads and main loops.** A function returns when its work is done, and GLib's default main
 * loop runs meanwhile: sources and idle functions of the program are called. If another thread runs
 * that loop, the work is done in that thread, and the caller waits; so a program that runs
 * `virEventRunDefaultImpl()` in a thread needs nothing more. Calls that overlap end in reverse
 * order: to work on several machines at the same time, give them all to one call. An object must
 * not be used by two calls at the same time, except for a GCancellable.
 *
 * **Other users of libvirt in the process.** Connections belong to the library alone, and their
 * errors go into GErrors, not to the handler of `virSetErrorFunc()`; a connection that cannot be
 * opened is the exception, because libvirt knows no connection then. The first seedbed_host_open()
 * registers `virEventRegisterDefaultImpl()`, unless the program has registered an event loop
 * before. One that is not of GLib's main loop is refused (#SEEDBED_ERROR_EVENT_LOOP): libvirt has
 * only one in a process. A program that registers its own must do that first.
 *
 * **Signals.** None is caught. SIGPIPE is blocked in the thread that works, while it does. Cancel a
 * GCancellable from `g_unix_signal_add()` to end work in order.
 *
 * **ABI.** The names of a soname stay. New values may come to the end of an enumeration: treat
 * unknown ones as @ref SEEDBED_EVENT_OTHER and @ref SEEDBED_ERROR_FAILED.
 *
 * **Other languages.** There is no GObject introspection:
 *
 * | it would need | the library has |
 * |---|---|
 * | registered types with reference counts | plain opaque types, each with one owner |
 * | events as signals or closures | one function for the events of a host |
 * | a build that runs g-ir-scanner and ships typelibs | only C; it has no dependency on GObject
 * types of its own |
 *
 * For Python and others, the command has `--format json` and stable exit statuses.
 */
