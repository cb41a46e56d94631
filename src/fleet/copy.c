/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/copy.h"

#include "base/array.h"
#include "base/error.h"
#include "base/loop.h"
#include "fleet/copy-script.h"
#include "guest/copy-in.h"
#include "guest/copy-out.h"
#include "machine/lookup.h"
#include "machine/unreached.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* For a second attempt, where a connection was kept to a guest that rebooted. */
enum { CONNECT_MS = 5000, TICK_MS = 500 };
#define MAX_BYTES (G_GUINT64_CONSTANT(1) << 42) /* of one source from a machine */

SB_DEFINE_ERROR(sb_copy_error, SB_ERROR(SB_COPY_ERROR_USAGE) | SB_ERROR(SB_COPY_ERROR_FILES))

typedef struct {
    const SbOperation *operation;
    const char *const *sources;
    const char *path;    /* of the destination */
    gboolean is_folder;  /* the destination is one */
    GPtrArray *files;    /* of SbSourceFiles, as the sources; none if they are of machines */
    GPtrArray *accesses; /* of SbAccess */
    GPtrArray *tasks;    /* of Task */
    SbLoop *loop;
    guint running, failed;
    guint64 total_bytes; /* 0: not known */
} Copy;

/* To one machine, all sources in turn; or from one machine, one source. */
typedef struct {
    Copy *copy;
    const SbAccess *access;
    char *machine;
    guint source;  /* its number */
    guint64 moved; /* bytes of the sources before */
    SbCopyIn *in;
    SbCopyOut *out;
    GError *unreached; /* (nullable) of sb_unreached_is() */
    char *folder;      /* (nullable) where a source arrives */
    char *place;       /* (nullable) where it goes then */
} Task;

static void task_free(gpointer data)
{
    Task *task = data;
    sb_copy_in_free(task->in);
    sb_copy_out_free(task->out);
    if (task->folder)
        sb_copy_out_clear(task->folder, 1);
    g_clear_error(&task->unreached);
    g_free(task->folder);
    g_free(task->place);
    g_free(task->machine);
    g_free(task);
}

static void copy_clear(Copy *copy)
{
    g_clear_pointer(&copy->tasks, g_ptr_array_unref);
    g_clear_pointer(&copy->accesses, g_ptr_array_unref);
    g_clear_pointer(&copy->files, g_ptr_array_unref);
    g_clear_pointer(&copy->loop, sb_loop_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Copy, copy_clear)

/* Splits NAME:PATH, and returns the path. *NAME_OUT is NULL if TEXT is a path of this machine: it
 * has a slash before its first colon, or no colon. (transfer full) (nullable) */
static const char *split(const char *text, char **name_out)
{
    gsize length = strcspn(text, ":/");
    *name_out = text[length] == ':' && length > 0 ? g_strndup(text, length) : NULL;
    return *name_out ? text + length + 1 : text;
}

static void tell_end(const Task *task, const GError *failure)
{
    SbEvent event = {.kind = SB_EVENT_FINISHED, .machine = task->machine, .error = failure};
    task->copy->failed += failure != NULL;
    sb_operation_tell(task->copy->operation, &event);
}

static void finish(Task *task, const GError *failure)
{
    if (sb_unreached_is(failure))
        task->unreached = g_error_copy(failure);
    else
        tell_end(task, failure);
    if (--task->copy->running == 0)
        sb_loop_end(task->copy->loop);
}

/* Why machines were not reached is asked when the others are done. */
static void tell_unreached(const Copy *copy)
{
    g_autofree SbUnreached *items = g_new0(SbUnreached, copy->tasks->len);
    guint count = 0;
    SB_EACH(Task, task, copy->tasks)
        if (task->unreached)
            items[count++] = (SbUnreached){task->machine, &task->unreached};
    sb_unreached_explain(copy->operation, items, count);
    SB_EACH(const Task, task, copy->tasks)
        if (task->unreached)
            tell_end(task, task->unreached);
}

/* ---- to machines ---- */

static void send_next(Task *task);

static void on_sent(const GError *failure, gpointer data)
{
    Task *task = data;
    task->source++;
    if (failure || !task->copy->sources[task->source])
        finish(task, failure);
    else
        send_next(task);
}

static void send_next(Task *task)
{
    const Copy *copy = task->copy;
    const SbSourceFiles *files = g_ptr_array_index(copy->files, task->source);
    g_autofree char *path = g_canonicalize_filename(copy->sources[task->source], NULL);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *script = sb_copy_script_in(copy->path, name, copy->is_folder);
    const SbCopyInRequest request = {.files = files,
                                     .from = copy->sources[task->source],
                                     .to = *copy->path ? copy->path : "~",
                                     .script = script,
                                     .connect_ms = CONNECT_MS};
    if (task->in)
        task->moved += sb_copy_in_bytes(task->in);
    g_clear_pointer(&task->in, sb_copy_in_free);
    task->in = sb_copy_in_start(task->access, task->machine, &request, on_sent, task);
}

static gboolean list_files(Copy *copy, GError **error)
{
    for (guint i = 0; copy->sources[i]; i++) {
        g_autofree char *path = g_canonicalize_filename(copy->sources[i], NULL);
        SbSourceFiles *files = sb_source_files_all(path, error);
        if (!files)
            return FALSE;
        g_ptr_array_add(copy->files, files);
        copy->total_bytes += sb_source_files_bytes(files);
    }
    return TRUE;
}

/* ---- from machines ---- */

static gboolean put_in_place(const Task *task, guint skipped, GError **error)
{
    g_autofree char *machine = NULL;
    g_autofree char *source =
        sb_copy_script_name(split(task->copy->sources[task->source], &machine));
    g_autofree char *arrived = g_build_filename(task->folder, source, NULL);
    if (skipped > 0)
        g_set_error(error, SB_COPY_ERROR, SB_COPY_ERROR_FAILED,
                    "'%s' was not copied: %u things in it are neither plain files nor folders",
                    task->copy->sources[task->source], skipped);
    else if (rename(arrived, task->place) != 0)
        g_set_error(error, SB_COPY_ERROR, SB_COPY_ERROR_FAILED, "cannot make '%s': %s", task->place,
                    errno == ENOTEMPTY || errno == EEXIST || errno == EISDIR || errno == ENOTDIR
                        ? "something else is there: remove it, or give another name"
                        : g_strerror(errno));
    else
        return TRUE;
    return FALSE;
}

static void on_fetched(guint files, guint skipped, const GError *failure, gpointer data)
{
    Task *task = data;
    g_autoptr(GError) error = NULL;
    gboolean is_there = !failure && put_in_place(task, skipped, &error);
    finish(task, is_there ? NULL : failure ? failure : error);
}

static gboolean fetch(Task *task, GError **error)
{
    const Copy *copy = task->copy;
    g_autofree char *owner = NULL;
    const char *path = split(copy->sources[task->source], &owner);
    g_autofree char *name = sb_copy_script_name(path);
    if (!name)
        return sb_error_set(error, SB_COPY_ERROR, SB_COPY_ERROR_USAGE,
                            "'%s' has no name at its end", copy->sources[task->source]);
    task->place = copy->is_folder ? g_build_filename(copy->path, name, NULL) : g_strdup(copy->path);
    g_autofree char *parent = g_path_get_dirname(task->place);
    task->folder = g_build_filename(parent, ".seedbed-copy-XXXXXX", NULL);
    if (g_mkdir_with_parents(parent, 0777) != 0 || !g_mkdtemp(task->folder)) {
        g_set_error(error, SB_COPY_ERROR, SB_COPY_ERROR_FILES, "cannot write in '%s': %s", parent,
                    g_strerror(errno));
        g_clear_pointer(&task->folder, g_free);
        return FALSE;
    }
    g_autofree char *script = sb_copy_script_out(path);
    const SbCopyOutRequest request = {.access = task->access,
                                      .machine = task->machine,
                                      .script = script,
                                      .folder = task->folder,
                                      .connect_ms = CONNECT_MS,
                                      .limits = {SB_SOURCE_FILES_MAX, MAX_BYTES}};
    task->out = sb_copy_out_start(&request, on_fetched, task);
    return TRUE;
}

/* ---- who ---- */

static gboolean add_task(Copy *copy, virConnect *connection, const SbDomain *domain, guint source,
                         GError **error)
{
    SbAccess *access = sb_lookup_access(copy->operation->host, connection, domain->name, error);
    if (!access)
        return FALSE;
    g_ptr_array_add(copy->accesses, access);
    Task *task = g_new0(Task, 1);
    *task = (Task){.copy = copy, .access = access, .source = source};
    task->machine = g_strdup(domain->name);
    g_ptr_array_add(copy->tasks, task);
    return TRUE;
}

/* Adds tasks for the machines that NAME stands for. */
static gboolean add_machines(Copy *copy, const char *name, guint source, gboolean is_one,
                             GError **error)
{
    const char *const names[] = {name, NULL};
    g_auto(SbLease) lease = sb_lease_take(copy->operation->host, error);
    g_autoptr(GPtrArray) domains =
        lease.connection ? sb_lookup_names(lease.connection, names, error) : NULL;
    if (!domains)
        return FALSE;
    if (is_one && domains->len > 1)
        return sb_error_set(error, SB_COPY_ERROR, SB_COPY_ERROR_USAGE,
                            "'%s' has %u machines: name one to copy from", name, domains->len);
    SB_EACH(const SbDomain, domain, domains)
        if (!add_task(copy, lease.connection, domain, source, error))
            return FALSE;
    return TRUE;
}

/* Finds out where everything is. */
static gboolean plan(Copy *copy, const char *to, GError **error)
{
    if (to)
        return list_files(copy, error) && add_machines(copy, to, 0, FALSE, error);
    for (guint i = 0; copy->sources[i]; i++) {
        g_autofree char *from = NULL;
        split(copy->sources[i], &from);
        if (!add_machines(copy, from, i, TRUE, error))
            return FALSE;
    }
    return TRUE;
}

/* One side is here, and the other is of machines. */
static gboolean check_sides(const Copy *copy, const char *to, GError **error)
{
    for (guint i = 0; copy->sources[i]; i++) {
        g_autofree char *from = NULL;
        split(copy->sources[i], &from);
        if ((from == NULL) == (to == NULL))
            return sb_error_set(
                error, SB_COPY_ERROR, SB_COPY_ERROR_USAGE,
                to ? "'%s' is in a machine, as the destination is: copy it to this machine first"
                   : "neither '%s' nor the destination is in a machine: write MACHINE:PATH",
                copy->sources[i]);
    }
    return TRUE;
}

/* ---- all of it ---- */

/* The headers of the archives count too, so that a little more can be done than there is. */
static gboolean on_tick(gpointer data)
{
    const Copy *copy = data;
    guint64 total = copy->total_bytes * copy->tasks->len;
    SbEvent event = {.kind = SB_EVENT_PROGRESS, .text = "copying", .total = total};
    SB_EACH(const Task, task, copy->tasks)
        event.done += task->moved + (task->in    ? sb_copy_in_bytes(task->in)
                                     : task->out ? sb_copy_out_bytes(task->out)
                                                 : 0);
    event.done = total > 0 ? MIN(event.done, total) : event.done;
    sb_operation_tell(copy->operation, &event);
    return G_SOURCE_CONTINUE;
}

static gboolean run_tasks(Copy *copy, gboolean is_out, GError **error)
{
    copy->loop = sb_loop_new(copy->operation->cancellable, NULL, NULL);
    copy->running = copy->tasks->len;
    SB_EACH(Task, task, copy->tasks) {
        if (!is_out)
            send_next(task);
        else if (!fetch(task, error))
            return FALSE;
    }
    guint ticks = g_timeout_add(TICK_MS, on_tick, copy);
    sb_loop_wait(copy->loop);
    g_source_remove(ticks);
    if (g_cancellable_set_error_if_cancelled(copy->operation->cancellable, error))
        return FALSE;
    /* All of it is told, also if it took less than a tick. */
    on_tick(copy);
    tell_unreached(copy);
    if (copy->failed > 0)
        g_set_error(error, SB_COPY_ERROR, SB_COPY_ERROR_FAILED, "not all was copied");
    return copy->failed == 0;
}

gboolean sb_copy(const SbOperation *operation, const char *const *sources, const char *destination,
                 GError **error)
{
    g_auto(Copy) copy = {.operation = operation, .sources = sources};
    g_autofree char *to = NULL;
    copy.path = split(destination, &to);
    copy.is_folder =
        sources[1] ||
        (!to && (g_str_has_suffix(copy.path, "/") || g_file_test(copy.path, G_FILE_TEST_IS_DIR)));
    copy.files = g_ptr_array_new_with_free_func((GDestroyNotify)sb_source_files_free);
    copy.accesses = g_ptr_array_new_with_free_func((GDestroyNotify)sb_access_free);
    copy.tasks = g_ptr_array_new_with_free_func(task_free);
    return check_sides(&copy, to, error) && plan(&copy, to, error) &&
           run_tasks(&copy, to == NULL, error);
}
