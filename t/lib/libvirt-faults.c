/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stands between seedbed and libvirt's library (LD_PRELOAD, see t/lib/faults.sh): counts seedbed's
 * calls, and lets some of them fail, come late, or end the process.
 *
 * LIBVIRT_FAULTS has the calls that this happens to, with blanks between them, each as
 *
 *     [NAME][:NUMBER[+]][=FAULT][!]
 *
 * NAME is a function of libvirt; without it every call counts. NUMBER is which call of that name is
 * meant (from 1), with a + that one and all after it; without NUMBER all of them are. FAULT is a
 * virErrorNumber (without it VIR_ERR_INTERNAL_ERROR), "late" (the call is made 2 s later, and does
 * not fail) or "kill" (SIGKILL instead of the call). With a ! the call is made first: only its
 * answer is lost, or the process ends after it.
 *
 * LIBVIRT_FAULTS_MESSAGE is what the errors say, instead of the name of the call.
 *
 * LIBVIRT_FAULTS_LOG is a file that gets a line for each call: its number among all calls, its
 * name, its number among those of the name, and "fault" if something was done to it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Every function below takes at most six arguments, each of which fits a pointer. */
typedef void *Function(void *, void *, void *, void *, void *, void *);

typedef struct {
    const char *name;
    void *failed; /* what it returns when it fails */
    atomic_uint calls;
} Entry;

typedef enum { NONE, FAILS, LATE, KILLS } Kind;

typedef struct {
    Kind kind;
    int is_made_first, code;
} Fate;

enum { LATE_SECONDS = 2 };

static atomic_uint all_calls;

/* Takes WORD to pieces. Whether it is about this call: *FATE then says what happens to it. */
static int is_meant(char *word, const char *name, unsigned number, unsigned number_of_all,
                    Fate *fate)
{
    size_t length = strcspn(word, ":=!");
    const char *mark = strchr(word + length, ':'), *fault = strchr(word + length, '=');
    unsigned wanted = mark ? (unsigned)strtoul(mark + 1, NULL, 10) : 1;
    int and_after = !mark || strchr(mark, '+') != NULL;
    unsigned current = length > 0 ? number : number_of_all;
    fate->kind = FAILS;
    fate->code = fault ? atoi(fault + 1) : VIR_ERR_INTERNAL_ERROR;
    if (fault && strncmp(fault, "=late", 5) == 0)
        fate->kind = LATE;
    else if (fault && strncmp(fault, "=kill", 5) == 0)
        fate->kind = KILLS;
    fate->is_made_first = strchr(word + length, '!') != NULL;
    return (length == 0 || (strlen(name) == length && strncmp(word, name, length) == 0)) &&
           (current == wanted || (and_after && current > wanted));
}

static Fate find_fate(const char *name, unsigned number, unsigned number_of_all)
{
    const char *faults = getenv("LIBVIRT_FAULTS");
    char *copy = strdup(faults ? faults : ""), *rest = copy, *word;
    Fate fate = {NONE, 0, 0}, found = {NONE, 0, 0};
    while ((word = strtok_r(rest, " ", &rest)))
        if (is_meant(word, name, number, number_of_all, &fate))
            found = fate;
    free(copy);
    return found;
}

static void write_log(const char *name, unsigned number, unsigned number_of_all, Kind kind)
{
    const char *path = getenv("LIBVIRT_FAULTS_LOG");
    int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644) : -1;
    if (fd < 0)
        return;
    dprintf(fd, "%u %s %u%s\n", number_of_all, name, number, kind != NONE ? " fault" : "");
    close(fd);
}

static void set_error(const char *name, int code)
{
    /* Of libvirt's own use only, so without a version. */
    void (*set)(virErrorPtr) = (void (*)(virErrorPtr))dlsym(RTLD_NEXT, "virSetError");
    const char *given = getenv("LIBVIRT_FAULTS_MESSAGE");
    char message[200];
    if (given)
        snprintf(message, sizeof message, "%s", given);
    else
        snprintf(message, sizeof message, "the test lets %s() fail", name);
    virError error = {.code = code, .message = message, .level = VIR_ERR_ERROR};
    if (!set)
        abort();
    set(&error);
}

static void *call(Entry *entry, void *a, void *b, void *c, void *d, void *e, void *f)
{
    Function *real = (Function *)dlsym(RTLD_NEXT, entry->name);
    unsigned number = atomic_fetch_add(&entry->calls, 1) + 1;
    unsigned number_of_all = atomic_fetch_add(&all_calls, 1) + 1;
    Fate fate = find_fate(entry->name, number, number_of_all);
    write_log(entry->name, number, number_of_all, fate.kind);
    if (fate.kind == LATE)
        sleep(LATE_SECONDS);
    if (fate.kind == KILLS && !fate.is_made_first)
        raise(SIGKILL);
    void *result = fate.kind == FAILS && !fate.is_made_first ? NULL : real(a, b, c, d, e, f);
    if (fate.kind == KILLS)
        raise(SIGKILL);
    if (fate.kind != FAILS)
        return result;
    set_error(entry->name, fate.code);
    return entry->failed;
}

#define WRAP(name, failed)                                                                         \
    void *faulty_##name(void *, void *, void *, void *, void *, void *) __asm__(#name);            \
    void *faulty_##name(void *a, void *b, void *c, void *d, void *e, void *f)                      \
    {                                                                                              \
        static Entry entry = {#name, failed, 0};                                                   \
        return call(&entry, a, b, c, d, e, f);                                                     \
    }
/* A function that returns an object or text, NULL if it fails, and one that returns a number. */
#define OBJECT(name) WRAP(name, NULL)
#define NUMBER(name) WRAP(name, (void *)(intptr_t)-1)

/* OBJECT(name) or NUMBER(name) for each function that seedbed calls; t/lib/faults.sh makes the
 * list. */
#include CALLS
