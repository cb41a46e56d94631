/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "seedbed/host.h"

#include "base/loop.h"
#include "seedbed/call.h"
#include "seedbed/public-error.h"
#include "seedbed/public-event.h"

#include <signal.h>

struct SeedbedHost {
    SbHost *host;
    char *pool; /**< (nullable) */
    SeedbedEventFunc event;
    gpointer data;
    GMutex telling; /**< one event at a time */
};

/* ---- a call ---- */

typedef struct {
    SeedbedHost *host;
    GCancellable *cancellable;
    SbOperationFunc work;
    gpointer data;
    gboolean is_good;
    GError *error;
} Call;

static void on_event(const SbEvent *event, gpointer data)
{
    SeedbedHost *host = data;
    g_mutex_lock(&host->telling);
    sb_public_event_tell(event, host->event, host->data);
    g_mutex_unlock(&host->telling);
}

/* An ssh that has ended must not end the program that writes to it. Threads that begin meanwhile
 * block the signal too. */
static void work_without_sigpipe(Call *call, const SbOperation *operation)
{
    sigset_t pipe, before, pending;
    const struct timespec now = {0};
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    gboolean was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    call->is_good = call->work(operation, call->data, &call->error);
    if (!was_pending)
        sigtimedwait(&pipe, NULL, &now);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void run(gpointer data)
{
    Call *call = data;
    SeedbedHost *host = call->host;
    const SbOperation operation = {host->host, call->cancellable, host->event ? on_event : NULL,
                                   host};
    work_without_sigpipe(call, &operation);
}

gboolean sb_call_run(SeedbedHost *host, GCancellable *cancellable, SbOperationFunc work,
                     gpointer data, GError **error)
{
    Call call = {.host = host, .cancellable = cancellable, .work = work, .data = data};
    sb_loop_run_in_main(run, &call);
    sb_public_error_convert(call.error);
    if (call.error)
        g_propagate_error(error, call.error);
    return call.is_good;
}

const char *sb_call_pool(const SeedbedHost *host)
{
    return host->pool;
}

/* ---- the host ---- */

typedef struct {
    SeedbedHost *host;
    const char *uri;
} Opening;

static gboolean open_host(const SbOperation *operation, gpointer data, GError **error)
{
    Opening *opening = data;
    opening->host->host = sb_host_open(opening->uri, error);
    return opening->host->host != NULL;
}

SeedbedHost *seedbed_host_open(const char *uri, GError **error)
{
    g_autoptr(SeedbedHost) host = g_new0(SeedbedHost, 1);
    g_mutex_init(&host->telling);
    Opening opening = {host, uri};
    return sb_call_run(host, NULL, open_host, &opening, error) ? g_steal_pointer(&host) : NULL;
}

void seedbed_host_free(SeedbedHost *host)
{
    g_clear_pointer(&host->host, sb_host_free);
    g_mutex_clear(&host->telling);
    g_free(host->pool);
    g_free(host);
}

const char *seedbed_host_get_uri(const SeedbedHost *host)
{
    return sb_host_uri(host->host);
}

void seedbed_host_set_pool(SeedbedHost *host, const char *pool)
{
    g_free(host->pool);
    host->pool = g_strdup(pool);
}

void seedbed_host_set_event_func(SeedbedHost *host, SeedbedEventFunc event, gpointer data)
{
    host->event = event;
    host->data = data;
}
