/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stands between seedbed and libvirt's library (LD_PRELOAD, see t/lib/faults.sh): counts seedbed's
 * calls, and lets some of them fail, come late, or end the process.
 *
 * LIBVIRT_FAULTS has the calls that this happens to, with blanks between them, each as
 *
 *     [NAME][@PLACE][:NUMBER[+]][=FAULT][!]
 *
 * NAME is a function of libvirt; without it every call counts. PLACE is where it is called: a hash
 * of the program's functions that were under way (the log has it). NUMBER is which call of that
 * name, or of that name and place, is meant (from 1), with a + that one and all after it; without
 * NUMBER all of them are. FAULT is a virErrorNumber (without it VIR_ERR_INTERNAL_ERROR), "late"
 * (the call is made 2 s later, and does not fail) or "kill" (SIGKILL instead of the call). With a !
 * the call is made first: only its answer is lost, or the process ends after it.
 *
 * LIBVIRT_FAULTS_MESSAGE is what the errors say, instead of the name of the call.
 *
 * LIBVIRT_FAULTS_LOG is a file that gets a line for each call: its number among all calls, its
 * name, its number among those of the name, its place, its number among those of the place, and
 * "fault" if something was done to it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
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

/* One call, and its numbers. */
typedef struct {
    const char *name;
    uint32_t place;
    unsigned of_all, of_name, of_place;
} Call;

enum { LATE_SECONDS = 2, MAX_PLACES = 8192, MAX_FRAMES = 64 };

static atomic_uint all_calls;

static uint32_t hash(uint32_t so_far, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        so_far = (so_far ^ bytes[i]) * 16777619;
    return so_far;
}

/* The same in each run of the same program, wherever that is loaded. libvirt's main loop is called
 * by libvirt itself in all its functions: of virEvent... the place is only the name. */
static uint32_t find_place(const char *name)
{
    void *frames[MAX_FRAMES];
    Dl_info program, info;
    uint32_t place = hash(2166136261U, name, strlen(name));
    if (strncmp(name, "virEvent", 8) == 0 || !dladdr((void *)getauxval(AT_ENTRY), &program))
        return place;
    int count = backtrace(frames, MAX_FRAMES);
    for (int i = 0; i < count; i++) {
        if (!dladdr(frames[i], &info) || info.dli_fbase != program.dli_fbase)
            continue;
        uintptr_t offset = (uintptr_t)frames[i] - (uintptr_t)info.dli_fbase;
        place = hash(place, &offset, sizeof offset);
    }
    return place;
}

/* How many calls there were of PLACE, with this one */
static unsigned count_at(uint32_t place)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct {
        uint32_t place;
        unsigned calls;
    } places[MAX_PLACES];
    unsigned at = 0;
    pthread_mutex_lock(&lock);
    while (at < MAX_PLACES && places[at].calls > 0 && places[at].place != place)
        at++;
    if (at == MAX_PLACES)
        abort();
    places[at].place = place;
    unsigned calls = ++places[at].calls;
    pthread_mutex_unlock(&lock);
    return calls;
}

/* Takes WORD to pieces. Whether it is about CALL: *FATE then says what happens to it. */
static int is_meant(char *word, const Call *call, Fate *fate)
{
    size_t length = strcspn(word, "@:=!");
    const char *mark = strchr(word + length, ':'), *fault = strchr(word + length, '=');
    const char *place = word[length] == '@' ? word + length + 1 : NULL;
    unsigned wanted = mark ? (unsigned)strtoul(mark + 1, NULL, 10) : 1;
    int and_after = !mark || strchr(mark, '+') != NULL;
    unsigned current = place ? call->of_place : length > 0 ? call->of_name : call->of_all;
    fate->kind = FAILS;
    fate->code = fault ? atoi(fault + 1) : VIR_ERR_INTERNAL_ERROR;
    if (fault && strncmp(fault, "=late", 5) == 0)
        fate->kind = LATE;
    else if (fault && strncmp(fault, "=kill", 5) == 0)
        fate->kind = KILLS;
    fate->is_made_first = strchr(word + length, '!') != NULL;
    return (length == 0 ||
            (strlen(call->name) == length && strncmp(word, call->name, length) == 0)) &&
           (!place || strtoul(place, NULL, 16) == call->place) &&
           (current == wanted || (and_after && current > wanted));
}

static Fate find_fate(const Call *call)
{
    const char *faults = getenv("LIBVIRT_FAULTS");
    char *copy = strdup(faults ? faults : ""), *rest = copy, *word;
    Fate fate = {NONE, 0, 0}, found = {NONE, 0, 0};
    while ((word = strtok_r(rest, " ", &rest)))
        if (is_meant(word, call, &fate))
            found = fate;
    free(copy);
    return found;
}

static void write_log(const Call *call, Kind kind)
{
    const char *path = getenv("LIBVIRT_FAULTS_LOG");
    int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644) : -1;
    if (fd < 0)
        return;
    dprintf(fd, "%u %s %u %08x %u%s\n", call->of_all, call->name, call->of_name, call->place,
            call->of_place, kind != NONE ? " fault" : "");
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

static void *pass_on(Entry *entry, void *a, void *b, void *c, void *d, void *e, void *f)
{
    Function *real = (Function *)dlsym(RTLD_NEXT, entry->name);
    uint32_t place = find_place(entry->name);
    Call call = {entry->name, place, atomic_fetch_add(&all_calls, 1) + 1,
                 atomic_fetch_add(&entry->calls, 1) + 1, count_at(place)};
    Fate fate = find_fate(&call);
    write_log(&call, fate.kind);
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
        return pass_on(&entry, a, b, c, d, e, f);                                                  \
    }
/* A function that returns an object or text, NULL if it fails, and one that returns a number. */
#define OBJECT(name) WRAP(name, NULL)
#define NUMBER(name) WRAP(name, (void *)(intptr_t)-1)

/* OBJECT(name) or NUMBER(name) for each function that seedbed calls; t/lib/faults.sh makes the
 * list. */
#include CALLS
