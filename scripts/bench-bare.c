/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-bare: the libvirt calls that make and start machines, one after the other, and nothing
 * else. `bench` compiles it. All documents are made beforehand: FOLDER has those of `seedbed xml`,
 * SEED is the content of each seed.
 *
 * With --destroy, those that end machines: all CPUs are stopped first, then all machines are
 * destroyed side by side, each on its own connection. Nothing is removed.
 *
 * Usage: bench-bare FOLDER SEED NETWORK MACHINE...
 *        bench-bare --destroy MACHINE...
 */
#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MACHINES_MAX = 64 };

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 1 << 20);
    if (!file || !text) {
        perror(path);
        exit(3);
    }
    *length = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return text;
}

/* The document KIND-NAME.xml. */
static char *document(const char *folder, const char *kind, const char *name)
{
    char path[4096];
    size_t length;
    snprintf(path, sizeof path, "%s/%s-%s.xml", folder, kind, name);
    return read_file(path, &length);
}

static virStorageVolPtr make_volume(virStoragePoolPtr pool, const char *folder, const char *machine,
                                    const char *suffix)
{
    char name[256];
    snprintf(name, sizeof name, "%s%s", machine, suffix);
    return virStorageVolCreateXML(pool, document(folder, "volume", name), 0);
}

static int make_machine(virConnectPtr connection, virStoragePoolPtr pool, const char *folder,
                        const char *machine, const char *seed, size_t length)
{
    virDomainPtr domain = virDomainDefineXML(connection, document(folder, "domain", machine));
    virStorageVolPtr iso;
    virStreamPtr stream = virStreamNew(connection, 0);
    if (!domain || !make_volume(pool, folder, machine, ".qcow2") ||
        !(iso = make_volume(pool, folder, machine, ".seed.iso")))
        return -1;
    if (virStorageVolUpload(iso, stream, 0, length, 0) < 0 ||
        virStreamSend(stream, seed, length) < 0 || virStreamFinish(stream) < 0)
        return -1;
    return virDomainCreate(domain);
}

static void *halt(void *machine)
{
    virConnectPtr connection = virConnectOpen(NULL);
    virDomainPtr domain = virDomainLookupByName(connection, machine);
    return domain && virDomainSuspend(domain) == 0 ? domain : NULL;
}

static void *destroy(void *domain)
{
    return domain && virDomainDestroy(domain) == 0 ? domain : NULL;
}

/* Replaces each of the ITEMS by what CALL makes of it, side by side. */
static void call_all(void *(*call)(void *item), void **items, int count)
{
    pthread_t threads[MACHINES_MAX];
    for (int i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, call, items[i]);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], &items[i]);
}

static int destroy_machines(void **machines, int count)
{
    if (count > MACHINES_MAX)
        return 2;
    call_all(halt, machines, count);
    call_all(destroy, machines, count);
    for (int i = 0; i < count; i++)
        if (!machines[i])
            return 3;
    return 0;
}

int main(int argc, char **argv)
{
    size_t length;
    if (argc > 2 && strcmp(argv[1], "--destroy") == 0)
        return destroy_machines((void **)argv + 2, argc - 2);
    if (argc < 5)
        return 2;
    char *seed = read_file(argv[2], &length);
    virConnectPtr connection = virConnectOpen(NULL);
    virStoragePoolPtr pool = connection ? virStoragePoolLookupByName(connection, "seedbed") : NULL;
    if (!pool || !virNetworkCreateXML(connection, document(argv[1], "network", argv[3])))
        return 3;
    for (int i = 4; i < argc; i++)
        if (make_machine(connection, pool, argv[1], argv[i], seed, length) < 0)
            return 3;
    return 0;
}
