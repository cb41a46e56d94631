/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells ThreadSanitizer what GLib's locks, queues and sources do (LD_PRELOAD, see
 * scripts/check-deep). GLib is not built with it, and makes them of atomic operations and futexes:
 * all that they protect would look like a race. So would what a lock inside the C library protects.
 *
 * Each function below does what GLib's does, and says "what this thread did until now has happened
 * before..." (release) "...what that thread does from now on" (acquire). In a program without
 * ThreadSanitizer it says nothing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glib.h>
#include <pthread.h>
#include <time.h>

/* Of ThreadSanitizer's runtime, which is in the program */
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

static void acquire(void *address)
{
    if (__tsan_acquire)
        __tsan_acquire(address);
}

static void release(void *address)
{
    if (__tsan_release)
        __tsan_release(address);
}

#define REAL(function) ((__typeof__(&(function)))dlsym(RTLD_NEXT, #function))

/* ---- locks ---- */

void g_mutex_lock(GMutex *mutex)
{
    REAL(g_mutex_lock)(mutex);
    acquire(mutex);
}

gboolean g_mutex_trylock(GMutex *mutex)
{
    gboolean is_locked = REAL(g_mutex_trylock)(mutex);
    if (is_locked)
        acquire(mutex);
    return is_locked;
}

void g_mutex_unlock(GMutex *mutex)
{
    release(mutex);
    REAL(g_mutex_unlock)(mutex);
}

void g_cond_wait(GCond *cond, GMutex *mutex)
{
    release(mutex);
    REAL(g_cond_wait)(cond, mutex);
    acquire(mutex);
}

gboolean g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time)
{
    release(mutex);
    gboolean is_signalled = REAL(g_cond_wait_until)(cond, mutex, end_time);
    acquire(mutex);
    return is_signalled;
}

void(g_once_init_leave)(volatile void *location, gsize result)
{
    release((void *)location);
    REAL(g_once_init_leave)(location, result);
}

/* ---- queues between threads ---- */

void g_async_queue_push(GAsyncQueue *queue, void *item)
{
    release(queue);
    REAL(g_async_queue_push)(queue, item);
}

void *g_async_queue_timeout_pop(GAsyncQueue *queue, guint64 timeout_us)
{
    void *item = REAL(g_async_queue_timeout_pop)(queue, timeout_us);
    acquire(queue);
    return item;
}

void *g_async_queue_try_pop(GAsyncQueue *queue)
{
    void *item = REAL(g_async_queue_try_pop)(queue);
    acquire(queue);
    return item;
}

/* ---- functions that the thread of the main loop calls ---- */

typedef struct {
    GSourceFunc function;
    void *data;
    GDestroyNotify destroy;
} Call;

static gboolean on_call(void *data)
{
    Call *call = data;
    acquire(call);
    return call->function(call->data);
}

static void destroy_call(void *data)
{
    Call *call = data;
    if (call->destroy)
        call->destroy(call->data);
    g_free(call);
}

guint g_idle_add_full(int priority, GSourceFunc function, void *data, GDestroyNotify destroy)
{
    Call *call = g_new(Call, 1);
    *call = (Call){function, data, destroy};
    release(call);
    return REAL(g_idle_add_full)(priority, on_call, call, destroy_call);
}

guint g_idle_add(GSourceFunc function, void *data)
{
    return g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, function, data, NULL);
}

/* ---- sources that other threads give to the main loop: libvirt's for each connection ---- */

static char attached;

guint g_source_attach(GSource *source, GMainContext *context)
{
    release(&attached);
    return REAL(g_source_attach)(source, context);
}

static gint poll_and_acquire(GPollFD *fds, guint count, gint timeout_ms)
{
    gint ready = g_poll(fds, count, timeout_ms);
    acquire(&attached);
    return ready;
}

/* The programs that it starts, such as ssh, may have no GLib. */
__attribute__((constructor)) static void watch_main_loop(void)
{
    if (__tsan_acquire)
        g_main_context_set_poll_func(NULL, poll_and_acquire);
}

/* ---- the C library ---- */

/* libarchive calls it for each seed. */
void tzset(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    REAL(tzset)();
    pthread_mutex_unlock(&lock);
}
